import { formatDuration } from '../format/duration.ts'
import { formatQuantity } from '../format/quantity.ts'
import type { Alert, AlertPart, AlertTest } from '../model/alert.ts'
import { seriesWords, unitOfMetric } from '../planning/metric-words.ts'

/** "CPU > 80% and memory > 90% for 5 min, clears at 70%". */
export function testWords(test: AlertTest, hosts: readonly string[] = []): string {
  const unit = unitOfMetric(test.metric)
  const held = test.forMs > 0 ? ` for ${formatDuration(test.forMs)}` : ''
  const on = hosts.length > 0 ? ` on ${hosts.join(', ')}` : ''
  const clears =
    test.clear === null || test.clear === test.threshold ? '' : `, clears at ${formatQuantity(test.clear, unit)}`
  const whole = [
    partWords(test),
    ...test.also.map((part) => `${partWords(part)}${PLACE[part.on]}${part.every ? EVERY : ''}`),
  ]
  return `${whole.join(' and ')}${held}${on}${clears}`
}

const PLACE = { server: '', any: ' on any server' } as const
const EVERY = ', on every one'

const partWords = ({
  metric,
  labels,
  op,
  threshold,
}: Pick<AlertPart, 'metric' | 'labels' | 'op' | 'threshold'>): string =>
  `${seriesWords(metric, labels)} ${op} ${formatQuantity(threshold, unitOfMetric(metric))}`

/** What the further conditions of a rule stood at when it fired: "memory used on db-1 was 93%". */
export function alsoWords(evidence: Pick<Alert['evidence'], 'also'>): string {
  return evidence.also
    .map(
      ({ metric, labels, hostName, value, unit }) =>
        `${seriesWords(metric, labels)} on ${hostName} was ${formatQuantity(value, unit)}`,
    )
    .join(', ')
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
  const also = alert.evidence.also.length === 0 ? '' : ` ${capital(alsoWords(alert.evidence))}.`
  return `${alert.condition}.${seen}${also}${alert.action === '' ? '' : ` ${alert.action}`}`
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
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
