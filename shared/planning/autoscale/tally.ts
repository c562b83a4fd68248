import type { Autoscaler } from '../../model/autoscaler.ts'

const MINUTE_MS = 60_000
const REVERSAL_MS = 600_000
export const BUCKET_MS = 300_000

/** One metric of an autoscaler for counting: a queue that is a rate has `queue` true and its backlog against the target. */
export interface TalliedMetric {
  perReplica: number
  /** Entries of a queue only wait: more of them than `perReplica` is no overload while anything serves. */
  waits: boolean
  /** The load, or the entries that wait, that one replica is to have at most. */
  target: number
  queue: boolean
}

export interface Seen {
  replicas: number
  ready: number
  pending: number
  loads: Float64Array
  backlog: Float64Array
}

/** Adds up one autoscaler's week, step by step. Buckets hold the worst of their time. */
export class Tally {
  readonly load: Float64Array[]
  readonly backlog: Float64Array[]
  readonly replicas: Float64Array
  readonly ready: Float64Array
  readonly pending: Float64Array
  readonly overTarget: Float64Array
  readonly overload: Float64Array
  overTargetMs = 0
  overloadMs = 0
  pendingMs = 0
  longestMs = 0
  replicaMs = 0
  lowest = Number.POSITIVE_INFINITY
  highest = 0
  ups = 0
  downs = 0
  reversals = 0
  peakUtilisation: number | null = 0
  readonly #metrics: readonly TalliedMetric[]
  readonly #tolerance: number
  readonly #stepMs: number
  #stretchMs = 0
  #used = 0
  #usedMs = 0
  #last: number | null = null
  #change = { at: Number.NEGATIVE_INFINITY, up: true }
  #ms = 0

  constructor(spec: Pick<Autoscaler, 'tolerance'>, metrics: readonly TalliedMetric[], stepMs: number, toMs: number) {
    const buckets = Math.ceil(toMs / BUCKET_MS)
    const series = (): Float64Array => new Float64Array(buckets)
    this.#metrics = metrics
    this.#tolerance = spec.tolerance
    this.#stepMs = stepMs
    this.load = metrics.map(series)
    this.backlog = metrics.map(series)
    this.replicas = series()
    this.ready = series().fill(Number.POSITIVE_INFINITY)
    this.pending = series()
    this.overTarget = series()
    this.overload = series()
  }

  add(at: number, seen: Seen): void {
    const bucket = Math.floor(at / BUCKET_MS)
    const { over, overload, utilisation } = judgeStep(this.#metrics, this.#tolerance, seen)
    this.#metrics.forEach((_, metric) => {
      raise(this.load[metric] as Float64Array, bucket, seen.loads[metric] ?? 0)
      raise(this.backlog[metric] as Float64Array, bucket, seen.backlog[metric] ?? 0)
    })
    raise(this.replicas, bucket, seen.replicas)
    raise(this.pending, bucket, seen.pending)
    this.ready[bucket] = Math.min(this.ready[bucket] as number, seen.ready)
    const ms = this.#stepMs
    this.#ms += ms
    this.replicaMs += seen.replicas * ms
    this.lowest = Math.min(this.lowest, seen.replicas)
    this.highest = Math.max(this.highest, seen.replicas)
    if (seen.pending > 0) this.pendingMs += ms
    this.#stretchMs = over ? this.#stretchMs + ms : 0
    this.longestMs = Math.max(this.longestMs, this.#stretchMs)
    if (over) {
      this.overTargetMs += ms
      this.overTarget[bucket] = (this.overTarget[bucket] as number) + ms / MINUTE_MS
    }
    if (overload) {
      this.overloadMs += ms
      this.overload[bucket] = (this.overload[bucket] as number) + ms / MINUTE_MS
    }
    if (utilisation === null) this.peakUtilisation = null
    else {
      this.#used += utilisation * ms
      this.#usedMs += ms
      if (this.peakUtilisation !== null) this.peakUtilisation = Math.max(this.peakUtilisation, utilisation)
    }
    this.#countChange(at, seen.replicas)
  }

  get mean(): number {
    return this.#ms > 0 ? this.replicaMs / this.#ms : 0
  }

  get meanUtilisation(): number | null {
    return this.#usedMs > 0 ? this.#used / this.#usedMs : null
  }

  #countChange(at: number, replicas: number): void {
    const before = this.#last
    this.#last = replicas
    if (before === null || before === replicas) return
    const up = replicas > before
    if (up) this.ups += 1
    else this.downs += 1
    if (up !== this.#change.up && at - this.#change.at <= REVERSAL_MS) this.reversals += 1
    this.#change = { at, up }
  }
}

/** Whether replicas are over their target by more than the tolerance, asked for more than they have, and how full the busiest metric is. */
export function judgeStep(
  metrics: readonly TalliedMetric[],
  tolerance: number,
  { ready, loads, backlog }: Pick<Seen, 'ready' | 'loads' | 'backlog'>,
): { over: boolean; overload: boolean; utilisation: number | null } {
  let over = false
  let overload = false
  let utilisation: number | null = 0
  metrics.forEach(({ perReplica, target, queue, waits }, metric) => {
    const load = loads[metric] ?? 0
    const held = queue ? (backlog[metric] ?? 0) : load
    if (held > target * ready * (1 + tolerance) * (1 + 1e-12)) over = true
    if (waits ? ready === 0 && load > 0 : load > perReplica * ready * (1 + 1e-12)) overload = true
    if (ready > 0) utilisation = utilisation === null ? null : Math.max(utilisation, load / (perReplica * ready))
    else if (load > 0) utilisation = null
  })
  return { over, overload, utilisation }
}

function raise(series: Float64Array, bucket: number, value: number): void {
  if (value > (series[bucket] as number)) series[bucket] = value
}
