import { describe, expect, it } from 'vitest'
import { type Autoscaler, AutoscalerSchema } from '../../model/autoscaler.ts'
import { type Observed, run } from './run.ts'

/*
 * Each trace is worked out by hand from the control law that Kubernetes and KEDA document, one line for each decision:
 * every 15 s (sync), desired = ceil(replicas * usage / target) unless the ratio is within 10% of 1.
 * Here one pod offers 1 core of "cpu" and is to use 0.5 of it, unless the test says otherwise.
 */
const hpa = (parts: Record<string, unknown> = {}): Autoscaler =>
  AutoscalerSchema.parse({
    id: 'api',
    name: 'API',
    kind: 'hpa',
    min: 1,
    max: 100,
    metrics: [{ resource: 'cpu', perReplica: 1, target: 0.5 }],
    startup: '0s',
    ...parts,
  })
const keda = (parts: Record<string, unknown> = {}): Autoscaler =>
  AutoscalerSchema.parse({
    id: 'workers',
    name: 'Workers',
    kind: 'keda',
    min: 0,
    max: 50,
    metrics: [{ resource: 'queue', perReplica: 200, target: 100 }],
    startup: '0s',
    ...parts,
  })

type Loads = Record<string, (seconds: number) => number>
interface Options {
  seconds: number
  initial?: Record<string, number>
  rates?: string[]
}

/** What each autoscaler has after every decision, 15 s apart from 0 s on. */
function traces(autoscalers: Autoscaler[], loads: Loads, { seconds, initial = {}, rates = [] }: Options) {
  const all = autoscalers.map((): Observed[] => [])
  const load = (resource: string, at: number): number => (loads[resource] as (seconds: number) => number)(at / 1000)
  run(
    {
      autoscalers,
      load,
      foreseen: (resource, from, forMs) => Math.max(load(resource, from), load(resource, from + forMs)),
      isRate: (resource) => rates.includes(resource),
      from: 0,
      to: seconds * 1000,
      stepMs: 15_000,
      initial: (spec) => initial[spec.id] ?? spec.min,
    },
    (_, index, seen) => all[index]?.push({ ...seen, loads: seen.loads.slice(), backlog: seen.backlog.slice() }),
  )
  return all
}
const counts = (autoscaler: Autoscaler, load: (seconds: number) => number, options: Options): number[] =>
  (traces([autoscaler], { cpu: load, queue: load }, options)[0] as Observed[]).map((one) => one.replicas)
const flat = (count: number, value: number): number[] => Array.from({ length: count }, () => value)

