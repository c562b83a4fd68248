import { HOUR_MS } from '../../../shared/format/duration.ts'
import type { Condition } from '../../../shared/model/condition.ts'
import type { Host } from '../../../shared/model/host.ts'
import type { Labels, Sample } from '../../../shared/model/metric.ts'
import { judgeOne, leaves, type MeasuredSeries } from '../../../shared/planning/judge.ts'
import type { KeptJudgement } from '../../../shared/planning/judge-series.ts'
import type { Metrics } from '../metrics/index.ts'

/** A condition that is to be judged, and how long it must hold. */
export interface Judgeable {
  condition: Condition
  sustainMs: number
}

interface Source {
  now: number
  hosts: readonly Host[]
  conditions: readonly Judgeable[]
}

type Lookup = (metric: string, labels: Labels | undefined) => MeasuredSeries[]

/** What was found of a series: it holds for samples from `from` on, while the series has this version. */
interface Kept {
  version: number
  from: number
  judged: Map<string, KeptJudgement>
  usedAt: number
}

/** So long a part of judging ahead holds the engine, before others get their turn. */
const PART_MS = 8

/** Measured series for judging. */
export interface Judging {
  /** The series of one look. Metrics that no condition asks about are read an hour back. */
  series(source: Source): Lookup
  /**
   * Finds what `series` is going to be asked, in parts between which other work gets its turn: a fleet's first look reads a
   * great many samples. Does nothing where series are read from elsewhere.
   */
  ahead(source: Source & { expectedIntervalMs: number }): Promise<void>
}

/**
 * Samples of a condition's metric go back an hour beyond the longest time that a condition on it must hold, so that a rule can
 * also say since when it does. What was found of a series is kept until that series changes, so that a look at a large fleet
 * costs what is new since the last one. Series of hosts that are gone are left out. Of a metric that nothing was measured of in
 * all that time the last value there was stands alone, so that a rule can say how old it is.
 */
export function createJudging(metrics: Pick<Metrics, 'readings' | 'latest'>, elapsed: () => number): Judging {
  const kept = new Map<number, Kept>()
  let sweptAt = Number.NEGATIVE_INFINITY

  const sweep = (now: number) => {
    if (Math.abs(now - sweptAt) < HOUR_MS) return
    sweptAt = now
    for (const [id, { usedAt }] of kept) if (Math.abs(now - usedAt) > HOUR_MS) kept.delete(id)
  }
  const keptOf = (id: number, version: number | null, from: number, now: number): Map<string, KeptJudgement> | null => {
    if (version === null) return null
    let one = kept.get(id)
    if (one?.version !== version || one.from > from) {
      one = { version, from, judged: new Map(), usedAt: now }
      kept.set(id, one)
    }
    one.usedAt = now
    return one.judged
  }

  const series = ({ now, hosts, conditions }: Source): Lookup => {
    sweep(now)
    const names = new Map(hosts.map((host) => [host.id, host.name]))
    const longest = new Map<string, number>()
    for (const { condition, sustainMs } of conditions)
      for (const part of leaves(condition))
        if ('metric' in part) longest.set(part.metric, Math.max(longest.get(part.metric) ?? 0, sustainMs))
    const found = new Map<string, MeasuredSeries[]>()
    const read = (metric: string, labels: Labels | undefined): MeasuredSeries[] => {
      const from = now - (longest.get(metric) ?? 0) - HOUR_MS
      return metrics.readings({ metric, labels, from, to: now }).flatMap((reading) => {
        const { series: of, version, newestAt } = reading
        const hostName = names.get(of.hostId)
        if (hostName === undefined || newestAt === null || newestAt < from) return []
        // Read once a look at most, by whichever condition has to.
        let samples: Sample[] | null = null
        const readNow = () => {
          samples ??= reading.samples()
          return samples
        }
        // A clock that was put back leaves samples of a time to come, and perhaps none of now. Time alone brings them in.
        const isToCome = newestAt > now
        if (isToCome && readNow().length === 0) return []
        const judged = isToCome ? null : keptOf(of.id, version, from, now)
        return [
          {
            ...{ hostId: of.hostId, hostName, metric, labels: of.labels, unit: of.unit },
            get samples() {
              return readNow()
            },
            ...(judged === null ? {} : { kept: judged }),
          },
        ]
      })
    }
    const lastOf = (metric: string, labels: Labels): MeasuredSeries[] =>
      metrics.latest(undefined, new Set([metric])).flatMap(({ series: of, at, value }) => {
        const hostName = names.get(of.hostId)
        const isMeant = Object.entries(labels).every(([name, wanted]) => of.labels[name] === wanted)
        if (!isMeant || hostName === undefined || at > now) return []
        return [{ hostId: of.hostId, hostName, metric, labels: of.labels, unit: of.unit, samples: [{ at, value }] }]
      })
    return (metric, labels) => {
      const key = JSON.stringify([metric, labels ?? {}])
      let all = found.get(key)
      if (!all) {
        all = read(metric, labels)
        if (all.length === 0) all = lastOf(metric, labels ?? {})
        found.set(key, all)
      }
      return all
    }
  }

  return {
    series,
    async ahead(source) {
      const lookup = series(source)
      let began = elapsed()
      for (const { condition, sustainMs } of source.conditions) {
        for (const part of leaves(condition)) {
          if (!('metric' in part)) continue
          for (const one of lookup(part.metric, part.labels)) {
            if (!one.kept) continue
            judgeOne(one, part, sustainMs, source)
            if (elapsed() - began < PART_MS) continue
            await new Promise((resume) => setImmediate(resume))
            began = elapsed()
          }
        }
      }
    },
  }
}
