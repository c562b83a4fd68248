import { HeadroomError } from '../../../shared/model/problem.ts'
import { Secret } from '../../../shared/model/secret.ts'
import type { Step } from '../../../shared/playbook/schema.ts'
import type { Hosts } from '../hosts/index.ts'
import type { WritableDatabase } from '../workspace/index.ts'
import { memoryOfHost, memoryOfStep, type StepMemory } from './step-memory.ts'
import type { RegisteredValues } from './steps/step.ts'
import * as store from './store.ts'
import type { ResolvedValues } from './values.ts'

const keyOf = (runId: string, stepId: string, hostId: string | null, name: string): string =>
  `run/${runId}/steps.${stepId}.${name}${hostId === null ? '' : `@${hostId}`}`

/** What a step left: known to later steps from now on, and kept for a resumed run; secrets in the keychain or the vault. */
export async function keepRegistered(
  { hosts, runId, values }: { hosts: Hosts; runId: string; values: ResolvedValues },
  memory: StepMemory,
  stepId: string,
  hostId: string | null,
  registered: RegisteredValues,
): Promise<void> {
  const plain: Record<string, string> = {}
  const secrets: string[] = []
  for (const [name, value] of Object.entries(registered)) {
    if (typeof value === 'string') {
      plain[name] = value
      continue
    }
    if (value.reveal().includes('\n'))
      throw new HeadroomError({
        code: 'REGISTER_LINES',
        fact: `The secret "${name}" of the step "${stepId}" has several lines; as a later value it can have one.`,
        fix: 'Take one line of it with a regular expression, or encode it.',
        field: name,
      })
    values.secrets.push(value)
    await hosts.secrets.put(keyOf(runId, stepId, hostId, name), value)
    secrets.push(name)
  }
  memory.write({ registered: plain, registeredSecrets: secrets })
  values.later.put(stepId, hostId, registered)
}

/** Brings back what the steps of a run left before. SECRET_NEEDED where a secret among it was not kept. */
export async function restoreRegistered(
  { db, hosts, runId, values }: { db: WritableDatabase; hosts: Hosts; runId: string; values: ResolvedValues },
  steps: readonly Step[],
): Promise<void> {
  for (const [index, step] of steps.entries()) {
    const { state, hosts: onHosts } = store.readRun(db, runId).steps[index] ?? { state: 'pending', hosts: [] }
    if (state === 'undone' || state === 'pending') continue
    const places: [string | null, StepMemory][] =
      onHosts.length === 0
        ? [[null, memoryOfStep(db, runId, index)]]
        : onHosts.map(({ hostId }) => [hostId, memoryOfHost(db, runId, index, hostId)])
    for (const [hostId, memory] of places) {
      const { registered = {}, registeredSecrets = [] } = memory.read() as {
        registered?: Record<string, string>
        registeredSecrets?: string[]
      }
      const found: RegisteredValues = { ...registered }
      for (const name of registeredSecrets) {
        const kept = await hosts.secrets.get(keyOf(runId, step.id, hostId, name))
        if (kept === null)
          throw new HeadroomError({
            code: 'LATER_UNKNOWN',
            fact: `The secret "${name}" that the step "${step.id}" left is not kept any more.`,
            fix: hosts.secrets.locked ? 'Unlock the vault.' : 'Undo the run back to that step, or start a new one.',
            field: name,
          })
        const secret = new Secret(`steps.${step.id}.${name}`, kept.reveal())
        values.secrets.push(secret)
        found[name] = secret
      }
      values.later.put(step.id, hostId, found)
    }
  }
}

/** The keys under which the later secrets of a run are kept. */
export function registeredKeys(db: WritableDatabase, runId: string): string[] {
  return store.readRun(db, runId).steps.flatMap(({ id, index, hosts }) => {
    const places: [string | null, StepMemory][] =
      hosts.length === 0
        ? [[null, memoryOfStep(db, runId, index)]]
        : hosts.map(({ hostId }) => [hostId, memoryOfHost(db, runId, index, hostId)])
    return places.flatMap(([hostId, memory]) =>
      ((memory.read().registeredSecrets as string[] | undefined) ?? []).map((name) => keyOf(runId, id, hostId, name)),
    )
  })
}
