import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { PlanSchema } from '../model/plan.ts'
import type { HeadroomError } from '../model/problem.ts'
import { checkPlan } from './check-plan.ts'
import { pathText } from './edit-plan.ts'
import { parsePlan } from './plan-file.ts'

/** A plan with one of everything that is checked here; each case adds or replaces a part of it. */
const GOOD = `format: headroom/plan@1
id: whole
name: Whole
summary: All parts.
currency: EUR
rates: { USD: 0.9 }
vat: { rate: 0.19 }
drivers:
  - { id: users, name: Users, unit: users, primary: true, present: 100 }
growth: { kind: pieces, deviation: 0, pieces: [{ fromMonth: 0, law: { kind: linear, perMonth: 5 } }, { fromMonth: 6, law: { kind: exponential, monthlyRate: 0.1 } }] }
seasonality: { dayOfWeek: [1, 1, 1, 1, 1, 0, 0] }
events:
  - { id: launch, name: Launch, from: 2027-01-10, to: 2027-01-10, multiplier: 3, driver: users }
demand:
  - { resource: cpu, name: CPU, unit: cores, driver: users, base: 0.1, rate: 0.01, assumed: a guess }
needs: { sla: 0.999 }
stage: small
stages:
  - id: small
    name: Small
    objective: Begin.
    nodes:
      - { id: web, name: Web, kind: server, count: 3, needed: 2 }
      - { id: db, name: Database, kind: database }
    links: [{ from: web, to: db }]
    positions: { web: { x: 0, y: 0 } }
    supply: { cpu: 2 }
    lineItems:
      - { id: vps, name: VPS, price: { sku: hetzner/cx23 }, per: hour, quantity: "max(1, cpu / 0.7)", levers: [scheduled, right-sized] }
      - { id: backup, name: Backup, price: { sku: hetzner/automatic-backup }, per: month, of: vps }
      - { id: store, name: Storage, price: { unit: GB-month, free: 10, tiers: [{ upTo: 100, amount: 0.1 }, { upTo: null, amount: 0.05 }], currency: USD }, per: use, quantity: users / 5 }
      - { id: old, name: Old, price: { amount: 20, currency: EUR }, per: month, grandfathered: { amount: 15, currency: USD } }
    triggers:
      - { id: promise, name: Promise, direction: up, when: { derived: availability, op: "<", need: sla } }
    autoscalers:
      - { id: pods, name: Pods, kind: hpa, min: 1, max: 9, metrics: [{ resource: cpu, perReplica: 0.5, target: 0.7 }], lineItem: vps }
  - id: large
    name: Large
    objective: Go on.
    after: [small]
    supply: { cpu: 8 }
    durationMonths: { min: 1, max: 2 }
decisionPoints:
  - { id: now, text: Now?, before: large }
milestones:
  - { id: done, name: Done, stage: large }
`

const findings = (text: string): string[] =>
  checkPlan(PlanSchema.parse(parse(text))).map(({ path, message }) => `${pathText([...path])}: ${message}`)

function broken(from: string, to: string): string[] {
  expect(GOOD.split(from)).toHaveLength(2)
  return findings(GOOD.replace(from, to))
}

