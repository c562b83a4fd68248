import { isDue } from '../../../../shared/alerts/due.ts'
import { type Change, judgeRun, startOf, worse } from '../../../../shared/alerts/judge-run.ts'
import { atLeast, isQuiet } from '../../../../shared/alerts/quiet-hours.ts'
import { together } from '../../../../shared/alerts/together.ts'
import type { Message } from '../../../../shared/alerts/webhook-body.ts'
import { usualInterval } from '../../../../shared/metrics/usual-interval.ts'
import type { AlertPart, AlertRule, AlertSettings, Notice } from '../../../../shared/model/alert.ts'
import type { Sample, Series } from '../../../../shared/model/metric.ts'
import { unitOfMetric } from '../../../../shared/planning/metric-words.ts'
import type { Environment } from '../../environment.ts'
import type { AlertStore, KeptAlert, KeptStanding } from './alert-store.ts'
import { type AlsoSeries, type Read, type ReadMetrics, readAll, speaksOf } from './reading.ts'
import { seriesOf, standingKey } from './series-key.ts'
import { messageOf, noticeOf, type Told } from './telling.ts'

const HOUR_MS = 3_600_000
/** Samples are looked at again from this long before the last heartbeat on, after a start. */
const OVERLAP_MS = 60_000
const BEAT_EVERY_MS = 30_000
/** An absence this short is a busy computer. */
const ABSENT_AFTER_MS = 120_000
/** Looks further apart leave a time in which nobody listened. */
const DEAF_AFTER_MS = 30_000

export interface WatchDependencies {
  store: AlertStore
  metrics: ReadMetrics
  environment: Pick<Environment, 'now' | 'elapsed' | 'newId' | 'log'>
  rules(): AlertRule[]
  hostNames(): ReadonlyMap<string, string>
  settings(): AlertSettings
  /** Within the transaction that notes what it tells. */
  enqueue(message: Message, webhook: string): void
}

/** One rule on one series. */
interface Seen {
  rule: AlertRule
  hostName: string
  series: string
  of: Pick<Series, 'hostId' | 'metric' | 'labels' | 'unit'>
}

/**
 * Judges every rule on every series it speaks of, keeps where each stands, opens and clears alerts, and says which are to be
 * told. All that one look changes is one transaction: after a kill -9 at any moment what was told is not told anew, and a
 * firing alert goes on.
 */
export class Watch {
  readonly #from: WatchDependencies
  readonly #standings = new Map<string, KeptStanding>()
  readonly #open = new Map<string, KeptAlert>()
  #lastLookAt: number | null = null
  /** Since the program began, was awake again, or had its clock set. */
  #listeningSince = Number.NEGATIVE_INFINITY
  #beatAt: number

  constructor(from: WatchDependencies) {
    this.#from = from
    const watched = from.store.watchedUntil()
    this.#beatAt = watched ?? Number.NEGATIVE_INFINITY
    for (const kept of from.store.standings()) {
      const { standing } = kept
      // What was judged in the meantime is only noted when it changes something, and with each heartbeat.
      if (standing.judgedAt !== null && watched !== null)
        standing.judgedAt = Math.max(standing.judgedAt, watched - OVERLAP_MS)
      this.#standings.set(standingKey(kept.ruleId, kept.series), kept)
    }
    for (const alert of from.store.open()) this.#open.set(standingKey(alert.ruleId, alert.series), alert)
  }

  standings(): Iterable<KeptStanding> {
    return this.#standings.values()
  }

