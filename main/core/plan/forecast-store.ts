import * as z from 'zod'
import { DAY_MS } from '../../../shared/format/duration.ts'
import { ForecastSchema, type StoredForecast } from '../../../shared/model/forecast.ts'
import { type Labels, LabelsSchema, type Series, UnitSchema } from '../../../shared/model/metric.ts'
import type { Forecast } from '../../../shared/planning/forecast/model.ts'
import type { WritableDatabase } from '../workspace/index.ts'

/** Kept forecasts of a series lie this far apart: the newest takes the place of one that is nearer to the one before it. */
const APART_MS = DAY_MS
/** How many of a series are kept, and how many steps of one that is no longer the newest. */
const KEPT_OF_SERIES = 90
const STEPS_KEPT = 48

const Body = z.string().transform((text) => ForecastSchema.parse(JSON.parse(text)))
const HeadRow = z.object({ id: z.number(), made_at: z.number(), passed: z.number(), body: z.string() })
const Row = z.object({
  id: z.number(),
  host_id: z.string(),
  metric: z.string(),
  labels: z.string().transform((text) => LabelsSchema.parse(JSON.parse(text))),
  unit: UnitSchema,
  made_at: z.number(),
  origin: z.number(),
  until: z.number(),
  interval_ms: z.number(),
  body: Body,
  scored_until: z.number(),
  passed: z.number(),
  inside: z.number(),
  came_mae: z.number().nullable(),
  naive_mae: z.number().nullable(),
})
type Kept = z.infer<typeof Row>

/** Mean values of a series by step, from `from` on: what came. */
export type Measured = (
  series: Pick<Series, 'hostId' | 'metric' | 'labels'>,
  from: number,
  to: number,
  stepMs: number,
) => Map<number, number>

interface Query {
  hostId?: string | undefined
  metric?: string | undefined
  labels?: Labels | undefined
  limit: number
}

const labelText = (labels: Labels): string =>
  JSON.stringify(Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))))

/** A forecast that was made of a series. */
export interface ToKeep {
  series: Pick<Series, 'hostId' | 'metric' | 'labels' | 'unit'>
  made: Forecast
  madeAt: number
}

/** Forecasts kept in the workspace, and how they did. */
export class ForecastStore {
  readonly #database: WritableDatabase
  readonly #statements
  constructor(database: WritableDatabase) {
    this.#database = database
    this.#statements = prepare(database)
  }

  /**
   * Keeps forecasts, in one transaction, since each waits for the disk; the one before it of its series is thinned, or replaced
   * where it is within a day of its own predecessor.
   */
  keep(all: readonly ToKeep[]): void {
    this.#database.transaction(() => {
      for (const one of all) this.#keepOne(one)
    })()
  }

  #keepOne({ series, made, madeAt }: ToKeep): void {
    const { hostId, metric, unit } = series
    const labels = labelText(series.labels)
    const key = [hostId, metric, labels] as const
    const { newestTwo, drop, thin, insert, dropOldest } = this.#statements
    const [last, before] = newestTwo.all(...key).map((row) => HeadRow.parse(row))
    if (last && last.passed === 0 && last.made_at - (before?.made_at ?? Number.NEGATIVE_INFINITY) < APART_MS)
      drop.run(last.id)
    else if (last) {
      const body = Body.safeParse(last.body)
      if (body.success) thin.run(JSON.stringify(thinned(body.data)), last.id)
    }
    insert.run(
      ...[...key, unit, madeAt, made.last.at],
      ...[made.at.at(-1), Math.round(made.sampling.intervalMs), JSON.stringify(made)],
    )
    dropOldest.run(...key, ...key)
  }

  /** The newest forecast of each series, whole. */
  newest(): { hostId: string; metric: string; labels: Labels; madeAt: number; forecast: Forecast }[] {
    return this.#all(
      `WHERE made_at = (SELECT max(made_at) FROM forecast AS other
         WHERE other.host_id = forecast.host_id AND other.metric = forecast.metric AND other.labels = forecast.labels)`,
      [],
    ).map((row) => ({
      hostId: row.host_id,
      metric: row.metric,
      labels: row.labels,
      madeAt: row.made_at,
      forecast: row.body,
    }))
  }

  /** Kept forecasts, newest first, each scored on what has come since. */
  list(
    query: Query,
    now: number,
    measured: Measured,
    nameOf: (hostId: string) => string | undefined,
  ): StoredForecast[] {
    const parts: string[] = []
    const values: string[] = []
    for (const [column, value] of [
      ['host_id', query.hostId],
      ['metric', query.metric],
      ['labels', query.labels && labelText(query.labels)],
    ] as const) {
      if (value === undefined) continue
      parts.push(`${column} = ?`)
      values.push(value)
    }
    const where = parts.length > 0 ? `WHERE ${parts.join(' AND ')}` : ''
    return this.#all(`${where} ORDER BY made_at DESC, id DESC LIMIT ${query.limit}`, values).flatMap((row) => {
      const hostName = nameOf(row.host_id)
      return hostName === undefined ? [] : [storedOf(this.#scored(row, now, measured), hostName)]
    })
  }

  /** The row with its score brought up to `now`, which is written back. */
  #scored(row: Kept, now: number, measured: Measured): Kept {
    const over = Math.min(now, row.until + row.interval_ms)
    if (row.scored_until >= over || now < (row.body.at[0] ?? now) + row.interval_ms) return row
    const series = { hostId: row.host_id, metric: row.metric, labels: row.labels }
    const came = measured(series, row.origin, over, row.interval_ms)
    const score = scoreOf(row.body, came, row.interval_ms, now)
    // What was measured then may no longer be kept as finely: an older, fuller score stays.
    if (score.passed < row.passed) return row
    this.#database
      .prepare(
        `UPDATE forecast SET scored_until = CAST(? AS INTEGER), passed = CAST(? AS INTEGER), inside = CAST(? AS INTEGER),
           came_mae = ?, naive_mae = ? WHERE id = ?`,
      )
      .run(over, score.passed, score.inside, score.mae, score.naiveMae, row.id)
    return {
      ...row,
      scored_until: over,
      passed: score.passed,
      inside: score.inside,
      came_mae: score.mae,
      naive_mae: score.naiveMae,
    }
  }

  #all(rest: string, values: readonly (string | number)[]): Kept[] {
    return this.#database
      .prepare(`SELECT * FROM forecast ${rest}`)
      .all(...values)
      .flatMap((row) => {
        const parsed = Row.safeParse(row)
        return parsed.success ? [parsed.data] : []
      })
  }
}

