import { expect, it } from 'vitest'
import { commandLine } from '../../test/fixtures/command-line.ts'

const line = commandLine()
const headroom = (...words: string[]) =>
  line.headroom(words, {
    async prepare(core) {
      if (!(await core.plan.current())) await core.plan.choose({ blueprintId: 'tenant-guide' })
    },
  })

it('tells whether more tenants fit, what binds first and which stage carries them', async () => {
  const { code, out } = await headroom('check', '--add', 'tenants=20')
  expect(code).toBe(0)
  expect(out).toContain("DOES NOT FIT  By the plan's assumptions, 20 more tenants do not fit on One small VPS.")
  expect(out).toContain('Stated capacity of One small VPS binds first (Tenants > 10): room for 2 more tenants.')
  expect(out).toContain('Move to Object storage first.')
  expect(out).toContain('Not A larger VPS: It is stated to carry up to 20 tenants; 28 are asked for.')
  expect(out).toContain('Test under load before they come')
})

it('gives JSON, and an exit code for scripts with --strict', async () => {
  const { code, out } = await headroom('check', '--add', 'tenants=2', '--strict', '--json')
  const found = JSON.parse(out)
  expect(found).toMatchObject({ drivers: [{ id: 'tenants', present: 8, added: 2, planned: 10 }] })
  expect(code).toBe(found.answer === 'fits' ? 0 : 1)
  expect((await headroom('check', '--add', 'tenants=200', '--strict')).code).toBe(1)
})

it('says what is wrong with an amount, a driver and a day', async () => {
  expect(await headroom('check')).toMatchObject({ code: 2 })
  expect((await headroom('check', '--add', 'tenants')).err).toContain('such as tenants=20, not "tenants"')
  expect((await headroom('check', '--add', 'tenants=1', '--by', 'soon')).err).toContain('a day such as 2027-03-31')
  expect((await headroom('check', '--add', 'tenant=1')).err).toContain('Did you mean "tenants"?')
  expect((await headroom('check', '--add', 'tenants=1', '--by', '2001-01-01')).err).toContain('1 Jan 2001 is past.')
})
