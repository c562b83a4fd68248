import { DAY_MS, HOUR_MS } from '../../../shared/format/duration.ts'
import { nearest } from '../../../shared/format/nearest.ts'
import type { Comparison } from '../../../shared/model/condition.ts'
import type { FleetRunway, SeriesForecast, StoredForecast, ThresholdRunway } from '../../../shared/model/forecast.ts'
import type { Host } from '../../../shared/model/host.ts'
import type { Labels, Series } from '../../../shared/model/metric.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { Forecast, TooShort } from '../../../shared/planning/forecast/model.ts'
import { runway } from '../../../shared/planning/forecast/runway.ts'
import { runwayWords } from '../../../shared/planning/forecast/runway-words.ts'
import type { Environment } from '../environment.ts'
import type { EventHub } from '../events.ts'
import type { Metrics } from '../metrics/index.ts'
import type { Quiet } from '../quiet.ts'
import type { WritableDatabase } from '../workspace/index.ts'
import { boundsOf, historyOf, meansOf, sameLabels } from './forecast-history.ts'
import { ForecastStore, type ToKeep } from './forecast-store.ts'
import { isRising, looksAt, type Threshold, thresholdsOf } from './forecast-thresholds.ts'
import { createForecaster, type Forecaster } from './forecaster.ts'

/** A question for one metric of one host; every series of it that carries the labels is answered. */
export interface SeriesQuery {
  hostId: string
  metric: string
  labels?: Labels | undefined
  threshold?: number | undefined
  op: Comparison
  horizonDays?: number | undefined
  level: number
}

export interface RunwaysQuery {
  wait: boolean
  most?: number | undefined
  hostId?: string | undefined
}

export interface BacktestQuery {
  hostId?: string | undefined
  metric?: string | undefined
  labels?: Labels | undefined
  limit: number
}

/** Forecasts of measured series: made in a thread, held for an hour, kept in the workspace, and scored on what came. */
export interface Forecasts {
  /** UNKNOWN_SERIES names the metrics there are; FORECAST_STOPPED. */
  series(query: SeriesQuery): Promise<SeriesForecast[]>
  /**
   * Nearest first, of one server or all, and at most so many; `left` says how many there are beside them. Makes what is missing
   * in the background; with `wait`, answers when that is done.
   */
  runways(query: RunwaysQuery): Promise<{ runways: FleetRunway[]; left: number; pending: number; at: number }>
  /** By stage the trigger that is forecast to lead there first, among the forecasts that are made. */
  arrivals(): FleetRunway[]
  /** The runways whose forecasts are made, for a verdict of now. */
  known(): FleetRunway[]
  backtests(query: BacktestQuery): StoredForecast[]
  /** Makes a host's forecasts anew when they are next asked for: its past has grown. */
  forget(hostId: string): void
  close(): Promise<void>
}

interface Dependencies {
  database: WritableDatabase
  hosts: { list(): Host[] }
  metrics: Pick<Metrics, 'series' | 'slice'>
  environment: Pick<Environment, 'now' | 'log'>
  events: Pick<EventHub, 'emit'>
  /** What is made before anybody asks for it waits for this. */
  quiet: Pick<Quiet, 'come'>
  plan(): Plan | null
  forecaster?: Forecaster
}

/** All runways, with what they rest on. */
interface Counted {
  changes: number
  plan: Plan | null
  hosts: string
  series: number
  at: number
  all: FleetRunway[]
}

interface Made {
  madeAt: number
  result: Forecast | TooShort
}
/** A forecast is made anew after this long, or a quarter of its step where that is longer. */
const HELD_MS = HOUR_MS
/** What is too short grows by the minute. */
const TOO_SHORT_HELD_MS = HOUR_MS / 30
const CHART_POINTS = 400
/** Forecasts are written together: each write waits for the disk, and everything else for it. */
const KEPT_AT_ONCE = 32
const KEPT_WITHIN_MS = 1_000
/** Runways are counted from a time at most this long ago while nothing else of them changes. */
const COUNTED_MS = 10_000

