import type { StageCostModel } from './cost-model.ts'
import { demandWithLog } from './demand.ts'
import type { DriverMonth } from './driver-model.ts'
import type { DriverPaths } from './driver-paths.ts'
import { ln } from './elementary.ts'
import { markAbove, pathsToDecide, payMonth, takeConstants } from './path-columns.ts'
import { type RuleWatch, ruleWatch } from './rule-watch.ts'
import type { ScenarioModel } from './scenario-model.ts'
import { limitUnder } from './threshold.ts'
import { variableCosts } from './variable-costs.ts'

/** A month before any that is simulated: the present stage was entered long ago. */
const LONG_AGO = -32_000

/** Which stage each path holds, and what it costs, month after month. */
export interface StageWalk {
  watch: RuleWatch
  /**
   * The kind of month each path has: the index of the stage held, or the number of stages for the start held again after
   * it was left, which has lost its old prices.
   */
  kind: Uint16Array
  kinds: number
  stageOfKind(kind: number): number
  /** Minor units a month of a kind, without what moves with the state. */
  constantOf: Float64Array
  costOfKind(kind: number): Pick<StageCostModel, 'variable' | 'savedMinor' | 'variableSaved'>
  /** The month's cost with what was paid once, the part that recurs, and all months so far, in minor units. */
  cost: Float64Array
  running: Float64Array
  total: Float64Array
  /** Paths that paid something once this month, in order. */
  paidOnce: number[]
  /** Hours of all moves on all paths so far. */
  hours: number
  /** 1 where some demand passes its supply in the month. */
  over: Uint8Array
  /** By law, at kind * variants + variant: the driver value above which the busiest hour of the month is overloaded. */
  overAbove: readonly Float64Array[]
  /** Drivers and demands of a path at the month's level. */
  stateOf(path: number): Float64Array
  begin(month: number, now: DriverMonth): void
  step(from: number, to: number): void
}

/**
 * A path changes stage under the policy's triggers (`leadMonths` after they fire; -1: never by itself) and by the model's
 * fixed moves. The held stage's fired rules lead to the furthest stage up, else to the nearest one down that would not send
 * it back. A stage whose prerequisites a path has not held yet gives way to the first of them. A stage with a least stay is
 * left when that is over, counted from the month it was entered; the one a path starts in is free to leave.
 */
