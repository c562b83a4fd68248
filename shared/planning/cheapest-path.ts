import type { CheapestPath } from '../model/cheapest-path.ts'
import type { Plan } from '../model/plan.ts'
import type { Assumptions, Policy } from '../model/scenario.ts'
import type { CostModel } from './cost-model.ts'
import { driverMonths } from './driver-paths.ts'
import { type LeastCostPath, leastCostPath, type PathProblem } from './least-cost-path.ts'
import { migrationMinor } from './migration.ts'
import { type StageMonths, stageMonths } from './stage-month.ts'
import { largestSupply } from './supply.ts'

/** The limits for which the cost is told beside the chosen one. */
const LIMITS = [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]

export interface CheapestOptions {
  /** What an hour of work on a move costs, in minor units; without it hours are told but cost nothing. */
  hourlyRateMinor?: number
}

/**
 * The path of least expected cost whose overload risk stays under the policy's limit in every month (5% and one month of
 * lead time where the assumptions' policy is another one). Cost and risk of each stage and month come from the simulated
 * paths of the drivers; the path over them is exact (`leastCostPath`). One move is under way at a time, and begins when
 * the stage before it has been entered.
 *
 * Done at the start: the stage it starts from, all before it in the plan, what those come after, and those whose effort is
 * "done". A stage with an irreversible part closes every stage before it in the plan. A stage that states no price
 * or no supply is left out: it would look free, or endless.
 */
export function cheapestPath(
  plan: Plan,
  costs: CostModel,
  assumptions: Assumptions,
  options: CheapestOptions = {},
): CheapestPath {
  const setting = settingOf(plan, costs, assumptions, options)
  const { problem, table, policy } = setting
  const path = leastCostPath(problem)
  return report(
    plan,
    assumptions,
    options,
    setting,
    path,
    bindings(plan, problem, table, path),
    frontier(problem, table, policy),
  )
}

/** The path as the moves of a fixed policy, for the Monte Carlo. Month 0 stands for a stage entered at once. */
export function cheapestMoves(
  plan: Plan,
  costs: CostModel,
  assumptions: Assumptions,
): { moves: Extract<Policy, { kind: 'fixed' }>['moves']; feasible: boolean } {
  const { problem } = settingOf(plan, costs, assumptions, {})
  const { moves, excess } = leastCostPath(problem)
  return {
    moves: moves.map(({ month, to }) => ({ month, stage: idOf(plan, to) })),
    feasible: excess === 0,
  }
}

const idOf = (plan: Plan, stage: number): string => plan.stages[stage]?.id ?? ''
const nameOf = (plan: Plan, stage: number): string => plan.stages[stage]?.name ?? ''

interface Setting {
  problem: PathProblem
  table: StageMonths
  policy: { riskLimit: number; leadMonths: number }
  left: CheapestPath['left']
  notes: string[]
  /** Per stage: the one-off cost without work, and the hours. */
  /** once[stage][month], without the hours of work. */
  once: number[][]
  hours: number[]
}

function settingOf(plan: Plan, costs: CostModel, assumptions: Assumptions, options: CheapestOptions): Setting {
  const { months } = assumptions
  const policy = {
    riskLimit: assumptions.policy.kind === 'cheapest' ? assumptions.policy.riskLimit : 0.05,
    leadMonths: 'leadMonths' in assumptions.policy ? assumptions.policy.leadMonths : 1,
  }
  const from = assumptions.stage ?? plan.stage
  const start = Math.max(
    0,
    plan.stages.findIndex((stage) => stage.id === from),
  )
  const table = stageMonths(plan, costs, months, start, driverMonths(plan, assumptions))
  const left = leftOut(plan, costs, start)
  const once = plan.stages.map((stage, index) => {
    const moving = migrationMinor(plan, stage, assumptions.rates) ?? 0
    return Array.from(table.once[index] as Float64Array, (minor) => minor + moving)
  })
  const hours = plan.stages.map((_, index) => costs.stages[index]?.hours ?? 0)
  const rate = options.hourlyRateMinor ?? 0
  const indexOf = new Map(plan.stages.map((stage, index) => [stage.id, index]))
  const after = plan.stages.map((stage) => stage.after.flatMap((id) => indexOf.get(id) ?? []))
  const problem: PathProblem = {
    months,
    start,
    cost: table.cost,
    startCost: table.presentCost,
    over: table.over,
    allowed: allowedPaths(policy.riskLimit, table.paths),
    once: once.map((minors, stage) => minors.map((minor) => minor + Math.round((hours[stage] as number) * rate))),
    lead: plan.stages.map(() => policy.leadMonths),
    minimum: plan.stages.map((stage) => stage.minimumMonths ?? 0),
    after,
    done: doneAt(plan, start, after),
    oneWay: plan.stages.map((stage) => stage.irreversible.length > 0),
    closed: plan.stages.map((stage, index) => index !== start && left.some((one) => one.stage === stage.id)),
  }
  return { problem, table, policy, left, notes: notesOn(plan, costs, start, problem, options), once, hours }
}

