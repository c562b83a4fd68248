import type { Compared, Comparison, Pair } from '../model/comparison.ts'
import type { Plan } from '../model/plan.ts'
import { HeadroomError } from '../model/problem.ts'
import type { Assumptions, Simulation } from '../model/scenario.ts'
import { stageAvailability } from './availability.ts'
import type { CostModel } from './cost-model.ts'
import { breakEven, type Cumulative, rangeOfDifferences } from './paired.ts'
import { fitToPlan } from './scenario-fit.ts'
import { arrivals, railsAgainst } from './scenario-rails.ts'
import { simulate } from './simulate.ts'

export interface ComparedInput {
  key: string
  name: string
  assumptions: Assumptions
}

export interface CompareOptions {
  /** The key that the others are held against; default: the first. */
  base?: string
  /** Horizon, paths and seed of all; default: those of the base. */
  months?: number
  paths?: number
  seed?: number
  /** The availability asked for, 0..1; default: the plan's need `sla`. */
  sla?: number
}

/** Sums kept for the pairs at the same time, 8 bytes each; with more scenarios fewer paths are run. */
const SUMS_MOST = 40_000_000
const PATHS_LEAST = 200

/**
 * Scenarios side by side. All are run with one seed, so that a path has the same fortune in each (common random numbers)
 * and a difference between two is due to them alone; with one horizon, so that their totals speak of the same months.
 * @throws SCENARIOS_NONE, SCENARIO_UNKNOWN, and what `simulate` throws
 */
export function compareScenarios(
  plan: Plan,
  inputs: readonly ComparedInput[],
  costsOf: (assumptions: Assumptions) => CostModel,
  options: CompareOptions = {},
): Comparison {
  const base = options.base === undefined ? inputs[0] : inputs.find((one) => one.key === options.base)
  if (!base) throw inputs.length === 0 ? none() : unknownBase(options.base ?? '', inputs)
  const months = options.months ?? base.assumptions.months
  const common = {
    months,
    paths: Math.min(options.paths ?? base.assumptions.paths, affordablePaths(inputs.length, months)),
    seed: options.seed ?? base.assumptions.seed,
    ...(base.assumptions.start === undefined ? {} : { start: base.assumptions.start }),
  }
  const runs = inputs.map((input) => runOf(plan, input, common, costsOf, options.sla))
  const primary = plan.drivers.find((driver) => driver.primary) ?? plan.drivers[0]
  return {
    plan: { id: plan.id, name: plan.name },
    currency: plan.currency,
    driver: { id: primary?.id ?? '', name: primary?.name ?? '', unit: primary?.unit ?? '' },
    start: base.assumptions.start ?? 0,
    ...{ months: common.months, paths: common.paths, seed: common.seed },
    base: base.key,
    scenarios: runs.map((run) => run.compared),
    pairs: runs.flatMap((a, index) => runs.slice(index + 1).map((b) => pairOf(a, b))),
  }
}

/** How many paths of so many scenarios are kept at once; an even number, since paths come in pairs. */
export const affordablePaths = (scenarios: number, months: number): number =>
  Math.max(PATHS_LEAST, Math.floor(SUMS_MOST / (scenarios * months) / 2) * 2)

interface Run {
  compared: Compared
  sums: Cumulative
}

