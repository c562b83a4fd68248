import { describe, expect, it } from 'vitest'
import { stage, testCosts, testPlan } from '../../test/fixtures/plan.ts'
import type { Condition } from '../model/condition.ts'
import type { Plan } from '../model/plan.ts'
import { VerdictSchema } from '../model/verdict.ts'
import { type Evidence, judge, type MeasuredSeries } from './judge.ts'
import { decide } from './verdict.ts'

const NOW = 1_000_000_000
const EVERY = 10_000
const MINUTE = 60_000

/** A series at a steady value for so many minutes, or with a value by minutes ago. */
function measured(
  metric: string,
  value: number | ((minutesAgo: number) => number),
  minutes = 60,
  hostName = 'vps1',
): MeasuredSeries {
  const samples = []
  for (let ago = minutes * MINUTE; ago >= 0; ago -= EVERY)
    samples.push({ at: NOW - ago, value: typeof value === 'number' ? value : value(ago / MINUTE) })
  return { hostId: hostName, hostName, metric, labels: {}, unit: 'ratio', samples }
}

const evidenceOf = (all: MeasuredSeries[], plan: Plan = testPlan()): Evidence => ({
  now: NOW,
  expectedIntervalMs: EVERY,
  drivers: plan.drivers,
  needs: plan.needs,
  series: (metric, labels) =>
    all.filter(
      (one) => one.metric === metric && Object.entries(labels ?? {}).every(([key, text]) => one.labels[key] === text),
    ),
})

function verdict(all: MeasuredSeries[], plan: Plan = testPlan()) {
  const result = decide({ ...evidenceOf(all, plan), plan, costs: testCosts(plan) })
  expect(VerdictSchema.parse(result)).toEqual(result)
  return result
}

const calm = [measured('cpu_used_ratio', 0.4), measured('memory_used_ratio', 0.5)]

