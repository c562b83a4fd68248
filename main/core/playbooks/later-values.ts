import { HeadroomError } from '../../../shared/model/problem.ts'
import { Secret } from '../../../shared/model/secret.ts'
import type { RegisteredValues } from './steps/step.ts'

/** What the steps of a run have left so far, by `steps.ID.NAME`, and by the server it came from. */
export class LaterValues {
  readonly #values = new Map<string, Map<string, string | Secret>>()

  put(stepId: string, hostId: string | null, values: RegisteredValues): void {
    for (const [name, value] of Object.entries(values)) {
      const key = `steps.${stepId}.${name}`
      const byHost = this.#values.get(key) ?? new Map<string, string | Secret>()
      this.#values.set(key, byHost.set(hostId ?? '', value))
    }
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  /**
   * The value as text; for a step on a server that of the same server, where the step that left it ran on several.
   * @throws LATER_UNKNOWN where its step was skipped, LATER_MANY where it ran on several other servers
   */
  text(name: string, hostId: string | null): string {
    const byHost = this.#values.get(name)
    if (byHost === undefined || byHost.size === 0)
      throw new HeadroomError({
        code: 'LATER_UNKNOWN',
        fact: `The value ${name} is not known: its step was skipped, or was done already.`,
        fix: 'Run the playbook so that this step runs, or give the step that uses the value a condition.',
        field: name,
      })
    const own = byHost.get(hostId ?? '')
    const value = own ?? (byHost.size === 1 ? [...byHost.values()][0] : undefined)
    if (value !== undefined) return value instanceof Secret ? value.reveal() : value
    throw new HeadroomError({
      code: 'LATER_MANY',
      fact: `The value ${name} was left by ${byHost.size} servers, and this step runs on none of them.`,
      fix: 'Let the step that leaves it run on one server, or this one on the same servers.',
      field: name,
    })
  }
}
