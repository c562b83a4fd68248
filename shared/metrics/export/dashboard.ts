import type { Unit } from '../../model/metric.ts'
import type { Plan } from '../../model/plan.ts'
import { METRICS } from '../catalogue.ts'
import { expand, type PromqlSource } from '../promql.ts'
import { thresholdsOf } from './thresholds.ts'

interface Terms {
  sources: readonly PromqlSource[]
  hostLabel: string
  where: string
}

/** Grafana's names for our units. */
const UNITS: Readonly<Record<Unit, string>> = {
  ratio: 'percentunit',
  bytes: 'bytes',
  bytes_per_second: 'Bps',
  count: 'short',
  seconds: 's',
  milliseconds: 'ms',
  per_second: 'ops',
  load: 'short',
}
const ROWS: readonly (readonly [string, readonly string[]])[] = [
  ['Host', ['cpu_', 'load', 'memory_', 'swap_', 'uptime_', 'file_', 'systemd_', 'pressure_', 'processes', 'tcp_']],
  ['Disks', ['disk_', 'inode_']],
  ['Network', ['network_']],
  ['Containers', ['docker_', 'kubernetes_']],
  ['PostgreSQL', ['postgres_', 'pgbouncer_']],
  ['Redis and queues', ['redis_', 'queue_']],
  ['Requests', ['http_', 'tls_']],
]
/** Grafana's grid is 24 wide; two panels a row, each eight high. */
const [WIDTH, HEIGHT] = [12, 8]
const COLOURS = { warning: 'orange', critical: 'red' } as const

/**
 * A Grafana dashboard (schema 38, Grafana 10 and later) with a panel for each metric that has a PromQL expression, and the
 * thresholds of the plan's present stage drawn in. Its data source and hosts are chosen in Grafana. JSON with two spaces.
 */
export function grafanaDashboard(plan: Plan, { sources, hostLabel, where }: Terms): string {
  const panels: unknown[] = []
  let y = 0
  let id = 0
  for (const [title, prefixes] of ROWS) {
    const inRow = sources.filter(({ metric }) => prefixes.some((prefix) => metric.startsWith(prefix)))
    if (inRow.length === 0) continue
    panels.push({
      ...{ id: ++id, type: 'row', title, collapsed: false, panels: [] },
      gridPos: { x: 0, y, w: 2 * WIDTH, h: 1 },
    })
    y += 1
    for (const [index, source] of inRow.entries()) {
      panels.push(
        panel(plan, source, { hostLabel, where }, ++id, {
          x: (index % 2) * WIDTH,
          y: y + Math.floor(index / 2) * HEIGHT,
        }),
      )
    }
    y += Math.ceil(inRow.length / 2) * HEIGHT
  }
  const anyHost = sources.find(({ metric }) => metric === 'load1')
  return `${JSON.stringify(
    {
      uid: `headroom-${plan.id}`.slice(0, 40),
      title: `${plan.name}: headroom`,
      tags: ['headroom'],
      timezone: 'browser',
      schemaVersion: 38,
      version: 1,
      editable: true,
      graphTooltip: 1,
      refresh: '1m',
      time: { from: 'now-24h', to: 'now' },
      annotations: { list: [] },
      templating: {
        list: [
          {
            ...{ name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus', hide: 0 },
            ...{ current: {}, multi: false, includeAll: false, refresh: 1 },
          },
          {
            ...{
              name: 'host',
              label: 'Host',
              type: 'query',
              hide: 0,
              refresh: 2,
              sort: 1,
              multi: true,
              includeAll: true,
            },
            ...{ current: {}, allValue: '.*', datasource: { type: 'prometheus', uid: '$' + '{datasource}' } },
            query: {
              query: `label_values(${anyHost ? 'node_load1' : 'up'}, ${hostLabel})`,
              refId: 'hosts',
            },
          },
        ],
      },
      panels,
    },
    null,
    2,
  )}\n`
}

function panel(
  plan: Plan,
  source: PromqlSource,
  { hostLabel, where }: { hostLabel: string; where: string },
  id: number,
  at: { x: number; y: number },
) {
  const facts = METRICS[source.metric]
  const unit = facts?.unit ?? 'count'
  const thresholds = thresholdsOf(plan, source.metric)
  const isShare = unit === 'ratio' && source.metric !== 'docker_container_cpu_ratio'
  const matchers = [where, `${hostLabel}=~"$host"`].filter((one) => one !== '').join(',')
  const expr = expand(source.expr, { host: hostLabel, where: matchers, window: '$__rate_interval' })
  const names = Object.values(source.labels).map((label) => `{{${label}}}`)
  const falling = thresholds.some(({ op }) => op.startsWith('<'))
  return {
    id,
    type: 'timeseries',
    title: facts?.words ?? source.metric,
    description: [source.metric, ...thresholds.map(({ words }) => words)].join('\n'),
    datasource: { type: 'prometheus', uid: '$' + '{datasource}' },
    gridPos: { ...at, w: WIDTH, h: HEIGHT },
    targets: [
      {
        ...{ refId: 'A', expr, range: true, editorMode: 'code' },
        datasource: { type: 'prometheus', uid: '$' + '{datasource}' },
        legendFormat: [`{{${hostLabel}}}`, ...names].join(' '),
      },
    ],
    fieldConfig: {
      defaults: {
        unit: UNITS[unit],
        ...(isShare ? { min: 0, max: 1 } : { min: 0 }),
        custom: {
          ...{ drawStyle: 'line', lineWidth: 1, fillOpacity: 0, showPoints: 'never', spanNulls: false },
          thresholdsStyle: { mode: thresholds.length > 0 ? 'line' : 'off' },
        },
        thresholds: { mode: 'absolute', steps: steps(thresholds, falling) },
      },
      overrides: [],
    },
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  }
}

/** Grafana's steps go up from the first, which has no value; where low is bad, the colours go the other way round. */
function steps(thresholds: ReturnType<typeof thresholdsOf>, falling: boolean) {
  const sorted = [...thresholds].sort((a, b) => a.value - b.value)
  if (!falling)
    return [
      { color: 'green', value: null },
      ...sorted.map(({ value, severity }) => ({ color: COLOURS[severity], value })),
    ]
  const colours = [...sorted.map(({ severity }) => COLOURS[severity] as string), 'green']
  return colours.map((color, i) => ({ color, value: i === 0 ? null : (sorted[i - 1]?.value ?? null) }))
}
