import * as z from 'zod'
import type { Message } from '../../../../shared/alerts/webhook-body.ts'
import {
  type Absence,
  AlertSchema,
  type Delivery,
  type Standing,
  StandingSchema,
} from '../../../../shared/model/alert.ts'
import type { WritableDatabase } from '../../workspace/index.ts'

/** An alert as it is kept; what follows from the present (its state, answers, mute) is added when it is read. */
export const KeptAlertSchema = AlertSchema.omit({ state: true, answers: true, muted: true, current: true }).extend({
  series: z.string(),
  playbook: z.string().nullable(),
})
export type KeptAlert = z.infer<typeof KeptAlertSchema>

export interface KeptStanding {
  ruleId: string
  series: string
  standing: Standing
  /** When this rule was last told of for this series. */
  toldAt: number | null
}

/** A message that is on its way to the webhook. */
export interface Outgoing extends Delivery {
  message: Message
}

/** The webhook of workspaces from before there were several. */
export const FIRST_WEBHOOK = 'webhook'

const KEPT_ALERTS = 2000
const KEPT_DELIVERIES = 100
const KEPT_ABSENCES = 20

const AlertRow = z.object({
  cleared_at: z.number().nullable(),
  acknowledged_at: z.number().nullable(),
  snoozed_until: z.number().nullable(),
  notified_at: z.number().nullable(),
  body: z.string(),
})
const StandingRow = z.object({
  rule_id: z.string(),
  series: z.string(),
  body: z.string(),
  told_at: z.number().nullable(),
})
const DeliveryRow = z.object({
  id: z.string(),
  at: z.number(),
  title: z.string(),
  message: z.string(),
  state: z.enum(['waiting', 'sent', 'failed']),
  attempts: z.number(),
  next_at: z.number().nullable(),
  ended_at: z.number().nullable(),
  status: z.number().nullable(),
  error: z.string().nullable(),
})
const AbsenceRow = z.object({ from_at: z.number(), to_at: z.number(), why: z.enum(['slept', 'not-running']) })

/** What alerting remembers: where rules stand, alerts, messages under way, and when nothing was judged. */
export class AlertStore {
  readonly #database: WritableDatabase

  constructor(database: WritableDatabase) {
    this.#database = database
  }

  whole<T>(work: () => T): T {
    return this.#database.transaction(work).immediate()
  }

