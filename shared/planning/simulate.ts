import type { Plan } from '../model/plan.ts'
import type { Assumptions, Band, Simulation } from '../model/scenario.ts'
import { MINUTES_PER_MONTH } from './availability.ts'
import { rankOf, tenFiftyNinety, weightedTenFiftyNinety } from './bands.ts'
import { cheapestMoves } from './cheapest-path.ts'
import type { CostModel } from './cost-model.ts'
import { demandWithLog } from './demand.ts'
import type { DriverMonth } from './driver-model.ts'
import { driverPaths } from './driver-paths.ts'
import { ln, power } from './elementary.ts'
import { type MonthOrder, monthOrder } from './month-order.ts'
import { type ScenarioModel, scenarioModel } from './scenario-model.ts'
import { HOURS_PER_WEEK, hoursAbove } from './seasonality.ts'
import { lawLimit, type StageWalk, stageWalk } from './stage-walk.ts'

export interface SimulateOptions {
  /** How many pairs of paths are stepped at a time; changes no digit. */
  block?: number
  /** Called after each month with what each path has spent so far and whether it is overloaded; the arrays are used again. */
  onMonth?: (month: number, paths: MonthOfPaths) => void
}

/** What each path paid this month and so far, in minor units, and whether it is overloaded; see StageWalk. */
export type MonthOfPaths = Pick<
  StageWalk,
  'total' | 'over' | 'cost' | 'running' | 'paidOnce' | 'constantOf' | 'kind' | 'stateOf'
>

/**
 * The Monte Carlo of a plan. Month 0 is the present; bands have one entry a month. Money is in minor units of the plan's
 * currency. The result depends on the arguments alone: each antithetic pair has its own counted random streams, so neither
 * the order of the paths nor how many are stepped at a time changes a digit.
 *
 * A trigger with direction up is watched on every path from the start, against its own stage's supply, and its first month
 * is reported whether or not the stage is held then; a down trigger only while its stage is held. Moves follow stageWalk.
 * What of a driver each figure follows (level, peak, what a rule sees) is told at DriverModel. A month has 730 hours, as
 * prices count it: a stage is overloaded in those in which the week's profile and the events take some demand past its
 * supply (its largest one where it scales by itself).
 *
 * @throws START_MISSING, UNKNOWN_STAGE, UNKNOWN_DRIVER, CEILING_BELOW_PRESENT, GROWTH_POINTS_OUT_OF_ORDER,
 *   GROWTH_PIECES_OUT_OF_ORDER, EVENT_ENDS_BEFORE_IT_BEGINS, TOO_MANY_PROBABLE_EVENTS
 */
export function simulate(
  plan: Plan,
  costs: CostModel,
  assumptions: Assumptions,
  options: SimulateOptions = {},
): Simulation {
  const { months, seed, paths: count, policy } = assumptions
  const model = scenarioModel(plan, costs, assumptions, movesOf(plan, costs, assumptions))
  const paths = driverPaths(model.drivers, seed, count)
  const walk = stageWalk(model, paths, policy.kind === 'triggers' ? policy.leadMonths : -1)
  const pairs = Math.ceil(count / 2)
  const block = options.block ?? pairs
  const figures = monthFigures(model, walk, paths, costs.levers.length)
  for (let month = 0; month < months; month += 1) {
    const now = model.drivers.month(month)
    walk.begin(month, now)
    for (let pair = 0; pair < pairs; pair += block) {
      const end = Math.min(pair + block, pairs)
      paths.step(month, now.events, pair, end)
      walk.step(2 * pair, Math.min(2 * end, count))
    }
    figures.add(now)
    options.onMonth?.(month, walk)
  }

  return {
    months,
    paths: count,
    seed,
    currency: plan.currency,
    driver: figures.driver,
    cost: figures.cost,
    costMean: figures.costMean,
    costStandardError: figures.costError,
    cumulativeCost: figures.cumulativeCost,
    costPerDriver: figures.costPerDriver,
    overloadMinutes: figures.overloadMinutes,
    overloadShare: figures.overloadShare,
    overloadShareError: figures.overloadShareError,
    migrationHours: walk.hours / count,
    saved: costs.levers.map((lever, index) => ({ lever, minor: figures.saved[index] as number[] })),
    utilisation: model.charted.map(({ resource, name }, index) => ({
      resource,
      name,
      band: figures.utilisation[index] as Band,
    })),
    stageShare: plan.stages.map((stage, index) => ({
      stage: stage.id,
      name: stage.name,
      share: figures.stageShare[index] as number[],
    })),
    triggers: model.rules.map((rule, index) => ({
      id: rule.id,
      stage: plan.stages[rule.stage]?.id ?? '',
      name: rule.name,
      to: rule.to === null ? null : (plan.stages[rule.to]?.id ?? null),
      ...firstMonths(walk.watch.first[index] as Int16Array, months),
    })),
    notModelled: model.notModelled,
  }
}

