import { DAY_MS } from '../../../shared/format/duration.ts'
import type { Level } from '../../../shared/model/addition.ts'
import type { Host } from '../../../shared/model/host.ts'
import type { SeriesSlice } from '../../../shared/model/metric.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { leaves } from '../../../shared/planning/judge.ts'
import { quantile } from '../../../shared/planning/measured-load.ts'
import { presentIndex } from '../../../shared/planning/rules.ts'
import type { Metrics } from '../metrics/index.ts'

const WINDOW_MS = 7 * DAY_MS
const MEAN_MS = 15 * 60_000
/** What fills up is at its level now, and not where it lay in the week. */
const FILLS = /^(disk|inode)_used_/
/** So long a part of reading ahead holds the engine, before others get their turn. */
const PART_MS = 8

interface Source {
  plan: Plan
  hosts: readonly Host[]
  now: number
}

/** A series' level in the week that ends at `to`; null where nothing was measured. It holds while the series has this version. */
interface Kept {
  version: number
  to: number
  level: Omit<Level, 'hostName'> | null
}

/** The levels of everything that the present stage's rules and the plan's demands look at. */
export interface Levels {
  /**
   * Of each series the value under which 95% of its quarter-hour means of the last week lie, and for what fills up at least
   * the newest. What was found of a series is kept until it changes.
   */
  of(source: Source): Level[]
  /** Finds what `of` is going to say, in parts between which other work gets its turn; nothing where series are read from elsewhere. */
  ahead(source: Source): Promise<void>
}

export function createLevels(metrics: Pick<Metrics, 'slice' | 'versions'>, elapsed: () => number): Levels {
  let kept = new Map<number, Kept>()

  /** The level of each series in turn, kept ones first found anew where their series changed. */
  function* walk({ plan, hosts, now }: Source): Generator<Level | null> {
    const to = Math.ceil(now / MEAN_MS) * MEAN_MS
    const window = { from: to - WINDOW_MS, to, widthPx: WINDOW_MS / MEAN_MS }
    const shown = (level: Kept['level'], hostName: string): Level | null =>
      level && { ...level, hostName, to: Math.min(now, level.to) }
    const names = new Map(hosts.map((host) => [host.id, host.name]))
    const still = new Map<number, Kept>()
    for (const metric of metricsOf(plan)) {
      const versions = metrics.versions(metric)
      for (const { id, name } of versions === null ? hosts : [])
        for (const slice of metrics.slice({ hostId: id, metric, ...window })) yield shown(levelOf(slice, to), name)
      for (const { series, version } of versions ?? []) {
        const hostName = names.get(series.hostId)
        if (hostName === undefined) continue
        const before = kept.get(series.id)
        let level = before?.level ?? null
        if (before?.version !== version || before.to !== to) {
          const slices = metrics.slice({ hostId: series.hostId, metric, labels: series.labels, ...window })
          const slice = slices.find((one) => one.series.id === series.id)
          level = slice === undefined ? null : levelOf(slice, to)
        }
        still.set(series.id, { version, to, level })
        yield shown(level, hostName)
      }
    }
    kept = still
  }

  return {
    of: (source) => [...walk(source)].filter((level) => level !== null),
    async ahead(source) {
      if (metrics.versions('') === null) return
      let began = elapsed()
      for (const _ of walk(source)) {
        if (elapsed() - began < PART_MS) continue
        await new Promise((resume) => setImmediate(resume))
        began = elapsed()
      }
    },
  }
}

function metricsOf(plan: Plan): ReadonlySet<string> {
  const stage = plan.stages[presentIndex(plan)]
  const steps = plan.runbooks.flatMap((one) => one.steps)
  const conditions = [...(stage?.triggers ?? []), ...steps].flatMap(({ when }) => (when ? leaves(when) : []))
  return new Set([
    ...(stage?.limits ?? []).map((one) => one.metric),
    ...conditions.flatMap((part) => ('metric' in part ? [part.metric] : [])),
    ...plan.demand.flatMap((one) => one.metric ?? []),
    'postgres_connections_total',
    'postgres_connections_used_ratio',
  ])
}

function levelOf({ series, at, avg, bucketMs }: SeriesSlice, to: number): Omit<Level, 'hostName'> | null {
  const seen = avg.filter((value) => value !== null)
  const newest = seen.at(-1)
  if (newest === undefined) return null
  const usual = quantile(seen, 0.95)
  const first = at[avg.findIndex((value) => value !== null)] ?? to - WINDOW_MS
  const last = at[avg.findLastIndex((value) => value !== null)] ?? to
  return {
    ...{ hostId: series.hostId, metric: series.metric, labels: series.labels, unit: series.unit },
    value: FILLS.test(series.metric) ? Math.max(usual, newest) : usual,
    ...{ from: first, to: last + bucketMs },
    coverage: Math.min(1, (seen.length * bucketMs) / WINDOW_MS),
  }
}
