import * as z from 'zod'
import { quoteWord } from '../../../../../shared/format/shell.ts'
import type { ConfigService } from './compose-program.ts'

/**
 * Shell text that prints "container JSON" for each container of a project. The id comes from the shell: asked for `.Id`
 * docker inspect falls back to plain maps, in which a container without health check has no entry for it.
 */
export const containersScript = (
  project: string,
): string => `for id in $(docker ps --all --quiet --no-trunc --filter ${quoteWord(`label=com.docker.compose.project=${project}`)}); do
docker inspect --format 'container {"id":"'"$id"'","name":{{json .Name}},"service":{{json (index .Config.Labels "com.docker.compose.service")}},"oneoff":{{json (index .Config.Labels "com.docker.compose.oneoff")}},"image":{{json .Image}},"ref":{{json .Config.Image}},"status":{{json .State.Status}},"exit":{{.State.ExitCode}},"error":{{json .State.Error}},"started":{{json .State.StartedAt}},"health":{{if .State.Health}}{{json .State.Health.Status}}{{else}}""{{end}},"restarts":{{.RestartCount}},"policy":{{json .HostConfig.RestartPolicy.Name}}}' "$id" 2>/dev/null
done; :`

const ContainerSchema = z.object({
  id: z.string(),
  name: z.string(),
  service: z.string(),
  oneoff: z.string(),
  image: z.string(),
  ref: z.string(),
  status: z.string(),
  exit: z.number(),
  error: z.string(),
  started: z.string(),
  health: z.string(),
  restarts: z.number(),
  policy: z.string(),
})
export type Container = z.infer<typeof ContainerSchema>

export const readContainers = (lines: readonly string[]): Container[] =>
  lines.map((line) => ContainerSchema.parse(JSON.parse(line))).filter(({ oneoff }) => oneoff.toLowerCase() !== 'true')

export interface ServiceHealth {
  name: string
  state: 'ok' | 'wait' | 'failed'
  text: string
}

/** How often a container may begin again before its service is given up. */
const RESTARTS_TO_GIVE_UP = 2

/**
 * How each service is. A container with a health check has to be healthy; one without has to run for `settleMs` without
 * beginning anew; one that ended with 0 and is not to be restarted has done its work.
 * @param runningSince when a start of a container ("id started") was first seen running, epoch ms; filled in here
 */
export function healthOf(
  services: readonly ConfigService[],
  containers: readonly Container[],
  runningSince: Map<string, number>,
  now: number,
  settleMs: number,
): ServiceHealth[] {
  return services.map(({ name, replicas }) => {
    const own = containers.filter((one) => one.service === name)
    const judged = own.map((one) => ofContainer(one, runningSince, now, settleMs))
    const failed = judged.find(({ state }) => state === 'failed')
    if (failed) return { name, ...failed }
    const waits = judged.find(({ state }) => state === 'wait')
    if (waits) return { name, ...waits }
    const wanted = replicas ?? 1
    if (own.length < wanted) return { name, state: 'wait', text: `${own.length} of ${wanted} containers` }
    return {
      name,
      state: 'ok',
      text: [...new Set(judged.map(({ text }) => text))].join(', ') || 'no containers wanted',
    }
  })
}

function ofContainer(
  one: Container,
  runningSince: Map<string, number>,
  now: number,
  settleMs: number,
): Omit<ServiceHealth, 'name'> {
  const { status, health, exit, restarts, policy, error } = one
  const why = error === '' ? '' : `: ${error}`
  if (restarts >= RESTARTS_TO_GIVE_UP)
    return { state: 'failed', text: `began anew ${restarts} times, last exit code ${exit}${why}` }
  if (status === 'exited' || status === 'dead') {
    if (exit === 0 && policy !== 'always' && policy !== 'unless-stopped') return { state: 'ok', text: 'ended with 0' }
    return { state: 'failed', text: `ended with exit code ${exit}${why}` }
  }
  if (status === 'created') return { state: error === '' ? 'wait' : 'failed', text: `not started${why}` }
  if (status !== 'running') return { state: 'wait', text: status }
  if (health === 'unhealthy') return { state: 'failed', text: 'unhealthy' }
  if (health === 'starting') return { state: 'wait', text: 'health check not passed yet' }
  if (health === 'healthy') return { state: 'ok', text: 'healthy' }
  const key = `${one.id} ${one.started}`
  const since = runningSince.get(key) ?? now
  runningSince.set(key, since)
  return now - since >= settleMs ? { state: 'ok', text: 'running' } : { state: 'wait', text: 'running, being watched' }
}
