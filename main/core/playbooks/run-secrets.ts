import { HeadroomError, problemOf } from '../../../shared/model/problem.ts'
import type { Run } from '../../../shared/model/run.ts'
import type { Secret } from '../../../shared/model/secret.ts'
import type { Playbook } from '../../../shared/playbook/schema.ts'
import type { Environment } from '../environment.ts'
import type { Hosts } from '../hosts/index.ts'
import type { WritableDatabase } from '../workspace/index.ts'
import { registeredKeys } from './registered.ts'
import * as store from './store.ts'

/** How long the secrets of a run outlive its end. */
export const KEPT_AFTER_END_MS = 30 * 86_400_000

const OPEN: ReadonlySet<Run['state']> = new Set(['running', 'stopping', 'interrupted'])

const keyOf = (runId: string, name: string): string => `run/${runId}/${name}`
/** Names of the secret parameters that a run was given: they are shown as [name]. */
const namesOf = (run: Run): string[] =>
  Object.keys(run.parameters).filter((name) => run.parameters[name] === `[${name}]`)

/**
 * The secrets that runs were started with. They are kept so that a run can be resumed and proved again without asking:
 * while it is open, and 30 days after its end. Those of a run that has ended go at once when one of its servers is
 * removed. Afterwards they are asked for.
 */
export class RunSecrets {
  readonly #db: WritableDatabase
  readonly #hosts: Hosts
  readonly #environment: Environment
  readonly #forgotten = new Set<string>()

  constructor(db: WritableDatabase, hosts: Hosts, environment: Environment) {
    this.#db = db
    this.#hosts = hosts
    this.#environment = environment
  }

  /** Keeps them. Null, or why the keychain did not take them; the run itself does not need the keychain. */
  async keep(runId: string, secrets: readonly Secret[]): Promise<string | null> {
    this.#forgotten.delete(runId)
    try {
      for (const secret of secrets) await this.#hosts.secrets.put(keyOf(runId, secret.name), secret)
      return null
    } catch (error) {
      return problemOf(error).fact
    }
  }

  /**
   * A run's secret parameters as plain text, those given now before those kept.
   * @throws SECRET_NEEDED names the first that is neither
   */
  async reveal(run: Run, playbook: Playbook, given: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    const found: Record<string, string> = {}
    for (const { name, label, type } of playbook.parameters) {
      if (type !== 'secret' || run.parameters[name] === undefined) continue
      const value = given[name] ?? (await this.#hosts.secrets.get(keyOf(run.id, name)))?.reveal()
      if (value === undefined || value === '')
        throw new HeadroomError({
          code: 'SECRET_NEEDED',
          fact: `${label} (${name}) of this run is not kept any more.`,
          fix: this.#hosts.secrets.locked ? 'Unlock the vault, or give it again.' : 'Give it again.',
          field: name,
        })
      found[name] = value
    }
    return found
  }

  /** Deletes those whose time has come. */
  async sweep(): Promise<void> {
    const present = new Set(this.#hosts.list().map(({ id }) => id))
    for (const runId of store.runIds(this.#db)) {
      if (this.#forgotten.has(runId)) continue
      const run = store.readRun(this.#db, runId)
      if (OPEN.has(run.state)) continue
      const old = this.#environment.now() - (run.endedAt ?? run.createdAt) > KEPT_AFTER_END_MS
      if (!old && run.hostIds.every((id) => present.has(id))) continue
      this.#forgotten.add(runId)
      for (const key of [...namesOf(run).map((name) => keyOf(runId, name)), ...registeredKeys(this.#db, runId)])
        await this.#hosts.secrets.delete(key)
    }
  }
}