/** The moves that a policy makes on every path, as month of entry and stage. */
function movesOf(plan: Plan, costs: CostModel, assumptions: Assumptions): readonly { month: number; stage: string }[] {
  const { policy } = assumptions
  if (policy.kind === 'fixed') return policy.moves
  return policy.kind === 'cheapest' ? cheapestMoves(plan, costs, assumptions).moves : []
}

/** Collects the figures of each month from the walk. */
function monthFigures(model: ScenarioModel, walk: StageWalk, paths: ReturnType<typeof driverPaths>, levers: number) {
  const { count, values, variant } = paths
  const { drivers, charted, demands } = model
  const { kind, kinds } = walk
  const stages = kinds - 1
  const bandOf = (): Band => ({ p10: [], p50: [], p90: [] })
  const push = (band: Band, [p10, p50, p90]: readonly [number, number, number]): void => {
    band.p10.push(p10)
    band.p50.push(p50)
    band.p90.push(p90)
  }
  const list = (): number[] => []
  const figures = {
    driver: bandOf(),
    cost: bandOf(),
    cumulativeCost: bandOf(),
    costPerDriver: bandOf(),
    overloadMinutes: bandOf(),
    utilisation: charted.map(bandOf),
    costMean: list(),
    costError: list(),
    overloadShare: list(),
    overloadShareError: list(),
    stageShare: Array.from({ length: stages }, list),
    saved: Array.from({ length: levers }, list),
    add,
  }
  const byLaw = drivers.laws.map(() => monthOrder(count))
  const groups = new Uint32Array(count)
  const scratch = new Float64Array(count)
  const limiting = drivers.laws.flatMap((_, law) => (limits(law) ? [law] : []))
  const variableKinds = Array.from({ length: kinds }, (_, one) => walk.costOfKind(one).variable !== null)

  /** Whether some stage states a supply of a demand that follows this law. */
  function limits(law: number): boolean {
    return model.carries.some((carries) =>
      carries.some((last, driver) => drivers.lawOf[driver] === law && last < Number.POSITIVE_INFINITY),
    )
  }

  function add(now: DriverMonth): void {
    const variants = now.events.variants
    if (variants === 1) groups.set(kind)
    else
      for (let path = 0; path < count; path += 1)
        groups[path] = (kind[path] as number) * variants + (variant[path] as number)
    const orders = new Map<number, MonthOrder>()
    const orderOf = (law: number): MonthOrder => {
      const order =
        orders.get(law) ?? (byLaw[law] as (typeof byLaw)[number])(groups, kinds * variants, values[law] as Float64Array)
      orders.set(law, order)
      return order
    }
    const each = (of: (which: number) => number): Float64Array =>
      Float64Array.from({ length: variants }, (_, which) => of(which))
    const kindOf = (group: number): number => (variants === 1 ? group : Math.floor(group / variants))
    const level = each((which) => now.level(which, drivers.primary))
    const levelOf = (group: number): number => level[group % variants] as number

    push(
      figures.driver,
      orderOf(0).band(
        (group, x) => x * levelOf(group),
        true,
        (group, value) => value / levelOf(group),
      ),
    )
    for (const [index, { demand, supply }] of charted.entries()) {
      const { driver, base, rate, alpha } = demands[demand] as (typeof demands)[number]
      const peak = each((which) => now.peak(which, driver))
      // Looked up by group, because the selection asks for some figure tens of thousands of times.
      const peakOf = new Float64Array(kinds * variants)
      const supplyOf = new Float64Array(kinds * variants)
      for (let group = 0; group < peakOf.length; group += 1) {
        peakOf[group] = peak[group % variants] as number
        supplyOf[group] = supply[walk.stageOfKind(kindOf(group))] as number
      }
      const linear = alpha === 1
      const band = orderOf(drivers.lawOf[driver] as number).band(
        (group, x) => {
          const at = x * (peakOf[group] as number)
          const asked = linear ? base + rate * at : demandWithLog(base, rate, alpha, at, ln(at))
          return asked / (supplyOf[group] as number)
        },
        true,
        (group, use) => {
          const asked = (use * (supplyOf[group] as number) - base) / rate
          return (linear ? asked : power(asked, 1 / alpha)) / (peakOf[group] as number)
        },
      )
      push(figures.utilisation[index] as Band, band)
    }
    addCosts(levelOf, kindOf, orderOf(0))
    addOverload(now, variants, kindOf, orderOf)
  }

  function addCosts(levelOf: (group: number) => number, kindOf: (group: number) => number, order: MonthOrder): void {
    const { cost, running, total, constantOf, paidOnce } = walk
    const holders = new Int32Array(kinds)
    for (let path = 0; path < count; path += 1)
      holders[kind[path] as number] = (holders[kind[path] as number] as number) + 1
    for (let stage = 0; stage < stages; stage += 1) {
      const held = (holders[stage] as number) + (stage === model.start ? (holders[stages] as number) : 0)
      figures.stageShare[stage]?.push(held / count)
    }

    const perDriver = (minor: number, driver: number): number => (driver > 0 ? minor / driver : 0)
    if (variableKinds.some((varies, one) => varies && holders[one] !== 0)) {
      push(figures.cost, tenFiftyNinety(cost))
      for (let path = 0; path < count; path += 1)
        scratch[path] = perDriver(
          running[path] as number,
          (values[0]?.[path] as number) * levelOf(groups[path] as number),
        )
      push(figures.costPerDriver, tenFiftyNinety(scratch))
    } else {
      // Few sums occur: what a stage costs, and that with what was paid once.
      const counts = new Map<number, number>()
      const add = (minor: number, by: number) => counts.set(minor, (counts.get(minor) ?? 0) + by)
      for (let one = 0; one < kinds; one += 1) add(constantOf[one] as number, holders[one] as number)
      for (const path of paidOnce) {
        add(constantOf[kind[path] as number] as number, -1)
        add(cost[path] as number, 1)
      }
      push(figures.cost, weightedTenFiftyNinety([...counts.keys()], [...counts.values()]))
      if (order.least > 0)
        push(
          figures.costPerDriver,
          order.band(
            (group, x) => perDriver(constantOf[kindOf(group)] as number, x * levelOf(group)),
            false,
            (group, minor) => (constantOf[kindOf(group)] as number) / (minor * levelOf(group)),
          ),
        )
      else {
        for (let path = 0; path < count; path += 1) {
          const group = groups[path] as number
          scratch[path] = perDriver(constantOf[kindOf(group)] as number, (values[0]?.[path] as number) * levelOf(group))
        }
        push(figures.costPerDriver, tenFiftyNinety(scratch))
      }
    }
    push(figures.cumulativeCost, tenFiftyNinety(total))
    const { mean, error } = meanOfPairs(cost)
    figures.costMean.push(mean)
    figures.costError.push(error)

    const saved = new Float64Array(levers)
    for (let one = 0; one < kinds; one += 1)
      for (let lever = 0; lever < levers; lever += 1)
        saved[lever] =
          (saved[lever] as number) + (holders[one] as number) * (walk.costOfKind(one).savedMinor[lever] ?? 0)
    for (let one = 0; one < kinds; one += 1) {
      const { variableSaved } = walk.costOfKind(one)
      if (!variableSaved || holders[one] === 0) continue
      for (let path = 0; path < count; path += 1) if (kind[path] === one) variableSaved(walk.stateOf(path), saved)
    }
    for (let lever = 0; lever < levers; lever += 1) figures.saved[lever]?.push((saved[lever] as number) / count)
  }

  function addOverload(
    now: DriverMonth,
    variants: number,
    kindOf: (group: number) => number,
    orderOf: (law: number) => MonthOrder,
  ): void {
    const { share, error } = shareOfMarks(walk.over)
    figures.overloadShare.push(share)
    figures.overloadShareError.push(error)
    if (share === 0) {
      push(figures.overloadMinutes, [0, 0, 0])
      return
    }

    /** By group: stretches of days, each with the driver value of every law above which some demand passes its supply. */
    const stretches = new Map<number, { share: number; limits: number[] }[]>()
    const stretchesOf = (group: number) => {
      const known =
        stretches.get(group) ??
        now.parts(group % variants).map((part) => ({
          share: part.share,
          limits: limiting.map((law) => lawLimit(model, walk.stageOfKind(kindOf(group)), law, part.factor)),
        }))
      stretches.set(group, known)
      return known
    }
    const minutes = (group: number, driverOf: (law: number) => number): number => {
      let sum = 0
      for (const part of stretchesOf(group)) {
        let hours = 0
        for (let i = 0; i < limiting.length; i += 1)
          hours = Math.max(hours, hoursAbove(drivers.busy, driverOf(limiting[i] as number), part.limits[i] as number))
        sum += part.share * hours
      }
      return (MINUTES_PER_MONTH * sum) / HOURS_PER_WEEK
    }
    if (limiting.length === 1) {
      push(
        figures.overloadMinutes,
        orderOf(limiting[0] as number).band((group, x) => minutes(group, () => x), true),
      )
      return
    }
    for (let path = 0; path < count; path += 1)
      scratch[path] =
        walk.over[path] === 1 ? minutes(groups[path] as number, (law) => values[law]?.[path] as number) : 0
    push(figures.overloadMinutes, tenFiftyNinety(scratch))
  }

  return figures
}

