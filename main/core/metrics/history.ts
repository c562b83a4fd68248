import type { Sample } from '../../../shared/model/metric.ts'
import { RAW_KEPT_MS, ROLLUPS } from './retention.ts'
import type { RolledUp } from './rollup.ts'
import type { SampleStore } from './store.ts'

/**
 * A series for judging. Raw as long as raw is kept; before that, each bucket of the finest rollup that reaches back far
 * enough stands for its samples: as many points, spread over the bucket, of which one has its least and one its greatest
 * value. So "every sample above" means the same for old time as for new.
 */
export function history(store: SampleStore, seriesId: number, from: number, to: number, now: number): Sample[] {
  const rawFrom = now - RAW_KEPT_MS
  const finest = ROLLUPS.find(({ keptMs }) => keptMs > RAW_KEPT_MS && now - from <= keptMs) ?? ROLLUPS.at(-1)
  if (from >= rawFrom || !finest) return store.raw(seriesId, from, to)
  const old = store
    .rolledUp(finest.level, seriesId, from, Math.min(to, rawFrom))
    .flatMap((bucket) => spread(bucket, finest.level))
  const raw = store.raw(seriesId, rawFrom, to)
  const firstRaw = raw[0]?.at ?? Number.POSITIVE_INFINITY
  return [...old.filter((sample) => sample.at >= from && sample.at < firstRaw && sample.at <= to), ...raw]
}

function spread({ at, n, min, max, sum }: RolledUp, widthMs: number): Sample[] {
  return Array.from({ length: n }, (_, i) => ({
    at: at + Math.floor((i * widthMs) / n),
    value: i === 0 ? min : i === 1 ? max : (sum - min - max) / (n - 2),
  }))
}
