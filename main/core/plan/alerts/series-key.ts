import type { Series } from '../../../../shared/model/metric.ts'

const keys = new WeakMap<object, string>()

/** What tells a series apart from any other, whichever source it is read from. */
export function seriesKey(series: Pick<Series, 'hostId' | 'metric' | 'labels'>): string {
  const known = keys.get(series)
  if (known !== undefined) return known
  const { hostId, metric, labels } = series
  const key = JSON.stringify([hostId, metric, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))])
  keys.set(series, key)
  return key
}

export function seriesOf(key: string): Pick<Series, 'hostId' | 'metric' | 'labels'> {
  const [hostId, metric, labels] = JSON.parse(key) as [string, string, [string, string][]]
  return { hostId, metric, labels: Object.fromEntries(labels) }
}

/** What tells where a rule stands with a series apart from any other. */
export const standingKey = (ruleId: string, series: string): string => `${ruleId}\n${series}`
