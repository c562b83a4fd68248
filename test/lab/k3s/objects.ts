/** What the API of the stand-in knows of kinds, and how it merges and simulates objects. */
export interface Kind {
  group: string
  version: string
  plural: string
  kind: string
  namespaced: boolean
  short?: string
}

export const KINDS: Kind[] = [
  { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', namespaced: false, short: 'ns' },
  { group: '', version: 'v1', plural: 'nodes', kind: 'Node', namespaced: false, short: 'no' },
  { group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespaced: true, short: 'po' },
  { group: '', version: 'v1', plural: 'services', kind: 'Service', namespaced: true, short: 'svc' },
  { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', namespaced: true, short: 'cm' },
  { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', namespaced: true },
  { group: '', version: 'v1', plural: 'events', kind: 'Event', namespaced: true },
  { group: 'apps', version: 'v1', plural: 'deployments', kind: 'Deployment', namespaced: true, short: 'deploy' },
  { group: 'apps', version: 'v1', plural: 'replicasets', kind: 'ReplicaSet', namespaced: true, short: 'rs' },
  { group: 'apps', version: 'v1', plural: 'statefulsets', kind: 'StatefulSet', namespaced: true, short: 'sts' },
  { group: 'apps', version: 'v1', plural: 'daemonsets', kind: 'DaemonSet', namespaced: true, short: 'ds' },
  {
    group: 'autoscaling',
    version: 'v2',
    plural: 'horizontalpodautoscalers',
    kind: 'HorizontalPodAutoscaler',
    namespaced: true,
    short: 'hpa',
  },
  { group: 'networking.k8s.io', version: 'v1', plural: 'ingresses', kind: 'Ingress', namespaced: true, short: 'ing' },
  {
    group: 'policy',
    version: 'v1',
    plural: 'poddisruptionbudgets',
    kind: 'PodDisruptionBudget',
    namespaced: true,
    short: 'pdb',
  },
  { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', kind: 'Lease', namespaced: true },
  {
    group: 'apiextensions.k8s.io',
    version: 'v1',
    plural: 'customresourcedefinitions',
    kind: 'CustomResourceDefinition',
    namespaced: false,
    short: 'crd',
  },
]

export interface Stored {
  apiVersion: string
  kind: string
  metadata: {
    name: string
    namespace?: string
    uid: string
    resourceVersion: string
    generation: number
    creationTimestamp: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
    deletionTimestamp?: string
    managedFields?: unknown
  }
  spec?: Record<string, unknown>
  status?: Record<string, unknown>
  data?: Record<string, string>
  [key: string]: unknown
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The paths of all leaves; lists of things with names are gone into by their names, as server-side apply does. */
export function leaves(value: unknown, path = ''): Map<string, unknown> {
  const found = new Map<string, unknown>()
  if (isRecord(value)) {
    for (const [key, one] of Object.entries(value))
      for (const [at, leaf] of leaves(one, `${path}.${key}`)) found.set(at, leaf)
    return found
  }
  if (Array.isArray(value) && value.length > 0 && value.every((one) => isRecord(one) && typeof one.name === 'string')) {
    for (const one of value)
      for (const [at, leaf] of leaves(one, `${path}[name="${(one as { name: string }).name}"]`)) found.set(at, leaf)
    return found
  }
  found.set(path, value)
  return found
}

/** `patch` laid over `base`; lists of named things are merged by name, other lists are taken whole. */
export function laidOver(base: unknown, patch: unknown): unknown {
  if (isRecord(base) && isRecord(patch)) {
    const merged: Record<string, unknown> = { ...base }
    for (const [key, value] of Object.entries(patch)) {
      if (value === null) delete merged[key]
      else merged[key] = laidOver(base[key], value)
    }
    return merged
  }
  const named = (value: unknown): value is { name: string }[] =>
    Array.isArray(value) && value.length > 0 && value.every((one) => isRecord(one) && typeof one.name === 'string')
  if (named(base) && named(patch)) {
    const rest = base.filter(({ name }) => !patch.some((one) => one.name === name))
    return [
      ...patch.map((one) =>
        laidOver(
          base.find(({ name }) => name === one.name),
          one,
        ),
      ),
      ...rest,
    ]
  }
  return structuredClone(patch)
}

/** The object without the leaf at a path of `leaves`. */
export function without(value: unknown, path: string): void {
  const parts = [...path.matchAll(/\.([^.[]+)|\[name="([^"]+)"\]/g)]
  let at: unknown = value
  for (const [index, [, key, name]] of parts.entries()) {
    const last = index === parts.length - 1
    if (name !== undefined && Array.isArray(at)) at = at.find((one) => (one as { name?: string }).name === name)
    else if (key !== undefined && isRecord(at)) {
      if (last) delete at[key]
      else at = at[key]
    } else return
  }
}

const SPEC_FIELDS: Record<string, string[]> = {
  Deployment: [
    'replicas',
    'selector',
    'template',
    'strategy',
    'minReadySeconds',
    'revisionHistoryLimit',
    'paused',
    'progressDeadlineSeconds',
  ],
}

/** What the API says against an object; null where it takes it. */
export function complaint(object: Stored): { code: number; reason: string; message: string } | null {
  const fields = SPEC_FIELDS[object.kind]
  const unknown = fields && Object.keys(object.spec ?? {}).find((field) => !fields.includes(field))
  if (unknown !== undefined)
    return {
      code: 400,
      reason: 'BadRequest',
      message: `failed to create typed patch object (${object.metadata.namespace}/${object.metadata.name}; ${object.apiVersion}, Kind=${object.kind}): .spec.${unknown}: field not declared in schema`,
    }
  if (object.kind === 'Deployment' && object.spec?.selector === undefined)
    return {
      code: 422,
      reason: 'Invalid',
      message: `Deployment.apps "${object.metadata.name}" is invalid: spec.selector: Required value`,
    }
  return null
}

/** What the API fills in by itself. */
export function filledIn(object: Stored): void {
  if (object.kind === 'Deployment') {
    object.spec = {
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      ...object.spec,
    }
  }
  if (object.kind === 'Service')
    object.spec = {
      type: 'ClusterIP',
      clusterIP: '10.43.0.10',
      clusterIPs: ['10.43.0.10'],
      sessionAffinity: 'None',
      ...object.spec,
    }
  if (object.kind === 'Secret' && isRecord(object.stringData)) {
    const data = Object.fromEntries(
      Object.entries(object.stringData as Record<string, string>).map(([name, value]) => [
        name,
        Buffer.from(value).toString('base64'),
      ]),
    )
    object.data = { ...object.data, ...data }
    delete object.stringData
  }
}

const imagesOf = (object: Stored): string[] =>
  ((object.spec?.template as { spec?: { containers?: { image?: string }[] } } | undefined)?.spec?.containers ?? []).map(
    ({ image }) => image ?? '',
  )

/** What controllers would have made of a workload that was changed `forMs` ago: an image of the name "broken" never comes up. */
export function simulated(object: Stored, forMs: number): void {
  if (object.kind !== 'Deployment') return
  const replicas = Number(object.spec?.replicas ?? 1)
  const broken = imagesOf(object).some((image) => image.includes('broken'))
  const there = forMs > 300
  const deadline = Number(object.spec?.progressDeadlineSeconds ?? 600) * 1000
  object.status = {
    observedGeneration: there ? object.metadata.generation : object.metadata.generation - 1,
    replicas: broken && there ? replicas + 1 : replicas,
    updatedReplicas: there ? (broken ? 1 : replicas) : 0,
    readyReplicas: replicas,
    availableReplicas: replicas,
    conditions: [
      { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: '' },
      broken && forMs > deadline
        ? {
            type: 'Progressing',
            status: 'False',
            reason: 'ProgressDeadlineExceeded',
            message: `ReplicaSet "${object.metadata.name}-7d9c" has timed out progressing.`,
          }
        : { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message: '' },
    ],
  }
}

/** The pods of a workload. */
export function podsOf(object: Stored): Stored[] {
  if (object.kind !== 'Deployment') return []
  const template = object.spec?.template as { metadata?: { labels?: Record<string, string> } } | undefined
  const broken = imagesOf(object).find((image) => image.includes('broken'))
  return Array.from({ length: broken ? 1 : Number(object.spec?.replicas ?? 1) }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...object.metadata,
      name: `${object.metadata.name}-7d9c-${index}`,
      labels: template?.metadata?.labels ?? {},
    },
    spec: { nodeName: '', containers: [{ name: 'app', image: imagesOf(object)[0] ?? '' }] },
    status: {
      phase: broken ? 'Pending' : 'Running',
      conditions: [{ type: 'PodScheduled', status: 'True' }],
      containerStatuses: [
        {
          name: 'app',
          ready: !broken,
          restartCount: 0,
          image: imagesOf(object)[0] ?? '',
          imageID: '',
          state: broken
            ? { waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image "${broken}"` } }
            : { running: { startedAt: object.metadata.creationTimestamp } },
          lastState: {},
        },
      ],
    },
  }))
}
