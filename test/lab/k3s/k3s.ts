// Stands for the program k3s: server, agent and etcd-snapshot, in the ways that callers see. See README.md.
import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, request as httpsRequest } from 'node:https'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { KubernetesApi } from './api.ts'

const VERSION = process.env.K3S_LAB_VERSION ?? ''
const DATA = '/var/lib/rancher/k3s'
const SERVER = `${DATA}/server`
/** A move to etcd that can be ended in its midst. */
const MOVE_MS = 300
const machine = JSON.parse(readFileSync('/usr/local/bin/.machine.json', 'utf8')) as { address: string }
const told = () => JSON.parse(readFileSync('/usr/local/bin/.machine.json', 'utf8')) as { neverReady?: boolean }
const print = process.argv[2] === 'etcd-snapshot' ? console.error : console.log
const log = (level: string, text: string) =>
  print(
    `${Math.floor(Date.now() / 1000)} time="${new Date().toISOString()}" level=${level} msg=${JSON.stringify(text)}`,
  )
function fatal(text: string): never {
  log('fatal', text)
  process.exit(1)
}

const KNOWN = [
  'node-name',
  'cluster-init',
  'tls-san',
  'disable',
  'node-label',
  'node-taint',
  'server',
  'token',
  'token-file',
  'https-listen-port',
  'write-kubeconfig-mode',
  'kubelet-arg',
  'etcd-snapshot-retention',
  'etcd-snapshot-schedule-cron',
  'secrets-encryption',
  'flannel-backend',
  'flannel-iface',
  'node-ip',
]

/** config.yaml, then the files of config.yaml.d by name; a later one holds, "name+" adds to a list. */
function settings(): Record<string, unknown> {
  const folder = '/etc/rancher/k3s/config.yaml.d'
  const files = [
    '/etc/rancher/k3s/config.yaml',
    ...(existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => name.endsWith('.yaml'))
          .sort()
          .map((name) => join(folder, name))
      : []),
  ]
  const all: Record<string, unknown> = {}
  for (const file of files.filter((one) => existsSync(one)))
    for (const [key, value] of Object.entries((parse(readFileSync(file, 'utf8')) ?? {}) as Record<string, unknown>)) {
      const name = key.replace(/\+$/, '')
      if (!KNOWN.includes(name)) fatal(`flag provided but not defined: -${name}`)
      all[name] = key.endsWith('+') ? [...((all[name] as unknown[]) ?? []), ...(value as unknown[])] : value
    }
  return all
}

interface Answer {
  status: number
  body: string
}
function ask(
  url: string,
  options: { method?: string; body?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpsRequest(
      url,
      { method: options.method ?? 'GET', headers: options.headers, rejectUnauthorized: false, timeout: 3000 },
      (response) => {
        let body = ''
        response.on('data', (chunk: Buffer) => (body += chunk.toString()))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      },
    )
    outgoing.on('error', reject)
    outgoing.end(options.body)
  })
}

const [, , command, ...words] = process.argv
process.title = 'k3s'
if (command === 'server') await server()
else if (command === 'agent') await agent()
else if (command === 'etcd-snapshot') snapshot(words)
else {
  console.error(`No help topic for '${command}'`)
  process.exit(3)
}

