import { type Rehearsed, rehearse } from '../../../../shared/alerts/rehearse.ts'
import { together } from '../../../../shared/alerts/together.ts'
import { usualInterval } from '../../../../shared/metrics/usual-interval.ts'
import type { Absence, AlertRule, AlertTest, Rehearsal } from '../../../../shared/model/alert.ts'
import type { Sample, Series } from '../../../../shared/model/metric.ts'
import { seriesWords } from '../../../../shared/planning/metric-words.ts'
import { alsoFor, type ReadMetrics, spanOf } from './reading.ts'

/** A rule counts as judged in an absence when samples cover this share of it. */
const JUDGED_SHARE = 0.5
/** How many series of a rehearsal are drawn, those that fired most first. */
const DRAWN_MOST = 6

interface Judged {
  series: Series
  hostName: string
  intervalMs: number
  samples: readonly Sample[]
}

/** Samples of every series a test speaks of, from its longest span before `from` on. */
function samplesOf(
  test: AlertTest,
  from: number,
  to: number,
  metrics: ReadMetrics,
  names: ReadonlyMap<string, string>,
): Judged[] {
  const before = from - spanOf(test)
  return metrics
    .samples({ metric: test.metric, labels: test.labels, from: before, to })
    .flatMap(({ series, samples }) => {
      const hostName = names.get(series.hostId)
      if (hostName === undefined || (test.hostIds.length > 0 && !test.hostIds.includes(series.hostId))) return []
      return [{ series, hostName, samples, intervalMs: usualInterval(samples, metrics.everyMs()) }]
    })
}

/** What a rule would have done on one series, its further conditions with it. */
function rehearsed(
  test: AlertTest,
  { series, samples, intervalMs }: Judged,
  { from, to }: { from: number; to: number },
  metrics: ReadMetrics,
  names: ReadonlyMap<string, string>,
): Rehearsed {
  const also = alsoFor(metrics, test, series.hostId, { from: from - spanOf(test), to }, names)
  return rehearse(test, samples, from, to, intervalMs, together(test, also))
}

/** What happened in a time when nothing was judged, by the samples of it that were brought in since. */
export function missedIn(
  absence: Pick<Absence, 'from' | 'to' | 'why'>,
  rules: readonly AlertRule[],
  metrics: ReadMetrics,
  names: ReadonlyMap<string, string>,
): Absence {
  const { from, to } = absence
  const missed: Absence['missed'] = []
  const unjudged: Absence['unjudged'] = []
  let judged = 0
  for (const rule of rules) {
    if (!rule.voice.enabled) continue
    const all = samplesOf(rule.test, from, to, metrics, names)
    // A rule that no server ever had samples for was not missed.
    if (all.every(({ samples }) => samples.length === 0)) continue
    let isJudged = false
    for (const one of all) {
      const { series, hostName, intervalMs } = one
      const found = rehearsed(rule.test, one, absence, metrics, names)
      isJudged ||= found.samples * intervalMs >= JUDGED_SHARE * (to - from)
      for (const time of found.fired)
        missed.push({
          ...{ ruleId: rule.id, name: rule.name, severity: rule.voice.severity, hostId: series.hostId, hostName },
          ...{ series: seriesWords(series.metric, series.labels), metric: series.metric, unit: series.unit, ...time },
        })
    }
    if (isJudged) judged += 1
    else unjudged.push({ ruleId: rule.id, name: `${rule.name}, ${rule.voice.severity}` })
  }
  missed.sort((a, b) => a.from - b.from)
  return { ...absence, missed, judged, unjudged }
}

/** What a rule would have done from `from` to `to`, with at most `points` values of each series that is drawn. */
export function rehearsalOf(
  test: AlertTest,
  span: { from: number; to: number },
  points: number,
  metrics: ReadMetrics,
  names: ReadonlyMap<string, string>,
): Rehearsal {
  const { from, to } = span
  const all = samplesOf(test, from, to, metrics, names)
    .map((one) => ({ ...one, found: rehearsed(test, one, span, metrics, names) }))
    .filter(({ found }) => found.samples > 0)
    .sort((a, b) => b.found.fired.length - a.found.fired.length || a.series.id - b.series.id)
  const up = test.op === '>' || test.op === '>='
  return {
    from,
    to,
    times: all.reduce((sum, { found }) => sum + found.fired.length, 0),
    more: Math.max(0, all.length - DRAWN_MOST),
    series: all.slice(0, DRAWN_MOST).map(({ series, hostName, samples, intervalMs, found }) => ({
      ...{ hostId: series.hostId, hostName, metric: series.metric, labels: series.labels, unit: series.unit },
      ...found,
      ...drawn(samples, from, to, points, intervalMs, up),
    })),
  }
}

/** The furthest value of each of `points` buckets, so that a short breach is still seen; null where a gap begins. */
function drawn(samples: readonly Sample[], from: number, to: number, points: number, intervalMs: number, up: boolean) {
  const bucketMs = Math.max(1, (to - from) / points)
  const at: number[] = []
  const value: (number | null)[] = []
  let bucket = -1
  let lastAt = 0
  for (const sample of samples) {
    if (sample.at < from || sample.at > to) continue
    const mine = Math.floor((sample.at - from) / bucketMs)
    if (at.length > 0 && sample.at - lastAt > Math.max(3 * intervalMs, bucketMs)) {
      at.push(lastAt + 1)
      value.push(null)
    }
    const last = value.at(-1)
    if (mine === bucket && last != null)
      value[value.length - 1] = up ? Math.max(last, sample.value) : Math.min(last, sample.value)
    else {
      at.push(sample.at)
      value.push(sample.value)
    }
    bucket = mine
    lastAt = sample.at
  }
  return { at, value }
}