  /** The open alert of a rule and series is another one now, such as an acknowledged one. */
  replace(alert: KeptAlert): void {
    const key = standingKey(alert.ruleId, alert.series)
    if (this.#open.has(key)) this.#open.set(key, alert)
  }

  open(): KeptAlert[] {
    return [...this.#open.values()]
  }

  /** One look at everything. Returns what is to be said at once, and whether anything changed. */
  async look(): Promise<{ notices: Notice[]; changed: boolean }> {
    const { store, environment, metrics } = this.#from
    const now = environment.now()
    this.#followClock(now)
    const readThem = () => readAll({ ...this.#from, standings: this.#standings }, now)
    let all: Read[] = []
    try {
      all = await (metrics.complete ? metrics.complete(readThem) : readThem())
    } catch (error) {
      // A source that does not answer is silence: nothing fires or clears on it, and in time it is unknown.
      environment.log.warn({ err: error }, 'alerts have nothing to judge by')
    }
    const read = this.#thereStill(all)
    return store.whole(() => {
      this.#noteAbsence(now)
      const { changed, told } = this.#judgeAll(read, now)
      const heard = [...told, { kind: 'fired' as const, alerts: this.#due(now) }].filter(
        ({ alerts }) => alerts.length > 0,
      )
      const notices = heard.map((one) => this.#tell(one, now))
      if (changed || notices.length > 0 || now - this.#beatAt >= BEAT_EVERY_MS || now < this.#beatAt) {
        this.#beatAt = now
        store.beat(now)
      }
      return { notices, changed: changed || notices.length > 0 }
    })
  }

  /** Without what was removed while it was read. */
  #thereStill(all: readonly Read[]): readonly Read[] {
    const { rules, hostNames } = this.#from
    const ids = new Set(rules().map(({ id }) => id))
    const names = hostNames()
    return all.filter(({ rule, latest }) => ids.has(rule.id) && names.has(latest.series.hostId))
  }

  /** A time in which this program was not there tells nothing of any server, nor does one that a clock put back has still ahead. */
  #followClock(now: number): void {
    const last = this.#lastLookAt ?? this.#from.store.watchedUntil()
    if (last !== null && (now < last || now - last > DEAF_AFTER_MS)) this.#listeningSince = now
    for (const { standing } of this.#standings.values())
      if (standing.judgedAt !== null && standing.judgedAt > now) standing.judgedAt = now
  }

  #noteAbsence(now: number): void {
    const { store, metrics } = this.#from
    const [last, why] =
      this.#lastLookAt === null ? [store.watchedUntil(), 'not-running' as const] : [this.#lastLookAt, 'slept' as const]
    this.#lastLookAt = now
    if (last === null || now - last <= Math.max(ABSENT_AFTER_MS, 3 * metrics.everyMs())) return
    store.putAbsence({ from: last, to: now, why })
  }

  #judgeAll(all: readonly Read[], now: number): { changed: boolean; told: Told[] } {
    const cleared: KeptAlert[] = []
    const silent: KeptAlert[] = []
    const wanted = new Set<string>()
    let changed = false
    for (const read of all) {
      wanted.add(standingKey(read.rule.id, read.series))
      changed = this.#judgeOne(read, now, { cleared, silent }) || changed
    }
    const others = this.#judgeOthers(wanted, now, silent)
    const heard = (kind: 'cleared' | 'unknown') => (alert: KeptAlert) => this.#isTold(kind, alert, now)
    return {
      changed: others || changed,
      told: [
        { kind: 'cleared', alerts: cleared.filter(heard('cleared')) },
        { kind: 'unknown', alerts: silent.filter(heard('unknown')) },
      ],
    }
  }

  #judgeOne(read: Read, now: number, found: { cleared: KeptAlert[]; silent: KeptAlert[] }): boolean {
    const { store, metrics } = this.#from
    const { rule, latest, series, samples } = read
    const { test } = rule
    const mapKey = standingKey(rule.id, series)
    const before = this.#standings.get(mapKey)
    if (samples === null) {
      if (before && latest.at <= now) before.standing.judgedAt = Math.max(before.standing.judgedAt ?? 0, latest.at)
      return false
    }
    // A rule that is new judges from the newest sample on; the window before it may hold what makes it fire.
    const kept = before ?? {
      ...{ ruleId: rule.id, series, toldAt: null },
      standing: { ...startOf(latest.at), judgedAt: latest.at - 1 },
    }
    const intervalMs = usualInterval(samples, metrics.everyMs())
    const judged = judgeRun(
      test,
      samples,
      kept.standing,
      now,
      intervalMs,
      together(test, read.also),
      this.#listeningSince,
    )
    kept.standing = judged.standing
    this.#standings.set(mapKey, kept)
    for (const change of judged.changes) {
      if (change.kind === 'fired') this.#fire(read, samples, change)
      if (change.kind === 'cleared') {
        const alert = this.#close(mapKey, { at: change.at, value: change.value, ended: null })
        if (alert) found.cleared.push(alert)
      }
      const isSilent = change.kind === 'unknown' && kept.standing.state === 'unknown'
      if (isSilent && rule.voice.notifyUnknown && now - change.at < HOUR_MS)
        found.silent.push(
          this.#alertOf({ ...read, of: latest.series }, { ...change, value: latest.value, at: latest.at }),
        )
    }
    const open = this.#open.get(mapKey)
    if (open && judged.worst !== null && worse(test.op, judged.worst, open.evidence.worst) !== open.evidence.worst) {
      open.evidence.worst = judged.worst
      store.putAlert(open)
    }
    if (!before || judged.changes.length > 0) store.putStanding(kept)
    return judged.changes.length > 0
  }

  #fire(read: Read, samples: readonly Sample[], change: Change): void {
    const { store } = this.#from
    const { rule } = read
    const fresh = this.#alertOf({ ...read, of: read.latest.series }, change)
    const last = store.lastOf(rule.id, fresh.series)
    // What comes back within its cool-down is the same trouble.
    const isSame =
      last?.clearedAt != null &&
      last.ended === null &&
      change.at - last.clearedAt < rule.voice.coolDownMs &&
      last.metric === fresh.metric
    fresh.evidence.also = read.also.flatMap(({ part, series }) => standingOf(part, series, change.at))
    for (const { at, value } of samples)
      if (at >= change.from && at <= change.at) fresh.evidence.worst = worse(rule.test.op, fresh.evidence.worst, value)
    const alert: KeptAlert = isSame
      ? {
          ...fresh,
          id: last.id,
          firedAt: last.firedAt,
          since: last.since,
          reopened: last.reopened + 1,
          acknowledgedAt: last.acknowledgedAt,
          snoozedUntil: last.snoozedUntil,
          notifiedAt: last.notifiedAt,
          evidence: { ...fresh.evidence, worst: worse(rule.test.op, fresh.evidence.worst, last.evidence.worst) },
        }
      : fresh
    this.#open.set(standingKey(rule.id, alert.series), alert)
    store.putAlert(alert)
  }

  #alertOf({ rule, of: series, hostName, series: key }: Seen, change: Omit<Change, 'kind'>): KeptAlert {
    const { at, value, from, coverage } = change
    return {
      ...{ id: `a-${this.#from.environment.newId().toLowerCase()}`, ruleId: rule.id, series: key },
      ...{ name: rule.name, severity: rule.voice.severity, condition: rule.condition, action: rule.voice.action },
      ...{ playbook: rule.voice.playbook, hostId: series.hostId, hostName },
      ...{
        metric: series.metric,
        labels: series.labels,
        unit: series.unit,
        op: rule.test.op,
        threshold: rule.test.threshold,
      },
      ...{ firedAt: at, since: from, evidence: { value, at, from, coverage, worst: value, also: [] } },
      ...{ clearedAt: null, ended: null, reopened: 0, acknowledgedAt: null, snoozedUntil: null, notifiedAt: null },
    }
  }

