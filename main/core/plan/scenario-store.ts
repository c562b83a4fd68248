import { nearest } from '../../../shared/format/nearest.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import { type Assumptions, AssumptionsSchema } from '../../../shared/model/scenario.ts'
import type { StoredScenario } from '../../../shared/model/stored-scenario.ts'
import { fitToPlan } from '../../../shared/planning/scenario-fit.ts'
import type { WritableDatabase } from '../workspace/index.ts'

/** How many removed scenarios can still be brought back. */
const REMOVED_KEPT = 50

interface Row {
  id: string
  name: string
  plan: string
  plan_name: string
  saved_at: number
  body: string
}

/** The scenarios the operator keeps under a name, in the operator's order. Names are unique, whatever their case. */
export interface ScenarioStore {
  /** `damaged` are those whose stored assumptions do not fit their schema any more. */
  list(): { scenarios: StoredScenario[]; damaged: { id: string; name: string }[] }
  /** With an id it is saved over. @throws SCENARIO_UNKNOWN, SCENARIO_NAME_TAKEN */
  save(input: { id?: string; name: string; assumptions: Assumptions }): string
  /** @throws SCENARIO_UNKNOWN, SCENARIO_NAME_TAKEN */
  rename(id: string, name: string): void
  /** Puts a copy behind the original. @throws SCENARIO_UNKNOWN */
  duplicate(id: string): string
  /** It can be brought back with `restore`. @throws SCENARIO_UNKNOWN */
  remove(id: string): void
  /** To its old position; under a new name where the old one has been taken. @throws SCENARIO_UNKNOWN */
  restore(id: string): void
  /** The named ones in this order, before all others. @throws SCENARIO_UNKNOWN */
  reorder(ids: readonly string[]): void
}

export function createScenarioStore(dependencies: {
  database: WritableDatabase
  plan(): Plan | null
  now(): number
  newId(): string
}): ScenarioStore {
  const { database, now } = dependencies
  const columns = 'id, name, plan, plan_name, saved_at, body'
  const rows = (): Row[] =>
    database
      .prepare<[], Row>(`SELECT ${columns} FROM scenario WHERE removed_at IS NULL ORDER BY position, saved_at, id`)
      .all()

  function rowOf(id: string): Row {
    const all = rows()
    const row = all.find((one) => one.id === id)
    if (!row) throw unknown(id, all)
    return row
  }

  function free(name: string, except?: string): string {
    const wanted = name.trim()
    const holder = rows().find((one) => one.id !== except && same(one.name, wanted))
    if (holder) {
      throw new HeadroomError({
        code: 'SCENARIO_NAME_TAKEN',
        fact: `There is a scenario "${holder.name}" already.`,
        fix: 'Choose another name, or save over that scenario.',
        field: 'name',
        value: wanted,
      })
    }
    return wanted
  }

  /** "Cautious", else "Cautious 2", "Cautious 3": the first that is free. */
  function nextFree(name: string): string {
    const taken = rows().map((one) => one.name)
    for (let number = 1; ; number += 1) {
      const tail = number === 1 ? '' : ` ${number}`
      const candidate = `${name.slice(0, 80 - tail.length)}${tail}`
      if (!taken.some((one) => same(one, candidate))) return candidate
    }
  }

  function insert(name: string, body: string, position: number): string {
    const plan = dependencies.plan() ?? noPlan()
    const id = `s-${dependencies.newId().toLowerCase()}`
    database
      .prepare(`INSERT INTO scenario (${columns}, position) VALUES (?, ?, ?, ?, ?, ?, ?)`)
      .run(id, name, plan.id, plan.name, now(), body, position)
    return id
  }

  const number = (ids: readonly string[]): void => {
    const set = database.prepare('UPDATE scenario SET position = ? WHERE id = ?')
    for (const [position, id] of ids.entries()) set.run(position, id)
  }
  const whole = <T>(work: () => T): T => database.transaction(work).immediate()

  return {
    list() {
      const plan = dependencies.plan()
      const scenarios: StoredScenario[] = []
      const damaged: { id: string; name: string }[] = []
      for (const row of rows()) {
        const parsed = AssumptionsSchema.safeParse(JSON.parse(row.body))
        if (!parsed.success) {
          damaged.push({ id: row.id, name: row.name })
          continue
        }
        scenarios.push({
          id: row.id,
          name: row.name,
          assumptions: parsed.data,
          plan: row.plan,
          planName: row.plan_name,
          savedAt: row.saved_at,
          gone: plan ? fitToPlan(plan, parsed.data).gone : [],
        })
      }
      return { scenarios, damaged }
    },
    save: ({ id, name, assumptions }) =>
      whole(() => {
        if (id === undefined) return insert(free(name), JSON.stringify(assumptions), rows().length)
        rowOf(id)
        const plan = dependencies.plan() ?? noPlan()
        database
          .prepare('UPDATE scenario SET name = ?, body = ?, plan = ?, plan_name = ?, saved_at = ? WHERE id = ?')
          .run(free(name, id), JSON.stringify(assumptions), plan.id, plan.name, now(), id)
        return id
      }),
    rename: (id, name) =>
      whole(() => {
        rowOf(id)
        database.prepare('UPDATE scenario SET name = ? WHERE id = ?').run(free(name, id), id)
      }),
    duplicate: (id) =>
      whole(() => {
        const row = rowOf(id)
        const order = rows().map((one) => one.id)
        const copy = insert(nextFree(row.name), row.body, order.length)
        number(order.flatMap((one) => (one === id ? [one, copy] : [one])))
        return copy
      }),
    remove: (id) =>
      whole(() => {
        rowOf(id)
        database.prepare('UPDATE scenario SET removed_at = ? WHERE id = ?').run(now(), id)
        database
          .prepare(
            `DELETE FROM scenario WHERE removed_at IS NOT NULL AND id NOT IN
             (SELECT id FROM scenario WHERE removed_at IS NOT NULL ORDER BY removed_at DESC, id LIMIT ?)`,
          )
          .run(REMOVED_KEPT)
      }),
    restore: (id) =>
      whole(() => {
        const removed = database
          .prepare<[], Row>(`SELECT ${columns} FROM scenario WHERE removed_at IS NOT NULL ORDER BY removed_at DESC`)
          .all()
        const row = removed.find((one) => one.id === id)
        if (!row) throw unknown(id, removed)
        database.prepare('UPDATE scenario SET removed_at = NULL, name = ? WHERE id = ?').run(nextFree(row.name), id)
      }),
    reorder: (ids) =>
      whole(() => {
        for (const id of ids) rowOf(id)
        const order = rows().map((one) => one.id)
        number([...new Set([...ids, ...order])])
      }),
  }
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

function unknown(id: string, rows: readonly Row[]): HeadroomError {
  const near = nearest(
    id,
    rows.map((row) => row.id),
  )
  return new HeadroomError({
    code: 'SCENARIO_UNKNOWN',
    fact: `There is no scenario "${id}".`,
    fix: near
      ? `Did you mean "${near}"? The list of scenarios has those there are.`
      : 'The list of scenarios has those there are.',
    field: 'id',
    value: id,
  })
}

function noPlan(): never {
  throw new HeadroomError({
    code: 'NO_PLAN',
    fact: 'The workspace has no plan yet.',
    fix: 'Choose a blueprint in Plan, or import a plan from a YAML file.',
  })
}