export function createForecasts(dependencies: Dependencies): Forecasts {
  const { database, hosts, metrics, environment, events, quiet, plan } = dependencies
  const forecaster = dependencies.forecaster ?? createForecaster()
  const store = new ForecastStore(database)
  const made = new Map<string, Made>()
  const underWay = new Map<string, Promise<Made>>()
  const { now } = environment
  let closed = false
  /** How often a forecast was made or dropped. */
  let changes = 0
  let counted: Counted | null = null
  /** Made, and not on disk yet. What is lost with the engine is made again. */
  let toKeep: ToKeep[] = []
  let keeping: NodeJS.Timeout | undefined
  const keepNow = () => {
    clearTimeout(keeping)
    keeping = undefined
    const all = toKeep
    toKeep = []
    if (all.length === 0) return
    try {
      store.keep(all)
    } catch (error) {
      // They serve from memory, and the next ones of the same series are kept.
      environment.log.warn({ err: error }, 'forecasts could not be kept')
    }
  }
  const keepSoon = (one: ToKeep) => {
    toKeep.push(one)
    if (toKeep.length >= KEPT_AT_ONCE) keepNow()
    else keeping ??= setTimeout(keepNow, KEPT_WITHIN_MS)
  }
  // What an earlier run of the engine made serves until it is made anew.
  for (const { hostId, metric, labels, madeAt, forecast } of store.newest())
    made.set(keyOf({ hostId, metric, labels }), { madeAt, result: forecast })

  const isFresh = (one: Made | undefined): one is Made => {
    if (!one) return false
    if (one.result.kind === 'too-short') return now() - one.madeAt < TOO_SHORT_HELD_MS
    return now() - one.madeAt < Math.max(HELD_MS, one.result.sampling.intervalMs / 4)
  }

  const make = (series: Series, key: string, soon: boolean, asked: Partial<SeriesQuery> = {}): Promise<Made> => {
    const running = underWay.get(key)
    if (running) return running
    const madeAt = now()
    const horizonMs = asked.horizonDays === undefined ? undefined : asked.horizonDays * DAY_MS
    const { input, stepMs, horizon } = historyOf(metrics, series, madeAt, horizonMs)
    const bounds = boundsOf(series.metric, series.unit)
    const started = forecaster
      .make(input, { horizon, intervalMs: stepMs, level: asked.level ?? 0.8, bounds }, soon)
      .then((result): Made => {
        const one = { madeAt, result }
        made.set(key, one)
        const isPlain = asked.horizonDays === undefined && (asked.level ?? 0.8) === 0.8
        changes += 1
        if (isPlain && !closed && result.kind === 'forecast') keepSoon({ series, made: result, madeAt })
        return one
      })
      .finally(() => underWay.delete(key))
    underWay.set(key, started)
    return started
  }

  /** Every series of the fleet that a threshold looks at. */
  const watched = (): { host: Host; series: Series; thresholds: Threshold[] }[] => {
    const all = thresholdsOf(plan())
    return hosts.list().flatMap((host) =>
      metrics.series(host.id).flatMap((series) => {
        const thresholds = all.filter((one) => looksAt(one, series))
        return thresholds.length === 0 ? [] : [{ host, series, thresholds }]
      }),
    )
  }

  const known = (): FleetRunway[] => {
    const all = watched()
    const at = now()
    const [ofPlan, ofHosts] = [plan(), all.map(({ host }) => `${host.id} ${host.name}`).join('\n')]
    const isSame =
      counted?.changes === changes &&
      counted.plan === ofPlan &&
      counted.hosts === ofHosts &&
      counted.series === all.length
    if (counted === null || !isSame || Math.abs(at - counted.at) > COUNTED_MS)
      counted = {
        ...{ changes, plan: ofPlan, hosts: ofHosts, series: all.length, at },
        all: all
          .flatMap(({ host, series, thresholds }) => {
            const one = made.get(keyOf(series))
            return one ? thresholds.map((threshold) => fleetRunway(host, series, threshold, one, at)) : []
          })
          .sort(byUrgency),
      }
    return counted.all
  }

  const staleSeries = (): Series[] =>
    watched().flatMap(({ series }) => (isFresh(made.get(keyOf(series))) ? [] : [series]))
  /**
   * One after the other, so that reading the pasts of a fleet never holds up the engine for longer than one of them; and where
   * nobody waits, while nobody asks for anything else.
   */
  const refresh = async (stale: readonly Series[]): Promise<void> => {
    for (const series of stale) {
      if (waiting === 0) await quiet.come()
      if (closed) return
      try {
        await make(series, keyOf(series), false)
      } catch {
        // The thread has stopped, which whoever asks for this series alone is told; the others go on.
      }
    }
  }
  let announcing: Promise<void> | null = null
  /** How many wait for all forecasts to be made. */
  let waiting = 0

  return {
    async series(query) {
      const host = hosts.list().find((one) => one.id === query.hostId)
      const all = host ? metrics.series(host.id) : []
      const wanted = all.filter((one) => looksAt({ ...query, ...ASKED }, one))
      if (!host || wanted.length === 0) throw unknownSeries(query, all)
      const thresholds = thresholdsOf(plan())
      return Promise.all(
        wanted.map(async (series): Promise<SeriesForecast> => {
          const isPlain = query.horizonDays === undefined && query.level === 0.8
          const key = isPlain ? keyOf(series) : `${keyOf(series)} ${query.horizonDays ?? ''} ${query.level}`
          const there = made.get(key)
          const { madeAt, result } = isFresh(there) ? there : await make(series, key, true, query)
          const own = thresholds.filter((one) => looksAt(one, series))
          const asked: Threshold[] =
            query.threshold === undefined
              ? []
              : [{ ...ASKED, metric: series.metric, op: query.op, threshold: query.threshold }]
          const subject = { ...subjectOf(host, series) }
          return {
            ...subject,
            madeAt,
            history: historyFor(metrics, series, result, now()),
            result,
            runways: [...asked, ...own].map((one) => thresholdRunway(subject, one, result, now())),
          }
        }),
      )
    },
    async runways({ wait, most = Number.POSITIVE_INFINITY, hostId }) {
      const stale = staleSeries()
      if (stale.length > 0) {
        if (wait) waiting += 1
        announcing ??= refresh(stale).then(() => {
          announcing = null
          if (!closed) events.emit({ kind: 'forecasts' })
        })
        if (wait)
          try {
            await announcing
          } finally {
            waiting -= 1
          }
      }
      const all = hostId === undefined ? known() : known().filter((one) => one.hostId === hostId)
      const runways = all.slice(0, most)
      return { runways, left: all.length - runways.length, pending: wait ? 0 : stale.length, at: now() }
    },
    arrivals() {
      const first = new Map<string, { one: FleetRunway; earliest: number }>()
      for (const one of known()) {
        if (one.origin !== 'trigger' || one.toStage === null || one.runway?.kind !== 'dated') continue
        const { earliest } = one.runway
        if (earliest < (first.get(one.toStage)?.earliest ?? Number.POSITIVE_INFINITY))
          first.set(one.toStage, { one, earliest })
      }
      return [...first.values()].map(({ one }) => one)
    },
    known,
    backtests(query) {
      keepNow()
      return store.list(
        query,
        now(),
        (series, from, to, stepMs) =>
          meansOf(metrics, series, Math.floor(from / stepMs) * stepMs, Math.ceil(to / stepMs) * stepMs, stepMs),
        (hostId) => hosts.list().find((host) => host.id === hostId)?.name,
      )
    },
    forget(hostId) {
      changes += 1
      for (const key of made.keys()) if (key.startsWith(`[${JSON.stringify(hostId)},`)) made.delete(key)
    },
    async close() {
      closed = true
      keepNow()
      await forecaster.close()
    },
  }
}

