import { METRICS } from '../metrics/catalogue.ts'
import type { Labels, Unit } from '../model/metric.ts'

/** What a metric is called in a sentence; one without words of its own reads as its name. */
export function metricWords(metric: string): string {
  const known = METRICS[metric]?.words
  if (known) return known
  const plain = metric.replace(/_(ratio|bytes|ms)$/, '').replaceAll('_', ' ')
  return plain.charAt(0).toUpperCase() + plain.slice(1)
}

/** The unit that a metric's name states, for conditions on metrics that nothing has measured yet. */
export function unitOfMetric(metric: string): Unit {
  if (metric.endsWith('_ratio')) return 'ratio'
  if (metric.endsWith('_bytes_per_second')) return 'bytes_per_second'
  if (metric.endsWith('_bytes')) return 'bytes'
  if (metric.endsWith('_ms')) return 'milliseconds'
  if (metric.endsWith('_per_second')) return 'per_second'
  if (metric.endsWith('_seconds')) return 'seconds'
  return /^load\d+$/.test(metric) ? 'load' : 'count'
}

/** What tells a metric's series apart, in the order of the labels' names; that a server asks by itself goes without saying. */
function labelWords(labels: Labels): string[] {
  return Object.entries(labels)
    .filter(([name, value]) => !(name === 'from' && value === 'host'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (name === 'from' && value === 'laptop' ? 'from this computer' : value))
}

/** "Disk /srv" or "Container CPU web": the metric with the labels that tell its series apart. */
export function seriesWords(metric: string, labels: Labels): string {
  return [metricWords(metric), ...labelWords(labels)].join(' ')
}
