import type { Labels, Latest, Sample, Series, SeriesSlice } from '../../../shared/model/metric.ts'

/** A question for a chart: the series of one metric of a host, in at most `widthPx` buckets from `from` up to `to`. */
export interface SliceQuery {
  hostId: string
  metric: string
  /** Only series that carry all of these labels. */
  labels?: Labels
  from: number
  to: number
  widthPx: number
}

/** A question for judging: every series of a metric, on every host, with its samples from `from` up to and with `to`. */
export interface SamplesQuery {
  metric: string
  labels?: Labels
  from: number
  to: number
}

/** What one round brought. `samples` counts the values stored; `notFound` names what the host does not have. */
export interface Round {
  at: number
  samples: number
  probeMs: number
  notFound: string[]
}

export interface Metrics {
  /** Starts measuring every host at the set interval. */
  start(): void
  /** Measures one host now. */
  collect(hostId: string): Promise<Round>
  series(hostId: string): Series[]
  latest(hostId?: string): Latest[]
  slice(query: SliceQuery): SeriesSlice[]
  samples(query: SamplesQuery): { series: Series; samples: Sample[] }[]
  everyMs(): number
  setEvery(ms: number): void
  close(): Promise<void>
}