  standings(): KeptStanding[] {
    return this.#all('SELECT rule_id, series, body, told_at FROM alert_standing', StandingRow).map((row) => ({
      ruleId: row.rule_id,
      series: row.series,
      standing: StandingSchema.parse(JSON.parse(row.body)),
      toldAt: row.told_at,
    }))
  }

  putStanding({ ruleId, series, standing, toldAt }: KeptStanding): void {
    this.#run(
      `INSERT INTO alert_standing (rule_id, series, body, told_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (rule_id, series) DO UPDATE SET body = excluded.body, told_at = excluded.told_at`,
      ruleId,
      series,
      JSON.stringify(standing),
      toldAt,
    )
  }

  dropStanding(ruleId: string, series: string): void {
    this.#run('DELETE FROM alert_standing WHERE rule_id = ? AND series = ?', ruleId, series)
  }

  open(): KeptAlert[] {
    return this.#alerts('WHERE cleared_at IS NULL ORDER BY fired_at')
  }

  /** Past alerts, the newest first. */
  past(most: number, before = Number.MAX_SAFE_INTEGER): KeptAlert[] {
    return this.#alerts(
      'WHERE cleared_at IS NOT NULL AND fired_at < ? ORDER BY fired_at DESC, id DESC LIMIT CAST(? AS INTEGER)',
      before,
      most,
    )
  }

  alert(id: string): KeptAlert | null {
    return this.#alerts('WHERE id = ?', id)[0] ?? null
  }

  /** The last alert of a rule and series that has ended. */
  lastOf(ruleId: string, series: string): KeptAlert | null {
    const where = 'WHERE rule_id = ? AND series = ? AND cleared_at IS NOT NULL ORDER BY cleared_at DESC LIMIT 1'
    return this.#alerts(where, ruleId, series)[0] ?? null
  }

  putAlert(alert: KeptAlert): void {
    this.#run(
      `INSERT INTO alert (id, rule_id, series, fired_at, cleared_at, acknowledged_at, snoozed_until, notified_at, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET cleared_at = excluded.cleared_at, acknowledged_at = excluded.acknowledged_at,
         snoozed_until = excluded.snoozed_until, notified_at = excluded.notified_at, body = excluded.body`,
      alert.id,
      alert.ruleId,
      alert.series,
      alert.firedAt,
      alert.clearedAt,
      alert.acknowledgedAt,
      alert.snoozedUntil,
      alert.notifiedAt,
      JSON.stringify(alert),
    )
  }

  prune(): void {
    this.#run(
      `DELETE FROM alert WHERE cleared_at IS NOT NULL AND id NOT IN
         (SELECT id FROM alert WHERE cleared_at IS NOT NULL ORDER BY fired_at DESC LIMIT ${KEPT_ALERTS})`,
    )
    this.#run(
      `DELETE FROM alert_delivery WHERE state <> 'waiting' AND id NOT IN
         (SELECT id FROM alert_delivery ORDER BY at DESC LIMIT ${KEPT_DELIVERIES})`,
    )
    this.#run(
      `DELETE FROM alert_absence WHERE from_at NOT IN
         (SELECT from_at FROM alert_absence ORDER BY from_at DESC LIMIT ${KEPT_ABSENCES})`,
    )
  }

  putDelivery(one: Outgoing): void {
    this.#run(
      `INSERT INTO alert_delivery (id, at, title, message, state, attempts, next_at, ended_at, status, error)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET state = excluded.state, attempts = excluded.attempts, next_at = excluded.next_at,
         ended_at = excluded.ended_at, status = excluded.status, error = excluded.error`,
      one.id,
      one.at,
      one.title,
      JSON.stringify({ ...one.message, webhook: one.webhook }),
      one.state,
      one.attempts,
      one.nextAt,
      one.endedAt,
      one.status,
      one.error,
    )
  }

  waiting(): Outgoing[] {
    return this.#deliveries("WHERE state = 'waiting' ORDER BY at, rowid")
  }

  deliveries(most: number): Outgoing[] {
    return this.#deliveries('ORDER BY at DESC, rowid DESC LIMIT CAST(? AS INTEGER)', most)
  }

  /** The newest delivery to each webhook. */
  lastDeliveries(): Map<string, Outgoing> {
    return new Map(
      this.deliveries(KEPT_DELIVERIES)
        .reverse()
        .map((one) => [one.webhook, one]),
    )
  }

  /** Until when rules were judged, by the last heartbeat. */
  watchedUntil(): number | null {
    const at = this.#database.prepare<[], number>('SELECT at FROM alert_watch WHERE id = 1').pluck().get()
    return (at as number | undefined) ?? null
  }

  beat(at: number): void {
    this.#run('INSERT INTO alert_watch (id, at) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at', at)
  }

  putAbsence({ from, to, why }: Pick<Absence, 'from' | 'to' | 'why'>): void {
    this.#run(
      `INSERT INTO alert_absence (from_at, to_at, why) VALUES (?, ?, ?)
       ON CONFLICT (from_at) DO UPDATE SET to_at = max(to_at, excluded.to_at)`,
      from,
      to,
      why,
    )
  }

  absences(since: number, most: number): Pick<Absence, 'from' | 'to' | 'why'>[] {
    const sql =
      'SELECT from_at, to_at, why FROM alert_absence WHERE to_at > ? ORDER BY from_at DESC LIMIT CAST(? AS INTEGER)'
    return this.#all(sql, AbsenceRow, since, most).map((row) => ({ from: row.from_at, to: row.to_at, why: row.why }))
  }

  #alerts(where: string, ...given: (string | number)[]): KeptAlert[] {
    const sql = `SELECT cleared_at, acknowledged_at, snoozed_until, notified_at, body FROM alert ${where}`
    return this.#all(sql, AlertRow, ...given).map((row) =>
      KeptAlertSchema.parse({
        ...JSON.parse(row.body),
        clearedAt: row.cleared_at,
        acknowledgedAt: row.acknowledged_at,
        snoozedUntil: row.snoozed_until,
        notifiedAt: row.notified_at,
      }),
    )
  }

  #deliveries(where: string, ...given: number[]): Outgoing[] {
    return this.#all(`SELECT * FROM alert_delivery ${where}`, DeliveryRow, ...given).map((row) => {
      // The receiver is kept with the message; before there were several it was FIRST_WEBHOOK.
      const { webhook = FIRST_WEBHOOK, ...message } = JSON.parse(row.message) as Message & { webhook?: string }
      return {
        id: row.id,
        webhook,
        message,
        at: row.at,
        title: row.title,
        state: row.state,
        attempts: row.attempts,
        nextAt: row.next_at,
        endedAt: row.ended_at,
        status: row.status,
        error: row.error,
      }
    })
  }

  #all<T>(sql: string, schema: z.ZodType<T>, ...given: (string | number)[]): T[] {
    return this.#database
      .prepare(sql)
      .all(...given)
      .map((row) => schema.parse(row))
  }

  #run(sql: string, ...given: (string | number | null)[]): void {
    this.#database.prepare(sql).run(...given)
  }
}
