import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { shippedPlans } from '../../../test/fixtures/blueprints.ts'
import type { Plan } from '../../model/plan.ts'
import { PROMQL } from '../promql.ts'
import { grafanaDashboard } from './dashboard.ts'
import { loggingFiles } from './logging.ts'
import { exprOf, prometheusRules } from './rules.ts'

const blueprints = shippedPlans()
const plan = (id: string): Plan => {
  const found = blueprints.find((one) => one.id === id)
  if (!found) throw new Error(`no blueprint ${id}`)
  return found
}
const terms = { sources: PROMQL, host: 'instance', where: '' }
interface Panel {
  type: string
  gridPos: { x: number; y: number; w: number; h: number }
  title: string
  fieldConfig: { defaults: { unit: string; thresholds: { steps: { color: string; value: number | null }[] } } }
  targets: { expr: string }[]
}
const panelsOf = (text: string) => (JSON.parse(text) as { panels: Panel[] }).panels

describe('rules for Prometheus', () => {
  test('a limit with two thresholds is two rules, with its time and its action', () => {
    const written = parse(prometheusRules(plan('tenant-guide'), terms).text) as {
      groups: { rules: { alert: string; expr: string; for: string; labels: Record<string, string> }[] }[]
    }
    const disk = written.groups[0]?.rules.filter(({ expr }) => expr.includes('node_filesystem_avail_bytes')) ?? []
    expect(disk.map(({ labels }) => labels.severity)).toEqual(expect.arrayContaining(['warning', 'critical']))
    for (const rule of disk) {
      expect(rule.expr).toMatch(/\) (>|>=) 0\.\d+$/)
      expect(rule.for).toMatch(/^\d+[smhd]$/)
    }
  })
  test('what Prometheus cannot know is left out by name and reason, in the file too', () => {
    for (const one of blueprints) {
      const { left, text, rules } = prometheusRules(one, terms)
      for (const reason of left) expect(text).toContain(reason.replaceAll('\n', ' '))
      expect(rules + left.length).toBeGreaterThan(0)
    }
    const errorSpike = prometheusRules(plan('pareto'), terms).left.find((one) => one.startsWith('ErrorSpike'))
    expect(errorSpike).toContain('logs')
  })
  test('the words of a plan are no template of Prometheus', () => {
    const one = structuredClone(plan('tenant-guide'))
    const limit = one.stages.find(({ id }) => id === one.stage)?.limits[0]
    if (!limit) throw new Error('no limit')
    limit.action = 'set {{ evil }}'
    expect(prometheusRules(one, terms).text).toContain('set {{"{{"}} evil }}')
  })
  test('combinations, labels and "every one" become PromQL', () => {
    const cpu = { metric: 'load1', op: '>', value: 2 } as const
    const mount = { metric: 'disk_total_bytes', labels: { mount: '/srv "a"' }, op: '<', value: 1 } as const
    expect(exprOf(cpu, terms)).toBe('(max by (instance) (node_load1{})) > 2')
    expect(exprOf({ ...cpu, across: 'all' }, terms)).toBe('min((max by (instance) (node_load1{}))) > 2')
    expect(exprOf(mount, { ...terms, where: 'job="n"' })).toContain('job="n",mountpoint="/srv \\"a\\""')
    expect(exprOf({ all: [cpu, cpu] }, terms)).toContain(' and on () ')
    expect(exprOf({ any: [cpu, { driver: 'tenants', op: '>', value: 3 }] }, terms)).toEqual([
      expect.stringContaining('"tenants" is a driver'),
    ])
    expect(exprOf({ metric: 'no_such', op: '>', value: 1 }, terms)).toEqual([expect.stringContaining('no_such')])
  })
})