async function server(): Promise<void> {
  const restored = words[1]?.match(/^--cluster-reset-restore-path=(.+)$/)?.[1]
  if (words[0] === '--cluster-reset' && words.length === 2 && restored !== undefined) return reset(restored)
  if (words.length > 0) fatal(`this stand-in takes no flags: ${words.join(' ')}`)
  const config = settings()
  mkdirSync(join(SERVER, 'db'), { recursive: true })
  if (process.env.K3S_URL) return await joined('server', config)
  const tls = join(SERVER, 'tls')
  if (!existsSync(tls)) {
    mkdirSync(tls)
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '30',
        '-subj',
        '/CN=k3s-server-ca',
        '-addext',
        `subjectAltName=IP:${machine.address}`,
        '-keyout',
        join(tls, 'server.key'),
        '-out',
        join(tls, 'server-ca.crt'),
      ],
      { stdio: 'pipe' },
    )
  }
  const authority = readFileSync(join(tls, 'server-ca.crt'), 'utf8')
  const password = existsSync(join(SERVER, 'token'))
    ? readFileSync(join(SERVER, 'token'), 'utf8').trim().split(':').at(-1)
    : randomBytes(16).toString('hex')
  const digest = createHash('sha256').update(authority).digest('hex')
  for (const [name, user] of [
    ['token', 'server'],
    ['node-token', 'server'],
    ['agent-token', 'node'],
  ] as const)
    writeFileSync(join(SERVER, name), `K10${digest}::${user}:${password}\n`, { mode: 0o600 })
  const api = new KubernetesApi(datastore(config['cluster-init'] === true), `admin-${password}`)
  const etcd = existsSync(join(SERVER, 'db/etcd'))
  const listener = createServer(
    { key: readFileSync(join(tls, 'server.key')), cert: authority },
    (request, response) => {
      if (request.url === '/cacerts') return void response.end(authority)
      if (request.url !== '/v1-lab/connect') return void api.answer(request, response)
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        const node = JSON.parse(body) as {
          name: string
          role: 'server' | 'agent'
          password: string
          ready: boolean
          version: string
          seen: boolean
        }
        const allowed = [`server:${password}`, ...(node.role === 'agent' ? [`node:${password}`] : [])].map(
          (one) => `Basic ${Buffer.from(one).toString('base64')}`,
        )
        if (!allowed.includes(request.headers.authorization ?? ''))
          return void response.writeHead(401).end('Unauthorized')
        if (node.role === 'server' && !etcd) return void response.writeHead(400).end('etcd disabled')
        const known = api.get('Node', node.name)
        if (node.seen && !known) return void response.writeHead(410).end('removed')
        if (known && known.metadata.annotations?.password !== node.password)
          return void response.writeHead(403).end('duplicate')
        register(api, node.name, node.role, node.password, node.ready, node.version, etcd)
        response.end(JSON.stringify({ admin: `admin-${password}`, authority }))
      })
    },
  )
  listener.once('error', (error) =>
    fatal(
      `starting kubernetes: listen tcp ${machine.address}:6443: bind: ${/EADDRINUSE/.test(error.message) ? 'address already in use' : error.message}`,
    ),
  )
  await new Promise<void>((resolve) => listener.listen(6443, machine.address, resolve))
  kubeconfig(`https://${machine.address}:6443`, authority, `admin-${password}`)
  log('info', `Running kube-apiserver, k3s ${VERSION}`)
  const name = String(config['node-name'] ?? hostname().toLowerCase())
  const labels = { app: 'coredns' }
  if (!api.has('coredns'))
    api.put('Deployment', {
      metadata: { name: 'coredns', namespace: 'kube-system' },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'coredns', image: 'coredns:1' }] } },
      },
    })
  const beat = () => register(api, name, 'server', 'own', told().neverReady !== true, VERSION, etcd)
  setTimeout(beat, 300)
  setInterval(beat, 500)
}

/** Puts etcd back to a snapshot; what was there is kept beside it. */
function reset(file: string): void {
  if (!existsSync(join(SERVER, 'token'))) fatal('cluster bootstrap data cannot be read without the token')
  if (!existsSync(file)) fatal(`etcd: snapshot path does not exist: ${file}`)
  const db = join(SERVER, 'db/etcd')
  if (existsSync(db)) renameSync(db, `${db}-old-${Math.floor(Date.now() / 1000)}`)
  for (const folder of ['member/wal', 'member/snap']) mkdirSync(join(db, folder), { recursive: true })
  writeFileSync(join(db, 'member/snap/db'), readFileSync(file))
  log('info', 'Managed etcd cluster membership has been reset, restart without --cluster-reset flag now.')
}

/**
 * Where the cluster is kept; SQLite becomes etcd where cluster-init is set, and never the other way. As in k3s, etcd counts
 * as begun by its write-ahead log: who is ended in the midst of the move goes on with the part that is there, and SQLite
 * keeps its name.
 */
