import type { StageCost } from '../contract/contract.ts'
import type { Plan } from '../model/plan.ts'
import type { Assumptions, Simulation } from '../model/scenario.ts'
import { rankOf, tenFiftyNinety } from './bands.ts'
import { demandWithLog } from './demand.ts'
import { ln } from './elementary.ts'
import { growthOf } from './growth.ts'
import { nextWord, normalQuantile, seedStream, unitInterval } from './random.ts'
import { boundsOf, holds, type ScenarioModel, type ScenarioRule, scenarioModel } from './scenario-model.ts'

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
  /** At path * rules + rule: the months in a row it has held, and the first month it fired. */
  streak: Uint8Array
  first: Int16Array
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
  const bandOf = () => ({ p10: [] as number[], p50: [] as number[], p90: [] as number[] })
  const add = (band: ReturnType<typeof bandOf>, values: Float64Array) => {
    const [p10, p50, p90] = tenFiftyNinety(values)
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
    const holders = new Int32Array(plan.stages.length)
    for (let path = 0; path < paths.count; path += 1)
      holders[paths.held[path] as number] = (holders[paths.held[path] as number] as number) + 1
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
      ...firstMonths(
        Int16Array.from(paths.held, (_, path) => paths.first[path * model.rules.length + index] as number),
      ),
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
    streak: new Uint8Array(count * model.rules.length),
    first: new Int16Array(count * model.rules.length).fill(NEVER),
    driver: new Float64Array(count),
    cost: new Float64Array(count),
    total: new Float64Array(count),
    used: model.charted.map(() => new Float64Array(count)),
  }
}

