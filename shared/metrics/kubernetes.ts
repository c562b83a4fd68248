import * as z from 'zod'
import { type DerivedSample, sample, share } from './sample.ts'

const Quantity = z.union([z.string(), z.number()])
const Resources = z.object({ cpu: Quantity.optional(), memory: Quantity.optional(), pods: Quantity.optional() })
const NodeListSchema = z.object({
  items: z.array(
    z.object({
      spec: z.object({ unschedulable: z.boolean().optional() }).optional(),
      status: z.object({
        allocatable: Resources.optional(),
        conditions: z.array(z.object({ type: z.string(), status: z.string() })).optional(),
      }),
    }),
  ),
})
const Container = z.object({
  resources: z.object({ requests: Resources.optional() }).optional(),
  restartPolicy: z.string().optional(),
})
const PodListSchema = z.object({
  metadata: z.object({ continue: z.string().optional() }).optional(),
  items: z.array(
    z.object({
      spec: z.object({
        nodeName: z.string().optional(),
        containers: z.array(Container),
        initContainers: z.array(Container).optional(),
        overhead: Resources.optional(),
      }),
      status: z.object({
        phase: z.string().optional(),
        containerStatuses: z
          .array(
            z.object({
              restartCount: z.number().optional(),
              state: z.object({ waiting: z.object({ reason: z.string().optional() }).optional() }).optional(),
            }),
          )
          .optional(),
      }),
    }),
  ),
})

const PHASES = ['Running', 'Pending', 'Succeeded', 'Failed', 'Unknown']
/** Why a container waits that will not start by waiting. */
const STUCK = new Set([
  'CrashLoopBackOff',
  'ImagePullBackOff',
  'ErrImagePull',
  'InvalidImageName',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
])

/**
 * Metrics of a cluster from the API's lists of nodes and of pods (JSON). Throws where they are no such lists. Requests are
 * of pods that hold a place on a node, against what the nodes that take pods can give, as the scheduler counts both.
 */
export function kubernetesSamples(nodesText: string, podsText: string): DerivedSample[] {
  const nodes = NodeListSchema.parse(JSON.parse(nodesText)).items
  const pods = PodListSchema.parse(JSON.parse(podsText)).items
  const isReady = (node: (typeof nodes)[number]) =>
    node.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
  const ready = nodes.filter(isReady)
  const closed = ready.filter((node) => node.spec?.unschedulable === true)
  const phase = (name: string) => pods.filter(({ status }) => (status.phase ?? 'Unknown') === name)
  const placed = pods.filter(
    ({ spec, status }) => spec.nodeName !== undefined && status.phase !== 'Succeeded' && status.phase !== 'Failed',
  )
  const given = (kind: 'cpu' | 'memory' | 'pods') =>
    sum(ready.filter((node) => !closed.includes(node)).map(({ status }) => quantity(status.allocatable?.[kind])))
  const requested = (kind: 'cpu' | 'memory') => sum(placed.map(({ spec }) => requestOf(spec, kind)))
  const statuses = pods.map(({ status }) => status.containerStatuses ?? [])
  return [
    ...sample('kubernetes_nodes', ready.length - closed.length, { state: 'ready' }),
    ...sample('kubernetes_nodes', closed.length, { state: 'ready, takes no pods' }),
    ...sample('kubernetes_nodes', nodes.length - ready.length, { state: 'not ready' }),
    ...PHASES.flatMap((name) => sample('kubernetes_pods', phase(name).length, { phase: name })),
    ...sample('kubernetes_pods_pending', phase('Pending').length),
    ...sample(
      'kubernetes_pods_failing',
      statuses.filter((all) => all.some(({ state }) => STUCK.has(state?.waiting?.reason ?? ''))).length,
    ),
    ...sample('kubernetes_restarts', sum(statuses.flat().map(({ restartCount }) => restartCount ?? 0))),
    ...sample('kubernetes_cpu_requested_ratio', share(requested('cpu'), given('cpu'))),
    ...sample('kubernetes_memory_requested_ratio', share(requested('memory'), given('memory'))),
    ...sample('kubernetes_pods_used_ratio', share(placed.length, given('pods'))),
  ]
}

type PodSpec = z.infer<typeof PodListSchema>['items'][number]['spec']

/** The greater of what runs together and of what runs before it; a sidecar (an init container that stays) runs with both. */
function requestOf(spec: PodSpec, kind: 'cpu' | 'memory'): number {
  const of = (container: z.infer<typeof Container>) => quantity(container.resources?.requests?.[kind])
  let sidecars = 0
  let before = 0
  for (const container of spec.initContainers ?? []) {
    if (container.restartPolicy === 'Always') sidecars += of(container)
    else before = Math.max(before, sidecars + of(container))
  }
  return Math.max(before, sidecars + sum(spec.containers.map(of))) + quantity(spec.overhead?.[kind])
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

const SUFFIX: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/** A Kubernetes quantity ("250m", "1.5Gi", "1e3") as a number; 0 where there is none. Throws on what is no quantity. */
export function quantity(text: string | number | undefined): number {
  if (text === undefined) return 0
  const match = /^([+-]?\d+(?:\.\d*)?|[+-]?\.\d+)(?:[eE]([+-]?\d+)|([numkMGTPE]i?|[KMGTPE]i))?$/.exec(String(text))
  const scale = match?.[3] === undefined ? 1 : SUFFIX[match[3]]
  if (match === null || scale === undefined) throw new RangeError(`"${text}" is no quantity of Kubernetes`)
  return Number(match[2] === undefined ? match[1] : `${match[1]}e${match[2]}`) * scale
}