/** The steps whose whole time is over and that were measured, against the band and the last value known at the origin. */
export function scoreOf(
  made: Forecast,
  came: ReadonlyMap<number, number>,
  intervalMs: number,
  now: number,
): { passed: number; inside: number; mae: number | null; naiveMae: number | null } {
  let [passed, inside, sum, naive] = [0, 0, 0, 0]
  for (const [step, at] of made.at.entries()) {
    const value = came.get(at)
    if (value === undefined || at + intervalMs > now) continue
    passed += 1
    if (value >= (made.low[step] as number) && value <= (made.high[step] as number)) inside += 1
    sum += Math.abs(value - (made.point[step] as number))
    naive += Math.abs(value - made.last.value)
  }
  return {
    passed,
    inside,
    mae: passed === 0 ? null : sum / passed,
    naiveMae: passed === 0 ? null : naive / passed,
  }
}

function thinned(made: Forecast): Forecast {
  const count = made.at.length
  if (count <= STEPS_KEPT) return made
  const kept = Array.from({ length: STEPS_KEPT }, (_, i) => Math.round((i * (count - 1)) / (STEPS_KEPT - 1)))
  const pick = (values: readonly number[]): number[] => kept.map((step) => values[step] as number)
  return { ...made, at: pick(made.at), point: pick(made.point), low: pick(made.low), high: pick(made.high) }
}

function storedOf(row: Kept, hostName: string): StoredForecast {
  const { model, level, backtest } = row.body
  return {
    id: row.id,
    hostId: row.host_id,
    hostName,
    metric: row.metric,
    labels: row.labels,
    unit: row.unit,
    madeAt: row.made_at,
    origin: row.origin,
    until: row.until,
    intervalMs: row.interval_ms,
    steps: row.body.horizon.given,
    level,
    model: model.name,
    mase: backtest.mase,
    mae: backtest.mae,
    coverage: backtest.coverage,
    folds: backtest.folds,
    passed: row.passed,
    inside: row.inside,
    cameMae: row.came_mae,
    naiveMae: row.naive_mae,
  }
}

function prepare(database: WritableDatabase) {
  const ofSeries = 'host_id = ? AND metric = ? AND labels = ?'
  return {
    newestTwo: database.prepare(
      `SELECT id, made_at, passed, body FROM forecast WHERE ${ofSeries} ORDER BY made_at DESC LIMIT 2`,
    ),
    drop: database.prepare('DELETE FROM forecast WHERE id = ?'),
    thin: database.prepare('UPDATE forecast SET body = ? WHERE id = ?'),
    insert: database.prepare(
      `INSERT INTO forecast (host_id, metric, labels, unit, made_at, origin, until, interval_ms, body)
       VALUES (?, ?, ?, ?, CAST(? AS INTEGER), CAST(? AS INTEGER), CAST(? AS INTEGER), CAST(? AS INTEGER), ?)`,
    ),
    dropOldest: database.prepare(
      `DELETE FROM forecast WHERE ${ofSeries} AND id NOT IN
         (SELECT id FROM forecast WHERE ${ofSeries} ORDER BY made_at DESC LIMIT ${KEPT_OF_SERIES})`,
    ),
  }
}
