import type { Autoscaler } from '../model/autoscaler.ts'
import type { Plan } from '../model/plan.ts'
import type { Stage } from '../model/stage.ts'
import type { StageService } from '../model/stage-service.ts'
import { autoscalersOf } from './autoscaled.ts'
import { lastingSettingsOf, type Settings, settingsOf, stageSettings } from './settings.ts'
import { runsTheRest, type Software, softwareOf } from './software.ts'
import { entry, field, Told } from './told.ts'

export type Node = Stage['nodes'][number]

/** How a replica is asked whether it lives or may be given work. */
export interface Check {
  path: Told<string> | null
  /** Words of a command. */
  command: Told<string> | null
  delay: Told<number> | null
  period: Told<number> | null
  timeout: Told<number> | null
  retries: Told<number> | null
}

/** A service of a stage with all that the plan says of it, and what follows for what it does not say. */
export interface Workload {
  /** Fit for the name of a container, a Deployment, a host: lower case, digits, hyphens. */
  name: string
  node: Node | null
  nodeRow: string
  serviceRow: string
  software: Software
  image: Told<string> | null
  replicas: Told<number>
  cpus: Told<number> | null
  /** Bytes. */
  memory: Told<number> | null
  cpuRequest: Told<number> | null
  memoryRequest: Told<number> | null
  port: Told<number> | null
  publish: Told<string>[]
  command: Told<string>[]
  env: Told<string>[]
  volumes: Told<string>[]
  needs: Told<string>[]
  liveness: Check
  readiness: Check
  autoscaler: Autoscaler | null
  /** What the operator does about an image that is not stated. */
  imageFix: string
  /** Of what stays as it is from stage to stage, such as a port. */
  settings: Settings
}

export const GIB = 1024 ** 3
const MIB = 1024 ** 2

/** The name of a thing where only lower-case letters, digits and hyphens may stand (RFC 1123), 63 at most. */
export function slug(name: string): string {
  const word = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 63)
    .replace(/-+$/, '')
  return word === '' ? 'service' : word
}

/** Kinds of nodes whose services are ours to run; on others they are somebody else's unless an image is stated. */
const OURS = ['server', 'cluster']

/** Every service of a stage that is run by its operator, in the order of the plan; names are unique. */
export function workloadsOf(plan: Plan, stage: Stage): Workload[] {
  const base = entry('', 'stages', stage.id)
  const found: Workload[] = []
  for (const node of stage.nodes) {
    const nodeRow = entry(base, 'nodes', node.id)
    const own = node.services
      .filter(({ name }) => !runsTheRest(name))
      .map((service) => ({ service, ...statedFor(plan, stage, nodeRow, service) }))
      .filter(({ ours }) => OURS.includes(node.kind) || ours)
    const shares = sharesOf(node, nodeRow, own)
    for (const { service, ...stated } of own)
      found.push(workloadOf(plan, stage, { node, nodeRow, service, ...stated, share: shares.get(service) ?? null }))
  }
  const taken = new Map<string, number>()
  for (const one of found) {
    const count = (taken.get(one.name) ?? 0) + 1
    taken.set(one.name, count)
  }
  const named = found.map((one) =>
    (taken.get(one.name) ?? 0) > 1 && one.node ? { ...one, name: slug(`${one.name}-${one.node.id}`) } : one,
  )
  return [...named, ...autoscaledOnly(plan, stage, named)]
}

interface Stated {
  serviceRow: string
  settings: Settings
  lasting: Settings
  /** Its image is stated for this very stage. */
  ours: boolean
  software: Software
  image: Told<string> | null
  cpus: Told<number> | null
  memory: Told<number> | null
}

