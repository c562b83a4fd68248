import { formatDuration } from '../format/duration.ts'
import { formatQuantity } from '../format/quantity.ts'
import type { Alert, AlertTest } from '../model/alert.ts'
import { seriesWords, unitOfMetric } from '../planning/metric-words.ts'

/** "CPU > 80% for 5 min, clears at 70%". */
export function testWords(test: AlertTest, hosts: readonly string[] = []): string {
  const unit = unitOfMetric(test.metric)
  const held = test.forMs > 0 ? ` for ${formatDuration(test.forMs)}` : ''
  const on = hosts.length > 0 ? ` on ${hosts.join(', ')}` : ''
  const clears =
    test.clear === null || test.clear === test.threshold ? '' : `, clears at ${formatQuantity(test.clear, unit)}`
  return `${seriesWords(test.metric, test.labels)} ${test.op} ${formatQuantity(test.threshold, unit)}${held}${on}${clears}`
}

type Said = Pick<
  Alert,
  'name' | 'severity' | 'hostName' | 'metric' | 'labels' | 'unit' | 'evidence' | 'condition' | 'action' | 'firedAt'
>

/** "critical: CPU on web-1 is 93%". */
export function firedTitle(alert: Said): string {
  const value = formatQuantity(alert.evidence.value, alert.unit)
  return `${alert.severity}: ${seriesWords(alert.metric, alert.labels)} on ${alert.hostName} is ${value}`
}

export function clearedTitle(alert: Said): string {
  const value = formatQuantity(alert.evidence.value, alert.unit)
  return `cleared: ${seriesWords(alert.metric, alert.labels)} on ${alert.hostName} is ${value}`
}

export function unknownTitle(alert: Pick<Said, 'metric' | 'labels' | 'hostName'>): string {
  return `no data: ${seriesWords(alert.metric, alert.labels)} on ${alert.hostName}`
}

/** The rule, the evidence and what to do, in one line. */
export function alertBody(alert: Said): string {
  const { coverage, at, from } = alert.evidence
  const seen =
    at > from
      ? ` Samples cover ${formatQuantity(coverage, 'ratio', { digits: 0 })} of the last ${formatDuration(at - from)}.`
      : ''
  return `${alert.condition}.${seen}${alert.action === '' ? '' : ` ${alert.action}`}`
}

/** A server page at the window an alert rests on, as a route of the app. */
export function evidenceHref(
  alert: Pick<Alert, 'hostId' | 'metric' | 'since' | 'firedAt' | 'clearedAt'>,
  now: number,
): string {
  const end = Math.min(now, (alert.clearedAt ?? now) + MARGIN_MS)
  const from = Math.round(alert.since - Math.max(MARGIN_MS, (end - alert.since) / 4))
  const query = new URLSearchParams({ metric: alert.metric, from: `${from}`, to: `${Math.round(end)}` })
  return `#/servers/${encodeURIComponent(alert.hostId)}?${query}`
}
const MARGIN_MS = 15 * 60_000
