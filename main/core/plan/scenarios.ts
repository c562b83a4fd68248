import type { Environment } from '../environment.ts'
import type { EventHub } from '../events.ts'
import type { WritableDatabase } from '../workspace/index.ts'
import { readPlan } from './plan-store.ts'
import { createScenarioStore, type ScenarioStore } from './scenario-store.ts'

/** The kept scenarios, as `ScenarioStore` says; every change tells the windows. */
export type Scenarios = ScenarioStore

interface Dependencies {
  database: WritableDatabase
  environment: Pick<Environment, 'now' | 'newId'>
  events: Pick<EventHub, 'emit'>
}

export function createScenarios({ database, environment, events }: Dependencies): Scenarios {
  const store = createScenarioStore({
    database,
    plan: () => readPlan(database),
    now: () => environment.now(),
    newId: () => environment.newId(),
  })
  const told = <T>(result: T): T => {
    events.emit({ kind: 'scenarios' })
    return result
  }
  return {
    list: () => store.list(),
    save: (input) => told(store.save(input)),
    rename: (id, name) => told(store.rename(id, name)),
    duplicate: (id) => told(store.duplicate(id)),
    remove: (id) => told(store.remove(id)),
    restore: (id) => told(store.restore(id)),
    reorder: (ids) => told(store.reorder(ids)),
  }
}
