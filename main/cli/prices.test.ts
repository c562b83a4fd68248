import { expect, it } from 'vitest'
import { commandLine } from '../../test/fixtures/command-line.ts'

const line = commandLine()
const headroom = (...words: string[]) => line.headroom(words)

it('finds prices by words, provider and kind', async () => {
  const { out, code } = await headroom('prices', 'cx23', '--provider', 'hetzner', '--kind', 'compute')
  expect(code).toBe(0)
  expect(out).toMatch(
    /hetzner\/cx23 +compute +2 vCPU, 4 GB RAM, 40 GB disk +eu-central.* €5\.49 a month +2026-09-11 +high +\w/,
  )
  expect(out).toMatch(/of 321 prices\n$/)
})
it('asks nobody without a token, and no list that is not known', async () => {
  expect(await headroom('prices', 'refresh', 'hetzner')).toMatchObject({
    code: 1,
    err: expect.stringContaining('Enter a token'),
  }) // prettier-ignore
  expect(await headroom('prices', 'refresh', 'hetznr')).toMatchObject({
    code: 1,
    err: expect.stringContaining('Did you mean "hetzner"?'),
  }) // prettier-ignore
})
it('compares what a stage declares with every provider, in the currency of the plan', async () => {
  await headroom('plan', 'choose', 'cost-first')
  const plan = JSON.parse((await headroom('plan', 'show', '--json')).out).plan
  const { out, code } = await headroom(
    'providers',
    '--for',
    plan.stage,
    '--rate',
    'USD=0.9',
    '--rate',
    'EUR=1.1',
    '--margin',
    '0.5',
    '--json',
  ) // prettier-ignore
  expect(code).toBe(0)
  const { load, fit } = JSON.parse(out)
  expect(load.measured).toBe(false)
  expect(fit.rows.length).toBeGreaterThan(10)
  const costs = fit.rows.map((row: { monthlyMinor: number }) => row.monthlyMinor)
  expect(costs).toEqual(costs.toSorted((a: number, b: number) => a - b))
  expect((await headroom('providers', '--for', plan.stage)).out).toMatch(/plans carry it\.\n$/)
})
it.each([
  [['providers'], 2, '--for'],
  [['providers', '--for', 'all', '--window', '8'], 2, '7, 30 or 90'],
  [['providers', '--for', 'all', '--margin', '-1'], 2, 'margin'],
  [['providers', '--for', 'all', '--rate', 'USD'], 2, 'CUR=NUMBER'],
  [['providers', '--for', 'nobody'], 1, '"nobody"'],
  [['providers', '--for', 'all'], 1, 'No server is watched'],
])('refuses %o', async (words, code, why) => {
  expect(await headroom(...words)).toMatchObject({ code, err: expect.stringContaining(why) })
})

it('names what can be compared where a server or stage is not known, and what there is where nothing was found', async () => {
  await headroom('plan', 'choose', 'cost-first')
  const plan = JSON.parse((await headroom('plan', 'show', '--json')).out).plan
  const stages = plan.stages.map(({ id }: { id: string }) => id)
  const { err } = await headroom('providers', '--for', `${plan.stage}x`)
  expect(err).toContain(`There is no server and no stage "${plan.stage}x".`)
  expect(err).toContain(`Did you mean "${plan.stage}"? Choose one of: ${stages.join(', ')}, all.`)
  expect((await headroom('prices', '--provider', 'nosuch')).out).toMatch(/^0 of \d+ prices\nProviders: aiven, .*vultr/m)
  expect((await headroom('providers', '--for', plan.stage, '--provider', 'nosuch')).out).toMatch(
    /^No price is of the providers, regions and kind given/m,
  )
})

it("writes a share of another price as what it is, and what a plan's cost includes", async () => {
  expect((await headroom('prices', 'vultr', 'automatic-backup')).out).toContain(' 20 percent of instance price ')
  await headroom('plan', 'choose', 'cost-first')
  const plan = JSON.parse((await headroom('plan', 'show', '--json')).out).plan
  const { out } = await headroom('providers', '--for', plan.stage)
  expect(out).toMatch(/^Counted with a margin of 30% on top/m)
  expect(out).toMatch(/^A MONTH +PLAN +SIZE +REGION +NODES +FULLEST +HEADROOM +KNOWN ON +INCLUDES$/m)
})