describe('judging conditions', () => {
  const judged = (condition: Condition, all: MeasuredSeries[], plan?: Plan) =>
    judge(condition, 5 * MINUTE, evidenceOf(all, plan))
  const cpu = { metric: 'cpu_used_ratio', op: '>', value: 0.8 } as const
  const hot = measured('cpu_used_ratio', 0.85, 20, 'vps2')

  it('says what was seen, on which host, for how long', () => {
    expect(judged(cpu, [hot])).toMatchObject({
      state: 'fired',
      condition: 'CPU > 80% for 5 min',
      why: 'CPU on vps2 is 85%, above 80% for 20 min.',
      observed: 0.85,
      heldMs: 20 * MINUTE,
      window: { from: NOW - 5 * MINUTE, to: NOW },
    })
    expect(judged(cpu, [measured('cpu_used_ratio', 0.85, 2)]).why).toBe(
      'CPU on vps1 is 85%, above 80% for 2 min of the 5 min asked.',
    )
    expect(judged(cpu, calm).why).toBe('CPU on vps1 is 40%, not above 80%.')
    expect(judged(cpu, []).why).toBe('no data for CPU.')
  })

  it('never prints a value and its threshold alike when they differ', () => {
    expect(judged(cpu, [measured('cpu_used_ratio', 0.80001)]).why).toBe('CPU on vps1 is 80.001%, above 80% for 1 h.')
  })

  it('names the first of many series without data and counts the others', () => {
    const silent = Array.from({ length: 8 }, (_, i) => {
      const old = measured('cpu_used_ratio', 0.5, 60, `vps${i}`)
      return { ...old, samples: old.samples.slice(0, 4) }
    })
    const { state, why } = judged(cpu, silent)
    expect(state).toBe('unknown')
    expect(why.match(/no data for/g)).toHaveLength(5)
    expect(why).toMatch(/; 3 more like these\.$/)
  })

  it('fires on any series, or only on all of them where asked', () => {
    expect(judged(cpu, [...calm, hot]).state).toBe('fired')
    expect(judged({ ...cpu, across: 'all' }, [...calm, hot]).state).toBe('clear')
    expect(judged({ ...cpu, across: 'all' }, [hot]).state).toBe('fired')
  })

  it('is unknown while a series that could fire it is silent, and names it', () => {
    const silent = { ...hot, samples: hot.samples.filter((one) => one.at < NOW - 2 * MINUTE) }
    expect(judged(cpu, [...calm, silent])).toMatchObject({
      state: 'unknown',
      why: 'no data for CPU on vps2 in the last 2 min 10 s.',
      seen: true,
    })
    expect(judged({ ...cpu, across: 'all' }, [...calm, silent]).state).toBe('clear')
  })

  it('combines with any and all', () => {
    const memory = { metric: 'memory_used_ratio', op: '>', value: 0.8 } as const
    const queue = { metric: 'queue_length', op: '>', value: 500 } as const
    const all = [hot, measured('memory_used_ratio', 0.5)]
    const states = (kind: 'any' | 'all', parts: Condition[]) =>
      judged(kind === 'any' ? { any: parts } : { all: parts }, all).state
    expect(states('any', [cpu, memory])).toBe('fired')
    expect(states('all', [cpu, memory])).toBe('clear')
    expect(states('any', [cpu, queue])).toBe('fired')
    expect(states('any', [memory, queue])).toBe('unknown')
    expect(states('all', [cpu, queue])).toBe('unknown')
    // Two reasons are two sentences.
    expect(judged({ any: [cpu, memory] }, []).why).toBe('no data for CPU. No data for Memory.')
    expect(judged({ any: [cpu, { all: [memory, queue] }] }, all).condition).toBe(
      'CPU > 80% or (Memory > 80% and Queue length > 500) for 5 min',
    )
  })

  it('takes drivers and needs as the operator states them', () => {
    const plan = testPlan({ needs: { sla: 0.999, 'multi-region': false } })
    const state = (condition: Condition) => judged(condition, [], plan).state
    expect(state({ driver: 'users', op: '>', value: 1000 })).toBe('clear')
    expect(state({ driver: 'users', op: '>=', value: 1000 })).toBe('fired')
    expect(state({ driver: 'nobody', op: '>', value: 1 })).toBe('unknown')
    expect(state({ need: 'sla', op: '>=', value: 0.999 })).toBe('fired')
    expect(state({ need: 'multi-region' })).toBe('clear')
    expect(judged({ need: 'on-call' }, [], plan).why).toBe('no data for the need "On call": it is not stated.')
  })
})

