import { headOf, type Making, type Outcome, unknownHost } from './made.ts'
import { settingsOf } from './settings.ts'
import { entry, field, Told } from './told.ts'
import { type Check, slug, type Workload } from './workload.ts'
import { sourcesIn, type YamlEntries, type YamlValue, yamlFile } from './yaml-file.ts'

const MIB = 1024 ** 2

/** What a cluster runs of a stage: databases and caches on nodes of their own stay outside. */
export const inCluster = ({ workloads, stage }: Making): Workload[] => {
  const cluster = workloads.filter(({ node }) => node === null || node.kind === 'cluster' || node.kind === 'server')
  const orchestrated = stage.orchestration === 'k3s' || stage.orchestration === 'kubernetes'
  // What a cluster brings along, such as k3s its Traefik, is not deployed a second time.
  return orchestrated ? cluster.filter(({ software, image }) => software.role !== 'proxy' || image !== null) : cluster
}

/** A Deployment (or a StatefulSet for what keeps data), a Service and a budget for each service. */
export function kubernetesManifests(making: Making): Outcome {
  const own = inCluster(making)
  if (own.length === 0) return { left: 'No node of the stage runs services.' }
  const documents = own.flatMap((one) => [workload(making, one), ...service(one), ...budget(one)])
  return [
    {
      id: 'kubernetes',
      kind: 'kubernetes',
      path: 'kubernetes/workloads.yaml',
      language: 'yaml',
      text: yamlFile(headOf(making, 'Kubernetes workloads'), documents),
      sources: documents.flatMap(sourcesIn),
      open: own.flatMap((one) => [...(one.image ? [] : [`The image of ${one.name}: ${one.imageFix}.`])]),
      notes: own.flatMap((one) =>
        secretsOf(one).length > 0
          ? [
              `${one.name} reads the secret ${one.name}-env: kubectl create secret generic ${one.name}-env --from-env-file=.env`,
            ]
          : [],
      ),
    },
  ]
}

const labels = (name: string): YamlEntries => ({ 'app.kubernetes.io/name': name })
const secretsOf = (one: Workload): string[] => [
  ...new Set([...one.software.needs, ...one.env.map(({ value }) => value)]),
]

function workload({ plan }: Making, one: Workload): YamlEntries {
  const mounts = one.volumes.flatMap((told, index) => {
    const [name, path] = told.value.split(':')
    return name && path?.startsWith('/') && /^[A-Za-z0-9]/.test(name)
      ? [{ name: slug(name) || `data-${index}`, told, path }]
      : []
  })
  const stateful = mounts.length > 0
  const container: YamlEntries = {
    name: one.name,
    image:
      one.image ??
      new Told(`registry.${unknownHost('unset')}/${one.name}:unset`, field(one.serviceRow, 'image'), 'not in the plan'),
    args: one.command.length > 0 ? one.command.map((word) => word.map(escaped)) : undefined,
    ports: one.port ? [{ name: 'main', containerPort: one.port }] : undefined,
    env:
      secretsOf(one).length > 0
        ? secretsOf(one).map((name) => ({
            name,
            valueFrom: { secretKeyRef: { name: `${one.name}-env`, key: name } },
          }))
        : undefined,
    resources: resources(one),
    livenessProbe: probe(one, one.liveness),
    readinessProbe: probe(one, one.readiness.path || one.readiness.command ? one.readiness : one.liveness),
    volumeMounts: stateful
      ? mounts.map(({ name, told, path }) => ({ name, mountPath: told.map(() => path) }))
      : undefined,
    securityContext: { allowPrivilegeEscalation: false },
  }
  const spec: YamlEntries = {
    // With an autoscaler the number is its to set: a stated one would be put back at each apply.
    replicas: one.autoscaler ? undefined : one.replicas,
    serviceName: stateful ? one.name : undefined,
    selector: { matchLabels: labels(one.name) },
    strategy: stateful ? undefined : { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    template: {
      metadata: { labels: { ...labels(one.name), 'app.kubernetes.io/part-of': slug(plan.id) } },
      spec: {
        topologySpreadConstraints: stateful
          ? undefined
          : [
              {
                maxSkew: 1,
                topologyKey: 'kubernetes.io/hostname',
                whenUnsatisfiable: 'ScheduleAnyway',
                labelSelector: { matchLabels: labels(one.name) },
              },
            ],
        containers: [container],
      },
    },
    volumeClaimTemplates: stateful
      ? mounts.map(({ name }) => ({
          metadata: { name },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: claimOf(one) } } },
        }))
      : undefined,
  }
  return {
    apiVersion: 'apps/v1',
    kind: stateful ? 'StatefulSet' : 'Deployment',
    metadata: { name: one.name, labels: { ...labels(one.name), 'app.kubernetes.io/part-of': slug(plan.id) } },
    spec,
  }
}