function datastore(clusterInit: boolean): string {
  const sqlite = join(SERVER, 'db/state.db')
  const wal = join(SERVER, 'db/etcd/member/wal')
  const etcd = join(SERVER, 'db/etcd/member/snap/db')
  if (existsSync(wal)) return etcd
  if (!clusterInit) return sqlite
  for (const folder of [wal, join(SERVER, 'db/etcd/member/snap')]) mkdirSync(folder, { recursive: true })
  writeFileSync(etcd, '')
  if (existsSync(sqlite)) {
    log('info', 'Migrating content from sqlite to etcd')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, MOVE_MS)
    writeFileSync(etcd, readFileSync(sqlite))
    renameSync(sqlite, `${sqlite}.migrated`)
  }
  return etcd
}

function register(
  api: KubernetesApi,
  name: string,
  role: 'server' | 'agent',
  password: string,
  ready: boolean,
  version: string,
  etcd: boolean,
): void {
  const labels = {
    'kubernetes.io/hostname': name,
    ...(role === 'server' && {
      'node-role.kubernetes.io/control-plane': 'true',
      ...(etcd && { 'node-role.kubernetes.io/etcd': 'true' }),
    }),
  }
  const condition = ready
    ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
    : {
        type: 'Ready',
        status: 'False',
        reason: 'KubeletNotReady',
        message:
          'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
      }
  const old = api.get('Node', name)
  api.put('Node', {
    metadata: { name, labels, annotations: { password } } as { name: string },
    spec: old?.spec ?? {},
    status: {
      conditions: [
        { ...condition, lastHeartbeatTime: new Date().toISOString().replace(/\.\d+Z$/, 'Z'), lastTransitionTime: null },
      ],
      nodeInfo: { kubeletVersion: version, architecture: 'amd64' },
      capacity: { cpu: '2', memory: '4000000Ki', pods: '110' },
      allocatable: { cpu: '2', memory: '4000000Ki', pods: '110' },
      addresses: [],
    },
  })
}

async function agent(): Promise<void> {
  if (!process.env.K3S_URL) fatal('Error: --server is required')
  await joined('agent', settings())
}

async function joined(role: 'server' | 'agent', config: Record<string, unknown>): Promise<void> {
  const url = process.env.K3S_URL ?? ''
  const file = process.env.K3S_TOKEN_FILE
  if (file && (statSync(file).mode & 0o077) !== 0) fatal(`this stand-in wants ${file} for its owner only`)
  const token = (file ? readFileSync(file, 'utf8') : (process.env.K3S_TOKEN ?? '')).trim()
  const parts = /^K10([0-9a-f]{64})::(\w+):(.+)$/.exec(token)
  if (!parts) fatal('Error: token must be in the full format')
  const [, digest = '', user = '', password = ''] = parts
  const name = String(config['node-name'] ?? hostname().toLowerCase())
  const own = '/etc/rancher/node-password'
  if (!existsSync(own)) writeFileSync(own, randomBytes(8).toString('hex'), { mode: 0o600 })
  let joinedBefore = false
  const connect = async (): Promise<string | null> => {
    const certificates = await ask(`${url}/cacerts`)
    const found = createHash('sha256').update(certificates.body).digest('hex')
    if (found !== digest) return `token CA hash does not match the Cluster CA certificate hash: ${digest} != ${found}`
    const answer = await ask(`${url}/v1-lab/connect`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
      body: JSON.stringify({
        name,
        role,
        version: VERSION,
        password: readFileSync(own, 'utf8'),
        ready: told().neverReady !== true,
        seen: joinedBefore,
      }),
    })
    if (answer.status === 401) return `failed to validate token: https://${url}/v1-k3s/config: 401 Unauthorized`
    if (answer.status === 403)
      return `Node password rejected, duplicate hostname or contents of '/etc/rancher/node/password' may not match server node-passwd entry, try enabling a unique node name with the --with-node-id flag`
    // A kubelet whose node was deleted makes no new one; a server whose member of etcd was removed ends.
    if (answer.status === 410) return role === 'server' ? fatal('this server has been removed from the cluster') : null
    if (answer.status !== 200)
      return `starting kubernetes: preparing server: failed to bootstrap cluster data: ${answer.body}`
    joinedBefore = true
    const { admin, authority } = JSON.parse(answer.body) as { admin: string; authority: string }
    if (role === 'server') {
      mkdirSync(join(SERVER, 'db/etcd'), { recursive: true })
      for (const one of ['token', 'node-token']) writeFileSync(join(SERVER, one), `${token}\n`, { mode: 0o600 })
      kubeconfig(url, authority, admin)
    }
    return null
  }
  for (;;) {
    const trouble = await connect().catch(
      (error: Error) => `failed to get CA certs: Get "${url}/cacerts": dial tcp: ${error.message}: connection refused`,
    )
    if (trouble !== null) log('error', trouble)
    await new Promise((resolve) => setTimeout(resolve, 400))
  }
}