describe('HorizontalPodAutoscaler', () => {
  it('leaves a ratio within 10% of 1 alone, and acts on the first beyond it', () => {
    // 10 pods, target 0.5 each, so 5 cores in all.
    // 5.5 cores: 5.5 / 5 = 1.10, within the tolerance: stays 10.
    expect(counts(hpa(), () => 5.5, { seconds: 30, initial: { api: 10 } })).toEqual([10, 10])
    // 5.51 cores: 5.51 / 5 = 1.102, beyond: ceil(10 * 1.102) = ceil(11.02) = 12.
    expect(counts(hpa(), () => 5.51, { seconds: 30, initial: { api: 10 } })[0]).toBe(12)
    // 4.5 cores: 0.90, within. 4.49: 0.898, beyond: ceil(8.98) = 9, which the 300 s window holds back at first.
    expect(counts(hpa(), () => 4.5, { seconds: 900, initial: { api: 10 } }).at(-1)).toBe(10)
    expect(counts(hpa(), () => 4.49, { seconds: 900, initial: { api: 10 } }).at(-1)).toBe(9)
    // With a tolerance of 0.2 the 1.102 is left alone too.
    expect(counts(hpa({ tolerance: 0.2 }), () => 5.51, { seconds: 15, initial: { api: 10 } })).toEqual([10])
  })

  it('divides exactly: a quotient that is whole but for rounding asks for no extra pod', () => {
    // 0.7 a pod and 2.1 cores: 2.1 / 0.7 is 3.0000000000000004 in binary, and 3 pods are enough.
    const spec = hpa({ metrics: [{ resource: 'cpu', perReplica: 1, target: 0.7 }] })
    expect(counts(spec, () => 2.1, { seconds: 15, initial: { api: 1 } })).toEqual([3])
  })

  it('goes down after 300 s, to the highest that was asked for within them', () => {
    // 8 pods, 4 cores: ratio 1, asks for 8. From 60 s on 1 core: ceil(1 / 0.5) = 2. From 180 s on 2 cores: 4.
    // At 60 s it asks for 2, but 8 was asked for at 45 s; that leaves the window when now - 300 s reaches 45 s: at 345 s.
    // From then the highest within 300 s is 4 (asked for since 180 s).
    const load = (s: number): number => (s < 60 ? 4 : s < 180 ? 1 : 2)
    const trace = counts(hpa(), load, { seconds: 420, initial: { api: 8 } })
    expect(trace.slice(0, 23)).toEqual(flat(23, 8)) // 0 s to 330 s
    expect(trace.slice(23)).toEqual(flat(5, 4)) // 345 s to 405 s
  })

  it('goes up at once, unless a window holds it to the lowest that was asked for', () => {
    // 2 pods; from 15 s on 4 cores, which ask for 8: at most 100% (to 4) or 4 pods (to 6) in 15 s, the larger: 6, then 8.
    const load = (s: number): number => (s < 15 ? 1 : 4)
    expect(counts(hpa(), load, { seconds: 60, initial: { api: 2 } })).toEqual([2, 6, 8, 8])
    // With a window of 60 s up: at 15 s it asks for 8, but 2 was asked for at 0 s, which leaves the window at 60 s.
    const slow = hpa({ scaleUp: { stabilisation: '60s' } })
    expect(counts(slow, load, { seconds: 90, initial: { api: 2 } })).toEqual([2, 2, 2, 2, 6, 8])
  })

  it('is limited upwards by the default policies: doubled or four more in 15 s, whichever is more', () => {
    // 50 cores ask for 100. From 1: max(2, 5) = 5; max(10, 9) = 10; max(20, 14) = 20; 40; 80; then 100.
    expect(counts(hpa(), () => 50, { seconds: 105, initial: { api: 1 } })).toEqual([5, 10, 20, 40, 80, 100, 100])
  })

  it('counts what a period has already used up', () => {
    // 4 pods a minute: at 0 s 2 -> 6. Until 45 s the period that began with 2 is used up. At 60 s the addition of 0 s
    // is no longer within 60 s: 6 -> 10. Then 14 at 120 s.
    const spec = hpa({ scaleUp: { stabilisation: '0s', policies: [{ type: 'pods', value: 4, period: '60s' }] } })
    expect(counts(spec, () => 10, { seconds: 135, initial: { api: 2 } })).toEqual([2 + 4, 6, 6, 6, 10, 10, 10, 10, 14])
  })

  it('takes the smallest change of its policies where "min" is selected', () => {
    // From 10: 10% is ceil(11) = 11; 5 pods is 15; the smaller: 11. In the next 15 s: ceil(12.1) = 13, then ceil(14.3) = 15.
    const policies = [
      { type: 'percent', value: 10, period: '15s' },
      { type: 'pods', value: 5, period: '15s' },
    ]
    const spec = hpa({ scaleUp: { stabilisation: '0s', policies, select: 'min' } })
    expect(counts(spec, () => 50, { seconds: 45, initial: { api: 10 } })).toEqual([11, 13, 15])
  })

  it('never goes in a direction that is disabled', () => {
    const down = hpa({ scaleDown: { stabilisation: '0s', select: 'disabled' } })
    expect(counts(down, () => 0.5, { seconds: 600, initial: { api: 10 } })).toEqual(flat(40, 10))
    const up = hpa({ scaleUp: { stabilisation: '0s', select: 'disabled' } })
    expect(counts(up, () => 50, { seconds: 60, initial: { api: 3 } })).toEqual(flat(4, 3))
  })

  it('is limited downwards by its policies: a tenth a minute', () => {
    // 0.5 cores ask for 1. 10% of 20 in 60 s: floor(20 * 0.9) = 18 at 0 s. At 60 s floor(16.2) = 16; at 120 s floor(14.4) = 14.
    const policies = [{ type: 'percent', value: 10, period: '60s' }]
    const spec = hpa({ scaleDown: { stabilisation: '0s', policies } })
    expect(counts(spec, () => 0.5, { seconds: 135, initial: { api: 20 } })).toEqual([
      18, 18, 18, 18, 16, 16, 16, 16, 14,
    ])
  })

  it('stays within its minimum and maximum, and returns there at once', () => {
    // 50 cores ask for 100, the maximum is 7: 3 -> max(6, 7) = 7, no further.
    expect(counts(hpa({ max: 7 }), () => 50, { seconds: 45, initial: { api: 3 } })).toEqual([7, 7, 7])
    // Nothing used asks for 0; after the window it is at the minimum of 2.
    const idle = counts(hpa({ min: 2 }), () => 0, { seconds: 330, initial: { api: 4 } })
    expect(idle.slice(0, 20)).toEqual(flat(20, 4))
    expect(idle.slice(20)).toEqual(flat(2, 2))
    // Below the minimum or above the maximum no window and no policy counts.
    expect(counts(hpa({ min: 30 }), () => 15, { seconds: 15, initial: { api: 1 } })).toEqual([30])
    expect(counts(hpa({ max: 5 }), () => 2.5, { seconds: 15, initial: { api: 40 } })).toEqual([5])
  })

  it('does not ask again for pods that are still starting', () => {
    // 4 pods, 4 cores, target 0.5: ratio 4 / (4 * 0.5) = 2, asks for ceil(4 * 2) = 8: up by 4 at 0 s, ready at 60 s.
    // 15 s to 45 s: 4 report 4 cores, ratio 2; the 4 that start count as using nothing: 4 / (8 * 0.5) = 1: stays 8.
    // 60 s: 4 serve but have not reported: the 8 share 4 cores, so the 4 that report use 2: 2 / (4 * 0.5) = 1: stays 8.
    const seen = traces(
      [hpa({ startup: '60s' })],
      { cpu: () => 4 },
      { seconds: 90, initial: { api: 4 } },
    )[0] as Observed[]
    expect(seen.map((one) => one.replicas)).toEqual(flat(6, 8))
    expect(seen.map((one) => one.ready)).toEqual([4, 4, 4, 4, 8, 8])
  })

  it('takes the largest of what several metrics ask for', () => {
    // CPU 2 cores at 0.5 ask for 4. Memory 12 at 0.8 of 2 a pod asks for ceil(12 / 1.6) = ceil(7.5) = 8.
    const two = hpa({
      metrics: [
        { resource: 'cpu', perReplica: 1, target: 0.5 },
        { resource: 'memory', perReplica: 2, target: 0.8 },
      ],
    })
    const load = { cpu: () => 2, memory: (s: number) => (s < 15 ? 12 : 1) }
    const seen = traces([two], load, { seconds: 360, initial: { api: 4 } })[0] as Observed[]
    expect(seen[0]?.replicas).toBe(8)
    // Memory then asks for 1 and CPU for 4: 4, once the window has passed.
    expect(seen.at(-1)?.replicas).toBe(4)
  })

  it('pre-scales by the time of day: a scheduled minimum holds at once, and leaves nothing behind when it ends', () => {
    // Monday 00:01 to 00:02 at least 6.
    const spec = hpa({ schedule: [{ days: ['mon'], from: '00:01', to: '00:02', min: 6 }] })
    const trace = counts(spec, () => 0.5, { seconds: 420, initial: { api: 1 } })
    expect(trace.slice(0, 4)).toEqual(flat(4, 1))
    expect(trace.slice(4, 8)).toEqual(flat(4, 6)) // 60 s to 105 s
    // From 120 s the metrics alone count. The window looks at what the metrics asked for, which was never more than 1.
    expect(trace[8]).toBe(1)
  })

  it('pre-scales ahead of the weekly curve', () => {
    // 10 cores from 120 s on, foreseen 60 s ahead: at 60 s the minimum is 10 / 0.5 = 20.
    const spec = hpa({ ahead: '60s', startup: '45s' })
    const seen = traces(
      [spec],
      { cpu: (s) => (s < 120 ? 0.5 : 10) },
      { seconds: 135, initial: { api: 1 } },
    )[0] as Observed[]
    expect(seen.map((one) => one.replicas)).toEqual([1, 1, 1, 1, 20, 20, 20, 20, 20])
    expect(seen[8]?.ready).toBe(20)
  })
})