function statedFor(plan: Plan, stage: Stage, nodeRow: string, service: StageService): Stated {
  const serviceRow = entry(nodeRow, 'services', service.name)
  const settings = settingsOf(plan, stage.id, slug(service.name))
  const lasting = lastingSettingsOf(plan, stage.id, slug(service.name))
  const image = imageOf(plan, stage, serviceRow, service, lasting)
  const mentioned = stageSettings(plan, stage.id, () => true)
  return {
    serviceRow,
    settings,
    lasting,
    image,
    ours: service.image !== undefined || settings.text('image') !== null,
    software: softwareOf(service.name, image?.value),
    cpus:
      own(serviceRow, 'cpus', service.cpus) ??
      settings.number('cpus') ??
      settings.sized(['limit-cpu-m', 0.001])?.map(rounded) ??
      null,
    memory:
      own(serviceRow, 'memoryGb', service.memoryGb)?.map((gb) => Math.round(gb * GIB)) ??
      settings.sized(['memory-gb', GIB], ['limit-memory-gi', GIB], ['limit-memory-mi', MIB]) ??
      settings.bytes('memory') ??
      mentioned.bytes(`${slug(service.name)}-memory`),
  }
}

/** The image that the plan names: of the service, of its component, or of the same service in the stage before. */
function imageOf(
  plan: Plan,
  stage: Stage,
  serviceRow: string,
  service: StageService,
  settings: Settings,
): Told<string> | null {
  const stated = own(serviceRow, 'image', service.image)
  if (stated) return isReference(stated.value) ? stated : null
  const component = settings.text('image')
  if (component && isReference(component.value)) return component
  const index = plan.stages.indexOf(stage)
  for (const earlier of plan.stages.slice(0, Math.max(index, 0)).reverse())
    for (const node of earlier.nodes)
      for (const one of node.services)
        if (one.name === service.name && one.image !== undefined && isReference(one.image)) {
          const nodeRow = entry(entry('', 'stages', earlier.id), 'nodes', node.id)
          return new Told(one.image, field(entry(nodeRow, 'services', one.name), 'image'), 'the same service there')
        }
  return null
}

/** Whether it can be the reference of an image: words such as "k3s v1.32" are not. */
export const isReference = (text: string): boolean =>
  /^[a-z0-9][a-z0-9._:/-]*(@sha256:[0-9a-f]{64})?$/i.test(text) && text.length <= 255

function own<T extends string | number>(base: string, name: string, value: T | undefined): Told<T> | null {
  return value === undefined ? null : new Told(value, field(base, name))
}

interface Share {
  cpus: Told<number> | null
  memory: Told<number> | null
}

/** How much of a node's room a replica of each role gets beside the others, where the plan says nothing: an assumption. */
const WEIGHTS: Record<Software['role'], number> = {
  database: 4,
  app: 2,
  queue: 2,
  cache: 1,
  monitoring: 1,
  pooler: 0.5,
  proxy: 0.5,
}
/** Left to the system. */
const USABLE = 0.9

function sharesOf(
  node: Node,
  nodeRow: string,
  services: readonly ({ service: StageService } & Stated)[],
): Map<StageService, Share> {
  const each = (service: StageService) => Math.max(service.replicas, 1)
  const shares = new Map<StageService, Share>()
  const open = services.filter(({ memory }) => memory === null)
  const taken = services.reduce((sum, { memory, service }) => sum + (memory?.value ?? 0) * each(service), 0)
  const left = node.ramGb === undefined ? 0 : Math.max(0, node.ramGb * GIB * node.count * USABLE - taken)
  const weights = open.reduce((sum, { software, service }) => sum + WEIGHTS[software.role] * each(service), 0)
  for (const { service, software, memory, cpus } of services) {
    const part = weights === 0 ? 0 : (left * WEIGHTS[software.role]) / weights
    const rows = (...names: string[]) => names.map((name) => field(nodeRow, name))
    shares.set(service, {
      memory:
        memory !== null || node.ramGb === undefined || part < 16 * MIB
          ? null
          : new Told(Math.floor(part / MIB) * MIB, rows('ramGb'), 'a share of it'),
      cpus: cpus !== null || node.vcpu === undefined ? null : new Told(node.vcpu, rows('vcpu'), 'all of it'),
    })
  }
  return shares
}

const EMPTY: Check = { path: null, command: null, delay: null, period: null, timeout: null, retries: null }

