import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeadroomError } from '../model/problem.ts'
import { type LeastCostPath, leastCostPath, type PathProblem } from './least-cost-path.ts'

/** Every sequence of stages that the rules admit, tried one by one; the rules are read from the problem and nothing else. */
function bruteForce(problem: PathProblem): { cost: number; excess: number } {
  const { months, start, once, lead, minimum, after, oneWay } = problem
  const stages = problem.cost.length
  let best = { cost: Number.POSITIVE_INFINITY, excess: Number.POSITIVE_INFINITY }
  const walk = (held: readonly number[]): void => {
    if (held.length === months) {
      const rated = rate(held)
      if (rated && (rated.excess < best.excess || (rated.excess === best.excess && rated.cost < best.cost)))
        best = rated
      return
    }
    for (let stage = 0; stage < stages; stage += 1) walk([...held, stage])
  }
  const rate = (held: readonly number[]): { cost: number; excess: number } | null => {
    let at = start
    let since = 0
    let left = false
    let floor = oneWay[start] ? start : 0
    const done = new Set(problem.done)
    let cost = 0
    let excess = 0
    for (const [month, stage] of held.entries()) {
      if (stage !== at) {
        const stayed = month - since
        if (problem.closed[stage] || stage < floor) return null
        if (stayed < (lead[stage] as number)) return null
        if (left && stayed < (minimum[at] as number)) return null
        done.add(at)
        if (!after[stage]?.every((need) => done.has(need))) return null
        cost += once[stage]?.[month] as number
        if (oneWay[stage]) floor = Math.max(floor, stage)
        at = stage
        since = month
        left = true
      }
      cost += (left ? problem.cost[stage]?.[month] : problem.startCost[month]) as number
      excess += Math.max(0, (problem.over[stage]?.[month] as number) - problem.allowed)
    }
    return { cost, excess }
  }
  walk([])
  return best
}

const instance = fc
  .record({ months: fc.integer({ min: 1, max: 6 }), stages: fc.integer({ min: 1, max: 3 }) })
  .chain(({ months, stages }) => {
    const per = <T>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: stages, maxLength: stages })
    const row = (max: number) => fc.array(fc.integer({ min: 0, max }), { minLength: months, maxLength: months })
    return fc.record({
      months: fc.constant(months),
      start: fc.integer({ min: 0, max: stages - 1 }),
      cost: per(row(20)),
      startCost: row(20),
      over: per(row(10)),
      allowed: fc.integer({ min: 0, max: 10 }),
      once: per(row(15)),
      lead: per(fc.integer({ min: 0, max: 3 })),
      minimum: per(fc.integer({ min: 0, max: 3 })),
      after: per(fc.subarray(Array.from({ length: stages }, (_, index) => index))),
      done: fc.subarray(Array.from({ length: stages }, (_, index) => index)),
      oneWay: per(fc.boolean()),
      closed: per(fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true))),
    })
  })

/** Three stages of rising cost, the first one full from month 3, the second from month 8, over a year. */
const ladder = (parts: Partial<PathProblem> = {}): PathProblem => {
  const months = 12
  const flat = (value: number) => new Array<number>(months).fill(value)
  const fullFrom = (month: number) => Array.from({ length: months }, (_, index) => (index >= month ? 90 : 0))
  return {
    months,
    start: 0,
    cost: [flat(10), flat(20), flat(50)],
    startCost: flat(10),
    over: [fullFrom(3), fullFrom(8), fullFrom(12)],
    allowed: 5,
    once: [flat(0), flat(0), flat(0)],
    lead: [1, 1, 1],
    minimum: [0, 0, 0],
    after: [[], [], []],
    done: [],
    oneWay: [false, false, false],
    closed: [false, false, false],
    ...parts,
  }
}
const dear = [0, 200, 0].map((minor) => new Array<number>(12).fill(minor))
const steps = ({ moves }: LeastCostPath) => moves.map(({ month, to }) => [month, to])