  #close(mapKey: string, end: { at: number; value: number | null; ended: string | null }): KeptAlert | null {
    const alert = this.#open.get(mapKey)
    if (!alert) return null
    this.#open.delete(mapKey)
    alert.clearedAt = Math.max(end.at, alert.firedAt)
    alert.ended = end.ended
    if (end.value !== null) alert.evidence = { ...alert.evidence, value: end.value, at: end.at }
    this.#from.store.putAlert(alert)
    return alert
  }

  /**
   * Series that were not seen now. Where the rule and the server are still there that is silence; else nothing will ever clear
   * what is open, and it ends.
   */
  #judgeOthers(wanted: ReadonlySet<string>, now: number, silent: KeptAlert[]): boolean {
    const { store, metrics, hostNames, rules } = this.#from
    const names = hostNames()
    const byId = new Map(rules().map((rule) => [rule.id, rule]))
    let changed = false
    for (const [key, kept] of this.#standings) {
      if (wanted.has(key)) continue
      const series = seriesOf(kept.series)
      const rule = byId.get(kept.ruleId)
      const hostName = names.get(series.hostId)
      if (rule?.voice.enabled && hostName !== undefined && speaksOf(rule, { series })) {
        const { standing, changes } = judgeRun(
          rule.test,
          [],
          kept.standing,
          now,
          metrics.everyMs(),
          undefined,
          this.#listeningSince,
        )
        if (changes.length === 0) continue
        changed = true
        kept.standing = standing
        store.putStanding(kept)
        const at = standing.judgedAt ?? now
        const seen = { rule, hostName, series: kept.series, of: { ...series, unit: unitOfMetric(series.metric) } }
        if (rule.voice.notifyUnknown) silent.push(this.#alertOf(seen, { at, value: 0, from: at, coverage: 0 }))
        continue
      }
      const ended = hostName === undefined ? 'The server was removed.' : 'The rule no longer speaks of it.'
      if (this.#close(key, { at: now, value: null, ended })) changed = true
      this.#standings.delete(key)
      store.dropStanding(kept.ruleId, kept.series)
    }
    return changed
  }

  #due(now: number): KeptAlert[] {
    const settings = this.#from.settings()
    const rules = new Map(this.#from.rules().map((rule) => [rule.id, rule]))
    const open = this.open()
    const ofSeries = Map.groupBy(open, ({ series }) => series)
    return open.filter((alert) => {
      const rule = rules.get(alert.ruleId)
      const standing = this.#standings.get(standingKey(alert.ruleId, alert.series))
      if (!rule || !standing) return false
      return isDue(
        {
          severity: alert.severity,
          firedAt: alert.firedAt,
          notifiedAt: alert.notifiedAt,
          lastToldAt: standing.toldAt,
          acknowledgedAt: alert.acknowledgedAt,
          snoozedUntil: alert.snoozedUntil,
          mutedUntil: rule.mutedUntil,
          coolDownMs: rule.voice.coolDownMs,
          repeatMs: rule.voice.repeatMs,
          outranked: isOutranked(alert, ofSeries.get(alert.series) ?? []),
        },
        settings,
        now,
      )
    })
  }

  /** Notes what is told, and makes one notice and one message of it. */
  #tell({ kind, alerts }: Told, now: number): Notice {
    const { store, environment, settings, enqueue } = this.#from
    for (const alert of kind === 'fired' ? alerts : []) {
      alert.notifiedAt = now
      store.putAlert(alert)
      const standing = this.#standings.get(standingKey(alert.ruleId, alert.series))
      if (!standing) continue
      standing.toldAt = now
      store.putStanding(standing)
    }
    const id = environment.newId().toLowerCase()
    for (const webhook of settings().webhooks) {
      const posted = alerts.filter(({ severity }) => webhook.enabled && atLeast(severity, webhook.from))
      if (posted.length > 0) enqueue(messageOf(id, now, { kind, alerts: posted }), webhook.id)
    }
    return noticeOf(id, now, { kind, alerts })
  }

  /** Whether the end of an alert or its silence is told now; only what was told as firing is told as cleared. */
  #isTold(kind: 'cleared' | 'unknown', alert: KeptAlert, now: number): boolean {
    const settings = this.#from.settings()
    const rule = this.#from.rules().find(({ id }) => id === alert.ruleId)
    if (rule?.mutedUntil != null && now < rule.mutedUntil) return false
    if (isQuiet(settings, alert.severity, now)) return false
    return kind === 'unknown' || (settings.tellCleared && alert.notifiedAt !== null)
  }
}

/** Whether a more severe alert is open on the same series, in the same direction. */
function isOutranked(alert: KeptAlert, ofSeries: readonly KeptAlert[]): boolean {
  const isUp = alert.op === '>' || alert.op === '>='
  return ofSeries.some(
    (other) =>
      other !== alert &&
      (other.op === '>' || other.op === '>=') === isUp &&
      other.severity !== alert.severity &&
      atLeast(other.severity, alert.severity),
  )
}

/** What a further condition stood at at a moment: of its series the one that is furthest beyond the threshold. */
function standingOf(part: AlertPart, all: readonly AlsoSeries[], at: number): KeptAlert['evidence']['also'] {
  const then = all.flatMap(({ series, hostName, samples }) => {
    const sample = samples.findLast((one) => one.at <= at)
    return sample === undefined
      ? []
      : [{ hostName, metric: series.metric, labels: series.labels, unit: series.unit, value: sample.value }]
  })
  const furthest = then.find(({ value }) => then.every((other) => worse(part.op, value, other.value) === value))
  return furthest === undefined ? [] : [furthest]
}