/** A share of paths as a count; the product of 0.07 and 100 is a little more than 7. */
const allowedPaths = (limit: number, paths: number): number => Math.floor(limit * paths + 1e-9)

function doneAt(plan: Plan, start: number, after: readonly (readonly number[])[]): number[] {
  const done = new Set<number>()
  for (let stage = 0; stage <= start; stage += 1) done.add(stage)
  for (const [index, stage] of plan.stages.entries()) if (stage.effort === 'done') done.add(index)
  for (const stage of done) for (const before of after[stage] ?? []) done.add(before)
  return [...done]
}

function leftOut(plan: Plan, costs: CostModel, start: number): CheapestPath['left'] {
  return plan.stages.flatMap((stage, index) => {
    const model = costs.stages[index]
    const priced = model?.stated && (model.constantMinor > 0 || model.variable !== null || model.unpriced.length === 0)
    const bounded = plan.demand.some((demand) => largestSupply(stage, demand.resource) !== null)
    const why = !priced
      ? 'None of its costs is known, so it would look free.'
      : !bounded
        ? 'It states no supply of any demand, so it would look endless.'
        : null
    if (why === null) return []
    return [{ stage: stage.id, name: stage.name, why: index === start ? `${why} It is kept only as the start.` : why }]
  })
}

function notesOn(
  plan: Plan,
  costs: CostModel,
  start: number,
  problem: PathProblem,
  options: CheapestOptions,
): string[] {
  const notes: string[] = []
  const shown = plan.stages.filter((_, index) => !problem.closed[index])
  for (const demand of plan.demand) {
    const silent = shown.filter((stage) => largestSupply(stage, demand.resource) === null)
    if (silent.length > 0 && silent.length < shown.length)
      notes.push(`${demand.name} sets no limit in ${names(silent)}: no supply of it is stated there.`)
  }
  for (const [index, stage] of plan.stages.entries()) {
    const rows = costs.stages[index]?.unpriced ?? []
    if (rows.length > 0 && !problem.closed[index])
      notes.push(`${stage.name} is counted without ${rows.map((row) => row.name).join(', ')}: no price is known.`)
  }
  if ((plan.stages[start]?.minimumMonths ?? 0) > 0)
    notes.push(`The minimum stay in ${nameOf(plan, start)} counts as served: when it began is not stated.`)
  if (costs.stages.some((stage) => stage.hours > 0) && options.hourlyRateMinor === undefined)
    notes.push('Hours of work on moves are told, but cost nothing: no hourly rate is stated.')
  return notes
}

const names = (stages: readonly { name: string }[]): string => stages.map((stage) => stage.name).join(', ')

/** The capacity that most paths pass in a month of a stage. */
function fullest(table: StageMonths, stage: number, month: number): CheapestPath['fixed'][number]['worst'] {
  const count = table.capacities.length
  let capacity = -1
  let most = 0
  for (let which = 0; which < count; which += 1) {
    const over = table.overBy[stage]?.[month * count + which] as number
    if (over > most) {
      most = over
      capacity = which
    }
  }
  return {
    month,
    share: (table.over[stage]?.[month] as number) / table.paths,
    capacity: table.capacities[capacity]?.name ?? null,
  }
}

/** Each constraint taken away on its own: where the path gets cheaper, or keeps the limit better, it binds. */
function bindings(plan: Plan, problem: PathProblem, table: StageMonths, path: LeastCostPath): CheapestPath['binding'] {
  const nothing = plan.stages.map(() => 0)
  const relaxed: [CheapestPath['binding'][number]['kind'], Partial<PathProblem>][] = [
    ['risk-limit', { allowed: table.paths }],
    ['lead-time', { lead: nothing }],
    ['minimum-stay', { minimum: nothing }],
    ['after', { after: plan.stages.map(() => []) }],
    ['irreversible', { oneWay: plan.stages.map(() => false) }],
  ]
  const forced = path.moves.find(({ month, from }) => (problem.over[from]?.[month] as number) > problem.allowed)
  return relaxed
    .flatMap(([kind, change]) => {
      const freed = leastCostPath({ ...problem, ...change })
      const relieves = kind !== 'risk-limit' && freed.excess < path.excess
      if (!relieves && freed.cost >= path.cost) return []
      const at =
        kind === 'risk-limit' && forced
          ? { ...fullest(table, forced.from, forced.month), stage: idOf(plan, forced.from) }
          : null
      return [{ kind, savesMinor: path.cost - freed.cost, relieves, at }]
    })
    .sort((a, b) => Number(b.relieves) - Number(a.relieves) || b.savesMinor - a.savesMinor)
}

