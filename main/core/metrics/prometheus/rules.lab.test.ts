import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { prometheusRules } from '../../../../shared/metrics/export/rules.ts'
import { PROMQL } from '../../../../shared/metrics/promql.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import { shippedPlans } from '../../../../test/fixtures/blueprints.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-rules-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const terms = { sources: PROMQL, host: 'instance', where: '' }
const promtool = (...argv: string[]) => execFileSync('promtool', argv, { encoding: 'utf8', stdio: 'pipe' })

it.each(shippedPlans().flatMap((plan) => plan.stages.map((stage) => [plan.id, stage.id, plan] as const)))(
  'the rules of %s at stage %s are accepted by promtool',
  (_planId, stage, plan: Plan) => {
    const { text, rules } = prometheusRules({ ...plan, stage }, terms)
    const file = join(folder, 'rules.yaml')
    writeFileSync(file, text)
    expect(promtool('check', 'rules', file)).toContain(rules === 0 ? 'SUCCESS' : `${rules} rules found`)
  },
)

it('they fire when the app would: not before the time is over, and only for the disk that is full', () => {
  const plan = shippedPlans().find(({ id }) => id === 'tenant-guide') as Plan
  const stage = plan.stages.find(({ id }) => id === plan.stage)
  const limit = stage?.limits.find(({ metric }) => metric === 'disk_used_ratio')
  if (!limit?.critical) throw new Error('the plan watches no disk')
  const rules = join(folder, 'fire.yaml')
  writeFileSync(rules, prometheusRules(plan, terms).text)
  const disk = (mountpoint: string, kind: string) =>
    `node_filesystem_${kind}_bytes{instance="web-1:9100",mountpoint="${mountpoint}",fstype="ext4",device="/dev/vda1"}`
  const full = Math.round(100 * (1 - limit.critical)) - 2
  const series = [
    ['/', full],
    ['/srv', 80],
  ].flatMap(([mountpoint, free]) => [
    { series: disk(String(mountpoint), 'size'), values: '100x120' },
    { series: disk(String(mountpoint), 'avail'), values: `${free}x120` },
    { series: disk(String(mountpoint), 'free'), values: `${free}x120` },
  ])
  const written = prometheusRules(plan, terms).text
  const name = /alert: (\S+)\n\s+expr: .*node_filesystem_avail_bytes/.exec(written)?.[1] ?? ''
  expect(name).not.toBe('')
  const minutes = Number(/^(\d+)m$/.exec(limit.for)?.[1])
  expect(minutes).toBeGreaterThan(0)
  const ofDisk = (severity: string) => ({
    exp_labels: {
      severity,
      plan: plan.id,
      stage: stage?.id,
      of: 'limit',
      rule: limit.id,
      instance: 'web-1:9100',
      mountpoint: '/',
    },
  })
  const test = {
    rule_files: [rules],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: series,
        alert_rule_test: [
          { eval_time: `${minutes - 1}m`, alertname: name, exp_alerts: [] },
          { eval_time: `${minutes + 2}m`, alertname: name, exp_alerts: [ofDisk('warning'), ofDisk('critical')] },
        ],
      },
    ],
  }
  const file = join(folder, 'fire.test.yaml')
  // Annotations are words; what fires, and for which disk, is what is tested.
  writeFileSync(rules, written.replaceAll(/ {8}annotations:\n(?: {10}.*\n)+/g, ''))
  writeFileSync(file, stringify(test))
  expect(promtool('test', 'rules', file)).toContain('SUCCESS')
})

it('a trigger of two metrics fires when both have held, on servers of their own', () => {
  const plan = structuredClone(shippedPlans().find(({ id }) => id === 'tenant-guide')) as Plan
  const stage = plan.stages.find(({ id }) => id === plan.stage)
  if (!stage) throw new Error('no stage')
  const when = {
    all: [
      { metric: 'load1', op: '>' as const, value: 4 },
      {
        any: [
          { metric: 'file_handles_used_ratio', op: '>' as const, value: 0.5 },
          { metric: 'load5', op: '>' as const, value: 9 },
        ],
      },
    ],
  }
  stage.limits = []
  plan.alerts = []
  stage.triggers = [{ id: 'both', name: 'Both', direction: 'up', for: '5m', when } as (typeof stage.triggers)[number]]
  const { text, rules } = prometheusRules(plan, terms)
  expect(rules).toBe(1)
  const file = join(folder, 'both.yaml')
  writeFileSync(file, text.replaceAll(/ {8}annotations:\n(?: {10}.*\n)+/g, ''))
  const fired = {
    exp_labels: {
      severity: 'info',
      plan: plan.id,
      stage: stage.id,
      of: 'trigger',
      rule: 'both',
      instance: 'web-1:9100',
    },
  }
  const test = {
    rule_files: [file],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: [
          { series: 'node_load1{instance="web-1:9100"}', values: '8x60' },
          { series: 'node_load5{instance="db-1:9100"}', values: '1x10 12x50' },
        ],
        alert_rule_test: [
          { eval_time: '9m', alertname: 'Both', exp_alerts: [] },
          { eval_time: '14m', alertname: 'Both', exp_alerts: [] },
          { eval_time: '18m', alertname: 'Both', exp_alerts: [fired] },
        ],
      },
    ],
  }
  const tests = join(folder, 'both.test.yaml')
  writeFileSync(tests, stringify(test))
  expect(promtool('test', 'rules', tests)).toContain('SUCCESS')
})
