import * as z from 'zod'
import type { KubeObject } from './objects.ts'

const Status = z.looseObject({
  observedGeneration: z.number().default(0),
  replicas: z.number().default(0),
  updatedReplicas: z.number().default(0),
  readyReplicas: z.number().default(0),
  availableReplicas: z.number().default(0),
  currentRevision: z.string().optional(),
  updateRevision: z.string().optional(),
  desiredNumberScheduled: z.number().default(0),
  updatedNumberScheduled: z.number().default(0),
  numberAvailable: z.number().default(0),
  conditions: z
    .array(
      z.looseObject({
        type: z.string(),
        status: z.string(),
        reason: z.string().default(''),
        message: z.string().default(''),
      }),
    )
    .default([]),
})

const statusOf = (object: KubeObject) => Status.parse(object.status ?? {})
const replicasOf = (object: KubeObject): number =>
  Number((object.spec as { replicas?: number } | undefined)?.replicas ?? 1)
const seen = (object: KubeObject): boolean =>
  statusOf(object).observedGeneration >= Number(object.metadata.generation ?? 0)

/** Whether a workload runs as it is wanted, by the rules of `kubectl rollout status`. */
export function rolledOut(object: KubeObject): 'done' | 'waits' | 'failed' {
  const status = statusOf(object)
  if (!seen(object)) return 'waits'
  const wanted = replicasOf(object)
  if (object.kind === 'DaemonSet')
    return status.updatedNumberScheduled >= status.desiredNumberScheduled &&
      status.numberAvailable >= status.desiredNumberScheduled
      ? 'done'
      : 'waits'
  if (object.kind === 'StatefulSet') {
    const strategy = (object.spec as { updateStrategy?: { type?: string } } | undefined)?.updateStrategy?.type
    if (status.readyReplicas < wanted) return 'waits'
    return strategy === 'OnDelete' || status.updateRevision === status.currentRevision ? 'done' : 'waits'
  }
  const progressing = status.conditions.find(({ type }) => type === 'Progressing')
  if (progressing?.reason === 'ProgressDeadlineExceeded') return 'failed'
  return status.updatedReplicas >= wanted &&
    status.replicas <= status.updatedReplicas &&
    status.availableReplicas >= status.updatedReplicas
    ? 'done'
    : 'waits'
}

/** "Deployment web 1/3 updated, 2 available". */
export function describeRollout(object: KubeObject): string {
  const status = statusOf(object)
  const name = `${object.kind} ${object.metadata.name}`
  if (!seen(object)) return `${name}: the change is not taken up yet`
  if (object.kind === 'DaemonSet')
    return `${name} ${status.updatedNumberScheduled}/${status.desiredNumberScheduled} updated, ${status.numberAvailable} available`
  if (object.kind === 'StatefulSet') return `${name} ${status.readyReplicas}/${replicasOf(object)} ready`
  return `${name} ${status.updatedReplicas}/${replicasOf(object)} updated, ${status.availableReplicas} available`
}

const PodSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  status: z.looseObject({
    phase: z.string().default(''),
    conditions: z
      .array(z.looseObject({ type: z.string(), status: z.string(), message: z.string().default('') }))
      .default([]),
    containerStatuses: z
      .array(
        z.looseObject({
          name: z.string(),
          ready: z.boolean().default(false),
          restartCount: z.number().default(0),
          state: z
            .looseObject({
              waiting: z.looseObject({ reason: z.string().default(''), message: z.string().default('') }).optional(),
            })
            .default({}),
          lastState: z
            .looseObject({
              terminated: z.looseObject({ reason: z.string().default(''), exitCode: z.number().default(0) }).optional(),
            })
            .default({}),
        }),
      )
      .default([]),
  }),
})

/** Why pods do not run, of `kubectl get pods -o json`: a sentence each. */
export function failedPods(json: string): string[] {
  const found = z.object({ items: z.array(PodSchema) }).safeParse(json.trim().startsWith('{') ? JSON.parse(json) : null)
  if (!found.success) return []
  return found.data.items.flatMap(({ metadata, status }) => {
    const unscheduled = status.conditions.find(({ type, status: now }) => type === 'PodScheduled' && now === 'False')
    if (unscheduled) return [`${metadata.name} has no node: ${unscheduled.message}`]
    return status.containerStatuses.flatMap((one) => {
      const { waiting } = one.state
      const { terminated } = one.lastState
      if (waiting && waiting.reason !== 'ContainerCreating' && waiting.reason !== 'PodInitializing')
        return [
          `${metadata.name}, container ${one.name}: ${[waiting.reason, waiting.message].filter((text) => text !== '').join(', ')}${terminated ? ` (ended before: ${terminated.reason}, exit code ${terminated.exitCode})` : ''}`,
        ]
      return one.ready
        ? []
        : [
            `${metadata.name}, container ${one.name}: not ready${one.restartCount > 0 ? `, ${one.restartCount} restarts` : ''}`,
          ]
    })
  })
}
