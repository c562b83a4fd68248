import type { StageCost } from '../contract/contract.ts'
import type { Plan } from '../model/plan.ts'
import type { Assumptions, Simulation } from '../model/scenario.ts'
import { rankOf, tenFiftyNinety } from './bands.ts'
import { power } from './elementary.ts'
import { growthAt } from './growth.ts'
import { nextWord, normalQuantile, seedStream, unitInterval } from './random.ts'
import { holds, type ScenarioModel, type ScenarioRule, scenarioModel } from './scenario-model.ts'

const NEVER = 32767

/** What is kept of each path from month to month. Paths 2k and 2k + 1 are an antithetic pair: equal shocks of opposite sign. */
interface Paths {
  count: number
  generators: Uint32Array
  shock: Float64Array
  held: Int16Array
  /** The stage a decided move leads to, or -1, and the month it is finished. */
  target: Int16Array
  arrival: Int16Array
  /** By rule, then path: months in a row it has held, and the first month it fired. */
  streak: Uint8Array[]
  first: Int16Array[]
  driver: Float64Array
  cost: Float64Array
  total: Float64Array
  used: Float64Array[]
}

/**
 * The Monte Carlo of a plan. Month 0 is the present; bands have one entry a month. Money is in minor units of the plan's
 * currency. The result depends on the arguments alone: each antithetic pair has its own counted random stream, so neither
 * the order of the paths nor `slice` (how many pairs are stepped at a time) changes a digit.
 *
 * A trigger with direction up is watched on every path from the start, against its own stage's supply, and its first month
 * is reported whether or not the stage is held then; a down trigger only while its stage is held. Moves follow the held
 * stage's triggers and stated capacities alone, `leadMonths` after they fire. A move down is not made into a stage one of
 * whose own up rules holds in that month.
 */
export function simulate(plan: Plan, costs: readonly StageCost[], assumptions: Assumptions, slice = 2048): Simulation {
  const model = scenarioModel(plan, costs, assumptions)
  const { months } = assumptions
  const paths = startPaths(model, assumptions)
  const walk = walker(model, assumptions, paths)
  const pairs = Math.ceil(paths.count / 2)
  const scratch = new Float64Array(paths.count)
  const bandOf = () => ({ p10: [] as number[], p50: [] as number[], p90: [] as number[] })
  const add = (band: ReturnType<typeof bandOf>, values: Float64Array) => {
    scratch.set(values)
    const [p10, p50, p90] = tenFiftyNinety(scratch)
    band.p10.push(p10)
    band.p50.push(p50)
    band.p90.push(p90)
  }

  const driver = bandOf()
  const cost = bandOf()
  const cumulativeCost = bandOf()
  const costMean: number[] = []
  const costStandardError: number[] = []
  const used = model.charted.map(bandOf)
  const share = plan.stages.map(() => [] as number[])
  for (let month = 0; month < months; month += 1) {
    for (let pair = 0; pair < pairs; pair += slice) walk(month, pair, Math.min(pair + slice, pairs))
    add(driver, paths.driver)
    add(cost, paths.cost)
    add(cumulativeCost, paths.total)
    for (const [index, band] of used.entries()) add(band, paths.used[index] as Float64Array)
    const { mean, error } = meanOfPairs(paths.cost)
    costMean.push(mean)
    costStandardError.push(error)
    const holders = new Array<number>(plan.stages.length).fill(0)
    for (const stage of paths.held) holders[stage] = (holders[stage] as number) + 1
    for (const [stage, count] of holders.entries()) share[stage]?.push(count / paths.count)
  }

  return {
    months,
    paths: paths.count,
    seed: assumptions.seed,
    currency: plan.currency,
    driver,
    cost,
    costMean,
    costStandardError,
    cumulativeCost,
    utilisation: model.charted.map(({ resource, name }, index) => ({
      resource,
      name,
      band: used[index] as ReturnType<typeof bandOf>,
    })),
    stageShare: plan.stages.map((stage, index) => ({
      stage: stage.id,
      name: stage.name,
      share: share[index] as number[],
    })),
    triggers: model.rules.map((rule, index) => ({
      id: rule.id,
      stage: plan.stages[rule.stage]?.id ?? '',
      name: rule.name,
      to: rule.to === null ? null : (plan.stages[rule.to]?.id ?? null),
      ...firstMonths(paths.first[index] as Int16Array),
    })),
    notModelled: model.notModelled,
  }
}