/** Half of the disk of its node, where that is stated. */
function claimOf(one: Workload): YamlValue {
  const disk = one.node?.diskGb
  return disk === undefined
    ? '10Gi'
    : new Told(`${Math.max(1, Math.floor(disk / 2))}Gi`, field(one.nodeRow, 'diskGb'), 'half of it')
}

function resources(one: Workload): YamlEntries | undefined {
  const cpu = (told: Told<number>) =>
    told.map((cores) => (Number.isInteger(cores) ? String(cores) : `${Math.round(cores * 1000)}m`))
  const memory = (told: Told<number>) => told.map((bytes) => `${Math.max(1, Math.floor(bytes / MIB))}Mi`)
  const part = (cores: Told<number> | null, bytes: Told<number> | null) =>
    cores || bytes ? { cpu: cores ? cpu(cores) : undefined, memory: bytes ? memory(bytes) : undefined } : undefined
  // A share of a node is for machines; in a cluster a limit is only what was stated.
  const stated = (told: Told<number> | null) => (told && told.how === '' ? told : null)
  const requests = part(one.cpuRequest, one.memoryRequest)
  const limits = part(stated(one.cpus), stated(one.memory))
  return requests || limits ? { requests, limits } : undefined
}

/** `$(NAME)` is Kubernetes' own sign for its variables in commands. */
const escaped = (text: string): string => text.replaceAll('$(', '$$$$(')

function probe(one: Workload, check: Check): YamlEntries | undefined {
  const handler =
    check.path && one.port
      ? { httpGet: { path: check.path, port: 'main' } }
      : check.command
        ? { exec: { command: ['sh', '-c', check.command.map(escaped)] } }
        : null
  if (!handler) return undefined
  return {
    ...handler,
    initialDelaySeconds: check.delay ?? undefined,
    periodSeconds: check.period ?? undefined,
    timeoutSeconds: check.timeout ?? undefined,
    failureThreshold: check.retries ?? undefined,
  }
}

function service(one: Workload): YamlEntries[] {
  if (!one.port) return []
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: one.name, labels: labels(one.name) },
      spec: {
        selector: labels(one.name),
        ports: [{ name: 'main', port: one.port, targetPort: 'main' }],
      },
    },
  ]
}

/** One may be away at a time, where there is more than one. */
function budget(one: Workload): YamlEntries[] {
  if (Math.max(one.replicas.value, one.autoscaler?.min ?? 0) < 2) return []
  return [
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: one.name, labels: labels(one.name) },
      spec: { maxUnavailable: 1, selector: { matchLabels: labels(one.name) } },
    },
  ]
}

/** The way in: applications with a port, each under a host name of its own. */
export function ingress(making: Making): Outcome {
  const { plan, stage } = making
  const own = inCluster(making).filter(({ software, port }) => software.role === 'app' && port !== null)
  if (own.length === 0) return { left: 'No application of the stage states a port.' }
  const settings = settingsOf(plan, stage.id, 'ingress')
  const domain = settings.text('host', 'domain')
  const className = settings.text('class')
  const rules = own.map((one): YamlEntries => {
    const stated = one.settings.text('host', 'domain')
    return {
      host: stated ?? (domain ? domain.map((name) => `${one.name}.${name}`) : unknownHost(one.name)),
      http: {
        paths: [
          { path: '/', pathType: 'Prefix', backend: { service: { name: one.name, port: { number: one.port ?? 80 } } } },
        ],
      },
    }
  })
  const open = own.flatMap((one) =>
    domain || one.settings.text('host', 'domain')
      ? []
      : [`The host name of ${one.name}: a component "${one.name}" or "ingress" with the setting host says it.`],
  )
  const value: YamlEntries = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: slug(plan.id) },
    spec: {
      ingressClassName:
        className ??
        new Told(
          stage.orchestration === 'k3s' ? 'traefik' : 'nginx',
          field(entry('', 'stages', stage.id), 'orchestration'),
          'its usual class',
        ),
      rules,
    },
  }
  return [
    {
      id: 'ingress',
      kind: 'ingress',
      path: 'kubernetes/ingress.yaml',
      language: 'yaml',
      text: yamlFile(headOf(making, 'Ingress'), [value]),
      sources: sourcesIn(value),
      open,
      notes: ['TLS is added by cert-manager or by the load balancer in front; no certificate is in the plan.'],
    },
  ]
}
