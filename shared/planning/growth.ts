import type { Growth } from '../model/growth.ts'
import { HeadroomError } from '../model/problem.ts'
import { exp, ln } from './elementary.ts'

/** No driver is followed beyond this: it keeps products of it finite. */
export const LARGEST_DRIVER = 1e300
const LARGEST_FACTOR = 1e250

/**
 * A month of a growth law, to be applied to each path. `shock` is the sum of the path's standard normals since its start,
 * and `start` the value it began from.
 *
 * scaled: max(0, start * factor + added) * e^(deviation * shock)
 * saturating: ceiling / (1 + (ceiling / start - 1) * decay * e^(-deviation * shock)), and the ceiling from it on
 */
export type MonthLaw =
  | { form: 'scaled'; factor: number; added: number }
  | { form: 'saturating'; ceiling: number; decay: number }

/**
 * How one driver grows. Every month's log growth has the same normal deviation, months independent, so a path's shocks add
 * up. What they act on:
 *
 * exponential: geometric Brownian motion sampled monthly: value after t months = start (1 + r)^t e^(deviation S_t).
 * linear, drawn: the stated line is the median path: value = line(t) e^(deviation S_t). A line that falls ends at 0.
 * logistic: the shocks act on the odds value / (ceiling - value), which grow by 1 + r a month. Far below the ceiling that
 *   is log growth; near it they fade, and no path passes it.
 * pieces: each piece starts from the path's own value where the one before ended, with its shocks counted from there. A
 *   path already above the ceiling of a logistic piece comes down to it.
 *
 * In all kinds the value never falls when the shock rises, and S_t is normal with variance t, so that the quantiles of
 * linear, exponential and drawn growth are line(t) e^(deviation sqrt(t) z).
 */
export interface GrowthLaw {
  present: number
  deviation: number
  /** The law of a month, counted from the start of the piece it lies in; month 0 is the present itself. */
  at(month: number): MonthLaw
  /** Months in which a piece ends: its values are where the next one starts. */
  ends: readonly number[]
}

type Simple = Exclude<Growth, { kind: 'pieces' }>
type PieceLaw = Extract<Growth, { kind: 'pieces' }>['pieces'][number]['law']

/** @throws CEILING_BELOW_PRESENT, GROWTH_POINTS_OUT_OF_ORDER, GROWTH_PIECES_OUT_OF_ORDER */
export function growthOf(growth: Growth, present: number, field = 'growth'): GrowthLaw {
  const { deviation } = growth
  if (growth.kind !== 'pieces') {
    const law = simpleLaw(growth, present, field)
    return { present, deviation, at: law, ends: [] }
  }
  const { pieces } = growth
  inOrder(
    pieces.map((piece) => piece.fromMonth),
    { code: 'GROWTH_PIECES_OUT_OF_ORDER', field: `${field}.pieces`, what: 'pieces of growth' },
  )
  const starts = pieces.map((piece, index) => (index === 0 ? 0 : piece.fromMonth))
  const laws = pieces.map((piece, index) => simpleLaw(piece.law, index === 0 ? present : null, `${field}.pieces`))
  return {
    present,
    deviation,
    at(month) {
      let piece = 0
      while (piece + 1 < starts.length && (starts[piece + 1] as number) < month) piece += 1
      return (laws[piece] as (month: number) => MonthLaw)(month - (starts[piece] as number))
    },
    ends: starts.slice(1),
  }
}

/** `present` is null for a later piece, whose start differs from path to path. */
function simpleLaw(law: Simple | PieceLaw, present: number | null, field: string): (month: number) => MonthLaw {
  switch (law.kind) {
    case 'exponential': {
      const drift = ln(1 + law.monthlyRate)
      return (month) => ({ form: 'scaled', factor: Math.min(exp(month * drift), LARGEST_FACTOR), added: 0 })
    }
    case 'linear':
      return (month) => ({ form: 'scaled', factor: 1, added: month * law.perMonth })
    case 'logistic': {
      const { ceiling } = law
      if (present !== null && present > ceiling) throw ceilingBelow(ceiling, present, field)
      const drift = ln(1 + law.monthlyRate)
      const decay = (month: number) => Math.min(Math.max(exp(-month * drift), 1 / LARGEST_FACTOR), LARGEST_FACTOR)
      return (month) =>
        month === 0 ? { form: 'scaled', factor: 1, added: 0 } : { form: 'saturating', ceiling, decay: decay(month) }
    }
    case 'drawn': {
      const line = drawnLine(law.points, present ?? 0, field)
      return (month) => ({ form: 'scaled', factor: 0, added: line(month) })
    }
  }
}

/** Straight lines from the present through the points, and the last value afterwards. A point at month 0 stands for the present. */
function drawnLine(
  points: Extract<Growth, { kind: 'drawn' }>['points'],
  present: number,
  field: string,
): (month: number) => number {
  inOrder(
    points.map((point) => point.month),
    { code: 'GROWTH_POINTS_OUT_OF_ORDER', field: `${field}.points`, what: 'points of drawn growth' },
  )
  const all = points[0]?.month === 0 ? points : [{ month: 0, value: present }, ...points]
  return (month) => {
    const next = all.findIndex((point) => point.month >= month)
    const to = all[next]
    if (!to) return all.at(-1)?.value ?? present
    const from = all[next - 1]
    if (!from || to.month === month) return to.value
    return from.value + ((to.value - from.value) * (month - from.month)) / (to.month - from.month)
  }
}

function inOrder(months: readonly number[], fault: { code: string; field: string; what: string }): void {
  const at = months.findIndex((month, index) => index > 0 && month <= (months[index - 1] as number))
  if (at < 0) return
  throw new HeadroomError({
    code: fault.code,
    fact: `The ${fault.what} are not in order: month ${months[at]} comes after month ${months[at - 1]}.`,
    fix: 'Give each one a later month than the one before it.',
    field: fault.field,
    value: String(months[at]),
  })
}

const ceilingBelow = (ceiling: number, present: number, field: string): HeadroomError =>
  new HeadroomError({
    code: 'CEILING_BELOW_PRESENT',
    fact: `The growth has a ceiling of ${ceiling}, but there are ${present} already.`,
    fix: 'Set the ceiling above the present value, or choose another kind of growth.',
    field: `${field}.ceiling`,
    value: String(ceiling),
  })

/** The value of a path whose shocks since its start add up to `shock`. */
export function grownValue(law: MonthLaw, start: number, deviation: number, shock: number): number {
  const strayed = exp(deviation * shock)
  return law.form === 'scaled'
    ? scaledValue(start * law.factor + law.added, strayed)
    : saturatingValue(law.ceiling, saturation(law, start), strayed)
}

/** The parts of `grownValue` for loops; `strayed` is e^(deviation * shock). */
export const scaledValue = (median: number, strayed: number): number =>
  median > 0 ? Math.min(median * strayed, LARGEST_DRIVER) : 0
export const saturation = (law: Extract<MonthLaw, { form: 'saturating' }>, start: number): number =>
  start >= law.ceiling ? 0 : (law.ceiling / start - 1) * law.decay
export const saturatingValue = (ceiling: number, saturation: number, strayed: number): number =>
  ceiling / (1 + saturation / strayed)