const ASKED = { origin: 'asked', id: '', name: 'Asked', severity: 'info', toStage: null, threshold: 0 } as const

/** Series stay the same objects while their source is open, and a fleet's are asked for many times. */
const keys = new WeakMap<object, string>()
const keyOf = (series: Pick<Series, 'hostId' | 'metric' | 'labels'>): string => {
  let key = keys.get(series)
  if (key === undefined) {
    const { hostId, metric, labels } = series
    key = JSON.stringify([hostId, metric, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))])
    keys.set(series, key)
  }
  return key
}

const subjectOf = (host: Host, { metric, labels, unit }: Series) => ({
  hostId: host.id,
  hostName: host.name,
  metric,
  labels,
  unit,
})

function thresholdRunway(
  subject: ReturnType<typeof subjectOf>,
  { metric: _metric, labels: _labels, ...threshold }: Threshold,
  result: Forecast | TooShort,
  now: number,
): ThresholdRunway {
  if (result.kind === 'too-short') return { ...threshold, runway: null, words: result.fact }
  const reached = runway(result, threshold.threshold, threshold.op)
  return { ...threshold, runway: reached, words: runwayWords(reached, subject, result, now, isRising(threshold.op)) }
}

function fleetRunway(
  host: Host,
  series: Series,
  threshold: Threshold,
  { madeAt, result }: Made,
  now: number,
): FleetRunway {
  const subject = subjectOf(host, series)
  const isThere = result.kind === 'forecast'
  return {
    ...subject,
    ...thresholdRunway(subject, threshold, result, now),
    madeAt,
    present: isThere ? result.last.value : null,
    model: isThere ? result.model.name : null,
    mase: isThere ? result.backtest.mase : null,
    coverage: isThere ? result.backtest.coverage : null,
    tooShort: isThere ? null : `${result.fact} ${result.fix}`,
  }
}