describe('triggers for Prometheus', () => {
  const withTrigger = (when: object, drivers = { present: 500 }): Plan => {
    const one = structuredClone(plan('tenant-guide'))
    const at = one.stages.find(({ id }) => id === one.stage)
    if (!at) throw new Error('no stage')
    at.triggers = [{ id: 't', name: 'Grow', direction: 'up', for: '5m', when } as (typeof at.triggers)[number]]
    one.drivers = one.drivers.map((driver) => (driver.id === 'tenants' ? { ...driver, ...drivers } : driver))
    return one
  }
  const load = { metric: 'load1', op: '>', value: 2 }
  const few = { driver: 'tenants', op: '<', value: 5 }
  const ruleOf = (one: Plan) => {
    const { text, left } = prometheusRules(one, terms)
    const written = parse(text) as {
      groups: { rules: { alert: string; expr: string; annotations: { description?: string } }[] }[]
    }
    return { text, left, rule: written.groups[0]?.rules.find(({ alert }) => alert === 'Grow') }
  }
  test('what is stated of a driver is put in as it is, and told', () => {
    const { rule, text } = ruleOf(withTrigger({ all: [load, few] }, { present: 3 }))
    expect(rule?.expr).toBe('(max by (instance) (node_load1{})) > 2')
    expect(rule?.annotations.description).toContain('Only while Tenants < 5')
    expect(text).toMatch(/^# As stated when this was written: Grow: Only while/m)
  })
  test('a condition that does not hold as stated leaves its rule out, and names itself', () => {
    const { rule, left } = ruleOf(withTrigger({ all: [load, few] }, { present: 30 }))
    expect(rule).toBeUndefined()
    expect(left.find((one) => one.startsWith('Grow'))).toMatch(/< 5" is a driver.*does not hold as stated/)
  })
  test('of an "or" what can be measured stays, and the rest is told', () => {
    const { rule } = ruleOf(withTrigger({ any: [load, few] }, { present: 30 }))
    expect(rule?.expr).toBe('(max by (instance) (node_load1{})) > 2')
    expect(rule?.annotations.description).toContain('Without this part')
  })
})

describe('the dashboard for Grafana', () => {
  const panels = panelsOf(grafanaDashboard(plan('tenant-guide'), { sources: PROMQL, hostLabel: 'instance', where: '' }))
  test('has a panel for each metric with an expression, and no two in one place', () => {
    expect(panels.filter(({ type }) => type === 'timeseries')).toHaveLength(PROMQL.length)
    const cells = new Set<string>()
    for (const { gridPos } of panels)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(cells.has(`${x} ${y}`)).toBe(false)
          expect(x).toBeLessThan(24)
          cells.add(`${x} ${y}`)
        }
  })
  test("draws the plan's thresholds in the order Grafana asks for: the first without a value, then rising", () => {
    const disk = panels.find(({ targets }) => targets?.[0]?.expr.includes('node_filesystem_avail_bytes') ?? false)
    const steps = disk?.fieldConfig.defaults.thresholds.steps ?? []
    expect(steps.length).toBeGreaterThan(1)
    expect(steps[0]?.value).toBeNull()
    const values = steps.slice(1).map(({ value }) => value as number)
    expect(values).toEqual([...values].sort((a, b) => a - b))
    expect(disk?.fieldConfig.defaults.unit).toBe('percentunit')
  })
  test('asks by host, with the window that Grafana chooses', () => {
    for (const { targets } of panels.filter(({ type }) => type === 'timeseries')) {
      expect(targets[0]?.expr).toContain('instance=~"$host"')
      expect(targets[0]?.expr).not.toMatch(/\$(where|window)\b/)
    }
  })
})

describe('settings for Loki and Promtail', () => {
  const files = new Map(loggingFiles(plan('pareto')).map(({ fileName, text }) => [fileName, parse(text) as unknown]))
  test('keep logs for 14 days and delete what is older', () => {
    expect(files.get('loki.yaml')).toMatchObject({
      limits_config: { retention_period: '14d' },
      compactor: { retention_enabled: true },
    })
  })
  test('read JSON lines with the fields of the document; only level and service are labels', () => {
    const promtail = files.get('promtail.yaml') as {
      scrape_configs: { pipeline_stages: Record<string, { expressions?: object }>[] }[]
    }
    const [json, labels] = promtail.scrape_configs[0]?.pipeline_stages ?? []
    expect(Object.keys(json?.json?.expressions ?? {})).toEqual(
      expect.arrayContaining(['timestamp', 'level', 'service', 'trace_id', 'message', 'error']),
    )
    expect(labels).toEqual({ labels: { level: 'level', service: 'service' } })
  })
  test('hold the ErrorSpike alert as its source writes it', () => {
    expect(files.get('loki-rules.yaml')).toMatchObject({
      groups: [
        {
          rules: [{ alert: 'ErrorSpike', expr: 'sum(rate({level="error"}[5m])) > 10', for: '5m' }],
        },
      ],
    })
  })
})
