import { HeadroomError } from '../model/problem.ts'

/**
 * Which stage to hold in which month, as numbers. Stages are indexes 0..n-1, months 0..months-1. All money and counts are
 * whole numbers, so that sums are exact and equal paths compare equal.
 */
export interface PathProblem {
  months: number
  start: number
  /** cost[stage][month]: minor units of a month in which the stage is held. */
  cost: readonly ArrayLike<number>[]
  /** What the start costs a month as long as it was never left. */
  startCost: ArrayLike<number>
  /** over[stage][month]: on how many of the simulated paths the stage is overloaded in the month. */
  over: readonly ArrayLike<number>[]
  /** On how many paths a month may be overloaded. */
  allowed: number
  /** once[stage][month]: minor units paid where the stage is entered in the month. */
  once: readonly ArrayLike<number>[]
  /** Months of work before a stage can be entered; one move at a time, begun at the earliest when the held stage was entered. */
  lead: ArrayLike<number>
  /** Months a stage is kept at least. That of the start is taken as over. */
  minimum: ArrayLike<number>
  /** Stages that must have been held, or be done already, before a stage can be entered. */
  after: readonly (readonly number[])[]
  done: readonly number[]
  /** True: entering the stage closes every stage before it in the list for good. */
  oneWay: readonly boolean[]
  /** Stages that cannot be entered. */
  closed: readonly boolean[]
}

/** `excess` is how far months pass `allowed`, added up, in path-months: 0 for a path that keeps to it throughout. */
export interface LeastCostPath {
  held: number[]
  moves: { month: number; from: number; to: number }[]
  cost: number
  excess: number
}

/** How many combinations of stage held and stages done are followed; a ladder of 200 stages, each after the one before, fits. */
const STATES_MOST = 50_000

/** A stage together with what its past allows: `done` are the stages held before it, `floor` the lowest stage still open. */
interface State {
  stage: number
  next: { to: number; state: number }[]
}

/**
 * The path of least cost among those with the least excess: where some path stays within `allowed` in every month, the
 * cheapest of these; otherwise the cheapest of those that pass it least. Dynamic programming over (month of entry, stage,
 * stages done): the best of all ways to go on from an entry is to stay to the end, or the best later entry into another
 * stage, whose running minimum is kept while months are worked off from the end. Exact; ties go to fewer moves, then later
 * ones. @throws CHEAPEST_PATH_TOO_LARGE
 */