function startPaths(model: ScenarioModel, { paths: count, seed }: Assumptions): Paths {
  const pairs = Math.ceil(count / 2)
  const generators = new Uint32Array(4 * pairs)
  for (let pair = 0; pair < pairs; pair += 1) seedStream(seed, pair, generators, 4 * pair)
  return {
    count,
    generators,
    shock: new Float64Array(pairs),
    held: new Int16Array(count).fill(model.present),
    target: new Int16Array(count).fill(-1),
    arrival: new Int16Array(count),
    streak: model.rules.map(() => new Uint8Array(count)),
    first: model.rules.map(() => new Int16Array(count).fill(NEVER)),
    driver: new Float64Array(count),
    cost: new Float64Array(count),
    total: new Float64Array(count),
    used: model.charted.map(() => new Float64Array(count)),
  }
}

/** A rule with its place in the per-path arrays. */
interface Watched {
  rule: ScenarioRule
  streak: Uint8Array
  first: Int16Array
}

/** Returns the function that steps the pairs `from` up to `to` through one month. */
function walker(model: ScenarioModel, assumptions: Assumptions, paths: Paths) {
  const { policy } = assumptions
  const growth = growthAt({
    kind: 'exponential',
    monthlyRate: assumptions.monthlyRate,
    deviation: assumptions.deviation,
  })
  const driverCount = model.drivers.length
  const state = new Float64Array(driverCount + model.demands.length)
  const watched = model.rules.map(
    (rule, index): Watched => ({
      rule,
      streak: paths.streak[index] as Uint8Array,
      first: paths.first[index] as Int16Array,
    }),
  )
  const always = watched.filter(({ rule }) => rule.always)
  const rulesOf = model.monthly.map((_, stage) => watched.filter(({ rule }) => rule.stage === stage))
  const whileHeld = rulesOf.map((rules) => rules.filter(({ rule }) => !rule.always))

  /** Counts a month in which the rule holds, or starts its count anew. */
  function watch({ rule, streak, first }: Watched, path: number, month: number): void {
    if (!holds(rule.test, state)) {
      streak[path] = 0
      return
    }
    const months = Math.min((streak[path] as number) + 1, 255)
    streak[path] = months
    if (months >= rule.months && first[path] === NEVER) first[path] = month
  }

  /** Where the held stage's fired rules lead: the furthest stage up, else the nearest one down that would not send it back. */
  function destination(path: number, stage: number): number {
    const rules = rulesOf[stage] as Watched[]
    let up = -1
    let down = -1
    for (let i = 0; i < rules.length; i += 1) {
      const { rule, streak } = rules[i] as Watched
      if (rule.to === null || (streak[path] as number) < rule.months) continue
      if (rule.direction === 'up') up = Math.max(up, rule.to)
      else if (!rulesOf[rule.to]?.some((other) => other.rule.direction === 'up' && holds(other.rule.test, state)))
        down = Math.max(down, rule.to)
    }
    return up >= 0 ? up : down
  }

  /** Puts the path into a stage; returns what the move costs. */
  function enter(path: number, stage: number): number {
    for (const { streak } of whileHeld[paths.held[path] as number] as Watched[]) streak[path] = 0
    paths.held[path] = stage
    paths.target[path] = -1
    return model.once[stage] as number
  }

  /** Decides on a move under the policy; returns what a move made at once costs. */
  function move(path: number, month: number, leadMonths: number): number {
    let once = 0
    // With no lead, a stage already outgrown is passed through in the same month; each stage at most once.
    for (let moves = 0; moves < rulesOf.length; moves += 1) {
      const held = paths.held[path] as number
      const to = destination(path, held)
      if (to < 0 || to === held) break
      if (leadMonths > 0) {
        paths.target[path] = to
        paths.arrival[path] = month + leadMonths
        break
      }
      once += enter(path, to)
      for (const one of rulesOf[to] as Watched[]) if (one.rule.months === 1) watch(one, path, month)
    }
    return once
  }

  function step(path: number, month: number, factor: number): void {
    for (let i = 0; i < driverCount; i += 1) state[i] = (model.drivers[i] as number) * factor
    for (let i = 0; i < model.demands.length; i += 1) {
      const demand = model.demands[i] as ScenarioModel['demands'][number]
      state[driverCount + i] = demand.base + demand.rate * power(state[demand.driver] as number, demand.alpha)
    }
    let once = 0
    if ((paths.target[path] as number) >= 0 && (paths.arrival[path] as number) <= month)
      once += enter(path, paths.target[path] as number)
    const held = paths.held[path] as number
    for (let i = 0; i < always.length; i += 1) {
      const one = always[i] as Watched
      // What has fired matters again only where it may move the path.
      if (one.first[path] !== NEVER && one.rule.months === 1 && one.rule.stage !== held) continue
      watch(one, path, month)
    }
    const own = whileHeld[held] as Watched[]
    for (let i = 0; i < own.length; i += 1) watch(own[i] as Watched, path, month)
    if (policy.kind === 'triggers' && (paths.target[path] as number) < 0) once += move(path, month, policy.leadMonths)

    const stage = paths.held[path] as number
    const cost = (model.monthly[stage] as number) + once
    paths.driver[path] = state[model.primary] as number
    paths.cost[path] = cost
    paths.total[path] = (paths.total[path] as number) + cost
    for (let i = 0; i < paths.used.length; i += 1) {
      const { demand, supply } = model.charted[i] as ScenarioModel['charted'][number]
      ;(paths.used[i] as Float64Array)[path] = (state[driverCount + demand] as number) / (supply[stage] as number)
    }
  }

  return (month: number, from: number, to: number): void => {
    const factorOf = growth(month)
    for (let pair = from; pair < to; pair += 1) {
      if (month > 0) {
        const normal = normalQuantile(unitInterval(nextWord(paths.generators, 4 * pair)))
        paths.shock[pair] = (paths.shock[pair] as number) + normal
      }
      const shock = paths.shock[pair] as number
      step(2 * pair, month, factorOf(shock))
      if (2 * pair + 1 < paths.count) step(2 * pair + 1, month, factorOf(-shock))
    }
  }
}

