import type { Alert, Answer } from '../model/alert.ts'
import type { Host } from '../model/host.ts'
import type { Plan } from '../model/plan.ts'
import type { Step } from '../model/reference.ts'
import { leaves } from '../planning/judge.ts'

/**
 * The playbooks of the emergency runbook by what they help with, where neither rule nor plan names one: a metric whose name
 * begins so. What cuts least comes first.
 */
const EMERGENCY: readonly (readonly [begins: RegExp, playbooks: readonly string[]])[] = [
  [/^(disk_used|inode_used|docker_images)/, ['docker-prune']],
  [/^docker_container_/, ['restart-container', 'fewer-workers']],
  [/^docker_service_/, ['swarm-scale']],
  [/^systemd_unit/, ['restart-unit']],
  [/^(postgres_|pgbouncer_)/, ['postgres-end-queries']],
  [/^(memory_|swap_|oom_|pressure_)/, ['fewer-workers', 'restart-container']],
  [/^(cpu_|load\d|http_)/, ['postgres-end-queries', 'fewer-workers', 'restart-container']],
]

type Alerted = Pick<Alert, 'metric' | 'labels' | 'hostId'> & { playbook: string | null }

/**
 * What answers an alert: the rule's own playbook, then the plan's emergency runbooks that speak of the metric, or all of them
 * where none does, and playbooks that their steps name, then those that help with such a metric. `playbooks` are names by
 * id, `server` how the probe reaches its PostgreSQL.
 */
export function answersTo(
  alert: Alerted,
  plan: Pick<Plan, 'runbooks'> | null,
  playbooks: ReadonlyMap<string, string>,
  server: Pick<Host, 'postgres'> = { postgres: null },
): Answer[] {
  const found: Answer[] = []
  const addPlaybook = (id: string | null | undefined) => {
    if (!id || !playbooks.has(id) || found.some((one) => one.kind === 'playbook' && one.id === id)) return
    found.push({ kind: 'playbook', id, name: playbooks.get(id) ?? id, values: playbookValues(id, alert, server) })
  }
  addPlaybook(alert.playbook)
  const emergency = plan?.runbooks.filter(({ kind }) => kind === 'emergency') ?? []
  const speaking = emergency.filter(
    ({ when }) => when && leaves(when).some((leaf) => 'metric' in leaf && leaf.metric === alert.metric),
  )
  for (const runbook of speaking.length > 0 ? speaking : emergency) {
    found.push({ kind: 'runbook', id: runbook.id, name: runbook.title, steps: runbook.steps.map(stepOf) })
    for (const step of runbook.steps) addPlaybook(step.playbook)
  }
  for (const [begins, ids] of EMERGENCY) if (begins.test(alert.metric)) for (const id of ids) addPlaybook(id)
  return found
}

/** What a series tells of a playbook's parameters: its server, its labels, and that server's PostgreSQL. Never a secret. */
export function playbookValues(
  id: string,
  { hostId, labels }: Pick<Alert, 'hostId' | 'labels'>,
  server: Pick<Host, 'postgres'>,
): Record<string, string> {
  const values: Record<string, string> = { host: hostId }
  if (labels.name !== undefined) values.container = labels.name
  if (labels.service !== undefined) values.service = labels.service
  if (labels.unit !== undefined) values.unit = labels.unit
  if (labels.database !== undefined) values.database = labels.database
  const { postgres } = server
  if (id !== 'postgres-end-queries' || postgres === null) return values
  const { user, database, container, socketOrHost, port } = postgres
  return { ...values, ...given({ user, database, container, server: socketOrHost, port: port?.toString() }) }
}

const given = (values: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))

/** The playbook's form with these values filled in, as a route of the app. */
export function playbookHref({ id, values }: Pick<Extract<Answer, { kind: 'playbook' }>, 'id' | 'values'>): string {
  const query = new URLSearchParams(values).toString()
  return `#/playbooks/${encodeURIComponent(id)}${query === '' ? '' : `?${query}`}`
}

const stepOf = (step: Step) => ({
  id: step.id,
  text: step.text,
  commands: step.commands,
  caution: step.caution ?? null,
})
