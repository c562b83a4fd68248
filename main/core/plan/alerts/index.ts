import { answersTo } from '../../../../shared/alerts/answers.ts'
import { bySeverity } from '../../../../shared/alerts/quiet-hours.ts'
import { DAY_MS } from '../../../../shared/format/duration.ts'
import type {
  Absence,
  Alert,
  AlertRule,
  AlertRuleBody,
  AlertSettings,
  AlertTest,
  Delivery,
  Notice,
  Rehearsal,
  SeriesState,
} from '../../../../shared/model/alert.ts'
import type { Unit } from '../../../../shared/model/metric.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import { HeadroomError } from '../../../../shared/model/problem.ts'
import { metricWords, seriesWords } from '../../../../shared/planning/metric-words.ts'
import type { Environment } from '../../environment.ts'
import type { EventHub } from '../../events.ts'
import type { Hosts, SecretStore } from '../../hosts/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import { AlertStore, type KeptAlert } from './alert-store.ts'
import { Courier, type WebhookSecrets } from './courier.ts'
import { missedIn, rehearsalOf } from './missed.ts'
import type { ReadMetrics } from './reading.ts'
import { RuleStore } from './rule-store.ts'
import { seriesKey, seriesOf } from './series-key.ts'
import { shownAlert } from './telling.ts'
import { Watch } from './watch.ts'
import { readSettings, Ways } from './ways.ts'

export type CountedRule = AlertRule & { counts: Record<SeriesState, number> }

export interface AlertList {
  open: Alert[]
  past: Alert[]
  unknown: { ruleId: string; name: string; hostId: string; hostName: string; series: string; since: number }[]
  absences: Absence[]
  notices: Notice[]
  rules: { total: number; enabled: number; series: number }
  watching: boolean
}

/** Rules on what is measured, the alerts they raise, and how the operator is told. `playbooks` are names by id. */
export interface Alerts {
  /** Begins to judge, for the first time after `afterMs`; until then everything can be read and edited, and nothing fires. */
  start(afterMs?: number): void
  /** Judges now. What is due to the webhook is sent after it. */
  look(): Promise<void>
  list(playbooks: ReadonlyMap<string, string>): Promise<AlertList>
  past(before: number, most: number, playbooks: ReadonlyMap<string, string>): Alert[]
  rules(): CountedRule[]
  saveRule(id: string | undefined, body: AlertRuleBody): string
  removeRule(id: string): void
  restoreRule(id: string): void
  mute(id: string, until: number | null): void
  acknowledge(ids: readonly string[], acknowledged: boolean): void
  snooze(ids: readonly string[], until: number | null): void
  rehearse(test: AlertTest, days: number, points: number): Promise<Rehearsal>
  choices(): { metric: string; words: string; unit: Unit; labels: Record<string, string[]> }[]
  settings(): ReturnType<Ways['settings']>
  /** Secrets are by webhook. @throws ALERT_ZONE, WEBHOOK_TWICE, WEBHOOK_ADDRESS */
  saveSettings(settings: AlertSettings, secrets: Readonly<Record<string, WebhookSecrets>>): Promise<void>
  test(webhook?: string): ReturnType<Ways['test']>
  deliveries(): Delivery[]
  close(): Promise<void>
}

export interface AlertDependencies {
  workspace: Pick<Workspace, 'app' | 'setting' | 'saveSetting'>
  hosts: Pick<Hosts, 'list'> & { readonly secrets: SecretStore }
  metrics: ReadMetrics
  environment: Pick<Environment, 'now' | 'elapsed' | 'newId' | 'random' | 'log' | 'face' | 'notify'>
  events: Pick<EventHub, 'emit' | 'listen'>
  plan(): Plan | null
  /** How long the webhook may take to answer. */
  timeoutMs?: number
}

const LOOK_EVERY_MS = 5_000
/** After samples came in, others of the same moment are waited for. */
const GATHER_MS = 1000
const PRUNE_EVERY_MS = 3_600_000
const PAST_SHOWN = 50
const NOTICES_KEPT = 50
const ABSENCES_SHOWN = 5
const DELIVERIES_SHOWN = 30