describe('KEDA', () => {
  it('wakes from zero at a poll, then follows the queue length', () => {
    // Polls at 0 s, 30 s, 60 s. 850 entries from 15 s on: seen at 30 s, 0 -> 1.
    // 45 s: ceil(850 / 100) = 9, but from 1 by max(100%, 4 pods) to 5; 60 s: 5 -> min(9, 10) = 9.
    const trace = counts(keda(), (s) => (s < 15 ? 0 : 850), { seconds: 90, initial: { workers: 0 } })
    expect(trace).toEqual([0, 0, 1, 5, 9, 9])
  })

  it('stays asleep until the activation threshold is passed', () => {
    const spec = keda({ activation: 10 })
    expect(counts(spec, () => 10, { seconds: 60, initial: { workers: 0 } })).toEqual([0, 0, 0, 0])
    expect(counts(spec, () => 11, { seconds: 30, initial: { workers: 0 } })).toEqual([1, 1])
  })

  it('goes to zero only after the cooldown, counted from the last poll that saw entries', () => {
    // One entry until 75 s: the poll at 60 s is the last that sees it. The poll at 360 s is exactly 300 s later, which is
    // not yet more than the cooldown; the one at 390 s is. Until then the autoscaler keeps at least 1.
    const trace = counts(keda(), (s) => (s < 75 ? 1 : 0), { seconds: 420, initial: { workers: 1 } })
    expect(trace.slice(0, 26)).toEqual(flat(26, 1)) // 0 s to 375 s
    expect(trace.slice(26)).toEqual([0, 0]) // 390 s, 405 s
  })

  it('never sleeps where the minimum is above zero', () => {
    expect(counts(keda({ min: 2 }), () => 0, { seconds: 1200, initial: { workers: 2 } }).at(-1)).toBe(2)
  })

  it('a rate fills a queue that the replicas empty', () => {
    // 10 entries a second arrive and one worker does 4: in 15 s the queue of 2 workers grows by (10 - 8) * 15 = 30.
    // Average 100 a worker: at 0 s 0 entries ask for 0, the minimum is 2. 15 s: 30. 30 s: 60. All below 200: ratio
    // 0.15, 0.3; the minimum holds. After 105 s: 7 * 30 = 210 entries over 2 workers: 1.05, within the tolerance.
    // 120 s: 240 / 200 = 1.2: ceil(240 / 100) = 3. Then (10 - 12) * 15 = -30 in 15 s: 210 at 135 s.
    const spec = keda({ min: 2, metrics: [{ resource: 'queue', perReplica: 4, target: 100 }] })
    const seen = traces(
      [spec],
      { queue: () => 10 },
      { seconds: 150, initial: { workers: 2 }, rates: ['queue'] },
    )[0] as Observed[]
    expect(seen.map((one) => one.replicas)).toEqual([...flat(8, 2), 3, 3])
    expect(seen.map((one) => one.backlog[0])).toEqual([0, 30, 60, 90, 120, 150, 180, 210, 240, 210])
  })
})