/**
 * The mean over all paths and its Monte-Carlo standard error. The two paths of a pair depend on each other, so the error
 * comes from the spread of the pairs' means.
 */
function meanOfPairs(values: Float64Array): { mean: number; error: number } {
  const pairs = Math.floor(values.length / 2)
  let mean = 0
  let squares = 0
  for (let pair = 0; pair < pairs; pair += 1) {
    const value = ((values[2 * pair] as number) + (values[2 * pair + 1] as number)) / 2
    const delta = value - mean
    mean += delta / (pair + 1)
    squares += delta * (value - mean)
  }
  return { mean, error: pairs > 1 ? Math.sqrt(squares / (pairs - 1) / pairs) : 0 }
}

/** In which share of the paths a rule fired, and the months by which it had in 10, 50 and 90% of them (null: not within the horizon). */
function firstMonths(first: Int16Array): Pick<Simulation['triggers'][number], 'firedShare' | 'month'> {
  const sorted = first.slice().sort()
  const at = (share: number): number | null => {
    const month = sorted[rankOf(share, sorted.length)] as number
    return month === NEVER ? null : month
  }
  let fired = 0
  for (const month of first) if (month !== NEVER) fired += 1
  return { firedShare: fired / first.length, month: { p10: at(0.1), p50: at(0.5), p90: at(0.9) } }
}
