import { quoteWord } from '../format/shell.ts'
import { headOf, type Made, type Making, type Outcome } from './made.ts'
import { entry, field, Told } from './told.ts'
import { type Node, slug, type Workload } from './workload.ts'
import { sourcesIn, type YamlEntries, type YamlValue, yamlFile } from './yaml-file.ts'

const MIB = 1024 ** 2

/** One Compose file for each machine that runs services. */
export function composeFiles(making: Making): Outcome {
  const made: Made[] = []
  for (const node of making.stage.nodes) {
    const own = making.workloads.filter((one) => one.node === node)
    if (own.length === 0) continue
    const value = composeOf(own)
    made.push({
      id: `compose-${node.id}`,
      kind: 'compose',
      subject: node.id,
      path: `${node.id}/compose.yaml`,
      language: 'yaml',
      text: yamlFile([...headOf(making, `Compose file for the node "${node.name}"`), ...countRemark(node)], [value]),
      sources: sourcesIn(value),
      open: openOf(own),
      notes: notesOf(own),
    })
  }
  return made.length > 0 ? made : { left: 'No node of the stage runs services.' }
}

const countRemark = (node: Node): string[] =>
  node.count > 1 ? [`The node stands for ${node.count} machines; the replicas are those of all of them together.`] : []

/** The stack file of a swarm: every service, on the nodes of its own. */
export function swarmStack(making: Making): Outcome {
  const { stage, workloads } = making
  const own = workloads.filter(({ node }) => node !== null)
  if (own.length === 0) return { left: 'No node of the stage runs services.' }
  const several = new Set(own.map(({ node }) => node)).size > 1
  const value: YamlEntries = {
    version: '3.8',
    services: Object.fromEntries(own.map((one) => [one.name, stackService(one, several)])),
    ...volumesOf(own),
    networks: { default: { driver: 'overlay' } },
  }
  return [
    {
      id: 'swarm-stack',
      kind: 'swarm-stack',
      path: 'stack.yaml',
      language: 'yaml',
      text: yamlFile(headOf(making, 'Swarm stack'), [value]),
      sources: sourcesIn(value),
      open: openOf(own),
      notes: [
        ...notesOf(own),
        ...(several
          ? [
              `Services are bound to nodes by the label headroom.node: docker node update --label-add headroom.node=${stage.nodes[0]?.id ?? 'id'} NAME.`,
            ]
          : []),
      ],
    },
  ]
}

function composeOf(own: readonly Workload[]): YamlEntries {
  return {
    services: Object.fromEntries(
      own.map((one) => [
        one.name,
        {
          ...commonOf(one),
          restart: 'unless-stopped',
          depends_on: dependenciesOf(one, own),
          deploy: { replicas: one.replicas, resources: resourcesOf(one) },
        },
      ]),
    ),
    ...volumesOf(own),
  }
}

function stackService(one: Workload, several: boolean): YamlEntries {
  const startFirst = one.volumes.length === 0 && one.publish.length === 0
  return {
    ...commonOf(one),
    deploy: {
      mode: 'replicated',
      replicas: one.replicas,
      resources: resourcesOf(one),
      ...(several && one.node
        ? {
            placement: {
              constraints: [new Told(`node.labels.headroom.node == ${one.node.id}`, field(one.nodeRow, 'id'))],
            },
          }
        : {}),
      update_config: {
        parallelism: 1,
        delay: '10s',
        order: startFirst ? 'start-first' : 'stop-first',
        failure_action: 'rollback',
      },
      rollback_config: { parallelism: 1, order: startFirst ? 'start-first' : 'stop-first' },
      restart_policy: { condition: 'any', delay: '5s' },
    },
  }
}

function commonOf(one: Workload): YamlEntries {
  const env = environmentOf(one)
  return {
    image: one.image
      ? one.image.map(escaped)
      : new Told(`\${${imageVariable(one)}:?set it in .env}`, field(one.serviceRow, 'image'), 'not in the plan'),
    command: one.command.length > 0 ? one.command.map((word) => word.map(escaped)) : undefined,
    environment: env.length > 0 ? Object.fromEntries(env) : undefined,
    ports: one.publish.length > 0 ? one.publish : undefined,
    expose: one.port && one.publish.length === 0 ? [one.port.map(String)] : undefined,
    volumes: one.volumes.length > 0 ? one.volumes : undefined,
    healthcheck: healthOf(one),
  }
}

/** `$` is Compose's own sign for its variables. */
const escaped = (text: string): string => text.replaceAll('$', '$$$$')

export const imageVariable = (one: Workload): string => `${one.name.toUpperCase().replaceAll('-', '_')}_IMAGE`

/** What a service does not start without and the names the plan states; the values come from .env beside the file. */
function environmentOf(one: Workload): [string, YamlValue][] {
  const stated = one.env.map((name): [string, YamlValue] => [
    name.value,
    name.map((word) => `\${${word}:?set it in .env}`),
  ])
  const needed = one.software.needs
    .filter((name) => !one.env.some(({ value }) => value === name))
    .map((name): [string, YamlValue] => [
      name,
      new Told(`\${${name}:?set it in .env}`, field(one.serviceRow, 'name'), `${one.software.name} needs it`),
    ])
  return [...needed, ...stated]
}