function workloadOf(
  plan: Plan,
  stage: Stage,
  given: Stated & { node: Node; nodeRow: string; service: StageService; share: Share | null },
): Workload {
  const { node, nodeRow, service, serviceRow, settings, lasting, software, share } = given
  const autoscaler = autoscalersOf(stage).find(
    ({ service: name, scaler }) => name === service.name && scaler.kind !== 'nodes',
  )
  const many = <T extends string>(name: keyof StageService, values: readonly T[] | undefined) =>
    (values ?? []).map((value) => new Told<string>(value, field(serviceRow, name)))
  const published = many('publish', service.publish)
  const port = portOf(service, serviceRow, lasting, software)
  return {
    name: slug(service.name),
    ...{ node, nodeRow, serviceRow, software, settings: lasting },
    image: given.image,
    imageFix: `state ${field(serviceRow, 'image')}`,
    replicas: new Told(service.replicas, field(serviceRow, 'replicas')),
    cpus: given.cpus ?? share?.cpus ?? null,
    memory: given.memory ?? share?.memory ?? null,
    cpuRequest:
      own(serviceRow, 'cpuRequest', service.cpuRequest) ??
      settings.sized(['request-cpu-m', 0.001])?.map(rounded) ??
      perReplica(plan, stage, autoscaler?.scaler, 'cores'),
    memoryRequest:
      own(serviceRow, 'memoryRequestGb', service.memoryRequestGb)?.map((gb) => Math.round(gb * GIB)) ??
      settings.sized(['request-memory-mi', MIB], ['request-memory-gi', GIB]) ??
      perReplica(plan, stage, autoscaler?.scaler, 'bytes'),
    port,
    publish: published.length > 0 ? published : settings.list('ports'),
    command: commandOf(service, serviceRow, settings, software),
    env: many('env', service.env),
    volumes: volumesOf(service, serviceRow, lasting, dataOf(software, given.image?.value), software),
    needs: lasting.list('needs'),
    liveness: checkOf('liveness', service, serviceRow, lasting, software),
    readiness: checkOf('readiness', service, serviceRow, lasting, software),
    autoscaler: autoscaler?.scaler ?? null,
  }
}

function portOf(
  service: StageService,
  serviceRow: string,
  settings: Settings,
  software: Software,
): Told<number> | null {
  const stated = own(serviceRow, 'port', service.port) ?? settings.number('port')
  if (stated && Number.isInteger(stated.value) && stated.value > 0 && stated.value < 65_536) return stated
  return software.port === null
    ? null
    : new Told(software.port, field(serviceRow, 'name'), `the usual port of ${software.name}`)
}

/** Official images of PostgreSQL keep their data a folder higher from 18 on. */
const dataOf = (software: Software, image: string | undefined): string | null =>
  /(^|\/)postgres:(1[89]|[2-9]\d)/.test(image ?? '') ? '/var/lib/postgresql' : software.data

function volumesOf(
  service: StageService,
  serviceRow: string,
  settings: Settings,
  data: string | null,
  software: Software,
): Told<string>[] {
  if (service.volumes !== undefined) return service.volumes.map((one) => new Told(one, field(serviceRow, 'volumes')))
  if (data === null) return []
  const volume = settings.text('volume')
  if (volume && /^[A-Za-z0-9][\w.-]*$/.test(volume.value)) return [volume.map((name) => `${name}:${data}`)]
  if (software.role !== 'database' && software.role !== 'queue') return []
  return [
    new Told(`${slug(service.name)}-data:${data}`, field(serviceRow, 'name'), `where ${software.name} keeps its data`),
  ]
}

/** Redis is told its limits as arguments. */
function commandOf(service: StageService, serviceRow: string, settings: Settings, software: Software): Told<string>[] {
  if (service.command !== undefined) return service.command.map((word) => new Told(word, field(serviceRow, 'command')))
  const most = settings.text('maxmemory')
  if (software.name !== 'Redis' || !most || bytesOfRedis(most.value) === null) return []
  const policy = settings.text('maxmemory-policy')
  const allowed = policy && /^[a-z-]+$/.test(policy.value) ? policy : null
  return [
    most.map(() => 'redis-server'),
    most.map(() => '--maxmemory'),
    most,
    ...(allowed ? [allowed.map(() => '--maxmemory-policy'), allowed] : []),
  ]
}
const bytesOfRedis = (text: string): string | null => (/^\d+[kmg]?b?$/i.test(text) ? text : null)

