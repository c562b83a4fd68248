import type { Plan } from '../model/plan.ts'
import { demandAt } from './demand.ts'
import { compile, type Formula, namesOf, parseFormula } from './formula.ts'

/** Every name a formula of the plan may use: the drivers and then the demand resources, each in the plan's order. */
export const formulaNames = (plan: Pick<Plan, 'drivers' | 'demand'>): string[] => [
  ...plan.drivers.map((driver) => driver.id),
  ...plan.demand.map((demand) => demand.resource),
]

/** The values of those names while the drivers are at their present values, or at the ones given. */
export function stateOf(
  plan: Pick<Plan, 'drivers' | 'demand'>,
  at: Readonly<Record<string, number>> = {},
): Float64Array {
  const drivers = plan.drivers.map(
    (driver) => (Object.hasOwn(at, driver.id) ? at[driver.id] : driver.present) as number,
  )
  const demands = plan.demand.map((demand) => {
    const index = plan.drivers.findIndex((driver) => driver.id === demand.driver)
    return demandAt(demand, drivers[Math.max(0, index)] ?? 0)
  })
  return Float64Array.from([...drivers, ...demands])
}

/** How much of a row is paid for, in any state. */
export interface Quantity {
  formula: string | null
  /** False when it is the same in every state. */
  varies: boolean
  /** 0 or more; NaN where the formula has no value. */
  at(state: Float64Array): number
}

/** @throws FormulaError when the text is no formula over the plan's names */
export function quantityOf(quantity: number | string, plan: Pick<Plan, 'drivers' | 'demand'>): Quantity {
  if (typeof quantity === 'number') return { formula: null, varies: false, at: () => quantity }
  const names = formulaNames(plan)
  const formula: Formula = parseFormula(quantity, names)
  const value = compile(formula, (name) => names.indexOf(name))
  return {
    formula: quantity,
    varies: namesOf(formula).length > 0,
    at(state) {
      const raw = value(state)
      return raw > 0 ? (raw < Number.POSITIVE_INFINITY ? raw : Number.NaN) : raw <= 0 ? 0 : Number.NaN
    },
  }
}
