import type { DriverModel, DriverMonth } from './driver-model.ts'
import type { DriverPaths } from './driver-paths.ts'
import { compare } from './judge-series.ts'
import { pathsToClimb, type QuietCells } from './path-columns.ts'
import type { RuleTest, ScenarioRule } from './scenario-rules.ts'
import { limitUnder } from './threshold.ts'

export const NEVER = 32767
type Limit = Extract<RuleTest, { kind: 'limit' }>

/** Watches the rules of a scenario on its paths. */
export interface RuleWatch {
  /** Sets the limits of a month; before anything else is asked of it. */
  begin(month: number, now: DriverMonth): void
  /** Follows the rules that are watched whatever is held, and those that need several months, on the paths `from` up to `to`. */
  watch(stageOf: (path: number) => number, from: number, to: number): void
  /** Notes the rules of a held stage that are watched only there. */
  watchHeld(path: number, stage: number): void
  /** Whether a rule holds on a path in this month, and whether it has held for as long as it must. */
  holds(rule: number, path: number): boolean
  fired(rule: number, path: number): boolean
  /** Where no rule of a stage can have fired, by the first law's value. */
  quiet: QuietCells
  /** Ends the counting of what is watched only in a stage. */
  leave(stage: number, path: number): void
  rulesOf: readonly Int32Array[]
  /** By rule: the first month it fired on each path, or NEVER. */
  first: readonly Int16Array[]
}

/**
 * Most rules compare one driver, or demands of it: such a rule holds in one range (low, high] of the growth law's value,
 * open above where it looks for more and below where it looks for less. Those that are watched from the start, have no
 * upper end and need one month only are kept in order of their limits, and each path remembers how many have fired: one
 * comparison a month tells that nothing is new. What is left (several months in a row, several laws, formulas of cost) is
 * followed rule by rule. All ways give the same answers.
 */
