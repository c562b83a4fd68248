import { METRICS } from '../../../../shared/metrics/catalogue.ts'
import type { Labels, Series, Unit } from '../../../../shared/model/metric.ts'
import { CHARTS } from '../chart-specs.ts'

/** One chart of a comparison: a metric that at least two of the servers have. */
export interface ComparedMetric {
  metric: string
  unit: Unit
  words: string
}

/** The metrics that can be laid over each other, in the order of a server's page, those of the operator's own last. */
export function comparedMetrics(series: readonly (readonly Series[])[]): ComparedMetric[] {
  const owners = new Map<string, { count: number; unit: Unit }>()
  for (const own of series)
    for (const [metric, unit] of new Map(own.map((one) => [one.metric, one.unit]))) {
      const count = (owners.get(metric)?.count ?? 0) + 1
      owners.set(metric, { count, unit })
    }
  const shared = [...owners].filter(([, { count }]) => count >= 2)
  const order = CHARTS.flatMap(({ lines }) => lines.map(({ metric }) => metric))
  const place = (metric: string) => {
    const index = order.indexOf(metric)
    return index >= 0 ? index : METRICS[metric] ? order.length + 1 : order.length
  }
  return shared
    .filter(([metric]) => order.includes(metric) || (METRICS[metric]?.byOperator ?? true))
    .sort(([a], [b]) => place(a) - place(b) || a.localeCompare(b))
    .map(([metric, { unit }]) => ({ metric, unit, words: METRICS[metric]?.words ?? metric.replaceAll('_', ' ') }))
}

/** What tells the series of one metric and server apart, in words. */
export function labelWords(labels: Labels): string {
  return Object.values(labels).join(' ')
}

/** The servers of an address, each once, in the order given. */
export function idsOf(query: URLSearchParams): string[] {
  const ids = (query.get('ids') ?? '').split(',').filter((id) => id !== '')
  return [...new Set(ids)]
}