/**
 * The mean over all paths and its Monte-Carlo standard error. The two paths of a pair depend on each other, so the error
 * comes from the spread of the pairs' means; the last of an odd number of paths is left out of it.
 */
function meanOfPairs(values: ArrayLike<number>): { mean: number; error: number } {
  const pairs = values.length >> 1
  // Sums of differences from the first pair lose no digits to a large mean.
  const first = ((values[0] as number) + (values[Math.min(1, values.length - 1)] as number)) / 2
  let sum = 0
  let squares = 0
  for (let pair = 0; pair < pairs; pair += 1) {
    const difference = ((values[2 * pair] as number) + (values[2 * pair + 1] as number)) / 2 - first
    sum += difference
    squares += difference * difference
  }
  const odd = values.length % 2 === 1 ? ((values[values.length - 1] as number) - first) / 2 : 0
  const mean = first + (2 * (sum + odd)) / values.length
  const spread = pairs > 1 ? Math.max(0, squares - (sum * sum) / pairs) / (pairs - 1) : 0
  return { mean, error: pairs > 1 ? Math.sqrt(spread / pairs) : 0 }
}

/**
 * A share of paths and its standard error, from how many pairs have none, one and both of their paths in it; `odd` is 1 when
 * a last path without a twin is in it.
 */
