import { monthsBetween } from '../../../../shared/planning/roadmap.ts'
import { locale as spoken } from '../../../app/words/locale.ts'

export interface Tick {
  /** In months from today. */
  at: number
  label: string
  /** A new year, or a new quarter where months are named. */
  strong: boolean
}
export interface Axis {
  years: { from: number; to: number; label: string }[]
  ticks: Tick[]
}

/** Least room for a name, px. */
const MONTH_ROOM = 34
const QUARTER_ROOM = 26

/**
 * The years and, as far as there is room, the quarters or months of a time, in the user's language. `start` is today, UTC
 * epoch milliseconds; `from` and `to` are months from it; `scale` px a month.
 */
export function timeAxis(
  start: number,
  from: number,
  to: number,
  scale: number,
  quarter: (number: number) => string,
  locale = spoken(),
): Axis {
  const monthName = new Intl.DateTimeFormat(locale, { month: 'short', timeZone: 'UTC' })
  const yearName = new Intl.DateTimeFormat(locale, { year: 'numeric', timeZone: 'UTC' })
  const step = scale >= MONTH_ROOM ? 1 : scale * 3 >= QUARTER_ROOM ? 3 : 12
  const date = new Date(start)
  const first = date.getUTCFullYear() * 12 + date.getUTCMonth() + Math.floor(from) - 1
  const last = first + Math.ceil(to - from) + 3
  const ticks: Tick[] = []
  const years: Axis['years'] = []
  for (let month = first; month <= last; month += 1) {
    const at = Date.UTC(Math.floor(month / 12), month % 12, 1)
    const place = monthsBetween(start, at)
    const ofYear = month % 12
    if (ofYear === 0 || month === first) {
      const end = monthsBetween(start, Date.UTC(Math.floor(month / 12) + 1, 0, 1))
      const span = { from: Math.max(from, place), to: Math.min(to, end), label: yearName.format(at) }
      if (span.to > span.from) years.push(span)
    }
    if (place < from || place > to || ofYear % step !== 0) continue
    const label = step === 1 ? monthName.format(at) : step === 3 ? quarter(ofYear / 3 + 1) : ''
    ticks.push({ at: place, label, strong: step === 1 ? ofYear % 3 === 0 : ofYear === 0 })
  }
  return { years, ticks }
}
