import { formatLocale } from '../../../../shared/format/locale.ts'
import { exp, ln } from '../../../../shared/planning/elementary.ts'
import { locale } from '../../../app/words/locale.ts'

/** A day in the user's locale: "5 Mar 2026". */
export function dayText(at: number, inLocale = locale()): string {
  return new Intl.DateTimeFormat(inLocale, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(
    at,
  )
}

/** "Jan 2026", for an axis over years. */
export function monthText(at: number): string {
  return new Intl.DateTimeFormat(locale(), { month: 'short', year: 'numeric', timeZone: 'UTC' }).format(at)
}

/** Three significant figures, never in powers of ten where a person would not write them. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return value.toExponential(2)
  return new Intl.NumberFormat(
    formatLocale(),
    size >= 1000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 },
  ).format(value)
}

/** A ratio as percent with three significant figures at most. */
export function percent(ratio: number): string {
  if (!Number.isFinite(ratio * 100)) return '–'
  return new Intl.NumberFormat(formatLocale(), {
    style: 'percent',
    maximumSignificantDigits: Math.abs(ratio) < 0.001 ? 2 : 3,
  }).format(ratio)
}

/** How many months growth at this monthly rate takes to double (or, falling, to halve); null where it stands still. */
export function doublingMonths(monthlyRate: number): number | null {
  const log = ln(1 + monthlyRate)
  return Math.abs(log) < 1e-4 ? null : Math.abs(ln(2) / log)
}

/** A year's growth of a monthly rate. */
export const yearly = (monthlyRate: number): number => exp(12 * ln(1 + monthlyRate)) - 1
