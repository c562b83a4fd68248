import type { Plan } from '../model/plan.ts'
import { demandAt } from './demand.ts'
import { compile, type Formula, namesOf, parseFormula } from './formula.ts'
import { compileColumns, type Fill } from './formula-columns.ts'

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
  /** Which entries of a state it reads. */
  reads: readonly number[]
  /** `at` of many states, of which only the columns that it reads must be there. */
  fill: Fill
}

/** @throws FormulaError when the text is no formula over the plan's names */
export function quantityOf(quantity: number | string, plan: Pick<Plan, 'drivers' | 'demand'>): Quantity {
  if (typeof quantity === 'number')
    return {
      formula: null,
      varies: false,
      at: () => quantity,
      reads: [],
      fill: (_, count, into) => into.fill(quantity, 0, count),
    }
  const names = formulaNames(plan)
  const formula: Formula = parseFormula(quantity, names)
  const indexOf = (name: string): number => names.indexOf(name)
  const value = compile(formula, indexOf)
  const reads = namesOf(formula).map(indexOf)
  const values = compileColumns(formula, indexOf)
  return {
    formula: quantity,
    varies: reads.length > 0,
    at: (state) => amount(value(state)),
    reads,
    fill(states, count, into) {
      values(states, count, into)
      for (let i = 0; i < count; i += 1) into[i] = amount(into[i] as number)
    },
  }
}

const amount = (raw: number): number =>
  raw > 0 ? (raw < Number.POSITIVE_INFINITY ? raw : Number.NaN) : raw <= 0 ? 0 : Number.NaN
