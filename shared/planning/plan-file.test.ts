import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { PlanSchema } from '../model/plan.ts'
import { HeadroomError } from '../model/problem.ts'
import { parsePlan } from './plan-file.ts'

/** A whole plan; each case below breaks one line of it. */
const GOOD = `format: headroom/plan@1
id: two-rungs
name: Two rungs
summary: One machine, then a larger one.
currency: EUR
drivers:
  - { id: users, name: Users, unit: users, primary: true, present: 100 }
growth: { monthlyRate: 0.05, deviation: 0.03 }
demand:
  - { resource: cpu, name: CPU, unit: cores, driver: users, base: 0.1, rate: 0.01, assumed: a guess, metric: cpu_used_ratio }
needs: { sla: 0 }
stage: small
stages:
  - id: small
    name: Small
    objective: Begin.
    nodes:
      - { id: vps, name: VPS, kind: server }
      - { id: proxy, name: Proxy, kind: load-balancer }
    links: [{ from: proxy, to: vps }]
    supply: { cpu: 2 }
    capacity: [{ driver: users, min: 0, max: 100 }]
    lineItems:
      - { id: vps, name: VPS, price: { amount: 15, max: 20, currency: EUR }, per: month }
    limits:
      - { id: cpu, name: CPU, metric: cpu_used_ratio, warning: 0.7, critical: 0.9, action: Look. }
    triggers:
      - { id: full, name: Full, direction: up, to: large, when: { metric: cpu_used_ratio, op: ">", value: 0.8 } }
      - { id: promise, name: Promise, direction: up, when: { all: [{ need: sla, op: ">=", value: 0.999 }, { driver: users, op: ">", value: 9 }] } }
  - id: large
    name: Large
    objective: Go on.
    relativeCost: { over: small, min: 1, max: 2 }
guardRails:
  - { id: wait, text: Wait., against: [large], when: { driver: users, op: "<", value: 50 } }
optimisations:
  - { id: index, name: Index, cost: $0, effect: faster, how: Add it., helps: [cpu, postgres_connections_total] }
tables:
  - { id: facts, title: Facts, columns: [A, B], rows: [[x, y]] }
`

function refused(text: string): string[] {
  try {
    parsePlan(text, 'plan.yaml')
  } catch (error) {
    expect(error).toBeInstanceOf(HeadroomError)
    expect((error as HeadroomError).code).toBe('YAML_INVALID')
    return Object.values((error as HeadroomError).problem.details ?? {})
  }
  throw new Error('nothing was refused')
}

function broken(from: string, to: string): string[] {
  expect(GOOD.split(from)).toHaveLength(2)
  return refused(GOOD.replace(from, to))
}

