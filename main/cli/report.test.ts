import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { commandLine } from '../../test/fixtures/command-line.ts'
import { testPlan } from '../../test/fixtures/plan.ts'

const line = commandLine()
const headroom = (words: string[], planned = true) =>
  line.headroom(words, {
    async prepare(core) {
      if (planned && !(await core.plan.current()))
        await core.plan.importYaml({ yaml: stringify(testPlan()), fileName: 'plan.yaml' })
    },
  })

it('writes the plan as PDF to the named file', async () => {
  const file = join(line.folder, 'plan.pdf')
  // What the file is called says what it is to be.
  const { code, out } = await headroom(['report', 'plan', '-o', file, '--without', 'sensitivity,stages'])
  expect(code).toBe(0)
  expect(readFileSync(file).subarray(0, 5).toString()).toBe('%PDF-')
  expect(out).toMatch(/^Wrote .*plan\.pdf, \d+ pages\.\n/)
})

it('prints Markdown and CSV as they are', async () => {
  const compared = await headroom([
    'report',
    'compare',
    'stay',
    'triggers',
    '--format',
    'md',
    '--without',
    'sensitivity',
  ])
  expect(compared.out).toMatch(/^# Test plan: 2 scenarios compared\n/)
  expect(compared.out).toContain('| Figure | stay (base) | triggers |')
  const focus = await headroom(['report', 'focus', 'stay', '--months', '2'])
  expect(focus.out.split('\r\n')).toHaveLength(4)
  expect(focus.out).toMatch(/^BilledCost,/)
})

it('refuses an unknown format or part with what there is, an unknown scenario, and a file that cannot be written', async () => {
  expect(await headroom(['report', 'plan', '--format', 'doc'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('--format is pdf or md, not "doc".'),
  })
  expect(await headroom(['report', 'plan', '--without', 'costs'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('--without takes verdict, outlook'),
  })
  expect((await headroom(['report', 'compare', 'nobody', '--json'])).err).toContain('SCENARIO_UNKNOWN')
  const { code, err } = await headroom(['report', 'focus', '-o', join(line.folder, 'no', 'such', 'x.csv'), '--json'])
  expect(code).toBe(1)
  expect(JSON.parse(err)).toMatchObject({ problem: { code: 'FILE_NOT_WRITTEN', field: 'out' } })
})

it('says that a plan is wanted', async () => {
  const { code, err } = await headroom(['report', 'plan', '--json'], false)
  expect(code).toBe(1)
  expect(JSON.parse(err)).toMatchObject({ problem: { code: 'NO_PLAN' } })
})
