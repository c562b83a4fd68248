import { DAY_MS } from '../../shared/format/duration.ts'
import { locale as spoken } from '../app/words/locale.ts'

/** How times are written under a chart and in its tooltip, by the length of what is shown. Local time, the user's locale. */
export interface TimeLabels {
  tick(at: number): string
  full(at: number): string
}

export function timeLabels(spanMs: number, locale = spoken()): TimeLabels {
  const short = spanMs <= 2 * DAY_MS
  const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' })
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' })
  const full = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    ...(spanMs <= 6 * 3_600_000 ? { second: '2-digit' } : {}),
  })
  const startsDay = (at: number) => {
    const date = new Date(at)
    return date.getHours() === 0 && date.getMinutes() === 0
  }
  return {
    tick: (at) => (short && !startsDay(at) ? clock.format(at) : day.format(at)),
    full: (at) => full.format(at),
  }
}
