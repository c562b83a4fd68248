import { FLEET_FIGURES, type FleetEntry, type FleetFigure } from '../../../shared/model/fleet.ts'
import type { Latest } from '../../../shared/model/metric.ts'

const BY_METRIC = new Map(
  (Object.entries(FLEET_FIGURES) as [FleetFigure, string][]).map(([figure, metric]) => [metric, figure]),
)
/** Figures that several series of a server add up to; of the others, the highest counts. */
const ADDED: ReadonlySet<FleetFigure> = new Set(['received', 'sent'])
/** Names of devices inside the machine: what they carry is no traffic of the server. */
const INTERNAL = /^(?:lo$|docker|br-|veth|cni|flannel|cali|virbr)/

/** The metrics that the rows are made of. */
export const OVERVIEW_METRICS: ReadonlySet<string> = new Set(BY_METRIC.keys())

/**
 * One row a server, in the order of `hostIds`, from one pass over the newest values of its metrics; `newest` has the time of
 * each server's newest sample of all. A figure older than five minutes
 * before the server's newest sample is left out: what is no longer measured is not shown as present.
 */
export function overviewOf(
  hostIds: readonly string[],
  latest: readonly Latest[],
  newest: ReadonlyMap<string, number>,
): FleetEntry[] {
  const rows = new Map<string, FleetEntry>(
    hostIds.map((hostId) => [hostId, { hostId, at: newest.get(hostId) ?? null, figures: {}, mount: null }]),
  )
  for (const { series, at, value } of latest) {
    const figure = BY_METRIC.get(series.metric)
    const row = rows.get(series.hostId)
    if (figure === undefined || !row || at < (row.at ?? 0) - FRESH_MS) continue
    const before = row.figures[figure]
    if (ADDED.has(figure)) {
      if (!INTERNAL.test(series.labels.device ?? '')) row.figures[figure] = (before ?? 0) + value
      continue
    }
    if (before !== undefined && before >= value) continue
    row.figures[figure] = value
    if (figure === 'disk') row.mount = series.labels.mount ?? null
  }
  return [...rows.values()]
}

const FRESH_MS = 300_000