function runOf(
  plan: Plan,
  input: ComparedInput,
  common: Pick<Assumptions, 'months' | 'paths' | 'seed' | 'start'>,
  costsOf: (assumptions: Assumptions) => CostModel,
  sla: number | undefined,
): Run {
  const fitted = fitToPlan(plan, input.assumptions)
  const notes = fitted.gone.map((one) => one.why)
  if (input.assumptions.months !== common.months)
    notes.push(
      `Run over ${common.months} months instead of its own ${input.assumptions.months}, as all that it is held against.`,
    )
  const assumptions = { ...fitted.assumptions, ...common }
  const total: Float64Array[] = []
  let overloaded = new Uint8Array(0)
  let paidOnce = 0
  const simulation = simulate(plan, costsOf(assumptions), assumptions, {
    onMonth(_, month) {
      total.push(month.total.slice())
      if (overloaded.length === 0) overloaded = new Uint8Array(month.over.length)
      for (let path = 0; path < overloaded.length; path += 1) if (month.over[path] === 1) overloaded[path] = 1
      for (const path of month.paidOnce) {
        const recurs = month.running === month.cost ? month.constantOf[month.kind[path] as number] : month.running[path]
        paidOnce += (month.cost[path] as number) - (recurs as number)
      }
    },
  })
  const paths = simulation.paths
  const end = common.months - 1
  const start = assumptions.stage ?? plan.stage
  const worst = simulation.overloadShare.reduce(
    (most, share, month, all) => (share > (all[most] ?? 0) ? month : most),
    0,
  )
  const worstShare = simulation.overloadShare[worst] ?? 0
  const reached = arrivals(plan, simulation)
  const order = plan.stages.map((stage) => stage.id)
  const compared: Compared = {
    key: input.key,
    name: input.name,
    assumptions,
    notes,
    cost: simulation.cost,
    cumulative: simulation.cumulativeCost,
    perDriver: simulation.costPerDriver,
    driver: simulation.driver,
    total: {
      p10: simulation.cumulativeCost.p10[end] ?? 0,
      p50: simulation.cumulativeCost.p50[end] ?? 0,
      p90: simulation.cumulativeCost.p90[end] ?? 0,
    },
    migration: { minor: paidOnce / paths, hours: simulation.migrationHours },
    overload: {
      share: overloaded.reduce((sum, one) => sum + one, 0) / paths,
      minutesPerMonth: {
        p10: meanOf(simulation.overloadMinutes.p10),
        p50: meanOf(simulation.overloadMinutes.p50),
        p90: meanOf(simulation.overloadMinutes.p90),
      },
      worst:
        worstShare > 0
          ? { month: worst, share: worstShare, minutes: simulation.overloadMinutes.p90[worst] ?? 0 }
          : null,
      byMonth: simulation.overloadShare,
    },
    availability: availabilityOf(plan, simulation, sla),
    stages: simulation.stageShare.filter((one) => one.share.some((share) => share > 0)),
    triggers: simulation.triggers
      .filter((one) => one.firedShare > 0)
      .map(({ id, stage, name, to, firedShare, month }) => ({
        ...{ id, stage, name, firedShare, month },
        down: to !== null && order.indexOf(to) < order.indexOf(stage),
      }))
      .sort((a, b) => monthOf(a) - monthOf(b) || b.firedShare - a.firedShare),
    irreversible: reached
      .filter(({ stage }) => stage.id !== start && stage.irreversible.length > 0)
      .map(({ stage, month }) => ({ stage: stage.id, name: stage.name, month, what: stage.irreversible })),
    guardRails: railsAgainst(plan, simulation, start),
    notModelled: simulation.notModelled,
  }
  return { compared, sums: { months: common.months, paths, total } }
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length

const monthOf = ({ month }: Compared['triggers'][number]): number => month.p50 ?? 1000 + (month.p10 ?? 1000)

/** What each stage held can promise, against what is asked. A month is judged by the stage that most paths hold. */
function availabilityOf(plan: Plan, simulation: Simulation, sla: number | undefined): Compared['availability'] {
  const stated = plan.needs.sla
  const asked = sla ?? (typeof stated === 'number' && stated > 0 ? stated : null)
  // In the ladder's order: a stage that few paths hold, but early, does not come before one that most hold later.
  const held = arrivals(plan, simulation).sort((a, b) => a.index - b.index)
  const stages = held.map(({ stage, month }) => {
    const { value, unknown } = stageAvailability(stage)
    const meets = asked === null || value === null ? null : value >= asked
    return { stage: stage.id, name: stage.name, from: month, value, why: unknown, meets }
  })
  const missing = new Set(stages.filter((one) => one.meets === false).map((one) => one.stage))
  let missesFrom: number | null = null
  for (let month = 0; month < simulation.months && missesFrom === null; month += 1) {
    const mostHeld = simulation.stageShare.reduce((most, one) =>
      (one.share[month] ?? 0) > (most.share[month] ?? 0) ? one : most,
    )
    if (missing.has(mostHeld.stage)) missesFrom = month
  }
  return { asked, stages, missesFrom }
}

function pairOf(a: Run, b: Run): Pair {
  const end = a.sums.months - 1
  const left = a.sums.total[end] as Float64Array
  const right = b.sums.total[end] as Float64Array
  const differences = left.map((value, path) => value - (right[path] as number))
  return {
    a: a.compared.key,
    b: b.compared.key,
    total: rangeOfDifferences(differences),
    cheaper: differences.reduce((count, one) => count + (one < 0 ? 1 : 0), 0) / differences.length,
    dearer: differences.reduce((count, one) => count + (one > 0 ? 1 : 0), 0) / differences.length,
    breakEven: breakEven(a.sums, b.sums),
  }
}

const none = (): HeadroomError =>
  new HeadroomError({
    code: 'SCENARIOS_NONE',
    fact: 'There is nothing to compare.',
    fix: 'Choose at least one scenario.',
    field: 'scenarios',
  })

const unknownBase = (base: string, inputs: readonly ComparedInput[]): HeadroomError =>
  new HeadroomError({
    code: 'SCENARIO_UNKNOWN',
    fact: `There is no scenario "${base}" among those compared.`,
    fix: `Choose one of: ${inputs.map((one) => one.key).join(', ')}.`,
    field: 'base',
    value: base,
  })