describe('parsePlan', () => {
  it('reads a whole plan', () => {
    const plan = parsePlan(GOOD, 'plan.yaml')
    expect(plan.stages.map((stage) => stage.id)).toEqual(['small', 'large'])
    expect(plan.stages[0]?.triggers[0]?.for).toBe('5m')
  })

  it.each([
    ['a list that never ends', '[{ from: proxy, to: vps }]', '[{ from: proxy, to: vps }', 'plan.yaml:21:5 '],
    [
      'a duplicate key',
      'currency: EUR\ndrivers',
      'currency: EUR\ncurrency: USD\ndrivers',
      'plan.yaml:6:1 the key currency is there twice in one map',
    ],
    [
      'a mistyped key',
      '    objective: Begin.',
      '    objectiv: Begin.',
      'plan.yaml:14:5 stages[0].objective: is missing',
    ],
    [
      'a key of a row',
      'per: month',
      'pre: month',
      'plan.yaml:24:78 stages[0].lineItems[0].pre: unknown key "pre"; did you mean "per"?',
    ],
    [
      'a wrong type',
      'amount: 15',
      'amount: fifteen',
      'plan.yaml:24:48 stages[0].lineItems[0].price.amount: needs a number; found the text "fifteen"',
    ],
    ['a missing field', 'summary: One machine, then a larger one.\n', '', 'plan.yaml:1:1 summary: is missing'],
    [
      'a bad duration',
      'value: 0.8 } }',
      'value: 0.8 }, for: 5 min }',
      'plan.yaml:28:119 stages[0].triggers[0].for: write a duration such as 5m, 15m, 30d or 2mo; found the text "5 min"',
    ],
    [
      'a bad id',
      'id: two-rungs',
      'id: Two Rungs',
      'plan.yaml:2:5 id: use lower-case letters, digits and hyphens, starting with a letter; found the text "Two Rungs"',
    ],
    [
      'another format',
      'headroom/plan@1',
      'headroom/plan@9',
      'plan.yaml:1:9 format: must be headroom/plan@1; found the text "headroom/plan@9"',
    ],
    [
      'an unknown present stage',
      'stage: small',
      'stage: smal',
      'plan.yaml:12:8 stage: unknown stage "smal"; did you mean "small"?',
    ],
    [
      'an unknown target stage',
      'to: large',
      'to: larger',
      'plan.yaml:28:52 stages[0].triggers[0].to: unknown stage "larger"; did you mean "large"?',
    ],
    [
      'an unknown stage in a guard rail',
      'against: [large]',
      'against: [kubernetes]',
      'plan.yaml:35:40 guardRails[0].against[0]: unknown stage "kubernetes"; known: small, large',
    ],
    [
      'an unknown stage to cost over',
      'over: small',
      'over: tiny',
      'plan.yaml:33:27 stages[1].relativeCost.over: unknown stage "tiny"; known: small, large',
    ],
    [
      'a cost over itself',
      'over: small',
      'over: large',
      'plan.yaml:33:27 stages[1].relativeCost.over: the cost would be counted on top of itself',
    ],
    [
      'an unknown driver of a demand',
      'driver: users, base',
      'driver: user, base',
      'plan.yaml:10:54 demand[0].driver: unknown driver "user"; did you mean "users"?',
    ],
    [
      'an unknown driver of a capacity',
      'driver: users, min',
      'driver: people, min',
      'plan.yaml:22:26 stages[0].capacity[0].driver: unknown driver "people"; known: users',
    ],
    [
      'an unknown driver deep in a condition',
      '{ driver: users, op: ">", value: 9 }',
      '{ driver: mau, op: ">", value: 9 }',
      'plan.yaml:29:117 stages[0].triggers[1].when.all[1].driver: unknown driver "mau"; known: users',
    ],
    [
      'an unknown need',
      'need: sla',
      'need: slo',
      'plan.yaml:29:76 stages[0].triggers[1].when.all[0].need: unknown need "slo"; did you mean "sla"?',
    ],
    [
      'an unknown metric',
      'metric: cpu_used_ratio, warning',
      'metric: cpu_usage_ratio, warning',
      'plan.yaml:26:39 stages[0].limits[0].metric: unknown metric "cpu_usage_ratio"; did you mean "cpu_used_ratio"?',
    ],
    [
      'a percentage for a ratio',
      'value: 0.8',
      'value: 80',
      'plan.yaml:28:107 stages[0].triggers[0].when.value: cpu_used_ratio is a ratio from 0 to 1; write 0.8 for 80%',
    ],
    [
      'a critical value before the warning',
      'critical: 0.9',
      'critical: 0.5',
      'plan.yaml:26:79 stages[0].limits[0].critical: is reached before warning (0.7)',
    ],
    [
      'a limit without a value',
      ' warning: 0.7, critical: 0.9,',
      '',
      'plan.yaml:26:9 stages[0].limits[0]: needs a warning or a critical value',
    ],
    [
      'a trigger that leads nowhere',
      'direction: up, when',
      'direction: down, when',
      'plan.yaml:29:50 stages[0].triggers[1].direction: there is no stage below; name one with "to"',
    ],
    ['an id given twice', 'id: promise', 'id: full', 'plan.yaml:29:15 stages[0].triggers[1].id: "full" is there twice'],
    [
      'a link to no node',
      'to: vps',
      'to: db',
      'plan.yaml:20:32 stages[0].links[0].to: unknown node "db"; known: vps, proxy',
    ],
    [
      'supply of no demand',
      'supply: { cpu: 2 }',
      'supply: { gpu: 2 }',
      'plan.yaml:21:15 stages[0].supply.gpu: unknown demand resource "gpu"; did you mean "cpu"?',
    ],
    [
      'a range upside down',
      'max: 20',
      'max: 10',
      'plan.yaml:24:57 stages[0].lineItems[0].price.max: is less than amount (15)',
    ],
    [
      'a currency without a rate',
      'max: 20, currency: EUR',
      'max: 20, currency: USD',
      'plan.yaml:24:71 stages[0].lineItems[0].price.currency: the plan counts in EUR and has no rate for USD; add one under rates',
    ],
    [
      'a SKU charged by the year',
      'price: { amount: 15, max: 20, currency: EUR }, per: month',
      'price: { sku: hetzner/cx23 }, per: year',
      'plan.yaml:24:66 stages[0].lineItems[0].per: a SKU is priced by the month or the hour',
    ],
    [
      'a SKU without a provider',
      '{ amount: 15, max: 20, currency: EUR }',
      '{ sku: cx23 }',
      'plan.yaml:24:45 stages[0].lineItems[0].price.sku: write provider/sku, such as hetzner/cx33',
    ],
    [
      'a capacity upside down',
      'max: 100 }]',
      'max: -1 }]',
      'plan.yaml:22:46 stages[0].capacity[0].max: is less than min (0)',
    ],
    [
      'an optimisation that helps nothing known',
      'helps: [cpu, ',
      'helps: [cpus, ',
      'plan.yaml:37:79 optimisations[0].helps[0]: unknown metric or resource "cpus"; did you mean "cpu"?',
    ],
    [
      'a table row with a cell too many',
      '[[x, y]]',
      '[[x, y, z]]',
      'plan.yaml:39:56 tables[0].rows[0]: the row has 3 cells, the table 2 columns',
    ],
  ])('names the place of %s', (_what, from, to, expected) => {
    const found = broken(from, to)
    expect(
      found.some((line) => line.startsWith(expected)),
      `${expected}\nis not among\n${found.join('\n')}`,
    ).toBe(true)
  })

  it('lists all faults of a file at once', () => {
    const text = GOOD.replace('stage: small', 'stage: tiny')
      .replace('to: large', 'to: huge')
      .replace('need: sla', 'need: slo')
    expect(refused(text).map((line) => line.split(' ')[0])).toEqual([
      'plan.yaml:12:8',
      'plan.yaml:28:52',
      'plan.yaml:29:76',
    ])
  })
})

describe('the JSON Schema for editors', () => {
  it('is made of the plan schema, conditions and all', () => {
    const json = z.toJSONSchema(PlanSchema, { io: 'input' }) as {
      required: string[]
      properties: Record<string, unknown>
      $defs?: object
    }
    expect(json.required).toEqual(expect.arrayContaining(['format', 'id', 'drivers', 'stages']))
    expect(json.required).not.toContain('tables')
    expect(json.properties).toHaveProperty('guardRails')
    expect(JSON.stringify(json)).toContain('"$ref"')
    expect(JSON.parse(JSON.stringify(json))).toEqual(json)
  })
})