function healthOf(one: Workload): YamlEntries | undefined {
  const { path, command, delay, period, timeout, retries } =
    one.liveness.path || one.liveness.command ? one.liveness : one.readiness
  const { port } = one
  const test = path && port ? httpTest(path, port) : command ? command.map(escaped) : null
  if (!test) return undefined
  return {
    test: ['CMD-SHELL', test],
    interval: period ? period.map((seconds) => `${seconds}s`) : '10s',
    timeout: timeout ? timeout.map((seconds) => `${seconds}s`) : '5s',
    retries: retries ?? 3,
    start_period: delay ? delay.map((seconds) => `${seconds}s`) : '30s',
  }
}

/** With what the image has: wget of busybox and Debian, or curl. */
function httpTest(path: Told<string>, port: Told<number>): Told<string> {
  const url = quoteWord(`http://127.0.0.1:${port.value}${path.value}`)
  return new Told(escaped(`wget -q -O /dev/null ${url} || curl -fsS -o /dev/null ${url}`), [...path.from, ...port.from])
}

function resourcesOf(one: Workload): YamlEntries {
  const mib = (bytes: Told<number>) => bytes.map((value) => `${Math.max(6, Math.floor(value / MIB))}M`)
  const limits = {
    cpus: one.cpus?.map(String),
    memory: one.memory ? mib(one.memory) : undefined,
  }
  const kept = {
    cpus: one.cpuRequest?.map(String),
    memory: one.memoryRequest ? mib(one.memoryRequest) : undefined,
  }
  return {
    limits: limits.cpus || limits.memory ? limits : undefined,
    reservations: kept.cpus || kept.memory ? kept : undefined,
  }
}

/** What is named by the plan, else: applications wait for databases, caches and queues beside them, proxies for applications. */
function dependenciesOf(one: Workload, own: readonly Workload[]): YamlEntries | undefined {
  const named = one.needs.filter(({ value }) => own.some(({ name }) => name === slug(value)))
  const wanted: [Workload, Told<string> | null][] = own.flatMap((other): [Workload, Told<string> | null][] => {
    if (other === one) return []
    const told = named.find(({ value }) => slug(value) === other.name)
    if (told) return [[other, told]]
    if (named.length > 0) return []
    const { role } = other.software
    if (one.software.role === 'app' && ['database', 'cache', 'queue', 'pooler'].includes(role)) return [[other, null]]
    if (one.software.role === 'pooler' && role === 'database') return [[other, null]]
    if (one.software.role === 'proxy' && role === 'app' && other.port) return [[other, null]]
    return []
  })
  if (wanted.length === 0) return undefined
  return Object.fromEntries(
    wanted.map(([other, told]) => {
      const condition = healthOf(other) ? 'service_healthy' : 'service_started'
      return [other.name, { condition: told ? told.map(() => condition) : condition }]
    }),
  )
}

/** Volumes with a name; a path of the machine has none. */
function volumesOf(own: readonly Workload[]): YamlEntries {
  const names = own.flatMap(({ volumes }) =>
    volumes.map(({ value }) => value.split(':')[0] ?? '').filter((name) => /^[A-Za-z0-9][\w.-]*$/.test(name)),
  )
  return names.length === 0 ? {} : { volumes: Object.fromEntries([...new Set(names)].map((name) => [name, {}])) }
}

const openOf = (own: readonly Workload[]): string[] =>
  own.flatMap((one) => (one.image ? [] : [`The image of ${one.name}: ${one.imageFix}, or set ${imageVariable(one)}.`]))

function notesOf(own: readonly Workload[]): string[] {
  const guessed = own.filter(({ memory }) => memory !== null && memory.how !== '')
  return guessed.length === 0
    ? []
    : [`Memory of ${guessed.map(({ name }) => name).join(', ')} is a share of the node's, since the plan states none.`]
}

/** The variables that Compose files of the stage ask for, to be filled in and kept out of version control. */
export function envExamples(making: Making): Outcome {
  const made: Made[] = []
  for (const node of making.stage.nodes) {
    const own = making.workloads.filter((one) => one.node === node)
    const lines = new Map<string, string>()
    for (const one of own) {
      if (!one.image)
        lines.set(imageVariable(one), `image of ${one.name}, such as registry.example.com/${one.name}:1.0`)
      for (const [name] of environmentOf(one)) if (!lines.has(name)) lines.set(name, `${one.name} needs it`)
    }
    if (lines.size === 0) continue
    made.push({
      id: `env-${node.id}`,
      kind: 'env-example',
      subject: node.id,
      path: `${node.id}/.env.example`,
      language: 'env',
      text: [
        ...headOf(making, `Variables of the Compose file of "${node.name}"`).map((line) => `# ${line}`),
        '# Copy it to .env (mode 0600) and fill it in; never commit that file.',
        ...[...lines].flatMap(([name, why]) => [`# ${why} (${entry('', 'stages', making.stage.id)})`, `${name}=`]),
        '',
      ].join('\n'),
      sources: [],
    })
  }
  return made.length > 0 ? made : { left: 'No Compose file of the stage asks for variables.' }
}