export function leastCostPath(problem: PathProblem): LeastCostPath {
  const { months, start, cost, startCost, once, lead, minimum } = problem
  const states = statesOf(problem)
  const costs = cost.map((one) => sums(months, (month) => one[month] as number))
  const excesses = problem.over.map((one) =>
    sums(months, (month) => Math.max(0, (one[month] as number) - problem.allowed)),
  )
  const ownCost = sums(months, (month) => startCost[month] as number)
  const ownExcess = excesses[start] as Float64Array

  // Per state and month of entry: what is to come, and the move that leads there (-1: none).
  const size = states.length * months
  const bestCost = new Float64Array(size)
  const bestExcess = new Float64Array(size)
  const bestNext = new Int32Array(size).fill(-1)
  const bestMonth = new Int32Array(size)
  // Per state and following stage: the best entry into it at or after the earliest month, counted from the horizon's start.
  const ahead = states.map(({ next }) => ({
    cost: new Float64Array(next.length).fill(Number.POSITIVE_INFINITY),
    excess: new Float64Array(next.length).fill(Number.POSITIVE_INFINITY),
    month: new Int32Array(next.length),
  }))

  for (let entry = months - 1; entry >= 0; entry -= 1) {
    for (let index = 1; index < states.length; index += 1) {
      const { stage, next } = states[index] as State
      const running = costs[stage] as Float64Array
      const passing = excesses[stage] as Float64Array
      const best = ahead[index] as (typeof ahead)[number]
      let least = running[months] as number
      let leastExcess = passing[months] as number
      let chosen = -1
      let when = 0
      for (let k = 0; k < next.length; k += 1) {
        const { to, state } = next[k] as State['next'][number]
        const month = entry + Math.max(1, minimum[stage] as number, lead[to] as number)
        if (month < months) {
          const at = state * months + month
          const total = (running[month] as number) + (once[to]?.[month] as number) + (bestCost[at] as number)
          const excess = (passing[month] as number) + (bestExcess[at] as number)
          if (excess < (best.excess[k] as number) || (excess === best.excess[k] && total < (best.cost[k] as number))) {
            best.excess[k] = excess
            best.cost[k] = total
            best.month[k] = month
          }
        }
        const excess = best.excess[k] as number
        if (excess < leastExcess || (excess === leastExcess && (best.cost[k] as number) < least)) {
          leastExcess = excess
          least = best.cost[k] as number
          chosen = k
          when = best.month[k] as number
        }
      }
      const at = index * months + entry
      bestCost[at] = least - (running[entry] as number)
      bestExcess[at] = leastExcess - (passing[entry] as number)
      bestNext[at] = chosen
      bestMonth[at] = when
    }
  }

  // State 0 is the start that was never left: its own cost, and no month of entry.
  let total = ownCost[months] as number
  let excess = ownExcess[months] as number
  let state = 0
  let entry = 0
  let first: State['next'][number] | null = null
  const origin = states[0] as State
  for (let month = months - 1; month >= 0; month -= 1) {
    for (const candidate of origin.next) {
      if (month < (lead[candidate.to] as number)) continue
      const at = candidate.state * months + month
      const sum = (ownCost[month] as number) + (once[candidate.to]?.[month] as number) + (bestCost[at] as number)
      const passes = (ownExcess[month] as number) + (bestExcess[at] as number)
      if (passes < excess || (passes === excess && sum < total)) {
        excess = passes
        total = sum
        first = candidate
        entry = month
      }
    }
  }

  const held = new Array<number>(months).fill(start)
  const moves: LeastCostPath['moves'] = []
  let move = first
  while (move) {
    moves.push({ month: entry, from: (states[state] as State).stage, to: move.to })
    held.fill(move.to, entry)
    state = move.state
    const at = state * months + entry
    const chosen = bestNext[at] as number
    move = chosen < 0 ? null : ((states[state] as State).next[chosen] as State['next'][number])
    entry = bestMonth[at] as number
  }
  return { held, moves, cost: total, excess }
}

/** Running sums: entry m is the sum of the months before m. */
function sums(months: number, of: (month: number) => number): Float64Array {
  const out = new Float64Array(months + 1)
  for (let month = 0; month < months; month += 1) out[month + 1] = (out[month] as number) + of(month)
  return out
}

/** The states that can be reached. The first is the start never left, which nothing leads back to. */
function statesOf(problem: PathProblem): State[] {
  const { start, after, oneWay, closed } = problem
  const stages = after.length
  // Only stages that another one waits for need to be remembered, one bit each.
  const bits = new Map<number, bigint>()
  const done = new Set(problem.done)
  for (const needs of after)
    for (const need of needs) if (!done.has(need) && !bits.has(need)) bits.set(need, 1n << BigInt(bits.size))
  const needed = after.map((needs) => needs.reduce((mask, need) => mask | (bits.get(need) ?? 0n), 0n))

  const states: (State & { done: bigint; floor: number })[] = []
  const known = new Map<string, number>()
  const open = (stage: number, had: bigint, floor: number, key = `${stage} ${had} ${floor}`): number => {
    const found = known.get(key)
    if (found !== undefined) return found
    if (states.length >= STATES_MOST) throw tooLarge()
    known.set(key, states.length)
    states.push({ stage, done: had, floor, next: [] })
    return states.length - 1
  }
  open(start, 0n, oneWay[start] ? start : 0, 'start')
  for (let index = 0; index < states.length; index += 1) {
    const { stage, done: before, floor, next } = states[index] as (typeof states)[number]
    const had = before | (bits.get(stage) ?? 0n)
    for (let to = 0; to < stages; to += 1) {
      if (to === stage || to < floor || closed[to]) continue
      const mask = needed[to] as bigint
      if ((mask & had) !== mask) continue
      next.push({ to, state: open(to, had, oneWay[to] ? Math.max(floor, to) : floor) })
    }
  }
  return states
}

const tooLarge = (): HeadroomError =>
  new HeadroomError({
    code: 'CHEAPEST_PATH_TOO_LARGE',
    fact: `The plan's stages can be done in more than ${STATES_MOST.toLocaleString('en')} orders that matter.`,
    fix: 'State in "after" only the stages that truly must come first, or merge stages.',
    field: 'stages.after',
  })
