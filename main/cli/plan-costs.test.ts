import { expect, it } from 'vitest'
import { commandLine } from '../../test/fixtures/command-line.ts'

const PLAN = `format: headroom/plan@1
id: costs
name: Costs
summary: For costs.
currency: EUR
vat: { rate: 0.19 }
rates: { USD: 0.9 }
drivers: [{ id: users, name: Users, unit: users, primary: true, present: 1000 }]
growth: { monthlyRate: 0, deviation: 0 }
demand: [{ resource: cpu, name: CPU, unit: cores, driver: users, base: 0, rate: 0.001, assumed: a test }]
stage: small
stages:
  - id: small
    name: Small
    objective: Begin.
    supply: { cpu: 4 }
    lineItems:
      - { id: vps, name: VPS, price: { amount: 0.1, currency: EUR }, per: hour, quantity: "ceil(cpu / 2)", levers: [scheduled, reserved] }
      - { id: mail, name: Mail, price: { amount: 10, currency: USD }, per: month }
      - { id: gone, name: Gone, price: { sku: nobody/none }, per: month }
  - { id: large, name: Large, objective: Go on., lineItems: [{ id: vps, name: VPS, price: { amount: 200, currency: EUR }, per: month }] }
`

const line = commandLine()
const headroom = (...words: string[]) =>
  line.headroom(words, {
    async prepare(core) {
      if (!(await core.plan.current())) await core.plan.importYaml({ yaml: PLAN, fileName: 'plan.yaml' })
    },
  })

it('shows what every stage costs, what has no price and what the plan leaves open', async () => {
  const { code, out } = await headroom('plan', 'costs')
  expect(code).toBe(0)
  expect(out).toMatch(/→ +Small +€82\b/)
  expect(out).toMatch(/Large +€200\b/)
  expect(out).toContain('Small: Gone is not counted: no price for nobody/none in EUR')
  expect(out).toContain(
    'Large states no supply of CPU, so its use there cannot be computed. Add cpu to its supply, in cores.',
  )
})

it('takes tax, levers, rates and driver values', async () => {
  const costs = async (...words: string[]) =>
    JSON.parse((await headroom('plan', 'costs', ...words, '--json')).out).costs[0]
  expect((await costs('--tax')).tax).toMatchObject({ rate: 0.19, minor: 1558 })
  expect(await costs('--rate', 'USD=1', '--at', 'users=5000')).toMatchObject({ perMonthMinor: 3 * 7300 + 1000 })
  expect(await costs('--hours', '84', '--reserved', '0.5:0.8')).toMatchObject({
    perMonthMinor: 730 + 1825 + 900,
    saved: [
      { lever: 'scheduled', minor: 3650 },
      { lever: 'reserved', minor: 1095 },
    ],
  })
  const table = (await headroom('plan', 'costs', '--hours', '84', '--tax')).out
  expect(table).toContain('SAVED SCHEDULED')
  expect(table).toContain('OF WHICH TAX')
})

it('shows the rows of one stage', async () => {
  const { out } = await headroom('plan', 'costs', 'small')
  expect(out).toMatch(/VPS +1 = ceil\(cpu \/ 2\) +€73\b/)
  expect(out).toMatch(/Gone +1 +no price/)
  expect(out).not.toContain('Large')
})

it.each([
  [['plan', 'costs', 'smal'], 1, 'Did you mean "small"?'],
  [['plan', 'costs', '--at', 'user=5'], 1, 'The plan has no driver "user". Did you mean "users"?'],
  [['plan', 'costs', '--at', 'users'], 2, '--at takes NAME=NUMBER, such as users=500; it got "users".'],
  [['plan', 'costs', '--rate', 'EUR=2'], 1, "EUR is the plan's own currency and needs no rate."],
  [['plan', 'costs', '--reserved', '0.5'], 2, '--reserved takes SHARE:DISCOUNT'],
  [['plan', 'costs', '--yearly', 'ten'], 2, '--yearly needs a number, not "ten".'],
])('refuses %j with what to do', async (words, code, message) => {
  const refused = await headroom(...words)
  expect(refused.code).toBe(code)
  expect(refused.err.replaceAll('\n', ' ')).toContain(message)
})

it('says that a plan without a tax rate cannot be shown with tax', async () => {
  await headroom('plan', 'costs')
  await headroom('plan', 'choose', 'k3s-roadmap')
  expect(await headroom('plan', 'costs', '--tax')).toMatchObject({
    code: 1,
    err: expect.stringContaining('The plan states no VAT rate'),
  })
})
