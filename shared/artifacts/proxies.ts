import { addressOf, headOf, type Making, type Outcome, unknownHost } from './made.ts'
import { type Settings, settingsOf, stageSettings } from './settings.ts'
import { TextFile } from './text-file.ts'
import { entry, field, Told } from './told.ts'
import type { Node, Workload } from './workload.ts'

/** A server that requests are spread over. */
interface Origin {
  name: string
  address: Told<string>
  known: boolean
  port: Told<number>
  node: Node
}

/** Applications that listen, each with where its replicas are found: once for each machine of its node. */
interface Backend {
  workload: Workload
  name: string
  port: Told<number>
  origins: Origin[]
}

function backendsOf(making: Making, local: boolean): Backend[] {
  return making.workloads.flatMap((workload): Backend[] => {
    const { node, port, software } = workload
    if (!node || !port || software.role !== 'app') return []
    return [{ workload, name: workload.name, port, origins: originsOf(making, workload, node, port, local) }]
  })
}

/** Beside the proxy a service is reached by its name; from elsewhere by the address of its machine. */
function originsOf(making: Making, workload: Workload, node: Node, port: Told<number>, local: boolean): Origin[] {
  const idRow = field(workload.nodeRow, 'id')
  const machines = Array.from({ length: Math.min(node.count, 100) }, (_, index) =>
    node.count === 1 ? node.id : `${node.id}-${index + 1}`,
  )
  return machines.map((name) => {
    const known = addressOf(making, name, ...(node.count === 1 ? [node.name] : []))
    const beside = local && known === null
    const address = beside
      ? new Told(workload.name, field(workload.serviceRow, 'name'))
      : new Told(known ?? unknownHost(name), idRow)
    return { name, address, known: known !== null || beside, port, node }
  })
}

/** gzip as nginx documents it, where the plan has no settings of its own. */
const GZIP: readonly [string, string][] = [
  ['gzip', 'on'],
  ['gzip_vary', 'on'],
  ['gzip_min_length', '1024'],
  ['gzip_comp_level', '5'],
  ['gzip_types', 'text/plain text/css application/json application/javascript text/xml application/xml image/svg+xml'],
]

/** nginx before the applications: compression and upstreams. */
export function nginxConf(making: Making): Outcome {
  const { plan, stage, workloads } = making
  const backends = backendsOf(making, true)
  if (backends.length === 0) return { left: 'No application of the stage states a port.' }
  const settings = settingsOf(plan, stage.id, 'nginx')
  const proxy = workloads.find(({ software }) => software.name === 'nginx')
  const cores = proxy?.node?.vcpu
  const file = new TextFile(headOf(making, 'nginx'))
  if (proxy && cores !== undefined)
    file.line`worker_processes ${new Told(Math.max(1, Math.floor(cores)), field(proxy.nodeRow, 'vcpu'))};`
  else file.line('worker_processes auto;')
  file.line('events { worker_connections 1024; }')
  file.line('')
  file.line('http {')
  file.line('  include /etc/nginx/mime.types;')
  file.line('  sendfile on;')
  file.line('')
  for (const [name, usual] of GZIP) {
    const value = gzipValue(settings, name)
    if (value) file.line`  ${name} ${value};`
    else file.line(`  ${name} ${usual};  # usual; the plan says nothing`)
  }
  for (const { name, origins, workload } of backends) {
    file.line('')
    file.line(`  upstream ${name} {`)
    file.line('    least_conn;')
    for (const { address, port } of origins) file.line`    server ${address}:${port} max_fails=3 fail_timeout=10s;`
    file.line`    keepalive ${new Told(16 * Math.max(1, workload.replicas.value), workload.replicas.from, '16 a replica')};`
    file.line('  }')
  }
  const open = backends.flatMap(({ origins }) => openOf(origins))
  backends.forEach(({ name, workload }, index) => {
    const host = workload.settings.text('host', 'domain')
    const valid = host && isHost(host.value) ? host : null
    if (!valid && backends.length > 1)
      open.push(`The host name of ${name}: a component "${name}" with the setting host says it.`)
    file.line('')
    file.line('  server {')
    file.line(index === 0 ? '    listen 80 default_server;' : '    listen 80;')
    if (valid) file.line`    server_name ${valid};`
    else file.line(`    server_name ${backends.length === 1 ? '_' : unknownHost(name)};`)
    file.line('    location / {')
    file.line(`      proxy_pass http://${name};`)
    file.line('      proxy_http_version 1.1;')
    file.line('      proxy_set_header Connection "";')
    file.line('      proxy_set_header Host $host;')
    file.line('      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;')
    file.line('      proxy_set_header X-Forwarded-Proto $scheme;')
    file.line('    }')
    file.line('  }')
  })
  file.line('}')
  return [
    {
      id: 'nginx',
      kind: 'nginx',
      fits: proxy !== undefined || settings.components.some(({ stage: of }) => of === stage.id),
      path: 'nginx/nginx.conf',
      language: 'nginx',
      text: file.text,
      sources: file.sources,
      open,
      notes: ['Certificates are not of the plan: TLS ends in front of it, or is added by certbot.'],
    },
  ]
}

function gzipValue(settings: Settings, name: string): Told<string> | null {
  const of = (key: string): Told<string> | null => {
    for (const component of settings.components) {
      const value = component.settings[key]
      if (value === undefined) continue
      const text = Array.isArray(value)
        ? value.join(' ')
        : value === true
          ? 'on'
          : value === false
            ? 'off'
            : String(value)
      if (/^[\w ./+*-]+$/.test(text))
        return new Told(text, field(entry('', 'components', component.id), 'settings', key))
    }
    return null
  }
  return of(name) ?? of(name.replaceAll('_', '-'))
}