describe('the least-cost path', () => {
  it('is what trying every path finds', () => {
    fc.assert(
      fc.property(instance, (problem) => {
        const { cost, excess } = leastCostPath(problem)
        expect({ cost, excess }).toEqual(bruteForce(problem))
      }),
      { numRuns: 600 },
    )
  })

  it('adds up to its own cost, month by month', () => {
    fc.assert(
      fc.property(instance, (problem) => {
        const { held, moves, cost } = leastCostPath(problem)
        const left = moves[0]?.month ?? problem.months
        const running = held.reduce(
          (sum, stage, month) =>
            sum + ((month < left ? problem.startCost[month] : problem.cost[stage]?.[month]) as number),
          0,
        )
        const once = moves.reduce((sum, { to, month }) => sum + (problem.once[to]?.[month] as number), 0)
        expect(cost).toBe(running + once)
      }),
    )
  })

  it('moves in the last month that the limit allows', () => {
    const path = leastCostPath(ladder())
    expect(steps(path)).toEqual([
      [3, 1],
      [8, 2],
    ])
    expect(path).toMatchObject({ cost: 3 * 10 + 5 * 20 + 4 * 50, excess: 0 })
  })

  it('skips a stage whose one-off cost its few months do not pay back', () => {
    expect(steps(leastCostPath(ladder({ once: dear })))).toEqual([[3, 2]])
  })

  it('keeps a stage for its minimum', () => {
    expect(steps(leastCostPath(ladder({ minimum: [0, 7, 0] })))).toEqual([
      [1, 1],
      [8, 2],
    ])
  })

  it('goes through what must come before', () => {
    expect(steps(leastCostPath(ladder({ once: dear, after: [[], [], [1]] })))).toEqual([
      [3, 1],
      [8, 2],
    ])
    expect(steps(leastCostPath(ladder({ once: dear, after: [[], [], [1]], done: [1] })))).toEqual([[3, 2]])
  })

  it('comes back down where that is cheaper, but not below a move that cannot be undone', () => {
    const peak = Array.from({ length: 12 }, (_, month) => (month === 4 ? 90 : 0))
    const parts = { over: [peak, peak, new Array<number>(12).fill(0)] }
    expect(steps(leastCostPath(ladder(parts)))).toEqual([
      [4, 2],
      [5, 0],
    ])
    expect(steps(leastCostPath(ladder({ ...parts, oneWay: [false, false, true] })))).toEqual([[4, 2]])
  })

  it('passes the limit least where no path keeps to it, and says by how much', () => {
    const path = leastCostPath(ladder({ lead: [5, 5, 5] }))
    expect(steps(path)).toEqual([[5, 2]])
    expect(path.excess).toBe(2 * 85)
  })

  it('stays where everything else is closed', () => {
    expect(leastCostPath(ladder({ closed: [false, true, true] }))).toMatchObject({ moves: [], excess: 9 * 85 })
  })

  it('keeps the old price of the start only until it is first left', () => {
    const startCost = new Array<number>(12).fill(1)
    const noRisk = ladder().over.map(() => new Array<number>(12).fill(0))
    expect(leastCostPath(ladder({ startCost, over: noRisk }))).toMatchObject({ moves: [], cost: 12 })
  })
})

describe('laws', () => {
  it('never costs less under a lower limit', () => {
    fc.assert(
      fc.property(instance, fc.integer({ min: 0, max: 10 }), (problem, other) => {
        const [low, high] = [Math.min(problem.allowed, other), Math.max(problem.allowed, other)]
        const strict = leastCostPath({ ...problem, allowed: low })
        const loose = leastCostPath({ ...problem, allowed: high })
        expect(loose.excess).toBeLessThanOrEqual(strict.excess)
        if (strict.excess === 0) expect(loose.cost).toBeLessThanOrEqual(strict.cost)
      }),
      { numRuns: 300 },
    )
  })

  it('never costs more with a further stage that is free', () => {
    fc.assert(
      fc.property(instance, (problem) => {
        const nothing = new Array<number>(problem.months).fill(0)
        const before = leastCostPath(problem)
        const after = leastCostPath({
          ...problem,
          cost: [...problem.cost, nothing],
          over: [...problem.over, nothing],
          once: [...problem.once, nothing],
          lead: [...Array.from(problem.lead), 0],
          minimum: [...Array.from(problem.minimum), 0],
          after: [...problem.after, []],
          oneWay: [...problem.oneWay, false],
          closed: [...problem.closed, false],
        })
        expect(after.excess).toBeLessThanOrEqual(before.excess)
        expect(after.cost).toBeLessThanOrEqual(before.cost)
      }),
      { numRuns: 300 },
    )
  })
})

it('says so where the order of stages has too many ways', () => {
  const stages = 40
  const flat = new Array<number>(2).fill(1)
  const all = Array.from({ length: stages }, (_, index) => index)
  const wide = ladder({
    months: 2,
    cost: all.map(() => flat),
    startCost: flat,
    over: all.map(() => flat),
    once: all.map(() => flat),
    lead: all,
    minimum: all,
    after: all.map((index) => (index === stages - 1 ? all.slice(0, -1) : [])),
    oneWay: all.map(() => false),
    closed: all.map(() => false),
  })
  expect(() => leastCostPath(wide)).toThrowError(HeadroomError)
  expect(() => leastCostPath(wide)).toThrowError(/orders that matter.*"after"/)
})