function shareOfPairs(one: number, both: number, odd: number, paths: number): { share: number; error: number } {
  const pairs = paths >> 1
  const sum = one / 2 + both
  const spread = pairs > 1 ? Math.max(0, one / 4 + both - (sum * sum) / pairs) / (pairs - 1) : 0
  return { share: (2 * sum + odd) / paths, error: pairs > 1 ? Math.sqrt(spread / pairs) : 0 }
}

function shareOfMarks(marks: Uint8Array): { share: number; error: number } {
  const { length } = marks
  let one = 0
  let both = 0
  for (let path = 1; path < length; path += 2) {
    const first = marks[path - 1] as number
    const second = marks[path] as number
    both += first & second
    one += first ^ second
  }
  return shareOfPairs(one, both, length % 2 === 1 ? (marks[length - 1] as number) : 0, length)
}

/** In which share of the paths a rule fired, and the months by which it had in 10, 50 and 90% of them (null: not within the horizon). */
function firstMonths(
  first: Int16Array,
  months: number,
): Pick<Simulation['triggers'][number], 'firedShare' | 'firedShareError' | 'month'> {
  // The last cell counts the paths on which it never fires.
  const counts = new Int32Array(months + 1)
  let one = 0
  let both = 0
  for (let path = 0; path < first.length; path += 1) {
    const month = Math.min(first[path] as number, months)
    counts[month] = (counts[month] as number) + 1
    if (path % 2 === 0) continue
    const fired = month < months ? 1 : 0
    const twin = (first[path - 1] as number) < months ? 1 : 0
    both += fired & twin
    one += fired ^ twin
  }
  const odd = first.length % 2 === 1 && (first[first.length - 1] as number) < months ? 1 : 0
  const at = (share: number): number | null => {
    const rank = rankOf(share, first.length)
    let fired = 0
    for (let month = 0; month < months; month += 1) {
      fired += counts[month] as number
      if (fired > rank) return month
    }
    return null
  }
  const { share, error } = shareOfPairs(one, both, odd, first.length)
  return { firedShare: share, firedShareError: error, month: { p10: at(0.1), p50: at(0.5), p90: at(0.9) } }
}
