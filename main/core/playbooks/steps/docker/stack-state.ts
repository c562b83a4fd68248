import * as z from 'zod'
import { convergence, type Task } from './tasks.ts'

/**
 * Shell text that prints "service JSON" for each service of a stack, and "task JSON" for each of its tasks; "unanswered" and
 * why where the swarm does not say which there are, such as without a leader.
 */
export const stackScript = (stack: string): string => `filter=label=com.docker.stack.namespace=${stack}
services=$(docker service ls -q --filter "$filter" 2>&1) || { printf 'unanswered %s\\n' "$(printf %s "$services" | tail -n 1)"; exit 0; }
for service in $services; do
docker service inspect --format 'service {"name":{{json .Spec.Name}},"version":{{.Version.Index}},"mode":{{json .Spec.Mode}},"update":{{json .UpdateStatus}},"previous":{{if .PreviousSpec}}true{{else}}false{{end}}}' "$service" 2>/dev/null
docker service ps --no-trunc --format 'task {{json .}}' "$service" 2>/dev/null
done; :`

const ServiceSchema = z.object({
  name: z.string(),
  version: z.number(),
  mode: z.looseObject({
    Replicated: z.looseObject({ Replicas: z.number().default(0) }).optional(),
    ReplicatedJob: z.looseObject({ TotalCompletions: z.number().optional() }).optional(),
    GlobalJob: z.looseObject({}).optional(),
  }),
  update: z.looseObject({ State: z.string().optional(), Message: z.string().optional() }).nullable(),
  previous: z.boolean(),
})
export type StackService = z.infer<typeof ServiceSchema>

export const readServices = (lines: readonly string[]): StackService[] =>
  lines.map((line) => ServiceSchema.parse(JSON.parse(line))).sort((a, b) => (a.name < b.name ? -1 : 1))

export interface Progress {
  name: string
  text: string
  done: boolean
  /** It will not get there by itself, and why. */
  failed: string | null
  tasks: Task[]
}

/** New tasks that failed before a service is given up; Swarm itself would go on trying. */
const FAILURES_TO_GIVE_UP = 3

/** How far each service is. `known` are the tasks there were before; `stable`: running tasks are still new ones. */
export function progressOf(
  services: readonly StackService[],
  tasks: readonly Task[],
  known: ReadonlySet<string>,
): Progress[] {
  return services.map((service) => {
    const own = tasks.filter(({ Name }) => Name.startsWith(`${service.name}.`))
    const now = convergence(own, known)
    const job = service.mode.ReplicatedJob !== undefined || service.mode.GlobalJob !== undefined
    const wanted = service.mode.Replicated?.Replicas ?? now.wantedToRun
    const complete = own.filter(({ CurrentState }) => CurrentState.startsWith('Complete')).length
    const updating = service.update?.State === 'updating' || service.update?.State === 'rollback_started'
    const broken = service.update?.State === 'paused' || service.update?.State === 'rollback_paused'
    const rolledBack = service.update?.State === 'rollback_completed'
    const done = job
      ? complete >= (service.mode.ReplicatedJob?.TotalCompletions ?? 1)
      : !updating && now.running === wanted && now.wantedToRun === wanted && now.leaving === 0
    const told = [...now.failed, ...now.pending][0]
    const why = told
      ? ` ${told.Name} on ${told.Node || 'no node'}: ${told.CurrentState}${told.Error ? `, ${told.Error}` : ''}`
      : ''
    return {
      name: service.name,
      text: job
        ? `${service.name} ${complete} complete`
        : `${service.name} ${now.running}/${wanted}${updating ? ' updating' : ''}`,
      done: done && !broken && !rolledBack,
      failed: broken
        ? `its update was paused: ${service.update?.Message ?? ''}.${why}`
        : rolledBack
          ? `Swarm took it back by itself: ${service.update?.Message ?? ''}.${why}`
          : !done && now.failed.length >= FAILURES_TO_GIVE_UP
            ? `${now.failed.length} new tasks failed.${why}`
            : null,
      tasks: told ? [told] : [],
    }
  })
}
