import type { Labels, Unit } from '../model/metric.ts'

/** One value of a metric of the catalogue, or of an own one, which then has its unit with it. */
export interface DerivedSample {
  metric: string
  labels: Labels
  value: number
  unit?: Unit
}

/** None where there is no value: what was not found is never zero. */
export function sample(metric: string, value: number | null, labels: Labels = {}): DerivedSample[] {
  return value === null ? [] : [{ metric, labels, value }]
}

export const clamp = (ratio: number) => Math.min(1, Math.max(0, ratio))

/** A share of a whole that may be unknown or none. */
export function share(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole <= 0 ? null : clamp(part / whole)
}
