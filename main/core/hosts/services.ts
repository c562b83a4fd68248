import * as z from 'zod'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { Secret } from '../../../shared/model/secret.ts'
import { KINDS_WITH_SECRET, POSTGRES_SECRET, type Service, ServiceSchema } from '../../../shared/model/service.ts'
import type { WritableDatabase } from '../workspace/index.ts'
import type { SecretStore } from './interface.ts'

/** What each host is asked besides itself. Reads and writes without asking the host. */
export interface HostServices {
  list(hostId: string): Service[]
  /**
   * Replaces the list; `secrets` by service id, null forgets one, and one that is not named stays. Secrets of services
   * that are gone are forgotten. SERVICE_ID_TAKEN, OWN_METRIC_TAKEN, SERVICE_UNKNOWN, SERVICE_HAS_NO_SECRET.
   */
  set(hostId: string, services: readonly Service[], secrets: Readonly<Record<string, string | null>>): Promise<void>
  /** The ids whose secret can be read now. */
  withSecret(hostId: string): Promise<string[]>
  secret(hostId: string, id: string): Promise<Secret | null>
  forget(hostId: string): Promise<void>
}

const RowSchema = z.object({ body: z.string() })

export function openServices(database: WritableDatabase, secrets: SecretStore): HostServices {
  const rows = database.prepare('SELECT body FROM host_service WHERE host_id = ? ORDER BY position')
  const clear = database.prepare('DELETE FROM host_service WHERE host_id = ?')
  const insert = database.prepare(
    'INSERT INTO host_service (host_id, id, position, body) VALUES (?, ?, CAST(? AS INTEGER), ?)',
  )
  const kept = new Map<string, Service[]>()

  const list = (hostId: string): Service[] => {
    const known = kept.get(hostId)
    if (known) return known
    const read = rows.all(hostId).map((row) => ServiceSchema.parse(JSON.parse(RowSchema.parse(row).body)))
    kept.set(hostId, read)
    return read
  }
  const forgetSecrets = async (hostId: string, services: readonly Service[]) => {
    for (const { id } of services) await secrets.delete(secretName(hostId, id))
  }
  return {
    list,
    async set(hostId, services, given) {
      check(services, given)
      const gone = list(hostId).filter((old) => !services.some((one) => one.id === old.id && one.kind === old.kind))
      await forgetSecrets(hostId, gone)
      for (const [id, secret] of Object.entries(given)) {
        if (secret === null || secret === '') await secrets.delete(secretName(hostId, id))
        else await secrets.put(secretName(hostId, id), secret)
      }
      database.transaction(() => {
        clear.run(hostId)
        for (const [position, service] of services.entries())
          insert.run(hostId, service.id, position, JSON.stringify(service))
      })()
      kept.delete(hostId)
    },
    async withSecret(hostId) {
      const ids = [
        POSTGRES_SECRET,
        ...list(hostId).flatMap(({ id, kind }) => (KINDS_WITH_SECRET.has(kind) ? [id] : [])),
      ]
      const found: string[] = []
      for (const id of ids) if ((await secrets.get(secretName(hostId, id))) !== null) found.push(id)
      return found
    },
    secret: (hostId, id) => secrets.get(secretName(hostId, id)),
    async forget(hostId) {
      await forgetSecrets(hostId, list(hostId))
      await secrets.delete(secretName(hostId, POSTGRES_SECRET))
      clear.run(hostId)
      kept.delete(hostId)
    },
  }
}

function secretName(hostId: string, id: string): string {
  return `host/${hostId}/service/${id}`
}

function check(services: readonly Service[], secrets: Readonly<Record<string, string | null>>): void {
  const ids = new Set<string>([POSTGRES_SECRET])
  const metrics = new Set<string>()
  for (const service of services) {
    if (ids.has(service.id))
      throw new HeadroomError({
        code: 'SERVICE_ID_TAKEN',
        fact: `Two services have the id "${service.id}".`,
        fix: 'Give each an id of its own.',
        field: 'id',
        value: service.id,
      })
    ids.add(service.id)
    if (service.kind !== 'own') continue
    if (metrics.has(service.metric))
      throw new HeadroomError({
        code: 'OWN_METRIC_TAKEN',
        fact: `Two own metrics are called "${service.metric}".`,
        fix: 'Give each a name of its own.',
        field: 'metric',
        value: service.metric,
      })
    metrics.add(service.metric)
  }
  for (const [id, secret] of Object.entries(secrets)) {
    if (secret === null || id === POSTGRES_SECRET) continue
    const service = services.find((one) => one.id === id)
    if (service === undefined)
      throw new HeadroomError({
        code: 'SERVICE_UNKNOWN',
        fact: `There is a secret for "${id}", but no service of that id.`,
        fix: 'Send the service along with its secret.',
        field: 'secrets',
        value: id,
      })
    if (!KINDS_WITH_SECRET.has(service.kind))
      throw new HeadroomError({
        code: 'SERVICE_HAS_NO_SECRET',
        fact: `"${service.name}" is asked without a secret.`,
        fix: 'Leave the secret out.',
        field: 'secrets',
        value: id,
      })
  }
}
