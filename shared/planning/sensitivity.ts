import type { Sensitivity } from '../model/comparison.ts'
import { HeadroomError } from '../model/problem.ts'
import { AssumptionsSchema } from '../model/scenario.ts'
import { costModel } from './cost-model.ts'
import { type Basis, type SensitivityInput, sensitivityInputs } from './sensitivity-inputs.ts'
import { simulate } from './simulate.ts'

/** Paths of each run: twice as many runs as assumptions, and all of them on the same fortunes. */
const PATHS_MOST = 2000

export interface SensitivityOptions {
  /** Ranges that the operator states, by row id. */
  stated?: Readonly<Record<string, { low: number; high: number }>>
  /** Ranges that come from fits on measured series, by row id; a stated one goes before. */
  fitted?: Readonly<Record<string, { low: number; high: number }>>
}

/**
 * What each assumption does on its own: the scenario is run with it at the low and at the high end of its range and all
 * else as it is, on the same seed, so that what changes is due to it. One at a time: assumptions that act together (growth
 * and price, say) are not seen together here. Rows are sorted by how far apart the ends put the P50 total, then by what
 * they do to overload.
 * @throws SENSITIVITY_UNKNOWN, SENSITIVITY_RANGE, and what `simulate` throws
 */
export function sensitivity(basis: Basis, options: SensitivityOptions = {}): Sensitivity {
  const inputs = sensitivityInputs(basis)
  const ids = new Set(inputs.map((input) => input.id))
  for (const [id, range] of Object.entries(options.stated ?? {})) {
    if (!ids.has(id)) throw unknownRow(id, inputs)
    if (!(range.low <= range.high)) throw turnedRange(id, range)
    const input = inputs.find((one) => one.id === id) as SensitivityInput
    for (const end of [range.low, range.high]) if (!isPossible(input, basis, end)) throw impossible(input, end)
  }
  const paths = Math.min(basis.assumptions.paths, PATHS_MOST)
  const run = ({ plan, assumptions, priceOf }: Basis): { total: number; overload: number } => {
    const { levers, tax, rates } = assumptions
    const costs = costModel(plan, priceOf, { levers, tax, rates })
    const { cumulativeCost, overloadShare, months } = simulate(plan, costs, { ...assumptions, paths })
    return {
      total: cumulativeCost.p50[months - 1] ?? 0,
      overload: overloadShare.reduce((sum, share) => sum + share, 0) / months,
    }
  }
  const base = run(basis)
  const rows = inputs.map((input): Sensitivity['rows'][number] => {
    const stated = options.stated?.[input.id]
    const fitted = options.fitted?.[input.id]
    const { low, high } = stated ?? fitted ?? input
    const [at, other] = [run(input.with(basis, low)), run(input.with(basis, high))]
    const { id, name, kind, unit, value } = input
    return {
      ...{ id, name, kind, unit, value, low, high },
      origin: stated ? 'stated' : fitted ? 'fitted' : 'default',
      total: { low: at.total, high: other.total },
      overload: { low: at.overload, high: other.overload },
    }
  })
  return {
    currency: basis.plan.currency,
    months: basis.assumptions.months,
    paths,
    seed: basis.assumptions.seed,
    base,
    rows: rows.sort((a, b) => width(b.total) - width(a.total) || width(b.overload) - width(a.overload)),
  }
}

/** Whether an assumption can take a value at all: a share cannot be 1.4, a price not be negative. */
const isPossible = (input: SensitivityInput, basis: Basis, value: number): boolean =>
  (value >= 0 || input.kind === 'growth') && AssumptionsSchema.safeParse(input.with(basis, value).assumptions).success

const width = ({ low, high }: { low: number; high: number }): number => Math.abs(high - low)

const unknownRow = (id: string, inputs: readonly SensitivityInput[]): HeadroomError =>
  new HeadroomError({
    code: 'SENSITIVITY_UNKNOWN',
    fact: `The scenario has no assumption "${id}" whose range could be stated.`,
    fix: `Choose one of: ${inputs.map((input) => input.id).join(', ')}.`,
    field: `ranges.${id}`,
    value: id,
  })

const turnedRange = (id: string, { low, high }: { low: number; high: number }): HeadroomError =>
  new HeadroomError({
    code: 'SENSITIVITY_RANGE',
    fact: `The range of "${id}" goes from ${low} down to ${high}.`,
    fix: 'State the low end first.',
    field: `ranges.${id}`,
    value: `${low} to ${high}`,
  })

const impossible = ({ id, name }: SensitivityInput, value: number): HeadroomError =>
  new HeadroomError({
    code: 'SENSITIVITY_RANGE',
    fact: `${name} cannot be ${value}.`,
    fix: 'State a range of values that it can take.',
    field: `ranges.${id}`,
    value: String(value),
  })
