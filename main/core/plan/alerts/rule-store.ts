import * as z from 'zod'
import { testWords } from '../../../../shared/alerts/alert-words.ts'
import { planRules } from '../../../../shared/alerts/plan-rules.ts'
import { nearest } from '../../../../shared/format/nearest.ts'
import {
  type AlertRule,
  type AlertRuleBody,
  AlertRuleBodySchema,
  AlertTestSchema,
  AlertVoiceSchema,
} from '../../../../shared/model/alert.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import { HeadroomError } from '../../../../shared/model/problem.ts'
import { compare } from '../../../../shared/planning/judge-series.ts'
import type { WritableDatabase } from '../../workspace/index.ts'

/** What may be changed of a plan's rule here; its metric, threshold and sustain time are the plan's. */
const ChangesSchema = z.object({
  test: AlertTestSchema.pick({ clear: true, clearForMs: true, unknownAfterMs: true }),
  voice: AlertVoiceSchema.omit({ severity: true, action: true, playbook: true }),
})
const Row = z.object({ id: z.string(), body: z.string(), muted_until: z.number().nullable() })

interface Dependencies {
  database: WritableDatabase
  plan(): Plan | null
  hostNames(): ReadonlyMap<string, string>
  now(): number
  newId(): string
}

/** The rules in force: the limits of the plan's present stage, and the operator's own. */
export class RuleStore {
  readonly #from: Dependencies

  constructor(from: Dependencies) {
    this.#from = from
  }

  list(): AlertRule[] {
    const { database, plan, hostNames } = this.#from
    const rows = database
      .prepare('SELECT id, body, muted_until FROM alert_rule WHERE removed_at IS NULL ORDER BY made_at, id')
      .all()
      .map((row) => Row.parse(row))
    const kept = new Map(rows.map((row) => [row.id, row]))
    const names = hostNames()
    const worded = (id: string, origin: AlertRule['origin'], body: AlertRuleBody, mutedUntil: number | null) => ({
      ...body,
      id,
      origin,
      mutedUntil,
      changed: origin === 'plan' && kept.has(id),
      condition: testWords(
        body.test,
        body.test.hostIds.map((one) => names.get(one) ?? 'a server that is gone'),
      ),
    })
    const current = plan()
    const ofPlan = (current === null ? [] : planRules(current)).map(({ id, ...body }) => {
      const row = kept.get(id)
      const changes = row === undefined ? undefined : ChangesSchema.safeParse(JSON.parse(row.body)).data
      const whole = {
        name: body.name,
        test: { ...body.test, ...changes?.test },
        voice: { ...body.voice, ...changes?.voice },
      }
      // A limit that the plan moved past the clear value given here clears at itself again.
      if (clearFault(whole) !== null) whole.test.clear = null
      return worded(id, 'plan', whole, row?.muted_until ?? null)
    })
    const own = rows.flatMap((row) => {
      if (row.id.startsWith('plan:')) return []
      return [worded(row.id, 'own', AlertRuleBodySchema.parse(JSON.parse(row.body)), row.muted_until)]
    })
    return [...ofPlan, ...own]
  }

  /** @throws ALERT_RULE_UNKNOWN */
  get(id: string): AlertRule {
    const all = this.list()
    const rule = all.find((one) => one.id === id)
    if (rule) return rule
    const near =
      nearest(
        id,
        all.map((one) => one.id),
      ) ?? all.find((one) => one.name.toLowerCase() === id.toLowerCase())?.id
    throw new HeadroomError({
      code: 'ALERT_RULE_UNKNOWN',
      fact: `There is no alert rule "${id}".`,
      fix: near
        ? `Did you mean "${near}"?`
        : 'Look at the list of rules; it may have been removed, or the plan moved on.',
      field: 'ruleId',
      value: id,
    })
  }

  /** With an id that rule is changed; of a plan's rule only what is not the plan's. @throws ALERT_RULE_UNKNOWN, ALERT_CLEAR_VALUE */
  save(id: string | undefined, body: AlertRuleBody): string {
    const fault = clearFault(body)
    if (fault) throw fault
    if (id === undefined) {
      const made = `own:${this.#from.newId().toLowerCase()}`
      this.#put(made, body)
      return made
    }
    const before = this.get(id)
    this.#put(id, before.origin === 'plan' ? ChangesSchema.parse(body) : body)
    return id
  }

  /** An own rule goes and can be brought back; a plan's loses what was changed of it. @throws ALERT_RULE_UNKNOWN */
  remove(id: string): void {
    this.get(id)
    this.#run('UPDATE alert_rule SET removed_at = ? WHERE id = ?', this.#from.now(), id)
  }

  restore(id: string): void {
    this.#run('UPDATE alert_rule SET removed_at = NULL WHERE id = ?', id)
    this.get(id)
  }

  /** @throws ALERT_RULE_UNKNOWN */
  mute(id: string, until: number | null): void {
    const rule = this.get(id)
    const there = this.#from.database.prepare('SELECT 1 FROM alert_rule WHERE id = ? AND removed_at IS NULL').get(id)
    if (there === undefined) this.#put(id, ChangesSchema.parse(rule))
    this.#run('UPDATE alert_rule SET muted_until = ? WHERE id = ?', until, id)
  }

  #put(id: string, body: unknown): void {
    this.#run(
      `INSERT INTO alert_rule (id, body, made_at) VALUES (?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET body = excluded.body, removed_at = NULL`,
      id,
      JSON.stringify(body),
      this.#from.now(),
    )
  }

  #run(sql: string, ...given: (string | number | null)[]): void {
    this.#from.database.prepare(sql).run(...given)
  }
}

/** A clear value on the breaching side would clear a rule while it still breaches. */
function clearFault({ test }: AlertRuleBody): HeadroomError | null {
  if (test.clear === null || test.clear === test.threshold || !compare(test.clear, test.op, test.threshold)) return null
  const above = test.op === '>' || test.op === '>='
  return new HeadroomError({
    code: 'ALERT_CLEAR_VALUE',
    fact: `A rule that fires ${above ? 'above' : 'below'} ${test.threshold} cannot clear at ${test.clear}, where it still fires.`,
    fix: `Give a clear value ${above ? 'at or below' : 'at or above'} the threshold.`,
    field: 'test.clear',
    value: `${test.clear}`,
  })
}
