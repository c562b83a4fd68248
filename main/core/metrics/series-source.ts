import type { Labels, Latest, Sample, Series, SeriesSlice } from '../../../shared/model/metric.ts'
import { history } from './history.ts'
import { sliceSeries } from './slice.ts'
import type { SampleStore } from './store.ts'

/** A question for a chart: the series of one metric of a host, in at most `widthPx` buckets from `from` up to `to`. */
export interface SliceQuery {
  hostId: string
  metric: string
  /** Only series that carry all of these labels. */
  labels?: Labels | undefined
  from: number
  to: number
  widthPx: number
}

/** A question for judging: every series of a metric, on every host, with its samples from `from` up to and with `to`. */
export interface SamplesQuery {
  metric: string
  labels?: Labels | undefined
  /** Only this host's; a source may give more. */
  hostId?: string | undefined
  from: number
  to: number
}

/** A series for judging, whose samples are read when they are needed. */
export interface Reading {
  series: Series
  /** Another number after every change of its samples; null where changes are not seen. */
  version: number | null
  /** The time of its latest sample, whenever that was; null where there is none. */
  newestAt: number | null
  samples(): Sample[]
}

/**
 * Where series are read from. Reading answers at once; where that needs a server, `complete` is how a caller waits: it runs
 * `work` again until everything it read was there, and throws what stood in the way. Outside of it, what is not there yet reads
 * as a gap, and comes with the next look.
 */
export interface SeriesSource {
  series(hostId: string): Series[]
  /** The newest value of each series, of one host or all; with `only`, of these metrics. */
  latest(hostId?: string, only?: ReadonlySet<string>): Latest[]
  /** The time of the newest sample of each host that has any. */
  newest(): ReadonlyMap<string, number>
  slice(query: SliceQuery): SeriesSlice[]
  samples(query: SamplesQuery): { series: Series; samples: Sample[] }[]
  /** The same series as `samples`, for who may know already what it would read. */
  readings(query: SamplesQuery): Reading[]
  /** Every series of a metric with its version (see Reading); null where changes are not seen. */
  versions(metric: string): { series: Series; version: number }[] | null
  complete<T>(work: () => T | Promise<T>): Promise<T>
}

/** The store of this workspace. */
export function localSource(store: SampleStore, now: () => number, everyMs: () => number): SeriesSource {
  return {
    series: (hostId) => store.series(hostId),
    latest: (hostId, only) => store.latest(hostId, only),
    newest: () => store.newest(),
    slice: ({ hostId, metric, labels, from, to, widthPx }) =>
      store
        .matching(metric, labels, hostId)
        .map((series) => sliceSeries(store, series, { from, to, widthPx, now: now(), everyMs: everyMs() })),
    samples: ({ metric, labels, hostId, from, to }) =>
      store
        .matching(metric, labels, hostId)
        .map((series) => ({ series, samples: history(store, series.id, from, to, now()) })),
    readings: ({ metric, labels, hostId, from, to }) =>
      store.matching(metric, labels, hostId).map((series) => ({
        series,
        version: store.version(series.id),
        newestAt: store.newestAt(series.id),
        samples: () => history(store, series.id, from, to, now()),
      })),
    versions: (metric) =>
      store.matching(metric, undefined).map((series) => ({ series, version: store.version(series.id) })),
    complete: async (work) => work(),
  }
}