describe('a plan with every part', () => {
  it('is sound', () => {
    expect(findings(GOOD)).toEqual([])
    expect(parsePlan(GOOD, 'plan.yaml').stages).toHaveLength(2)
  })

  it.each([
    // formulas and quantities
    [
      'cpu / 0.7',
      'cpus / 0.7',
      'stages.0.lineItems.0.quantity: unknown name "cpus" at character 8; did you mean "cpu"?',
    ],
    ['"max(1, cpu / 0.7)"', '"max(1, cpu"', 'stages.0.lineItems.0.quantity: the formula ends at character 11'],
    ['resource: cpu, name', 'resource: users, name', 'lineItems.2.quantity: "users" is a driver and a demand resource'],
    ['users / 5', '2e15', 'stages.0.lineItems.2.quantity: 2000000000000000 is more than can be meant'],
    // tiers
    ['upTo: 100,', 'upTo: null,', 'price.tiers.0.upTo: only the last tier has no end'],
    ['upTo: null,', 'upTo: 200,', 'price.tiers.1.upTo: the last tier has no end; write null'],
    [
      '{ upTo: 100, amount: 0.1 }',
      '{ upTo: 100, amount: 1 }, { upTo: 90, amount: 1 }',
      'tiers.1.upTo: is not above the tier before it (100)',
    ],
    // per and price
    ['per: use', 'per: month', 'stages.0.lineItems.2.per: a price with tiers is charged by use; write per: use'],
    [
      'currency: EUR }, per: month, gr',
      'currency: EUR }, per: use, gr',
      'lineItems.3.per: a price by use has a unit and tiers',
    ],
    [
      '{ amount: 20, currency: EUR }',
      '{ amount: 2e9, currency: EUR }',
      'price.amount: 2000000000 is above a billion; look at the decimal point',
    ],
    [
      '{ amount: 20, currency: EUR }',
      '{ amount: 20, max: -1, currency: EUR }',
      'price.max: a price cannot be negative',
    ],
    [
      'per: month, grandfathered',
      'per: once, grandfathered',
      'lineItems.3.grandfathered: what is paid once has no old price to keep',
    ],
    ['of: vps', 'of: vpn', 'stages.0.lineItems.1.of: unknown row "vpn"; did you mean "vps"?'],
    ['of: vps', 'of: backup', 'stages.0.lineItems.1.of: is the row itself'],
    [
      'per: month, gr',
      'per: month, of: vps, gr',
      "lineItems.3.of: stands only beside a SKU that costs a share of a server's price",
    ],
    ['[scheduled, right-sized]', '[scheduled, scheduled]', 'lineItems.0.levers.1: "scheduled" is there twice'],
    // currencies
    [
      '{ amount: 15, currency: USD }',
      '{ amount: 15, currency: GBP }',
      'grandfathered.currency: the plan counts in EUR and has no rate for GBP; add one under rates',
    ],
    [
      'amount: 0.05 }], currency: USD',
      'amount: 0.05 }], currency: USS',
      'price.currency: "USS" is no currency of ISO 4217; did you mean "USD"?',
    ],
    ['currency: EUR\nrates', 'currency: EUX\nrates', 'currency: "EUX" is no currency of ISO 4217; did you mean "EUR"?'],
    ['{ USD: 0.9 }', '{ USD: 0.9, EUR: 1 }', "rates.EUR: EUR is the plan's own currency; leave it out"],
    ['{ USD: 0.9 }', '{ USD: 9e9 }', 'rates.USD: one USD would be worth 9000000000 EUR'],
    ['{ USD: 0.9 }', '{ USD: 0.9, ABC: 1 }', 'rates.ABC: "ABC" is no currency'],
    [
      '    after: [small]',
      '    after: [small]\n    migrationCost: { amount: 5, currency: GBP }',
      'stages.1.migrationCost.currency: the plan counts in EUR and has no rate for GBP',
    ],
    [
      '    after: [small]',
      '    after: [small]\n    statedTotal: { amount: 5, max: 4, currency: EUR }',
      'stages.1.statedTotal.max: is less than amount (5)',
    ],
    [
      '    after: [small]',
      '    after: [small]\n    relativeCost: { over: small, min: 2, max: 1 }',
      'stages.1.relativeCost.max: is less than min (2)',
    ],
    // order of stages
    ['after: [small]', 'after: [smal]', 'stages.1.after.0: unknown stage "smal"; did you mean "small"?'],
    ['after: [small]', 'after: [large]', 'stages.1.after.0: "large" waits for itself'],
    [
      '    objective: Begin.',
      '    objective: Begin.\n    after: [large]',
      'stages.0.after.0: the stages wait for each other: small after large after small',
    ],
    ['before: large', 'before: larger', 'decisionPoints.0.before: unknown stage "larger"; did you mean "large"?'],
    [
      'text: Now?, before: large }',
      'text: Now? }\n  - { id: now, text: Again? }',
      'decisionPoints.1.id: "now" is there twice',
    ],
    [
      'name: Done, stage: large',
      'name: Done, stage: huge',
      'milestones.0.stage: unknown stage "huge"; known: small, large',
    ],
    ['direction: up, when', 'direction: up, to: small, when', 'stages.0.triggers.0.to: leads to its own stage'],
    ['{ min: 1, max: 2 }', '{ min: 3, max: 2 }', 'stages.1.durationMonths.max: is less than min (3)'],
    ['{ min: 1, max: 2 }', '{ min: -1, max: 2 }', 'stages.1.durationMonths.min: is below 0'],
    // topology
    ['needed: 2', 'needed: 4', 'stages.0.nodes.0.needed: is more than there are (count: 3)'],
    ['{ from: web, to: db }', '{ from: web, to: web }', 'stages.0.links.0.to: the link leads from "web" to itself'],
    ['positions: { web', 'positions: { wbe', 'stages.0.positions.wbe: unknown node "wbe"; did you mean "web"?'],
    ['supply: { cpu: 2 }', 'supply: { cpu: -2 }', 'stages.0.supply.cpu: is below 0'],
    // autoscalers
    [
      'resource: cpu, perReplica',
      'resource: gpu, perReplica',
      'autoscalers.0.metrics.0.resource: unknown demand resource "gpu"; did you mean "cpu"?',
    ],
    ['lineItem: vps', 'lineItem: nodes', 'autoscalers.0.lineItem: unknown row "nodes"; known: vps, backup, store, old'],
    ['min: 1, max: 9', 'min: 10, max: 9', 'autoscalers.0.max: is less than min (10)'],
    ['min: 1, max: 9', 'min: 0, max: 9', 'autoscalers.0.min: an HPA keeps at least 1'],
    ['target: 0.7 }]', 'target: 70 }]', 'metrics.0.target: is a share from 0 to 1; write 0.7 for 70%'],
    ['lineItem: vps', 'podsPerNode: 3', 'autoscalers.0.podsPerNode: stands only at kind: nodes'],
    ['lineItem: vps', 'cooldown: 5m', 'autoscalers.0.cooldown: stands only at kind: keda'],
    // growth
    ['[{ fromMonth: 0', '[{ fromMonth: 1', 'growth.pieces.0.fromMonth: the first piece starts at month 0'],
    ['fromMonth: 6', 'fromMonth: 0', 'growth.pieces.1.fromMonth: is not after the piece before it (month 0)'],
    [
      'present: 100 }',
      'present: 100, growth: { kind: drawn, deviation: 0, points: [{ month: 3, value: 1 }, { month: 2, value: 1 }] } }',
      'drivers.0.growth.points.1.month: is not after the point before it (month 3)',
    ],
    ['[1, 1, 1, 1, 1, 0, 0]', '[0, 0, 0, 0, 0, 0, 0]', 'seasonality.dayOfWeek: all factors are 0'],
    ['to: 2027-01-10, multiplier', 'to: 2027-01-09, multiplier', 'events.0.to: is before from (2027-01-10)'],
    [
      'multiplier: 3, driver: users',
      'multiplier: 3, driver: tenants',
      'events.0.driver: unknown driver "tenants"; known: users',
    ],
    // derived conditions
    [
      'op: "<", need: sla',
      'op: "<"',
      'triggers.0.when: needs a value to compare with, or the need that states it, and not both',
    ],
    [
      'op: "<", need: sla',
      'op: "<", need: sla, value: 0.9',
      'triggers.0.when: needs a value to compare with, or the need that states it, and not both',
    ],
    ['op: "<", need: sla', 'op: "<", need: slo', 'triggers.0.when.need: unknown need "slo"; did you mean "sla"?'],
    [
      'op: "<", need: sla',
      'op: "<", value: 99.9',
      'triggers.0.when.value: availability is a ratio from 0 to 1; write 0.999 for 99.9%',
    ],
  ])('with %s as %s is refused', (from, to, expected) => {
    const found = broken(from, to)
    expect(
      found.some((line) => line.includes(expected)),
      `${expected}\nis not among\n${found.join('\n')}`,
    ).toBe(true)
  })

  it('tells of one circle once, in its order, however many stages lead into it', () => {
    const stage = (id: string, after: string) => `  - { id: ${id}, name: ${id}, objective: x, after: [${after}] }\n`
    const text = GOOD.replace(
      'decisionPoints',
      `${stage('a', 'c')}${stage('b', 'a')}${stage('c', 'b')}${stage('d', 'a')}decisionPoints`,
    )
    expect(findings(text)).toEqual(['stages.2.after.0: the stages wait for each other: a after c after b after a'])
  })
})