function checkOf(
  kind: 'liveness' | 'readiness',
  service: StageService,
  serviceRow: string,
  settings: Settings,
  software: Software,
): Check {
  const seconds = (name: string) => {
    const number = settings.number(`${kind}-${name}-s`)
    return number && number.value >= 1 ? number.map(Math.round) : null
  }
  const word =
    settings.text(kind) ?? own(serviceRow, 'health', service.health) ?? settings.text('health-check', 'health-path')
  const timed = (name: string) => {
    const text = settings.text(`health-${name}`)
    const match = text ? /^(\d+)s$/.exec(text.value) : null
    return text && match ? text.map(() => Number(match[1])) : null
  }
  const check = {
    delay: seconds('delay'),
    period: seconds('period') ?? timed('interval'),
    timeout: seconds('timeout') ?? timed('timeout'),
    retries: settings.number('health-retries')?.map(Math.round) ?? null,
  }
  if (word) return { ...check, path: isPath(word.value) ? word : null, command: isPath(word.value) ? null : word }
  if (software.health === null) return { ...EMPTY, ...check }
  const known =
    software.health.length === 3 && software.health[0] === 'sh' ? software.health[2] : software.health.join(' ')
  return {
    ...check,
    path: null,
    command: new Told(known ?? '', field(serviceRow, 'name'), `the check of ${software.name}`),
  }
}

/** A path of HTTP, without what a shell or a template would read. */
const isPath = (text: string): boolean => /^\/[A-Za-z0-9._~/%-]*$/.test(text)

/** What one replica is counted with where it is scaled: what it requests. */
function perReplica(
  plan: Plan,
  stage: Stage,
  scaler: Autoscaler | undefined,
  unit: 'cores' | 'bytes',
): Told<number> | null {
  if (scaler?.kind !== 'hpa') return null
  const metric = scaler.metrics.find(({ resource }) =>
    plan.demand.some(
      (demand) => demand.resource === resource && demand.unit === unit && !/disk|storage/.test(resource),
    ),
  )
  if (!metric) return null
  const scalerRow = entry(entry('', 'stages', stage.id), 'autoscalers', scaler.id)
  return new Told(metric.perReplica, field(entry(scalerRow, 'metrics', metric.resource), 'perReplica'))
}

/** Something that is scaled and stands on no node by name: what the plan says of it is its autoscaler. */
function autoscaledOnly(plan: Plan, stage: Stage, found: readonly Workload[]): Workload[] {
  const base = entry('', 'stages', stage.id)
  return autoscalersOf(stage).flatMap(({ scaler, service }) => {
    if (service !== null || scaler.kind === 'nodes' || found.some(({ name }) => name === scaler.id)) return []
    const serviceRow = entry(base, 'autoscalers', scaler.id)
    const settings = settingsOf(plan, stage.id, scaler.id)
    return [
      {
        name: slug(scaler.id),
        ...{ node: null, nodeRow: '', serviceRow, settings, software: softwareOf(scaler.id, undefined) },
        image: settings.text('image'),
        imageFix: `put a service "${scaler.id}" with its image on a node of the stage`,
        replicas: new Told(scaler.min, field(serviceRow, 'min')),
        cpus: settings.sized(['limit-cpu-m', 0.001])?.map(rounded) ?? null,
        memory: settings.sized(['limit-memory-gi', GIB], ['limit-memory-mi', MIB]),
        cpuRequest: perReplica(plan, stage, scaler, 'cores'),
        memoryRequest: perReplica(plan, stage, scaler, 'bytes'),
        port: settings.number('port'),
        ...{ publish: [], command: [], env: [], volumes: [], needs: [] },
        liveness: EMPTY,
        readiness: EMPTY,
        autoscaler: scaler,
      },
    ]
  })
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000
