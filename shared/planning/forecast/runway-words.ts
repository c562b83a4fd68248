import { DAY_MS, formatDuration, HOUR_MS } from '../../format/duration.ts'
import { formatQuantity } from '../../format/quantity.ts'
import type { Labels, Unit } from '../../model/metric.ts'
import { seriesWords } from '../metric-words.ts'
import type { Forecast } from './model.ts'
import type { Runway } from './runway.ts'

interface Subject {
  hostName: string
  metric: string
  labels: Labels
  unit: Unit
}

/** "Disk /srv on db-1 reaches 80% in 41 days (80%: 33 to 58)." `now` is what days are counted from. */
export function runwayWords(runway: Runway, subject: Subject, forecast: Forecast, now: number, rising = true): string {
  const what = subjectWords(subject)
  const threshold = formatQuantity(runway.threshold, subject.unit)
  const reaches = rising ? 'reaches' : 'falls to'
  const share = `${Math.round(forecast.level * 100)}%`
  switch (runway.kind) {
    case 'past': {
      const value = formatQuantity(forecast.last.value, subject.unit)
      return `${what} is already ${rising ? 'at or above' : 'at or below'} ${threshold}: ${value}.`
    }
    case 'beyond': {
      const isMost = forecast.horizon.given >= Math.floor(forecast.sampling.steps / 2) - 1
      const why = isMost ? 'its history supports' : 'were asked for'
      return `${what} does not ${rising ? 'reach' : 'fall to'} ${threshold} within the ${span(runway.until - now)} that ${why}.`
    }
    case 'dated': {
      if (runway.at === null) {
        const to = runway.latest === null ? 'or later, if at all' : `to ${span(runway.latest - now)}`
        return `${what} may ${rising ? 'reach' : 'fall to'} ${threshold} from ${span(runway.earliest - now)} on, ${to} (edge of the ${share} band); on the middle course not within ${span(runway.until - now)}.`
      }
      const middle = span(runway.at - now)
      return `${what} ${reaches} ${threshold} in ${middle} (${share}: ${range(runway, middle, now)}).`
    }
  }
}

/** "Disk /srv on db-1" */
export function subjectWords({ hostName, metric, labels }: Pick<Subject, 'hostName' | 'metric' | 'labels'>): string {
  return `${seriesWords(metric, labels)} on ${hostName}`
}

/** "33 to 58", in the unit of `middle`, or with units where they differ; open where the far edge is not reached. */
function range({ earliest, latest, until }: Extract<Runway, { kind: 'dated' }>, middle: string, now: number): string {
  const from = span(earliest - now)
  if (latest === null) return `${from} to beyond ${span(until - now)}`
  const to = span(latest - now)
  const unitOf = (text: string): string => text.slice(text.indexOf(' '))
  const alike = unitOf(from) === unitOf(to) && unitOf(to) === unitOf(middle)
  return alike ? `${parseInt(from, 10)} to ${parseInt(to, 10)}` : `${from} to ${to}`
}

/** An error in its unit, with decimals enough that a small one does not read as none. */
export function errorWords(value: number, unit: Unit): string {
  if (unit !== 'ratio') return formatQuantity(value, unit)
  return formatQuantity(value, unit, { digits: value === 0 || value >= 0.01 ? 1 : value >= 0.001 ? 2 : 3 })
}

/** Whole days from two days on, in words; hours and minutes below that. */
export function span(ms: number): string {
  if (ms <= 0) return 'now'
  if (ms >= 2 * DAY_MS) return `${Math.round(ms / DAY_MS)} days`
  if (ms >= 2 * HOUR_MS) return `${Math.round(ms / HOUR_MS)} hours`
  return formatDuration(ms)
}