/** Returns the function that steps the pairs `from` up to `to` through one month. */
function walker(model: ScenarioModel, assumptions: Assumptions, paths: Paths) {
  const leadMonths = assumptions.policy.kind === 'triggers' ? assumptions.policy.leadMonths : -1
  const growth = growthOf({
    kind: 'exponential',
    monthlyRate: assumptions.monthlyRate,
    deviation: assumptions.deviation,
  })
  const driverCount = model.drivers.length
  const state = new Float64Array(driverCount + model.demands.length)
  const { rules } = model
  const ruleCount = rules.length
  const indexes = (pick: (rule: ScenarioRule) => boolean): Int32Array =>
    Int32Array.from(rules.flatMap((rule, index) => (pick(rule) ? [index] : [])))
  const always = indexes((rule) => rule.always)
  const rulesOf = model.monthly.map((_, stage) => indexes((rule) => rule.stage === stage))
  const whileHeld = model.monthly.map((_, stage) => indexes((rule) => rule.stage === stage && !rule.always))
  const stageOf = Int32Array.from(rules, (rule) => rule.stage)
  const monthsOf = Int32Array.from(rules, (rule) => rule.months)
  const holdsNow = ruleReader(rules, state)
  const bounds = rules.map((rule) => boundsOf(rule.test, model))
  const failsBelow = Float64Array.from(bounds, (one) => one.below)
  const failsAbove = Float64Array.from(bounds, (one) => one.above)
  const { streak, first } = paths

  /** Counts a month in which the rule holds on the path whose row it is, or starts its count anew. */
  function watch(rule: number, row: number, month: number): void {
    if (!holdsNow(rule)) {
      streak[row + rule] = 0
      return
    }
    const months = Math.min((streak[row + rule] as number) + 1, 255)
    streak[row + rule] = months
    if (months >= (monthsOf[rule] as number) && first[row + rule] === NEVER) first[row + rule] = month
  }

  /** Where the held stage's fired rules lead: the furthest stage up, else the nearest one down that would not send it back. */
  function destination(row: number, stage: number): number {
    const own = rulesOf[stage] as Int32Array
    let up = -1
    let down = -1
    for (let i = 0; i < own.length; i += 1) {
      const index = own[i] as number
      if ((streak[row + index] as number) < (monthsOf[index] as number)) continue
      const { to, direction } = rules[index] as ScenarioRule
      if (to === null) continue
      if (direction === 'up') up = Math.max(up, to)
      else if (!sendsBack(to)) down = Math.max(down, to)
    }
    return up >= 0 ? up : down
  }

  const sendsBack = (stage: number): boolean =>
    (rulesOf[stage] as Int32Array).some((index) => rules[index]?.direction === 'up' && holdsNow(index))

  /** Puts the path into a stage; returns what the move costs. */
  function enter(path: number, stage: number): number {
    for (const index of whileHeld[paths.held[path] as number] as Int32Array) streak[path * ruleCount + index] = 0
    paths.held[path] = stage
    paths.target[path] = -1
    return model.once[stage] as number
  }

  /** Decides on a move under the policy; returns what a move made at once costs. */
  function move(path: number, month: number): number {
    const row = path * ruleCount
    let once = 0
    // With no lead, a stage already outgrown is passed through in the same month; each stage at most once.
    for (let moves = 0; moves < rulesOf.length; moves += 1) {
      const from = paths.held[path] as number
      const to = destination(row, from)
      if (to < 0 || to === from) break
      if (leadMonths > 0) {
        paths.target[path] = to
        paths.arrival[path] = month + leadMonths
        break
      }
      once += enter(path, to)
      for (const index of rulesOf[to] as Int32Array) if (monthsOf[index] === 1) watch(index, row, month)
    }
    return once
  }

  const { held, target, arrival, driver, cost, total, used } = paths
  const present = Float64Array.from(model.drivers)
  const demandCount = model.demands.length
  const demandDriver = Int32Array.from(model.demands, (demand) => demand.driver)
  const base = Float64Array.from(model.demands, (demand) => demand.base)
  const rate = Float64Array.from(model.demands, (demand) => demand.rate)
  const alpha = Float64Array.from(model.demands, (demand) => demand.alpha)
  const chartedDemand = Int32Array.from(model.charted, (one) => driverCount + one.demand)
  const chartedSupply = model.charted.map((one) => Float64Array.from(one.supply))
  const monthly = Float64Array.from(model.monthly)

  function step(path: number, month: number, factor: number): void {
    for (let i = 0; i < driverCount; i += 1) state[i] = (present[i] as number) * factor
    let lastX = -1
    let lnX = 0
    for (let i = 0; i < demandCount; i += 1) {
      const x = state[demandDriver[i] as number] as number
      const exponent = alpha[i] as number
      if (exponent !== 1 && x !== lastX) {
        lnX = ln(x)
        lastX = x
      }
      state[driverCount + i] = demandWithLog(base[i] as number, rate[i] as number, exponent, x, lnX)
    }
    let once = 0
    if ((target[path] as number) >= 0 && (arrival[path] as number) <= month) once += enter(path, target[path] as number)
    const at = held[path] as number
    const row = path * ruleCount
    for (let i = 0; i < always.length; i += 1) {
      const rule = always[i] as number
      if (factor < (failsBelow[rule] as number) || factor > (failsAbove[rule] as number)) {
        streak[row + rule] = 0
        continue
      }
      // What has fired matters again only where it may move the path.
      if (first[row + rule] !== NEVER && monthsOf[rule] === 1 && stageOf[rule] !== at) continue
      watch(rule, row, month)
    }
    const own = whileHeld[at] as Int32Array
    for (let i = 0; i < own.length; i += 1) watch(own[i] as number, row, month)
    if (leadMonths >= 0 && (target[path] as number) < 0) once += move(path, month)

    const stage = held[path] as number
    const spent = (monthly[stage] as number) + once
    driver[path] = state[model.primary] as number
    cost[path] = spent
    total[path] = (total[path] as number) + spent
    for (let i = 0; i < used.length; i += 1) {
      const column = used[i] as Float64Array
      column[path] = (state[chartedDemand[i] as number] as number) / (chartedSupply[i]?.[stage] as number)
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

/** Tells whether a rule holds in the present `state`; plain comparisons, which most rules are, are read from flat arrays. */
function ruleReader(rules: readonly ScenarioRule[], state: Float64Array): (rule: number) => boolean {
  const at = Int32Array.from(rules, ({ test }) => (test.kind === 'leaf' ? test.at : -1))
  const per = Float64Array.from(rules, ({ test }) => test.per)
  const value = Float64Array.from(rules, ({ test }) => test.value)
  const op = Int32Array.from(rules, ({ test }) => ['>', '>=', '<', '<='].indexOf(test.op))
  return (rule) => {
    const source = at[rule] as number
    if (source < 0) return holds((rules[rule] as ScenarioRule).test, state)
    const observed = (state[source] as number) / (per[rule] as number)
    const threshold = value[rule] as number
    switch (op[rule]) {
      case 0:
        return observed > threshold
      case 1:
        return observed >= threshold
      case 2:
        return observed < threshold
      default:
        return observed <= threshold
    }
  }
}

/**
 * The mean over all paths and its Monte-Carlo standard error. The two paths of a pair depend on each other, so the error
 * comes from the spread of the pairs' means.
 */
function meanOfPairs(values: Float64Array): { mean: number; error: number } {
  const pairs = Math.floor(values.length / 2)
  const pairMean = (pair: number): number => ((values[2 * pair] as number) + (values[2 * pair + 1] as number)) / 2
  let sum = 0
  for (let pair = 0; pair < pairs; pair += 1) sum += pairMean(pair)
  const mean = sum / pairs
  let squares = 0
  for (let pair = 0; pair < pairs; pair += 1) squares += (pairMean(pair) - mean) ** 2
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
