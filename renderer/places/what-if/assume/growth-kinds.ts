import type { Growth } from '../../../../shared/model/growth.ts'

export const GROWTH_KINDS = ['exponential', 'linear', 'logistic', 'drawn', 'pieces'] as const
export type GrowthKind = (typeof GROWTH_KINDS)[number]

const round = (value: number): number => Number(value.toPrecision(3))

/** What a growth is worth as a monthly rate at the start, to begin another kind from. */
export function rateOf(growth: Growth, present: number): number {
  switch (growth.kind) {
    case 'exponential':
    case 'logistic':
      return growth.monthlyRate
    case 'linear':
      return present > 0 ? growth.perMonth / present : 0
    case 'drawn': {
      const point = growth.points.find((one) => one.month > 0)
      return point && present > 0 ? (point.value - present) / present / point.month : 0
    }
    case 'pieces': {
      const law = growth.pieces[0]?.law
      return law ? rateOf({ ...law, deviation: 0 }, present) : 0
    }
  }
}

/** A growth of another kind that begins about as fast, for the operator to go on from. */
export function asKind(kind: GrowthKind, growth: Growth, present: number, months: number): Growth {
  if (growth.kind === kind) return growth
  const { deviation } = growth
  const rate = Number(Math.max(-0.5, Math.min(2, rateOf(growth, present))).toFixed(4))
  switch (kind) {
    case 'exponential':
      return { kind, monthlyRate: rate, deviation }
    case 'linear':
      return { kind, perMonth: round(present * rate), deviation }
    case 'logistic':
      return { kind, monthlyRate: rate, ceiling: round(Math.max(1, present) * 10), deviation }
    case 'drawn': {
      const at = (month: number) => ({ month, value: round(present * Math.max(0, 1 + rate * month)) })
      const half = Math.max(1, Math.round(months / 2))
      return { kind, points: half < months ? [at(half), at(months)] : [at(half)], deviation }
    }
    case 'pieces':
      return {
        kind,
        pieces: [
          { fromMonth: 0, law: { kind: 'exponential', monthlyRate: rate } },
          { fromMonth: Math.max(1, Math.round(months / 2)), law: { kind: 'linear', perMonth: round(present * rate) } },
        ],
        deviation,
      }
  }
}
