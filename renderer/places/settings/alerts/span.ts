import { DAY_MS, HOUR_MS, parseDuration } from '../../../../shared/format/duration.ts'

const LONGEST_MS = 7 * DAY_MS

/** Milliseconds as they are typed: "5m". */
export function spanText(ms: number): string {
  for (const [unit, size] of [
    ['d', DAY_MS],
    ['h', HOUR_MS],
    ['m', 60_000],
  ] as const)
    if (ms > 0 && ms % size === 0) return `${ms / size}${unit}`
  return `${ms / 1000}s`
}

/** What was typed, as milliseconds; null for no duration, and for one over a week. */
export function parseSpan(text: string): number | null {
  try {
    const ms = Math.round(parseDuration(text))
    return ms <= LONGEST_MS ? ms : null
  } catch {
    return null
  }
}
