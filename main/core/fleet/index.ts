import type { Sparkline } from '../../../shared/contract/fleet.ts'
import type { FleetEntry, HostMarks } from '../../../shared/model/fleet.ts'
import type { EventHub } from '../events.ts'
import type { Hosts } from '../hosts/index.ts'
import type { Metrics } from '../metrics/index.ts'
import type { Workspace } from '../workspace/index.ts'
import { Marks } from './marks.ts'
import { OVERVIEW_METRICS, overviewOf } from './overview.ts'
import { highestOf } from './sparklines.ts'

/** A question for the lines of the rows in sight; times in epoch ms. */
export interface SparklinesQuery {
  hostIds: readonly string[]
  metrics: readonly string[]
  from: number
  to: number
  points: number
}

/** The servers as one table: newest figures, small lines, and what the operator says of them. */
export interface Fleet {
  overview(): Promise<FleetEntry[]>
  sparklines(query: SparklinesQuery): Promise<Sparkline[]>
  marks(): HostMarks[]
  /** HOST_NOT_FOUND, TAG_INVALID. */
  setMarks(marks: HostMarks): HostMarks
}

interface Dependencies {
  workspace: Pick<Workspace, 'app'>
  hosts: Pick<Hosts, 'list' | 'get'>
  metrics: Pick<Metrics, 'latest' | 'newest' | 'slice' | 'complete'>
  events: EventHub
}

export function createFleet({ workspace, hosts, metrics, events }: Dependencies): Fleet {
  const marks = new Marks(workspace.app)
  return {
    overview: () =>
      metrics.complete(() =>
        overviewOf(
          hosts.list().map(({ id }) => id),
          metrics.latest(undefined, OVERVIEW_METRICS),
          metrics.newest(),
        ),
      ),
    sparklines: ({ hostIds, metrics: names, from, to, points }) =>
      metrics.complete(() =>
        hostIds.flatMap((hostId) =>
          names.flatMap((metric) => {
            const slices = metrics.slice({ hostId, metric, from, to, widthPx: points })
            return slices.length === 0 ? [] : [highestOf(hostId, metric, slices, { from, to, points })]
          }),
        ),
      ),
    marks() {
      const known = new Set(hosts.list().map(({ id }) => id))
      return marks.list().filter(({ hostId }) => known.has(hostId))
    },
    setMarks(wanted) {
      hosts.get(wanted.hostId)
      marks.keepOnly(new Set(hosts.list().map(({ id }) => id)))
      const set = marks.set(wanted)
      events.emit({ kind: 'hosts' })
      return set
    },
  }
}
