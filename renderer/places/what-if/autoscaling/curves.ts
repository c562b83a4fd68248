import type { Seasonality } from '../../../../shared/model/growth.ts'

/** Weekly curves to try where a plan states none: shapes of common services, assumed, in UTC. */
export const CURVES = ['evening', 'office', 'flat'] as const
export type CurveName = (typeof CURVES)[number]

/** Factors scaled so that their mean is 1: the driver's value stays the week's mean. */
const scaled = (factors: readonly number[]): number[] => {
  const mean = factors.reduce((sum, one) => sum + one, 0) / factors.length
  return factors.map((one) => Number((one / mean).toFixed(4)))
}

const SHAPES: Readonly<Record<CurveName, Seasonality>> = {
  // People at home: low at night, rising through the day, a peak in the evening, more on the weekend.
  evening: {
    hourOfDay: scaled([5, 3, 2, 2, 2, 3, 5, 7, 9, 10, 11, 12, 13, 12, 12, 13, 14, 17, 20, 23, 24, 21, 15, 9]),
    dayOfWeek: scaled([0.95, 0.95, 0.95, 0.95, 1, 1.1, 1.1]),
  },
  // People at work: two humps on weekdays, hardly anything at night and on the weekend.
  office: {
    hourOfDay: scaled([1, 1, 1, 1, 1, 2, 5, 12, 20, 24, 25, 22, 17, 20, 23, 22, 18, 11, 6, 4, 3, 2, 2, 1]),
    dayOfWeek: scaled([1.25, 1.3, 1.3, 1.25, 1.1, 0.4, 0.4]),
  },
  flat: {},
}
export const curveOf = (name: CurveName): Seasonality => SHAPES[name]
