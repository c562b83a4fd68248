import { HeadroomError } from '../model/problem.ts'
import { formatLocale } from './locale.ts'

const SECOND_MS = 1000
export const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS
/** A month in a duration is 30 days and a year 365, so that a rule holds equally long whenever it is judged. */
export const MONTH_MS = 30 * DAY_MS

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: SECOND_MS,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
  w: 7 * DAY_MS,
  mo: MONTH_MS,
  y: 365 * DAY_MS,
}

/** "5m", "2mo", "1.5h" as milliseconds. Throws BAD_DURATION. */
export function parseDuration(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w|mo|y)$/.exec(text.trim())
  const unit = UNITS[parts?.[2] ?? '']
  if (!parts || unit === undefined) {
    throw new HeadroomError({
      code: 'BAD_DURATION',
      fact: `"${text}" is not a duration.`,
      fix: 'Write a number and one of ms, s, m, h, d, w, mo or y, such as 5m, 1.5h or 2mo.',
      field: 'duration',
      value: text,
    })
  }
  return Number(parts[1]) * unit
}

const STEPS = [
  { ms: DAY_MS, name: 'd', part: HOUR_MS, partName: 'h' },
  { ms: HOUR_MS, name: 'h', part: MINUTE_MS, partName: 'min' },
  { ms: MINUTE_MS, name: 'min', part: SECOND_MS, partName: 's' },
] as const

/** Milliseconds for people, in its two largest units: "850 ms", "45 s", "12 min", "1 h 30 min", "41 d". */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return '–'
  if (ms < 0) return `-${formatDuration(-ms)}`
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`
  if (ms < 10 * SECOND_MS)
    return `${new Intl.NumberFormat(formatLocale(), { maximumFractionDigits: 1 }).format(ms / SECOND_MS)} s`
  const seconds = Math.round(ms / SECOND_MS)
  if (seconds < 60) return `${seconds} s`
  for (const step of STEPS) {
    // Rounding first keeps 59 min 59.9 s from reading "59 min 60 s".
    const rounded = Math.round(ms / step.part) * step.part
    if (rounded < step.ms) continue
    const whole = Math.floor(rounded / step.ms)
    const rest = Math.round((rounded - whole * step.ms) / step.part)
    const showsRest = rest > 0 && !(step.name === 'd' && whole >= 10) && !(step.name === 'min' && whole >= 10)
    return showsRest ? `${whole} ${step.name} ${rest} ${step.partName}` : `${whole} ${step.name}`
  }
  return `${seconds} s`
}

/** The time from one moment to another; "–" where the clock was put back between them, so that nobody knows. */
export const formatSpan = (from: number, to: number): string => (to < from ? '–' : formatDuration(to - from))

/** How long something has held, for people: milliseconds say nothing where samples are seconds apart. */
export function formatHeld(ms: number): string {
  return ms < SECOND_MS ? 'under 1 s' : formatDuration(Math.floor(ms / SECOND_MS) * SECOND_MS)
}
