import type { Labels } from '../../../../shared/model/metric.ts'
import type { Columns } from '../block-codec.ts'
import type { RolledUp } from '../rollup.ts'

/** What one part of a backfill brings: samples, or buckets of a stored level that stand for samples of long ago. */
export type Brought = { metric: string; labels: Labels } & (
  | { kind: 'samples'; samples: Columns; stepMs: number }
  | { kind: 'buckets'; level: number; buckets: RolledUp[] }
)

/** One step of a backfill, small enough to be done again when it was stopped in its middle. */
export interface Part {
  /** Tells it from the others of its job, in this life and the next. */
  key: string
  /** What is said while it is under way. */
  words: string
  bytes: number | null
  read(signal: AbortSignal): Promise<{ brought: Brought[]; bytes: number; notes?: string[] }>
}