/** What other risk limits would cost. */
function frontier(
  problem: PathProblem,
  table: StageMonths,
  { riskLimit }: Setting['policy'],
): CheapestPath['frontier'] {
  return [...new Set([...LIMITS, riskLimit])]
    .sort((a, b) => a - b)
    .map((limit) => {
      const { cost, excess, moves } = leastCostPath({ ...problem, allowed: allowedPaths(limit, table.paths) })
      return { riskLimit: limit, totalMinor: cost, feasible: excess === 0, moves: moves.length }
    })
}

/** Going to one stage at once and staying there. */
function fixedPaths(plan: Plan, { problem, table }: Setting, path: LeastCostPath): CheapestPath['fixed'] {
  const { start, months, lead } = problem
  return plan.stages.flatMap((stage, index) => {
    const from = index === start ? 0 : (lead[index] as number)
    if (problem.closed[index] || from >= months) return []
    let total = index === start ? 0 : (problem.once[index]?.[from] as number)
    let monthsOver = 0
    let worst = fullest(table, index === start || from === 0 ? index : start, 0)
    for (let month = 0; month < months; month += 1) {
      const held = month < from ? start : index
      const row = index === start || month < from ? problem.startCost : problem.cost[index]
      total += row?.[month] as number
      if ((problem.over[held]?.[month] as number) > problem.allowed) monthsOver += 1
      if ((problem.over[held]?.[month] as number) / table.paths > worst.share) worst = fullest(table, held, month)
    }
    const missing = (problem.after[index] ?? []).filter((one) => !problem.done.includes(one))
    const below = problem.oneWay[start] && index < start
    const open =
      missing.length > 0
        ? `${missing.map((one) => nameOf(plan, one)).join(', ')} must come first.`
        : below
          ? `${nameOf(plan, start)} cannot be undone.`
          : null
    return [
      {
        stage: stage.id,
        name: stage.name,
        from,
        totalMinor: total,
        differenceMinor: total - path.cost,
        monthsOver,
        worst,
        open,
      },
    ]
  })
}

function report(
  plan: Plan,
  assumptions: Assumptions,
  options: CheapestOptions,
  setting: Setting,
  path: LeastCostPath,
  binding: CheapestPath['binding'],
  limits: CheapestPath['frontier'],
): CheapestPath {
  const { problem, table, policy, once, hours } = setting
  const { months, allowed } = problem
  const left = path.moves[0]?.month ?? months
  const entered = new Map(path.moves.map((move) => [move.month, move.to]))
  const running = path.held.map(
    (stage, month) => (month < left ? problem.startCost[month] : problem.cost[stage]?.[month]) as number,
  )
  const overAt = (stage: number, month: number): number => problem.over[stage]?.[month] as number
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  const movedOnce = sum(path.moves.map(({ to, month }) => once[to]?.[month] as number))

  return {
    currency: plan.currency,
    months,
    start: assumptions.start ?? 0,
    paths: table.paths,
    seed: assumptions.seed,
    ...policy,
    hourlyRateMinor: options.hourlyRateMinor ?? null,
    feasible: path.excess === 0,
    held: path.held.map((stage) => idOf(plan, stage)),
    costByMonth: running.map((cost, month) => {
      const to = entered.get(month)
      return cost + (to === undefined ? 0 : (problem.once[to]?.[month] as number))
    }),
    riskByMonth: path.held.map((stage, month) => overAt(stage, month) / table.paths),
    total: {
      minor: path.cost,
      running: sum(running),
      once: movedOnce,
      work: path.cost - sum(running) - movedOnce,
      hours: sum(path.moves.map(({ to }) => hours[to] as number)),
    },
    moves: path.moves.map(({ month, from, to }) => {
      const pushed = overAt(from, month) > allowed
      const cheaper = (problem.cost[to]?.[month] as number) < (problem.cost[from]?.[month] as number)
      return {
        month,
        from: idOf(plan, from),
        to: idOf(plan, to),
        onceMinor: once[to]?.[month] as number,
        hours: hours[to] as number,
        why: pushed ? ('limit' as const) : cheaper ? ('cheaper' as const) : ('in-time' as const),
        fullest: pushed ? fullest(table, from, month) : null,
      }
    }),
    infeasible: path.held.flatMap((stage, month) => {
      if (overAt(stage, month) <= allowed) return []
      const open = plan.stages.flatMap((_, index) => (problem.closed[index] ? [] : [index]))
      const least = open.reduce((best, one) => (overAt(one, month) < overAt(best, month) ? one : best), stage)
      return [
        {
          ...fullest(table, stage, month),
          stage: idOf(plan, stage),
          least: { stage: idOf(plan, least), share: overAt(least, month) / table.paths },
        },
      ]
    }),
    binding,
    fixed: fixedPaths(plan, setting, path),
    frontier: limits,
    stages: plan.stages.flatMap((stage, index) =>
      problem.closed[index]
        ? []
        : [
            {
              stage: stage.id,
              name: stage.name,
              cost: [...(table.cost[index] as Float64Array)],
              risk: Array.from(table.over[index] as Int32Array, (count) => count / table.paths),
            },
          ],
    ),
    left: setting.left,
    notes: setting.notes,
  }
}