const SEVERITIES = ['critical', 'warning', 'info'] as const
/** What is already past, then by date, then what is merely possible, then what is not in sight, then what cannot be told. */
function byUrgency(a: FleetRunway, b: FleetRunway): number {
  const rank = ({ runway: one }: FleetRunway): [number, number] => {
    if (one === null) return [4, 0]
    if (one.kind === 'past') return [0, 0]
    if (one.kind === 'beyond') return [3, -one.until]
    return one.at === null ? [2, one.earliest] : [1, one.at]
  }
  const [[kindA, dateA], [kindB, dateB]] = [rank(a), rank(b)]
  return kindA - kindB || dateA - dateB || SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity)
}

/** The past that a chart shows before the band: as long as twice the horizon. */
function historyFor(metrics: Pick<Metrics, 'slice'>, series: Series, result: Forecast | TooShort, now: number) {
  const long = result.kind === 'forecast' ? 2 * ((result.at.at(-1) as number) - result.last.at) : 7 * DAY_MS
  const from = now - Math.max(long, HOUR_MS)
  const { hostId, metric, labels } = series
  const slices = metrics.slice({ hostId, metric, labels, from, to: now, widthPx: CHART_POINTS })
  const slice = slices.find((one) => sameLabels(one.series.labels, labels))
  return { at: slice?.at ?? [], value: slice?.avg ?? [] }
}

function unknownSeries({ metric, labels }: SeriesQuery, all: readonly Series[]): HeadroomError {
  const metricsThere = [...new Set(all.map((one) => one.metric))]
  const ofMetric = all.filter((one) => one.metric === metric)
  if (ofMetric.length > 0) {
    const there = ofMetric.map((one) => Object.values(one.labels).join(' ')).join(', ')
    return new HeadroomError({
      code: 'UNKNOWN_SERIES',
      fact: `No series of ${metric} has the labels ${JSON.stringify(labels ?? {})}.`,
      fix: `Use one of: ${there}.`,
      field: 'labels',
      value: JSON.stringify(labels ?? {}),
    })
  }
  const near = nearest(metric, metricsThere)
  return new HeadroomError({
    code: 'UNKNOWN_SERIES',
    fact: `Nothing named "${metric}" was measured on this server.`,
    fix:
      metricsThere.length === 0
        ? 'Let the server be measured first.'
        : `${near ? `Did you mean "${near}"? ` : ''}Use one of: ${metricsThere.sort().join(', ')}.`,
    field: 'metric',
    value: metric,
  })
}