describe('node pools', () => {
  const pool = (parts: Record<string, unknown> = {}): Autoscaler =>
    AutoscalerSchema.parse({
      id: 'nodes',
      name: 'Nodes',
      kind: 'nodes',
      min: 1,
      max: 10,
      metrics: [{ resource: 'cpu', perReplica: 4, target: 0.8 }],
      startup: '60s',
      podsPerNode: 4,
      ...parts,
    })

  it('brings nodes for pods without room after its start-up time, and the pods start only then', () => {
    // 4 pods on 1 node of 4. At 0 s 4 cores ask for 8: 4 pods find no room and wait; a node is started, ready at 60 s.
    // 60 s: the node is there, the 4 pods get room and serve 30 s later, at 90 s.
    const [pods, nodes] = traces(
      [hpa({ startup: '30s' }), pool()],
      { cpu: () => 4 },
      { seconds: 120, initial: { api: 4, nodes: 1 } },
    ) as [Observed[], Observed[]]
    expect(pods.map((one) => one.replicas)).toEqual(flat(8, 8))
    expect(pods.map((one) => one.pending)).toEqual([4, 4, 4, 4, 0, 0, 0, 0])
    expect(pods.map((one) => one.ready)).toEqual([4, 4, 4, 4, 4, 4, 8, 8])
    expect(nodes.map((one) => one.replicas)).toEqual(flat(8, 2))
    expect(nodes.map((one) => one.ready)).toEqual([1, 1, 1, 1, 2, 2, 2, 2])
  })

  it('leaves pods waiting when it is at its maximum', () => {
    const [pods, nodes] = traces(
      [hpa(), pool({ max: 1 })],
      { cpu: () => 4 },
      { seconds: 90, initial: { api: 4, nodes: 1 } },
    ) as [Observed[], Observed[]]
    expect(pods.at(-1)).toMatchObject({ replicas: 8, pending: 4, ready: 4 })
    expect(nodes.at(-1)?.replicas).toBe(1)
  })

  it('removes a node that was under half full for 10 minutes, one at a time', () => {
    // 4 nodes of 4 and 6 pods: 6 / 16 = 37.5%, and the pods fit on 3: unneeded from 0 s, one goes at 600 s.
    // Then 6 / 12 = 50%, which is not under 50%: 3 nodes stay.
    const steady = hpa({ min: 6 })
    const [, nodes] = traces([steady, pool()], { cpu: () => 3 }, { seconds: 1800, initial: { api: 6, nodes: 4 } }) as [
      Observed[],
      Observed[],
    ]
    expect(nodes.slice(0, 40).map((one) => one.replicas)).toEqual(flat(40, 4)) // 0 s to 585 s
    expect(nodes.slice(40).map((one) => one.replicas)).toEqual(flat(80, 3))
  })

  it('moves the pods of a removed node, which start again elsewhere', () => {
    // The removed node carried floor(6 / 4) = 1 pod: ready again one start-up time of 30 s after 600 s.
    const steady = hpa({ min: 6, startup: '30s' })
    const [pods] = traces([steady, pool()], { cpu: () => 3 }, { seconds: 660, initial: { api: 6, nodes: 4 } }) as [
      Observed[],
      Observed[],
    ]
    expect(pods.slice(39).map((one) => one.ready)).toEqual([6, 5, 5, 6, 6]) // 585 s to 645 s
  })

  it('follows its own metrics where it carries no pods of others', () => {
    // 10 units at 0.8 of 4 a node: ceil(10 / 3.2) = 4 nodes, ready a minute later.
    const alone = pool({ podsPerNode: undefined })
    const [nodes] = traces([alone], { cpu: () => 10 }, { seconds: 90, initial: { nodes: 1 } }) as [Observed[]]
    expect(nodes.map((one) => one.replicas)).toEqual(flat(6, 4))
    expect(nodes.map((one) => one.ready)).toEqual([1, 1, 1, 1, 4, 4])
  })
})