describe('in the file', () => {
  it.each([
    [
      'amount: 20',
      'amount: -20',
      'plan.yaml:32:48 stages[0].lineItems[3].price.amount: a price cannot be negative; found -20',
    ],
    [
      '"max(1, cpu / 0.7)"',
      '"max(1, gpu / 0.7)"',
      'plan.yaml:29:82 stages[0].lineItems[0].quantity: unknown name "gpu" at character 8',
    ],
    ['rate: 0.19', 'rate: 19', 'plan.yaml:7:14 vat.rate: must be at most 1'],
    [
      'upTo: null,',
      'upTo: 200,',
      'plan.yaml:31:116 stages[0].lineItems[2].price.tiers[1].upTo: the last tier has no end',
    ],
    ['positions: { web', 'positions: { wbe', 'plan.yaml:26:18 stages[0].positions.wbe: unknown node'],
  ])('%s as %s is named with its line and column', (from, to, expected) => {
    try {
      parsePlan(GOOD.replace(from, to), 'plan.yaml')
    } catch (error) {
      const found = Object.values((error as HeadroomError).problem.details ?? {})
      expect(
        found.some((line) => line.startsWith(expected)),
        found.join('\n'),
      ).toBe(true)
      return
    }
    throw new Error('nothing was refused')
  })
})