function kubeconfig(server: string, authority: string, token: string): void {
  mkdirSync('/etc/rancher/k3s', { recursive: true })
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'default' },
    clusters: [
      { name: 'default', cluster: { server, 'certificate-authority-data': Buffer.from(authority).toString('base64') } },
    ],
    users: [{ name: 'default', user: { token } }],
    contexts: [{ name: 'default', context: { cluster: 'default', user: 'default' } }],
  }
  writeFileSync('/etc/rancher/k3s/k3s.yaml', JSON.stringify(config), { mode: 0o600 })
}

function snapshot([verb, ...flags]: string[]): void {
  const value = (name: string) => (flags.includes(`--${name}`) ? flags[flags.indexOf(`--${name}`) + 1] : undefined)
  const valued = ['name', 's3-bucket', 's3-endpoint', 's3-region', 's3-folder', 's3-endpoint-ca', 'snapshot-retention']
  const plain = ['s3', 's3-insecure', 'snapshot-compress']
  for (let at = 0; at < flags.length; at += 1) {
    const name = flags[at]?.replace(/^--/, '') ?? ''
    if (valued.includes(name)) at += 1
    else if (!plain.includes(name)) throw new Error(`flag provided but not defined: -${name}`)
  }
  const db = join(SERVER, 'db/etcd/member/snap/db')
  if (!existsSync(db)) {
    log('fatal', `etcd database not found in ${SERVER}`)
    process.exit(1)
  }
  const folder = join(SERVER, 'db/snapshots')
  mkdirSync(folder, { recursive: true })
  const stored = '/var/lib/rancher/bucket.json'
  type Entry = { name: string; location: string; size: number; created: string }
  const bucket = (): Entry[] => (existsSync(stored) ? (JSON.parse(readFileSync(stored, 'utf8')) as Entry[]) : [])
  const s3 = flags.includes('--s3')
  if (s3 && (process.env.AWS_ACCESS_KEY_ID !== 'lab-access' || process.env.AWS_SECRET_ACCESS_KEY !== 'lab secret')) {
    log('error', 'Unable to initialize S3 client: The Access Key Id you provided does not exist in our records.')
    process.exit(1)
  }
  const local = (): Entry[] =>
    readdirSync(folder).map((name) => ({
      name,
      location: `file://${join(folder, name)}`,
      size: statSync(join(folder, name)).size,
      created: statSync(join(folder, name))
        .mtime.toISOString()
        .replace(/\.\d+Z/, 'Z'),
    }))
  const prefix = `${value('name') ?? 'on-demand'}-${hostname()}`
  if (verb === 'save') {
    const name = `${prefix}-${Math.floor(Date.now() / 1000)}`
    writeFileSync(join(folder, name), readFileSync(db))
    if (s3)
      writeFileSync(
        stored,
        JSON.stringify([
          ...bucket(),
          {
            ...local().find((one) => one.name === name),
            location: `s3://${value('s3-bucket')}/${value('s3-folder') ?? ''}/${name}`,
          },
        ]),
      )
    log('info', `Snapshot ${name} saved.`)
  } else if (verb === 'ls') {
    console.log('Name Location Size Created')
    for (const one of [...local(), ...(s3 ? bucket() : [])])
      console.log(`${one.name} ${one.location} ${one.size} ${one.created}`)
  } else if (verb === 'prune') {
    const gone = local()
      .filter(({ name }) => name.startsWith(value('name') ?? 'on-demand'))
      .sort((a, b) => (a.name < b.name ? 1 : -1))
      .slice(Number(value('snapshot-retention')))
    for (const { name } of gone) rmSync(join(folder, name))
  } else throw new Error(`No help topic for '${verb}'`)
}