export function ruleWatch(
  rules: readonly ScenarioRule[],
  stages: number,
  drivers: DriverModel,
  paths: DriverPaths,
  costOf: (stage: number, path: number, perDriver: boolean) => number,
): RuleWatch {
  const { count, values, variant } = paths
  const limits = rules.map((rule) => limitsOf(rule.test))
  const reach = rules.map(({ test }, index) =>
    isOneLaw(limits[index] as Limit[] | null, drivers) ? reachOf(test) : null,
  )
  const plain = reach.map((one) => one !== null)
  const law = Int32Array.from(rules, (_, index) => drivers.lawOf[limits[index]?.[0]?.driver ?? 0] as number)
  // An up rule that ends at a limit, such as one on a cost per user, is followed on its own too.
  const slow = rules.map((rule, index) => rule.months > 1 || !plain[index] || (rule.always && reach[index] !== 'above'))
  const first = rules.map(() => new Int16Array(count).fill(NEVER))
  const streak = rules.map((_, index) => (slow[index] ? new Uint8Array(count) : null))
  const indexes = (pick: (rule: ScenarioRule, index: number) => boolean): Int32Array =>
    Int32Array.from(rules.flatMap((rule, index) => (pick(rule, index) ? [index] : [])))
  const byStage = (pick: (rule: ScenarioRule, index: number) => boolean): Int32Array[] =>
    Array.from({ length: stages }, (_, stage) => indexes((rule, index) => rule.stage === stage && pick(rule, index)))
  const rulesOf = byStage(() => true)
  const heldOnly = byStage((rule, index) => !rule.always && !slow[index])
  const slowHeld = byStage((rule, index) => !rule.always && slow[index] === true)
  const slowRules = indexes((_, index) => slow[index] === true)
  const unscaled = Float64Array.from(rules, ({ test }, index) =>
    reach[index] === 'above'
      ? rangeOf(test, ({ last, driver }) => limitUnder(last, drivers.ratio[driver] as number))[0]
      : 0,
  )
  const ladders = laddersOf(
    indexes((rule, index) => rule.always && !slow[index]).sort(
      (a, b) => (unscaled[a] as number) - (unscaled[b] as number) || a - b,
    ),
    (rule) => `${law[rule]} ${scaleOf(limits[rule] as Limit[], rules[rule] as ScenarioRule, drivers)}`,
    count,
  )

  let month = 0
  let now: DriverMonth
  let variants = 1
  /** The range in which a plain rule holds, at rule * variants + variant. */
  let low = new Float64Array(0)
  let high = new Float64Array(0)
  const quiet: QuietCells = {
    above: new Float64Array(0),
    below: new Float64Array(0),
    between: null,
    // A rule that must hold for several months has fired in none in which it does not hold.
    asked: Uint8Array.from(rulesOf, (list) => (list.some((rule) => !plain[rule] || law[rule] !== 0) ? 1 : 0)),
  }

  const limitOf = ({ driver, last, busy }: Limit, rule: ScenarioRule, one: number): number =>
    limitUnder(last, now.seen(one, driver, rule.sustainMs, busy))

  function ask(test: RuleTest, rule: ScenarioRule, path: number): boolean {
    if (test.kind === 'limit') {
      const value = values[drivers.lawOf[test.driver] as number]?.[path] as number
      return value > limitOf(test, rule, variant[path] as number) === test.above
    }
    if (test.kind === 'cost') return compare(costOf(test.stage, path, test.perDriver), test.op, test.minor)
    const all = test.kind === 'all'
    for (const part of test.parts) if (ask(part, rule, path) !== all) return !all
    return all
  }

  const holds = (rule: number, path: number): boolean => {
    if (!plain[rule]) return ask((rules[rule] as ScenarioRule).test, rules[rule] as ScenarioRule, path)
    const value = values[law[rule] as number]?.[path] as number
    const cell = rule * variants + (variant[path] as number)
    return value > (low[cell] as number) && value <= (high[cell] as number)
  }

  /** Notes the first month of a plain rule that is watched whatever is held and needs one month. */
  function note(rule: number, from: number, to: number): void {
    const value = values[law[rule] as number] as Float64Array
    const column = first[rule] as Int16Array
    const row = rule * variants
    for (let path = from; path < to; path += 1) {
      const x = value[path] as number
      const cell = row + (variant[path] as number)
      if (x > (low[cell] as number) && x <= (high[cell] as number) && column[path] === NEVER) column[path] = month
    }
  }

  return {
    rulesOf,
    first,
    quiet,
    holds,
    begin(next, driverMonth) {
      month = next
      now = driverMonth
      variants = now.events.variants
      low = new Float64Array(rules.length * variants)
      high = new Float64Array(rules.length * variants)
      const cells = (value: number) => new Float64Array(stages * variants).fill(value)
      quiet.above = cells(Number.POSITIVE_INFINITY)
      quiet.below = cells(Number.NEGATIVE_INFINITY)
      const between = { from: cells(Number.POSITIVE_INFINITY), upTo: cells(Number.NEGATIVE_INFINITY) }
      quiet.between = reach.includes('between') ? between : null
      const least = (column: Float64Array, cell: number, value: number): void => {
        column[cell] = Math.min(column[cell] as number, value)
      }
      const most = (column: Float64Array, cell: number, value: number): void => {
        column[cell] = Math.max(column[cell] as number, value)
      }
      for (const [index, rule] of rules.entries()) {
        if (!plain[index]) continue
        for (let one = 0; one < variants; one += 1) {
          const [over, upTo] = rangeOf(rule.test, (leaf) => limitOf(leaf, rule, one))
          const cell = rule.stage * variants + one
          low[index * variants + one] = over
          high[index * variants + one] = upTo
          if (reach[index] === 'above') least(quiet.above, cell, over)
          else if (reach[index] === 'below') most(quiet.below, cell, upTo)
          else {
            least(between.from, cell, over)
            most(between.upTo, cell, upTo)
          }
        }
      }
      for (const ladder of ladders) ladder.begin(low, variants)
    },
    watch(stageOf, from, to) {
      for (const ladder of ladders)
        ladder.climb(values[law[ladder.rules[0] as number] as number] as Float64Array, variant, first, month, from, to)
      for (const rule of slowRules) {
        const { always, stage, months } = rules[rule] as ScenarioRule
        if (always && months === 1 && plain[rule]) {
          note(rule, from, to)
          continue
        }
        const run = streak[rule] as Uint8Array
        const column = first[rule] as Int16Array
        for (let path = from; path < to; path += 1) {
          if ((!always && stageOf(path) !== stage) || !holds(rule, path)) {
            run[path] = 0
            continue
          }
          run[path] = Math.min((run[path] as number) + 1, 255)
          if ((run[path] as number) >= months && column[path] === NEVER) column[path] = month
        }
      }
    },
    watchHeld(path, stage) {
      for (const rule of heldOnly[stage] as Int32Array) {
        const column = first[rule] as Int16Array
        if (column[path] === NEVER && holds(rule, path)) column[path] = month
      }
      for (const rule of slowHeld[stage] as Int32Array) {
        const column = first[rule] as Int16Array
        if (rules[rule]?.months === 1 && column[path] === NEVER && holds(rule, path)) column[path] = month
      }
    },
    fired(rule, path) {
      const { months } = rules[rule] as ScenarioRule
      return months === 1 ? holds(rule, path) : (streak[rule]?.[path] as number) >= months
    },
    leave(stage, path) {
      for (const rule of slowHeld[stage] as Int32Array) (streak[rule] as Uint8Array)[path] = 0
    },
  }
}

