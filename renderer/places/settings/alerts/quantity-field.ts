import type { Unit } from '../../../../shared/model/metric.ts'

/** What a number of a unit is typed in: shares in percent, bytes in GiB, bytes a second in MiB a second. */
const FACTORS: Partial<Record<Unit, number>> = { ratio: 0.01, bytes: 2 ** 30, bytes_per_second: 2 ** 20 }

export type TypedUnit = 'ratio' | 'milliseconds' | 'seconds' | 'bytes' | 'bytes_per_second' | 'other'
const WORDED: ReadonlySet<string> = new Set(['ratio', 'milliseconds', 'seconds', 'bytes', 'bytes_per_second'])

export const typedUnit = (unit: Unit): TypedUnit => (WORDED.has(unit) ? (unit as TypedUnit) : 'other')

/** Rounded to what a double holds of a decimal, so that 0.07 shows as 7 and not as 7.000000000000001. */
export const toTyped = (value: number, unit: Unit): number => Number((value / (FACTORS[unit] ?? 1)).toPrecision(12))
export const fromTyped = (typed: number, unit: Unit): number => Number((typed * (FACTORS[unit] ?? 1)).toPrecision(15))
