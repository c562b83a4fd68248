import { DAY_MS } from '../../../shared/format/duration.ts'
import type { Level } from '../../../shared/model/addition.ts'
import type { Host } from '../../../shared/model/host.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { leaves } from '../../../shared/planning/judge.ts'
import { quantile } from '../../../shared/planning/measured-load.ts'
import { presentIndex } from '../../../shared/planning/rules.ts'
import type { Metrics } from '../metrics/index.ts'

const WINDOW_MS = 7 * DAY_MS
const MEAN_MS = 15 * 60_000
/** What fills up is at its level now, and not where it lay in the week. */
const FILLS = /^(disk|inode)_used_/

/**
 * The levels of everything that the present stage's rules and the plan's demands look at: of each series the value under
 * which 95% of its quarter-hour means of the last week lie, and for what fills up at least the newest.
 */
export function levelsOf(plan: Plan, hosts: readonly Host[], metrics: Pick<Metrics, 'slice'>, now: number): Level[] {
  const stage = plan.stages[presentIndex(plan)]
  const steps = plan.runbooks.flatMap((one) => one.steps)
  const conditions = [...(stage?.triggers ?? []), ...steps].flatMap(({ when }) => (when ? leaves(when) : []))
  const wanted = new Set([
    ...(stage?.limits ?? []).map((one) => one.metric),
    ...conditions.flatMap((part) => ('metric' in part ? [part.metric] : [])),
    ...plan.demand.flatMap((one) => one.metric ?? []),
    'postgres_connections_total',
    'postgres_connections_used_ratio',
  ])
  const to = Math.ceil(now / MEAN_MS) * MEAN_MS
  const window = { from: to - WINDOW_MS, to, widthPx: WINDOW_MS / MEAN_MS }
  return hosts.flatMap((host) =>
    [...wanted].flatMap((metric) =>
      metrics.slice({ hostId: host.id, metric, ...window }).flatMap(({ series, at, avg, bucketMs }): Level[] => {
        const seen = avg.filter((value) => value !== null)
        const newest = seen.at(-1)
        if (newest === undefined) return []
        const usual = quantile(seen, 0.95)
        const first = at[avg.findIndex((value) => value !== null)] ?? window.from
        const last = at[avg.findLastIndex((value) => value !== null)] ?? to
        return [
          {
            ...{ hostId: host.id, hostName: host.name, metric, labels: series.labels, unit: series.unit },
            value: FILLS.test(metric) ? Math.max(usual, newest) : usual,
            ...{ from: first, to: Math.min(now, last + bucketMs) },
            coverage: Math.min(1, (seen.length * bucketMs) / WINDOW_MS),
          },
        ]
      }),
    ),
  )
}
