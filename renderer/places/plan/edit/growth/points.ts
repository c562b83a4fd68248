import type { Growth } from '../../../../../shared/model/growth.ts'

export type Point = Extract<Growth, { kind: 'drawn' }>['points'][number]

/** No curve is drawn further: the longest scenario has as many months. */
export const LAST_MONTH = 120

/** A value on the nearest step, without the tail that a product of decimals leaves. */
export const snapped = (value: number, step: number): number =>
  Math.max(0, Number((Math.round(value / step) * step).toPrecision(12)))

/** The points with one of them elsewhere: on a whole month between its neighbours, and not below nothing. */
export function moved(points: readonly Point[], at: number, to: Point): Point[] {
  const before = points[at - 1]?.month ?? -1
  const after = points[at + 1]?.month ?? LAST_MONTH + 1
  const month = Math.min(Math.max(Math.round(to.month), Math.floor(before) + 1), Math.ceil(after) - 1)
  // Neighbours a month apart leave no room: the point stays in its month.
  const free = month > before && month < after
  return points.with(at, {
    month: free ? month : (points[at] as Point).month,
    value: Math.max(0, to.value),
  })
}

/** The points with one more, in its place by month; the same points where its month is taken or beyond the last. */
export function withPoint(points: readonly Point[], point: Point): readonly Point[] {
  const month = Math.round(point.month)
  if (month < 0 || month > LAST_MONTH || points.some((one) => one.month === month)) return points
  const at = points.findIndex((one) => one.month > month)
  return points.toSpliced(at < 0 ? points.length : at, 0, { month, value: Math.max(0, point.value) })
}

/** A point for "one more": half a year on, at the last value. */
export function nextPoint(points: readonly Point[]): Point {
  const last = points.at(-1) ?? { month: -6, value: 0 }
  return { month: Math.min(LAST_MONTH, Math.floor(last.month) + 6), value: last.value }
}