const isHost = (text: string): boolean => /^(?=.{1,253}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text)

const openOf = (origins: readonly Origin[]): string[] =>
  origins.flatMap(({ name, known }) => (known ? [] : [`The address of ${name}: a server of that name gives it.`]))

/** HAProxy: applications over several machines, and the API of a control plane of several. */
export function haproxyCfg(making: Making): Outcome {
  const { stage } = making
  const backends = backendsOf(making, false)
  const control = controlPlane(making)
  const balancers = stage.nodes.filter(({ kind }) => kind === 'load-balancer')
  const spread = backends.filter(({ origins }) => origins.length > 1)
  if (spread.length === 0 && !control && balancers.length === 0)
    return { left: 'Nothing of the stage is spread over several machines.' }
  const shown = spread.length > 0 || control ? spread : backends
  if (shown.length === 0 && !control) return { left: 'No application of the stage states a port.' }
  const settings = balancerSettings(making)
  const file = new TextFile(headOf(making, 'HAProxy'))
  file.line('global')
  file.line('  log stdout format raw local0')
  file.line('')
  file.line('defaults')
  file.line('  log global')
  file.line('  mode http')
  file.line('  option httplog')
  file.line('  option dontlognull')
  file.line('  option redispatch')
  file.line('  retries 3')
  file.line('  timeout connect 5s')
  file.line('  timeout client 60s')
  file.line('  timeout server 60s')
  const interval = settings.number('health-interval-s')
  const timeout = settings.number('health-timeout-s')
  if (timeout) file.line`  timeout check ${timeout.map(Math.round)}s`
  else file.line('  timeout check 5s')
  // Without the address of a machine HAProxy starts all the same, and asks for it later.
  if (interval)
    file.line`  default-server check inter ${interval.map(Math.round)}s fall 3 rise 2 init-addr last,libc,none`
  else file.line('  default-server check inter 10s fall 3 rise 2 init-addr last,libc,none')
  if (shown.length > 0) {
    file.line('')
    file.line('frontend http')
    file.line('  bind :80')
    for (const { name, workload } of shown.slice(1)) {
      const host = workload.settings.text('host', 'domain')
      if (host && isHost(host.value)) file.line`  use_backend ${name} if { hdr(host) -i ${host} }`
      else file.line(`  use_backend ${name} if { hdr(host) -i ${unknownHost(name)} }`)
    }
    file.line(`  default_backend ${shown[0]?.name ?? ''}`)
  }
  for (const { name, origins, workload } of shown) {
    const path = workload.readiness.path ?? workload.liveness.path ?? settings.text('health-path')
    file.line('')
    file.line(`backend ${name}`)
    file.line('  balance leastconn')
    if (path && /^\/[\w./~%-]*$/.test(path.value)) file.line`  option httpchk GET ${path}`
    const weight = settings.number('weight')
    for (const origin of origins) {
      const { name: server, address, port } = origin
      if (weight && weight.value >= 0 && weight.value <= 1)
        file.line`  server ${server} ${address}:${port} weight ${weight.map((one) => Math.round(one * 100))}`
      else file.line`  server ${server} ${address}:${port}`
    }
  }
  if (control) {
    file.line('')
    file.line('frontend kubernetes-api')
    file.line('  mode tcp')
    file.line('  option tcplog')
    file.line('  bind :6443')
    file.line('  default_backend control-plane')
    file.line('')
    file.line('backend control-plane')
    file.line('  mode tcp')
    file.line('  option tcp-check')
    for (const { name, address, count } of control) file.line`  server ${name} ${address}:6443 # ${count}`
  }
  return [
    {
      id: 'haproxy',
      kind: 'haproxy',
      path: 'haproxy/haproxy.cfg',
      language: 'haproxy',
      text: file.text,
      sources: file.sources,
      open: [
        ...shown.flatMap(({ origins }) => openOf(origins)),
        ...(control ?? []).flatMap(({ name, known }) =>
          known ? [] : [`The address of ${name}: a server of that name gives it.`],
        ),
      ],
    },
  ]
}

/** The machines of a control plane of several, where the stage runs Kubernetes. */
function controlPlane(
  making: Making,
): { name: string; address: Told<string>; count: Told<string>; known: boolean }[] | null {
  const { stage } = making
  if (stage.orchestration !== 'k3s' && stage.orchestration !== 'kubernetes') return null
  const node = stage.nodes.find(({ id, name, count }) => count > 1 && /control|master|server/i.test(`${id} ${name}`))
  if (!node) return null
  const nodeRow = entry(entry('', 'stages', stage.id), 'nodes', node.id)
  return Array.from({ length: Math.min(node.count, 100) }, (_, index) => {
    const name = `${node.id}-${index + 1}`
    const known = addressOf(making, name)
    return {
      name,
      address: new Told(known ?? unknownHost(name), field(nodeRow, 'id')),
      count: new Told(`${index + 1} of ${node.count}`, field(nodeRow, 'count')),
      known: known !== null,
    }
  })
}

/** What components say of the balancer, whatever it is. */
export const balancerSettings = ({ plan, stage }: Making): Settings =>
  stageSettings(plan, stage.id, ({ id }) => /^(load-balancer|balancer|cloudflare|haproxy)/.test(id))