/** The comparisons a test is made of, or null when it also asks for a cost. */
function limitsOf(test: RuleTest): Limit[] | null {
  if (test.kind === 'limit') return [test]
  if (test.kind === 'cost') return null
  const parts = test.parts.map(limitsOf)
  return parts.some((part) => part === null) ? null : parts.flatMap((part) => part ?? [])
}

function isOneLaw(limits: readonly Limit[] | null, drivers: DriverModel): boolean {
  const [one] = limits ?? []
  if (!one || !limits) return false
  return limits.every((limit) => drivers.lawOf[limit.driver] === drivers.lawOf[one.driver])
}

/** Which ends the range has in which a test of one law holds; null where there may be several ranges. */
type Reach = 'above' | 'below' | 'between'

function reachOf(test: RuleTest): Reach | null {
  if (test.kind === 'limit') return test.above ? 'above' : 'below'
  if (test.kind === 'cost') return null
  const parts = test.parts.map(reachOf)
  const [one = null] = parts
  if (parts.includes(null)) return null
  if (one !== 'between' && parts.every((part) => part === one)) return one
  // Ranges that all hold at once are one range; of those that may hold each by itself that is not known.
  return test.kind === 'all' ? 'between' : null
}

/** The range (low, high] in which a test with a reach holds: all of several is where they overlap, any of them the widest. */
function rangeOf(test: RuleTest, limitOf: (leaf: Limit) => number): readonly [low: number, high: number] {
  if (test.kind === 'limit') {
    const limit = limitOf(test)
    return test.above ? [limit, Number.POSITIVE_INFINITY] : [Number.NEGATIVE_INFINITY, limit]
  }
  if (test.kind === 'cost') return [Number.NaN, Number.NaN]
  const parts = test.parts.map((part) => rangeOf(part, limitOf))
  const lows = parts.map(([low]) => low)
  const highs = parts.map(([, high]) => high)
  return test.kind === 'all' ? [Math.max(...lows), Math.min(...highs)] : [Math.min(...lows), Math.max(...highs)]
}

/** Rules whose limits are scaled alike in every month keep their order; a rule of its own where its parts are not. */
function scaleOf(limits: readonly Limit[], rule: ScenarioRule, drivers: DriverModel): string {
  const flat = drivers.busy.factors.length === 1
  const scales = limits.map((limit) => {
    const events = drivers.events.length === 0 ? '' : `${limit.driver} ${rule.sustainMs}`
    return `${events} ${flat || !limit.busy ? '' : rule.sustainMs} ${flat || limit.busy}`
  })
  return new Set(scales).size === 1 ? (scales[0] as string) : `${rule.stage} ${rule.id} ${scales.join()}`
}

/** Rules in the order in which a rising value fires them. */
interface Ladder {
  rules: Int32Array
  begin(at: Float64Array, variants: number): void
  climb(
    values: Float64Array,
    variant: Uint16Array,
    first: readonly Int16Array[],
    month: number,
    from: number,
    to: number,
  ): void
}

/** So many rungs fit into a path's byte. */
const RUNGS_MOST = 255

function laddersOf(rules: Int32Array, scaleOf: (rule: number) => string, count: number): Ladder[] {
  const groups = new Map<string, number[]>()
  for (const rule of rules) {
    const key = scaleOf(rule)
    let part = 0
    while ((groups.get(`${key} ${part}`)?.length ?? 0) >= RUNGS_MOST) part += 1
    groups.set(`${key} ${part}`, [...(groups.get(`${key} ${part}`) ?? []), rule])
  }
  return [...groups.values()].map((group) => ladder(Int32Array.from(group), count))
}

function ladder(rules: Int32Array, count: number): Ladder {
  const reached = new Uint8Array(count)
  const climbing = new Uint32Array(count)
  const rungs = rules.length + 1
  let limits = new Float64Array(0)
  return {
    rules,
    begin(at, variants) {
      limits = new Float64Array(variants * rungs).fill(Number.POSITIVE_INFINITY)
      for (let one = 0; one < variants; one += 1)
        for (const [rung, rule] of rules.entries()) limits[one * rungs + rung] = at[rule * variants + one] as number
    },
    climb(values, variant, first, month, from, to) {
      const count = pathsToClimb(values, reached, variant, rungs, limits, from, to, climbing)
      for (let i = 0; i < count; i += 1) {
        const path = climbing[i] as number
        const row = (variant[path] as number) * rungs
        let rung = reached[path] as number
        do {
          ;(first[rules[rung] as number] as Int16Array)[path] = month
          rung += 1
        } while ((values[path] as number) > (limits[row + rung] as number))
        reached[path] = rung
      }
    },
  }
}