export function createAlerts(dependencies: AlertDependencies): Alerts {
  const { workspace, hosts, metrics, environment, events } = dependencies
  const { now } = environment
  const store = new AlertStore(workspace.app)
  const hostNames = () => new Map(hosts.list().map((host) => [host.id, host.name]))
  const ruleStore = new RuleStore({
    database: workspace.app,
    plan: () => plan(),
    hostNames,
    now,
    newId: environment.newId,
  })
  const settings = () => readSettings(workspace)
  const changed = () => events.emit({ kind: 'alerts' })
  // Rules are asked for several times in a look; they change by edits here, of the plan and of the hosts only.
  let rulesNow: AlertRule[] | null = null
  let planNow: { plan: Plan | null } | null = null
  // What an absence held changes only with rules, and with history that is brought in.
  const judgedAbsences = new Map<number, Absence>()
  const plan = () => {
    planNow ??= { plan: dependencies.plan() }
    return planNow.plan
  }
  const rules = () => {
    rulesNow ??= ruleStore.list()
    return rulesNow
  }
  const courier = new Courier({
    store,
    secrets: hosts.secrets,
    environment,
    settings,
    changed,
    timeoutMs: dependencies.timeoutMs,
  })
  const watch = new Watch({
    ...{ store, metrics, environment, rules, hostNames, settings },
    enqueue: (message, webhook) => courier.enqueue(message, webhook),
  })
  const notices: Notice[] = []
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | null = null
  let started = false
  let closed = false
  let prunedAt = now()

  const note = (notice: Notice) => {
    notices.push(notice)
    if (notices.length > NOTICES_KEPT) notices.shift()
    changed()
  }
  const ways = new Ways({ workspace, environment, courier, store, note })
  const say = (notice: Notice) => {
    note(notice)
    if (settings().desktop) environment.notify?.(notice)
  }

  const lookOnce = async () => {
    const found = await watch.look()
    for (const notice of found.notices) say(notice)
    if (found.changed) changed()
    if (Math.abs(now() - prunedAt) > PRUNE_EVERY_MS) {
      prunedAt = now()
      store.prune()
    }
    void courier.send().catch((error: unknown) => environment.log.error({ err: error }, 'alerts could not be sent'))
  }
  const look = (): Promise<void> => {
    looking ??= lookOnce().finally(() => {
      looking = null
    })
    return looking
  }
  const lookLater = (ms: number) => {
    clearTimeout(timer)
    if (closed) return
    timer = setTimeout(() => {
      look()
        .catch((error: unknown) => environment.log.error({ err: error }, 'alerts could not be judged'))
        .finally(() => lookLater(LOOK_EVERY_MS))
    }, ms)
  }
  let soon = false
  const stopListening = events.listen((event) => {
    if (event.kind === 'plan' || event.kind === 'hosts') {
      rulesNow = null
      planNow = null
    }
    if (event.kind === 'plan' || event.kind === 'hosts' || event.kind === 'history') judgedAbsences.clear()
    if (!started || soon || (event.kind !== 'samples' && event.kind !== 'plan' && event.kind !== 'hosts')) return
    soon = true
    lookLater(GATHER_MS)
    setTimeout(() => {
      soon = false
    }, GATHER_MS)
  })
  const edited = () => {
    rulesNow = null
    judgedAbsences.clear()
    changed()
    if (started) lookLater(0)
  }

  /** How alerts are shown now; of a large fleet there are thousands. */
  const showing = (playbooks: ReadonlyMap<string, string>, silent: ReadonlySet<string> = new Set()) => {
    const byId = new Map(rules().map((rule) => [rule.id, rule]))
    const servers = new Map(hosts.list().map((host) => [host.id, host]))
    return (alert: KeptAlert): Alert => {
      const mutedUntil = byId.get(alert.ruleId)?.mutedUntil
      return {
        ...shownAlert(alert, silent.has(`${alert.ruleId}\n${alert.series}`) ? 'unknown' : 'firing'),
        muted: mutedUntil != null && mutedUntil > now(),
        answers: answersTo(alert, plan(), playbooks, servers.get(alert.hostId)),
      }
    }
  }

  const openOnes = (ids: readonly string[]): KeptAlert[] => {
    const open = new Map(watch.open().map((alert) => [alert.id, alert]))
    return ids.map((id) => {
      const alert = open.get(id)
      if (alert) return alert
      const past = store.alert(id)
      throw new HeadroomError({
        code: 'ALERT_UNKNOWN',
        fact: past ? `The alert ${past.name} on ${past.hostName} is not open any more.` : `There is no alert "${id}".`,
        fix: 'Look at the list of alerts as it is now.',
        field: 'ids',
        value: id,
      })
    })
  }
  const change = (ids: readonly string[], how: Partial<KeptAlert>) => {
    const found = openOnes(ids)
    store.whole(() => {
      for (const alert of found) store.putAlert(Object.assign(alert, how))
    })
    changed()
  }
  const complete = <T>(work: () => T): Promise<T> =>
    metrics.complete ? metrics.complete(work) : Promise.resolve().then(work)

  const judgedOf = (absences: readonly Pick<Absence, 'from' | 'to' | 'why'>[]): Promise<Absence[]> =>
    Promise.all(
      absences.map(async (one) => {
        const known = judgedAbsences.get(one.from)
        if (known) return known
        const all = rules()
        try {
          const judged = await complete(() => missedIn(one, all, metrics, hostNames()))
          judgedAbsences.set(one.from, judged)
          return judged
        } catch (error) {
          environment.log.warn({ err: error }, 'an absence could not be judged')
          return { ...one, missed: [], judged: 0, unjudged: all.map(({ id, name }) => ({ ruleId: id, name })) }
        }
      }),
    )

  return {
    start(afterMs = 0) {
      if (started) return
      started = true
      lookLater(afterMs)
    },
    look,
    async list(playbooks) {
      const names = hostNames()
      const all = rules()
      const byId = new Map(all.map((rule) => [rule.id, rule]))
      const standings = [...watch.standings()]
      const unknown = standings.flatMap(({ ruleId, series, standing }) => {
        const { hostId, metric, labels } = seriesOf(series)
        const rule = byId.get(ruleId)
        const hostName = names.get(hostId)
        if (standing.state !== 'unknown' || !rule || hostName === undefined) return []
        const words = seriesWords(metric, labels)
        return [{ ruleId, name: rule.name, hostId, hostName, series: words, since: standing.since }]
      })
      const silent = new Set(
        standings.flatMap(({ ruleId, series, standing }) =>
          standing.state === 'unknown' ? [`${ruleId}\n${series}`] : [],
        ),
      )
      const openMetrics = new Set(watch.open().map(({ metric }) => metric))
      const newest = new Map(
        metrics.latest(undefined, openMetrics).map(({ series, at, value }) => [seriesKey(series), { at, value }]),
      )
      const shown = showing(playbooks, silent)
      const open = watch.open().map((alert) => ({ ...shown(alert), current: newest.get(alert.series) ?? null }))
      open.sort(
        (a, b) =>
          Number(a.state === 'unknown') - Number(b.state === 'unknown') ||
          bySeverity(a.severity, b.severity) ||
          Number(a.acknowledgedAt !== null) - Number(b.acknowledgedAt !== null) ||
          b.firedAt - a.firedAt,
      )
      const absences = store.absences(now() - 7 * DAY_MS, ABSENCES_SHOWN)
      return {
        open,
        past: store.past(PAST_SHOWN).map(shown),
        unknown,
        absences: await judgedOf(absences),
        notices: [...notices],
        rules: {
          total: all.length,
          enabled: all.filter(({ voice }) => voice.enabled).length,
          series: standings.length,
        },
        watching: started,
      }
    },
    past: (before, most, playbooks) => store.past(most, before).map(showing(playbooks)),
    rules() {
      const counts = new Map<string, Record<SeriesState, number>>()
      for (const { ruleId, standing } of watch.standings()) {
        const mine = counts.get(ruleId) ?? { ok: 0, pending: 0, firing: 0, unknown: 0 }
        mine[standing.state] += 1
        counts.set(ruleId, mine)
      }
      return rules().map((rule) => ({
        ...rule,
        counts: counts.get(rule.id) ?? { ok: 0, pending: 0, firing: 0, unknown: 0 },
      }))
    },
    saveRule(id, body) {
      const saved = ruleStore.save(id, body)
      edited()
      return saved
    },
    removeRule(id) {
      ruleStore.remove(id)
      edited()
    },
    restoreRule(id) {
      ruleStore.restore(id)
      edited()
    },
    mute(id, until) {
      ruleStore.mute(id, until)
      edited()
    },
    acknowledge: (ids, acknowledged) => change(ids, { acknowledgedAt: acknowledged ? now() : null }),
    snooze: (ids, until) => change(ids, { snoozedUntil: until }),
    rehearse(test, days, points) {
      const to = now()
      return complete(() => rehearsalOf(test, { from: to - days * DAY_MS, to }, points, metrics, hostNames()))
    },
    choices() {
      const found = new Map<string, { unit: Unit; labels: Map<string, Set<string>> }>()
      for (const { series } of metrics.latest()) {
        const one = found.get(series.metric) ?? { unit: series.unit, labels: new Map<string, Set<string>>() }
        for (const [name, value] of Object.entries(series.labels))
          one.labels.set(name, (one.labels.get(name) ?? new Set()).add(value))
        found.set(series.metric, one)
      }
      return [...found]
        .map(([metric, { unit, labels }]) => ({
          ...{ metric, unit, words: metricWords(metric) },
          labels: Object.fromEntries([...labels].map(([name, values]) => [name, [...values].sort()])),
        }))
        .sort((a, b) => (a.words < b.words ? -1 : 1))
    },
    settings: () => ways.settings(),
    async saveSettings(given, secrets) {
      await ways.save(given, secrets)
      changed()
      if (started) lookLater(0)
    },
    test: (webhook) => ways.test(webhook),
    deliveries: () => store.deliveries(DELIVERIES_SHOWN).map(({ message: _, ...delivery }) => delivery),
    async close() {
      closed = true
      stopListening()
      clearTimeout(timer)
      await courier.close()
      await looking?.catch(() => {})
    },
  }
}