describe('the verdict', () => {
  it('is stay while nothing holds, and names the nearest limit', () => {
    const result = verdict(calm)
    expect(result).toMatchObject({ kind: 'stay', target: null, stage: { id: 'small', index: 0, of: 3 }, unknown: [] })
    expect(result.headline).toBe(
      'Stay on Small. Nearest to its limit: Memory on vps1 is 50%; the warning limit is 75%.',
    )
  })

  it('hands on the series of a large fleet that tell most, and how many more there are', () => {
    const fleet = Array.from({ length: 50 }, (_, i) => measured('cpu_used_ratio', 0.3 + i / 1000, 20, `vps${i}`))
    const { judgements } = verdict(fleet)
    const cpu = judgements.find(({ subject }) => subject === 'cpu_used_ratio')
    expect(cpu?.series.map(({ observed }) => observed).slice(0, 2)).toEqual([0.349, 0.348])
    expect([cpu?.series.length, cpu?.seriesLeft, cpu?.observed]).toEqual([20, 30, 0.349])
  })
  it('is fix now on a critical limit, before everything else', () => {
    const memory = measured('memory_used_ratio', (ago) => (ago <= 12 ? 0.91 : 0.5))
    const result = verdict([measured('cpu_used_ratio', 0.95), memory])
    expect(result.kind).toBe('fix-now')
    expect(result.headline).toBe('Fix now: Memory on vps1 is 91% for 12 min; the critical limit is 90%.')
    expect(result.reasons).toContain('Memory: Free memory.')
  })

  it('does not fire a limit at exactly its value, nor before its time', () => {
    expect(verdict([measured('cpu_used_ratio', 0.4), measured('memory_used_ratio', 0.9)]).kind).toBe('stay')
    const young = measured('memory_used_ratio', (ago) => (ago < 4.9 ? 0.95 : 0.5))
    const result = verdict([measured('cpu_used_ratio', 0.4), young])
    expect(result.kind).toBe('stay')
    expect(result.reasons[0]).toContain('of the 5 min asked')
  })

  it('leads with what is over a limit but not yet for long enough, and says it once', () => {
    const high = { metric: 'memory_used_ratio', op: '>', value: 0.75 } as const
    const plan = testPlan({
      stages: [
        stage('small', 2, 20, {
          limits: [{ id: 'memory', name: 'Memory', metric: 'memory_used_ratio', warning: 0.75, action: 'Free memory' }],
          triggers: [{ id: 'full', name: 'It is full', direction: 'up', when: { any: [high] } }],
        }),
        stage('medium', 8, 100),
      ],
    })
    const over = 'Not yet: Memory on vps1 is 80%, above 75% for 2 min of the 5 min asked.'
    const result = verdict([measured('memory_used_ratio', (ago) => (ago <= 2 ? 0.8 : 0.5))], plan)
    expect(result.headline).toBe(`Stay on Small. ${over}`)
    expect(result.reasons.filter((reason) => reason === over)).toHaveLength(1)
  })

  it('is stay with a warning where a warning limit fired and nothing else helps', () => {
    expect(verdict([measured('cpu_used_ratio', 0.4), measured('memory_used_ratio', 0.8)]).headline).toBe(
      'Stay on Small, and watch: Memory on vps1 is 80% for 1 h; the warning limit is 75%.',
    )
  })

  const full = [measured('cpu_used_ratio', 0.85, 20), measured('memory_used_ratio', 0.5)]

  it('is move when an up trigger fired, with both costs', () => {
    const result = verdict(full)
    expect(result).toMatchObject({
      kind: 'move',
      target: { id: 'medium', name: 'Medium' },
      headline: 'Move to Medium: CPU on vps1 is 85%, above 80% for 20 min.',
    })
    expect(result.reasons).toContain('Medium costs €100 a month; Small costs €20.')
  })

  it('is move when the stated capacity is passed, even without data', () => {
    const [small, ...others] = testPlan().stages
    const plan = testPlan({ stages: [{ ...small, capacity: [{ driver: 'users', max: 999 }] }, ...others] })
    expect(verdict([], plan)).toMatchObject({
      kind: 'move',
      headline: 'Move to Medium: Users: 1,000 stated, above 999.',
    })
    const wide = testPlan({ stages: [{ ...small, capacity: [{ driver: 'users', max: 1000 }] }, ...others] })
    expect(verdict(calm, wide).kind).toBe('stay')
  })

  it('lets guard rails argue against the move in words', () => {
    const rail = { id: 'early', text: 'No cluster under 5,000 users', against: ['medium'] }
    const under = { ...rail, when: { driver: 'users', op: '<', value: 5000 } }
    const result = verdict(full, testPlan({ guardRails: [under] }))
    expect(result.kind).toBe('move')
    expect(result.headline).toContain('1 guard rail of the plan argues against it.')
    expect(result.reasons).toContain('Against it: No cluster under 5,000 users.')
    const over = { ...rail, when: { driver: 'users', op: '<', value: 500 } }
    expect(verdict(full, testPlan({ guardRails: [over] })).headline).not.toContain('guard rail')
  })

  const cache = {
    id: 'cache',
    name: 'Cache answers',
    cost: '$0',
    effect: 'halves the CPU',
    how: 'Add a header',
    helps: ['cpu'],
  }

  it('is optimise while an unapplied optimisation helps with what fired, and move once it is applied', () => {
    const result = verdict(full, testPlan({ optimisations: [cache] }))
    expect(result).toMatchObject({ kind: 'optimise', optimisations: [{ id: 'cache' }], target: { id: 'medium' } })
    expect(result.reasons).toContain('Cache answers ($0): Halves the CPU.')
    expect(result.reasons).toContain('If that is not enough: move to Medium.')
    expect(verdict(full, testPlan({ optimisations: [{ ...cache, applied: true }] })).kind).toBe('move')
    expect(verdict(full, testPlan({ optimisations: [{ ...cache, helps: ['memory'] }] })).kind).toBe('move')
  })

  it('is optimise on a warning that an optimisation helps with', () => {
    const warned = [measured('cpu_used_ratio', 0.4), measured('memory_used_ratio', 0.8)]
    const result = verdict(warned, testPlan({ optimisations: [{ ...cache, helps: ['memory_used_ratio'] }] }))
    expect(result).toMatchObject({ kind: 'optimise', target: null })
  })

  it('is downgrade when only down triggers fired, and not while something warns', () => {
    const plan = testPlan({ stage: 'medium' })
    const result = verdict([measured('cpu_used_ratio', 0.05)], plan)
    expect(result).toMatchObject({
      kind: 'downgrade',
      target: { id: 'small' },
      headline: 'Downgrade to Small: CPU on vps1 is 5%, below 10% for 1 h.',
    })
    expect(result.reasons).toContain('Small costs €20 a month; Medium costs €100.')
    const limits = [{ id: 'memory', name: 'Memory', metric: 'memory_used_ratio', warning: 0.75, action: 'Free memory' }]
    const stages = plan.stages.map((one) => (one.id === 'medium' ? { ...one, limits } : one))
    const warned = [measured('cpu_used_ratio', 0.05), measured('memory_used_ratio', 0.8)]
    expect(verdict(warned, testPlan({ stage: 'medium', stages })).kind).toBe('stay')
  })

  it('cannot be judged when no rule on a metric has data of now, and says for want of what', () => {
    const result = verdict([])
    expect(result.kind).toBe('cannot-judge')
    expect(result.headline).toBe('Cannot be judged: no data for Memory and CPU.')
    expect(result.unknown).toEqual(['Memory: no data for Memory.', 'CPU is full: no data for CPU.'])
    const old = calm.map((one) => ({ ...one, samples: one.samples.filter((sample) => sample.at < NOW - 10 * MINUTE) }))
    const partly = [measured('cpu_used_ratio', 0.4), ...old.filter(({ metric }) => metric === 'memory_used_ratio')]
    expect(verdict(partly).headline).toContain('No limit or trigger that can be judged holds.')
    const stale = verdict(old)
    expect(stale).toMatchObject({ kind: 'cannot-judge', readAt: NOW - 10 * MINUTE - EVERY })
    expect(stale.headline).toContain('the newest reading is 10 min')
    expect(result.readAt).toBeNull()
    expect(verdict(calm).readAt).toBe(NOW)
    // What is fresh elsewhere does not hide that a part of the readings is old.
    const [cpu, memory] = old
    expect(verdict([calm[0] ?? cpu, memory].flatMap((one) => one ?? [])).readAt).toBe(NOW - 10 * MINUTE - EVERY)
  })

  it('judges with what there is and lists what is missing', () => {
    const result = verdict([measured('cpu_used_ratio', 0.4)])
    expect(result.kind).toBe('stay')
    expect(result.unknown).toEqual(['Memory: no data for Memory.'])
  })

  it('judges a stage without metric rules by its drivers alone', () => {
    const plan = testPlan({ stage: 'only', stages: [stage('only', 2, 20)] })
    expect(verdict([], plan)).toMatchObject({ kind: 'stay', headline: 'Stay on Only. No limit or trigger holds.' })
  })

  it('says so when the last stage is outgrown', () => {
    const only = stage('only', 2, 20, { capacity: [{ driver: 'users', max: 10 }] })
    const result = verdict([], testPlan({ stage: 'only', stages: [only] }))
    expect(result.kind).toBe('stay')
    expect(result.headline).toBe('Only is outgrown and the plan has no stage above it: Users: 1,000 stated, above 10.')
  })
})