export function stageWalk(model: ScenarioModel, paths: DriverPaths, leadMonths: number): StageWalk {
  const { rules, drivers, demands, after, minimumMonths, once, onceAt, start } = model
  const { count, values, variant } = paths
  const stages = model.costs.length
  const kinds = stages + 1
  const stageOfKind = (kind: number): number => (kind === stages ? start : kind)
  const own = model.costs[start] as StageCostModel
  const costs = Array.from({ length: kinds }, (_, kind) => model.costs[stageOfKind(kind)] as StageCostModel)
  const constantOf = Float64Array.from(
    costs,
    (cost, kind) => cost.constantMinor - (kind === start ? cost.grandfatheredMinor : 0),
  )
  const { variable: ownVariable, grandfatheredVariable } = own
  const ofStart =
    grandfatheredVariable === null
      ? ownVariable
      : (state: Float64Array) => (ownVariable?.(state) ?? 0) - grandfatheredVariable(state)
  const variableOf = costs.map((cost, kind) => (kind === start ? ofStart : cost.variable))
  const varies = variableOf.some((one) => one !== null)

  const kind = new Uint16Array(count).fill(start)
  const cost = new Float64Array(count)
  const running = varies ? new Float64Array(count) : cost
  const total = new Float64Array(count)
  const over = new Uint8Array(count)
  const target = new Int16Array(count).fill(-1)
  const arrival = new Int16Array(count)
  const entered = new Int16Array(count).fill(LONG_AGO)
  const ordered = after.some((list) => list.length > 0)
  const held = ordered ? new Uint8Array(count * stages) : new Uint8Array(0)
  if (ordered) for (let path = 0; path < count; path += 1) held[path * stages + start] = 1

  const driverCount = drivers.lawOf.length
  const state = new Float64Array(driverCount + demands.length)
  const laws = drivers.laws.length
  const busiest = drivers.busy.factors[0] as number
  const overAbove = drivers.laws.map(() => new Float64Array(0))
  let month = 0
  let variants = 1
  /** At variant * drivers + driver: a driver's level for one of its law's value. */
  let level = new Float64Array(0)

  const watch = ruleWatch(rules, stages, drivers, paths, (stage, path, perDriver) => {
    const of = stage === start ? start : stage
    const minor = (constantOf[of] as number) + (variableOf[of]?.(stateOf(path)) ?? 0)
    if (!perDriver) return minor
    const driver = stateOf(path)[drivers.primary] as number
    return driver > 0 ? minor / driver : 0
  })

  const addVariable = variableCosts(
    model,
    paths,
    kind,
    variableOf.map((of, one) => {
      const plain = one !== start || grandfatheredVariable === null
      return of && { of, columns: plain ? (costs[one]?.variableColumns ?? null) : null }
    }),
    stateOf,
  )

  function stateOf(path: number): Float64Array {
    const row = (variant[path] as number) * driverCount
    for (let driver = 0; driver < driverCount; driver += 1)
      state[driver] = (values[drivers.lawOf[driver] as number]?.[path] as number) * (level[row + driver] as number)
    for (let i = 0; i < demands.length; i += 1) {
      const { driver, base, rate, alpha } = demands[i] as (typeof demands)[number]
      const x = state[driver] as number
      state[driverCount + i] = demandWithLog(base, rate, alpha, x, alpha === 1 ? 0 : ln(x))
    }
    return state
  }

  /** The stage itself, or the first of its prerequisites that the path has not held. */
  function open(path: number, stage: number): number {
    if (!ordered) return stage
    let at = stage
    for (let step = 0; step < stages; step += 1) {
      const missing = (after[at] as readonly number[]).find((one) => held[path * stages + one] === 0)
      if (missing === undefined) return at
      at = missing
    }
    return at
  }

  function destination(path: number, stage: number): number {
    let up = -1
    let down = -1
    for (const rule of watch.rulesOf[stage] as Int32Array) {
      const { to, direction } = rules[rule] as (typeof rules)[number]
      if (to === null || !watch.fired(rule, path)) continue
      if (direction === 'up') up = Math.max(up, to)
      else if (!sendsBack(path, to)) down = Math.max(down, to)
    }
    const to = up >= 0 ? up : down
    return to < 0 ? to : open(path, to)
  }

  const sendsBack = (path: number, stage: number): boolean =>
    (watch.rulesOf[stage] as Int32Array).some((rule) => rules[rule]?.direction === 'up' && watch.holds(rule, path))

  /** Puts the path into a stage; returns what the move costs. */
  function enter(path: number, stage: number): number {
    watch.leave(stageOfKind(kind[path] as number), path)
    kind[path] = stage === start ? stages : stage
    target[path] = -1
    entered[path] = month
    if (ordered) held[path * stages + stage] = 1
    walk.hours += model.hours[stage] as number
    return (once[stage] as number) + (onceAt[stage]?.(stateOf(path)) ?? 0)
  }

  /** Decides on a move; returns what a move made at once costs. */
  function move(path: number): number {
    let paid = 0
    // With no lead, a stage already outgrown is passed through in the same month; each stage at most once.
    for (let moves = 0; moves < stages; moves += 1) {
      const from = stageOfKind(kind[path] as number)
      const to = destination(path, from)
      if (to < 0 || to === from) break
      const earliest = Math.max(month + leadMonths, (entered[path] as number) + (minimumMonths[from] as number))
      if (earliest > month) {
        target[path] = to
        arrival[path] = earliest
        break
      }
      paid += enter(path, to)
      watch.watchHeld(path, to)
    }
    return paid
  }

  /** Moves that end now: those decided on earlier, and the fixed ones. */
  function arrive(path: number, fixed: readonly number[]): number {
    let paid = 0
    if ((target[path] as number) >= 0 && (arrival[path] as number) <= month) paid += enter(path, target[path] as number)
    for (const stage of fixed) if (stageOfKind(kind[path] as number) !== stage) paid += enter(path, stage)
    return paid
  }

  /** Notes what fires in the held stage alone, and moves where that leads; returns what is paid at once. */
  function decide(path: number, stage: number, paid: number): number {
    watch.watchHeld(path, stage)
    if (leadMonths < 0 || (target[path] as number) >= 0) return 0
    const more = move(path)
    if (more !== 0 && paid === 0) walk.paidOnce.push(path)
    return more
  }

  const due = new Float64Array(count)
  const deciding = new Uint32Array(count)
  const stageFor = Uint16Array.from({ length: kinds }, (_, one) => stageOfKind(one))
  const heldStage = (path: number): number => stageOfKind(kind[path] as number)

  const walk: StageWalk = {
    watch,
    kind,
    kinds,
    stageOfKind,
    constantOf,
    costOfKind: (one) => ({ ...(costs[one] as StageCostModel), variable: variableOf[one] ?? null }),
    cost,
    running,
    total,
    paidOnce: [],
    hours: 0,
    over,
    overAbove,
    stateOf,
    begin(next, now) {
      month = next
      variants = now.events.variants
      level = Float64Array.from({ length: variants * driverCount }, (_, at) =>
        now.level(Math.floor(at / driverCount), at % driverCount),
      )
      watch.begin(month, now)
      walk.paidOnce.length = 0
      for (let law = 0; law < laws; law += 1) {
        const limits = new Float64Array(kinds * variants).fill(Number.POSITIVE_INFINITY)
        for (let one = 0; one < kinds; one += 1)
          for (let which = 0; which < variants; which += 1)
            for (const part of now.parts(which))
              limits[one * variants + which] = Math.min(
                limits[one * variants + which] as number,
                limitUnder(lawLimit(model, stageOfKind(one), law, part.factor), busiest),
              )
        overAbove[law] = limits
      }
    },
    step(from, to) {
      const fixed = model.moves.flatMap((one) => (one.month === month ? [one.stage] : []))
      if (leadMonths >= 0 || fixed.length > 0)
        for (let path = from; path < to; path += 1) {
          if (fixed.length === 0 && ((target[path] as number) < 0 || (arrival[path] as number) > month)) continue
          const paid = arrive(path, fixed)
          due[path] = paid
          if (paid !== 0) walk.paidOnce.push(path)
        }
      watch.watch(heldStage, from, to)
      const primary = values[0] as Float64Array
      const waiting = pathsToDecide(primary, kind, stageFor, variant, variants, watch.quiet, from, to, deciding)
      for (let i = 0; i < waiting; i += 1) {
        const path = deciding[i] as number
        const paid = due[path] as number
        due[path] = paid + decide(path, heldStage(path), paid)
      }
      takeConstants(kind, constantOf, running, from, to)
      if (varies) addVariable(level, running, from, to)
      payMonth(running, due, cost, total, from, to)
      for (let law = 0; law < laws; law += 1)
        markAbove(
          values[law] as Float64Array,
          kind,
          variant,
          variants,
          overAbove[law] as Float64Array,
          from,
          to,
          over,
          law > 0,
        )
    },
  }
  return walk
}

/** The value of a law above which some demand that follows it passes the stage's supply, at these factors on the drivers. */
export function lawLimit(
  model: Pick<ScenarioModel, 'carries' | 'drivers'>,
  stage: number,
  law: number,
  factorOf: (driver: number) => number,
): number {
  let limit = Number.POSITIVE_INFINITY
  for (const [driver, last] of (model.carries[stage] as Float64Array).entries())
    if (model.drivers.lawOf[driver] === law) limit = Math.min(limit, limitUnder(last, factorOf(driver)))
  return limit
}
