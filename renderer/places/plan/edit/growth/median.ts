import type { Growth } from '../../../../../shared/model/growth.ts'
import { grownValue, growthOf } from '../../../../../shared/planning/growth.ts'

/**
 * The middle path of a growth law by months, the present first: the one without shocks.
 * @throws CEILING_BELOW_PRESENT, GROWTH_POINTS_OUT_OF_ORDER, GROWTH_PIECES_OUT_OF_ORDER
 */
export function medianPath(growth: Growth, present: number, months: number): number[] {
  const law = growthOf(growth, present)
  let start = present
  return Array.from({ length: months + 1 }, (_, month) => {
    const value = grownValue(law.at(month), start, 0, 0)
    if (law.ends.includes(month)) start = value
    return value
  })
}
