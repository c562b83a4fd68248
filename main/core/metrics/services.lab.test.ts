import { execFileSync, spawn } from 'node:child_process'
import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { createServer as createHttp, type Server } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Service, ServiceInput } from '../../../shared/model/service.ts'
import { ServiceSchema } from '../../../shared/model/service.ts'
import { type OpenHosts, openHosts } from '../../../test/fixtures/hosts.ts'
import {
  type Cluster,
  freePort,
  type Lab,
  type PgBouncer,
  type Redis,
  startCluster,
  startLab,
  startPgBouncer,
  startRedis,
} from '../../../test/lab/index.ts'
import { createMetrics, type Metrics } from './index.ts'

const PASSWORD = `s3cr"et \\ it's`
let lab: Lab
let cluster: Cluster
let redis: Redis
let bouncer: PgBouncer
let open: OpenHosts
let metrics: Metrics
let hostId: string

beforeAll(async () => {
  lab = await startLab({ servers: 1 })
  const server = lab.servers[0]
  if (!server) throw new Error('the lab has no server')
  cluster = await startCluster(lab, { address: server.address })
  redis = await startRedis(lab, {
    address: server.address,
    password: PASSWORD,
    settings: ['--maxmemory', '64mb', '--maxclients', '100'],
  })
  bouncer = await startPgBouncer(lab, cluster, 'bouncer-pw-1')
  open = openHosts({ real: true })
  appendFileSync(open.knownHosts, `[${server.address}]:${server.port} ${server.hostKey.publicLine}\n`)
  metrics = createMetrics(open)
  const host = await open.hosts.add({
    ...{ kind: 'ssh', name: 'db', address: server.address, port: server.port, user: lab.user },
    auth: { kind: 'key', path: lab.keys.plain.path },
  })
  hostId = host.id
}, 120_000)
afterAll(async () => {
  await metrics?.close()
  await open?.close()
  await lab?.stop()
})

const service = (input: ServiceInput): Service => ServiceSchema.parse(input)
const tried = async (input: ServiceInput, secret: string | null = null) => {
  const trial = await metrics.tryService(hostId, service(input), secret)
  const value = (metric: string, labels: Record<string, string> = {}) =>
    trial.values.find(
      (one) => one.metric === metric && Object.entries(labels).every(([key, text]) => one.labels[key] === text),
    )?.value
  return { ...trial, value }
}
const latest = (metric: string) => metrics.latest(hostId).find(({ series }) => series.metric === metric)?.value

const redisService = (more: object = {}): ServiceInput => ({
  ...{ kind: 'redis', id: 'cache', name: 'Cache', address: redis.address, port: redis.port },
  ...more,
})

describe('Redis', () => {
  it('tells what redis-cli tells, its password in no argument and no environment', async () => {
    redis.cli('RPUSH', 'jobs "high"', 'a', 'b', 'c')
    redis.cli('ZADD', 'later', '1', 'x')
    redis.cli('SET', 'plain', '1')
    redis.cli('SETRANGE', 'large', '20000000', 'x')
    const watching = new AbortController()
    const seen = watchProcesses(PASSWORD, watching.signal)
    const trial = await tried(redisService({ lists: ['jobs "high"', 'later', 'none', 'plain'] }), PASSWORD)
    watching.abort()
    expect(await seen).toEqual([])
    expect(trial.value('queue_length', { queue: 'jobs "high"' })).toBe(3)
    expect(trial.value('queue_length', { queue: 'later' })).toBe(1)
    expect(trial.value('queue_length', { queue: 'none' })).toBe(0)
    expect(trial.value('queue_length', { queue: 'plain' })).toBeUndefined()
    expect(trial.problems.join()).toContain('WRONGTYPE')
    const info = Object.fromEntries(
      redis
        .cli('INFO')
        .split(/\r?\n/)
        .map((line) => line.split(':')),
    )
    const used = trial.value('redis_memory_used_bytes') ?? 0
    expect(Math.abs(used - Number(info.used_memory)) / Number(info.used_memory)).toBeLessThan(0.05)
    expect(trial.value('redis_memory_used_ratio')).toBeCloseTo(used / (64 * 2 ** 20), 4)
    expect(trial.value('redis_clients')).toBe(1)
    expect(trial.value('redis_clients_used_ratio')).toBe(0.01)
  })

  it('says what Redis says of a wrong password, and nothing of the password', async () => {
    const trial = await tried(redisService(), 'not-the-one')
    expect(trial.values).toEqual([])
    expect(trial.problems.join()).toMatch(/WRONGPASS|invalid/)
    expect(trial.problems.join()).not.toContain('not-the-one')
    const none = await tried(redisService({ port: 1 }), null)
    expect(none.problems.join()).toMatch(/Connection refused/)
  })

  it('has rates from the second round on', async () => {
    await open.hosts.services.set(hostId, [service(redisService({ lists: ['later'] }))], { cache: PASSWORD })
    await metrics.collect(hostId)
    for (let i = 0; i < 50; i += 1) redis.cli('GET', i % 5 === 0 ? 'missing' : 'plain')
    await metrics.collect(hostId)
    expect(latest('redis_operations_per_second')).toBeGreaterThan(0)
    expect(latest('redis_hit_ratio')).toBeCloseTo(0.8, 2)
    expect(latest('queue_length')).toBe(1)
  })
})

describe('PgBouncer', () => {
  const settings = (): ServiceInput => ({
    ...{ kind: 'pgbouncer', id: 'pool', name: 'Pool', address: bouncer.address, port: bouncer.port },
    user: bouncer.stats.user,
  })
  it('tells the pools as SHOW POOLS does: one active, one waiting for the only server', async () => {
    const client = (sql: string) =>
      spawn(
        'psql',
        ['-X', '-h', bouncer.address, '-p', String(bouncer.port), '-U', 'postgres', '-d', 'postgres', '-c', sql],
        { env: { PATH: process.env.PATH, PGPASSWORD: bouncer.stats.password }, stdio: 'ignore' },
      )
    const active = async () =>
      (await tried(settings(), bouncer.stats.password)).value('pgbouncer_servers_active', { database: 'postgres' })
    const clients = [client('SELECT pg_sleep(20)')]
    try {
      await expect.poll(active, { timeout: 45_000 }).toBe(1)
      clients.push(client('SELECT 1'))
      await expect
        .poll(
          async () => {
            const trial = await tried(settings(), bouncer.stats.password)
            return [
              trial.problems,
              trial.value('pgbouncer_clients_active', { database: 'postgres' }),
              trial.value('pgbouncer_clients_waiting', { database: 'postgres' }),
              trial.value('pgbouncer_servers_active', { database: 'postgres' }),
              trial.value('pgbouncer_clients_used_ratio'),
            ]
          },
          { timeout: 45_000 },
        )
        .toEqual([[], 1, 1, 1, 2 / 40])
    } finally {
      for (const one of clients) one.kill()
    }
  })
  it('says what psql says of a wrong password', async () => {
    const trial = await tried(settings(), 'wrong')
    expect(trial.values).toEqual([])
    expect(trial.problems.join()).toMatch(/authentication failed/)
  })
})

describe('PostgreSQL', () => {
  it('tells what the server’s own views tell', async () => {
    cluster.sql('postgres', 'CREATE TABLE t (id int); INSERT INTO t SELECT generate_series(1, 5000); DELETE FROM t')
    open.hosts.setPostgres(hostId, { via: 'psql', socketOrHost: cluster.socket, port: cluster.port, user: 'postgres' })
    const holder = spawn(
      'psql',
      [
        '-X',
        '-h',
        cluster.socket,
        '-p',
        String(cluster.port),
        '-U',
        'postgres',
        '-d',
        'postgres',
        '-c',
        'BEGIN; LOCK t; SELECT pg_sleep(30)',
      ],
      { stdio: 'ignore' },
    )
    try {
      await expect
        .poll(() => cluster.sql('postgres', "SELECT count(*) FROM pg_locks WHERE relation = 't'::regclass"))
        .toBe('1')
      await metrics.collect(hostId)
      await metrics.collect(hostId)
      const deadRows = () =>
        Number(cluster.sql('postgres', 'SELECT coalesce(sum(n_dead_tup), 0) FROM pg_stat_user_tables'))
      expect(latest('postgres_dead_rows')).toBe(deadRows())
      expect(latest('postgres_oldest_transaction_seconds')).toBeGreaterThanOrEqual(0)
      expect(latest('postgres_locks_waiting')).toBe(0)
      expect(latest('postgres_xid_age_ratio')).toBeLessThan(0.01)
      expect(latest('postgres_commits_per_second')).toBeGreaterThan(0)
      expect(latest('postgres_cache_hit_ratio')).toBeGreaterThan(0)
      expect(latest('postgres_wal_bytes_per_second')).toBeGreaterThanOrEqual(0)
      const again = metrics.round(hostId)?.notFound.join('\n')
      expect(again).toContain('pg_stat_statements: ')
    } finally {
      holder.kill()
    }
  })
  it('signs in with a password that only standard input carries', async () => {
    const locked = await startCluster(lab, { address: cluster.address, password: 'pg-pw-2' })
    open.hosts.setPostgres(hostId, {
      ...{ via: 'psql', socketOrHost: locked.address, port: locked.port, user: 'postgres' },
    })
    await open.hosts.services.set(hostId, [], { postgres: 'pg-pw-2' })
    const watching = new AbortController()
    const seen = watchProcesses('pg-pw-2', watching.signal)
    const round = await metrics.collect(hostId)
    watching.abort()
    expect(await seen).toEqual([])
    expect(round.notFound.join('\n')).not.toMatch(/^postgres:/m)
    const max = Number(locked.sql('postgres', 'SHOW max_connections'))
    expect(latest('postgres_connections_max')).toBe(max)
  })
  it('names the slowest statements where the extension is there, and never their constants', async () => {
    const extended = await startCluster(lab, {
      address: cluster.address,
      settings: { shared_preload_libraries: 'pg_stat_statements' },
    })
    extended.sql('postgres', "CREATE EXTENSION pg_stat_statements; CREATE ROLE canary PASSWORD 'canary-pw'")
    open.hosts.setPostgres(hostId, {
      ...{ via: 'psql', socketOrHost: extended.socket, port: extended.port, user: 'postgres' },
    })
    await open.hosts.services.set(hostId, [], { postgres: null })
    await metrics.collect(hostId)
    extended.sql('postgres', "SELECT pg_sleep(0.3), 'needle'")
    extended.sql('postgres', "SELECT pg_sleep(0.1), 'needle'")
    const round = await metrics.collect(hostId)
    expect(round.notFound.join('\n')).not.toContain('pg_stat_statements')
    extended.sql('postgres', "SELECT pg_sleep(0.1), 'needle'")
    await metrics.collect(hostId)
    const slow = metrics
      .latest(hostId)
      .find(
        ({ series }) =>
          series.metric === 'postgres_statement_mean_ms' && series.labels.statement?.includes('pg_sleep($1)'),
      )
    expect(slow?.value).toBeGreaterThan(95)
    expect(slow?.value).toBeLessThan(250)
    const names = metrics
      .series(hostId)
      .map(({ labels }) => JSON.stringify(labels))
      .join('\n')
    expect(names).not.toMatch(/needle|canary/)
    // The probe's own questions are none of the server's work.
    expect(names).not.toContain('SELECT format(')
  })
})

describe('web checks and certificates', () => {
  let web: Server
  let secure: Server
  let url: string
  let securePort: number
  beforeAll(async () => {
    const answer: Parameters<typeof createHttp>[1] = (request, response) => {
      const status = request.headers.authorization === 'Bearer t"k\\n' ? 204 : Number(request.url?.slice(1) || 200)
      response.writeHead(status).end('x')
    }
    web = createHttp(answer)
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '9'],
        ...['-subj', '/CN=lab', '-keyout', join(lab.folder, 'tls.key'), '-out', join(lab.folder, 'tls.pem')],
      ],
      { stdio: 'pipe' },
    )
    secure = createHttps(
      { key: readFileSync(join(lab.folder, 'tls.key')), cert: readFileSync(join(lab.folder, 'tls.pem')) },
      answer,
    )
    await new Promise<void>((done) => void web.listen(0, '127.0.0.1', done))
    await new Promise<void>((done) => void secure.listen(0, '127.0.0.1', done))
    url = `http://127.0.0.1:${(web.address() as AddressInfo).port}`
    securePort = (secure.address() as AddressInfo).port
  })
  afterAll(() => {
    web.close()
    secure.close()
  })
  it('ask from the server and from here', async () => {
    const trial = await tried({ kind: 'http', id: 'site', name: 'Site', url: `${url}/200`, from: 'both' })
    expect(trial.problems).toEqual([])
    for (const from of ['host', 'laptop']) {
      expect(trial.value('http_up', { from })).toBe(1)
      expect(trial.value('http_status', { from })).toBe(200)
      expect(trial.value('http_response_ms', { from })).toBeGreaterThan(0)
      expect(trial.value('http_response_ms', { from })).toBeLessThan(2000)
    }
  })
  it('tell a wrong status and a closed port as failed, with its reason', async () => {
    const wrong = await tried({ kind: 'http', id: 'site', name: 'Site', url: `${url}/503`, from: 'both' })
    expect([wrong.value('http_up', { from: 'host' }), wrong.value('http_up', { from: 'laptop' })]).toEqual([0, 0])
    expect(wrong.value('http_status', { from: 'laptop' })).toBe(503)
    const closed = await tried({
      kind: 'http',
      id: 'site',
      name: 'Site',
      url: `http://127.0.0.1:${await freePort('127.0.0.1')}/`,
      from: 'both',
    })
    expect(closed.value('http_up', { from: 'host' })).toBe(0)
    expect(closed.problems.join('\n')).toMatch(/Couldn't connect|Failed to connect|refused/)
    expect(closed.problems.join('\n')).toMatch(/nothing accepts connections/)
  })
  it('send the Authorization header of the secret', async () => {
    const trial = await tried({ kind: 'http', id: 'site', name: 'Site', url, from: 'both' }, 'Bearer t"k\\n')
    expect([trial.value('http_status', { from: 'host' }), trial.value('http_status', { from: 'laptop' })]).toEqual([
      204, 204,
    ])
  })
  it('read the end of a certificate alike from both, and say that it is not trusted', async () => {
    const trial = await tried({
      kind: 'tls',
      id: 'cert',
      name: 'Cert',
      address: '127.0.0.1',
      port: securePort,
      from: 'both',
    })
    const left = [
      trial.value('tls_left_seconds', { from: 'host' }) ?? 0,
      trial.value('tls_left_seconds', { from: 'laptop' }) ?? 0,
    ]
    for (const one of left) expect(Math.abs(one - 9 * 86_400)).toBeLessThan(120)
    expect(trial.value('tls_trusted')).toBe(0)
    expect(trial.problems.join()).toContain('not trusted: it is signed by itself (DEPTH_ZERO_SELF_SIGNED_CERT)')
  })
})

describe('own metrics', () => {
  const own = (text: string, source: 'command' | 'sql' = 'command'): ServiceInput => ({
    ...{ kind: 'own', id: 'mine', name: 'Mine', metric: 'orders_waiting', unit: 'count' },
    ...{ source, text },
  })
  it('take the last number that a command or a query prints', async () => {
    expect((await tried(own("echo checking; echo ' 12.5 '"))).value('orders_waiting')).toBe(12.5)
    expect((await tried(own('echo -3e2'))).value('orders_waiting')).toBe(-300)
    open.hosts.setPostgres(hostId, { via: 'psql', socketOrHost: cluster.socket, port: cluster.port, user: 'postgres' })
    expect((await tried(own('SELECT count(*) FROM generate_series(1, 42)', 'sql'))).value('orders_waiting')).toBe(42)
  })
  it.each([
    ['echo many', /printed no number: many/],
    ['echo boom >&2; exit 3', /boom/],
    ['exit 4', /exit code 4/],
    ['true', /printed nothing/],
    ['sleep 60', /did not end within 3 seconds/],
    ['echo 1.2.3', /no number/],
    ['yes', /did not end/],
  ])('%s gives no value and says why', async (text, why) => {
    const trial = await tried(own(text))
    expect(trial.values).toEqual([])
    expect(trial.problems.join()).toMatch(why)
  })
  it('a query cannot write', async () => {
    const trial = await tried(own('CREATE TABLE sneaky (id int)', 'sql'))
    expect(trial.problems.join()).toMatch(/read-only/)
  })
  it('are stored with their own unit, and offered services vanish once they are set up', async () => {
    await open.hosts.services.set(hostId, [service({ ...own('echo 7'), unit: 'bytes' } as ServiceInput)], {})
    await metrics.collect(hostId)
    expect(metrics.latest(hostId).find(({ series }) => series.metric === 'orders_waiting')).toMatchObject({
      value: 7,
      series: { unit: 'bytes' },
    })
  })
})

/** The processes in whose arguments or environment a text stands, seen while the signal is not aborted. */
async function watchProcesses(text: string, signal: AbortSignal): Promise<string[]> {
  const seen = new Set<string>()
  while (!signal.aborted) {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid))
      for (const part of ['cmdline', 'environ'])
        try {
          if (readFileSync(`/proc/${pid}/${part}`, 'utf8').includes(text))
            seen.add(`${part} of ${readFileSync(`/proc/${pid}/comm`, 'utf8')}`)
        } catch {
          // It ended meanwhile.
        }
    await new Promise((done) => setImmediate(done))
  }
  // The server of the lab itself was started with its password.
  return [...seen].filter((one) => !one.includes('redis-server'))
}
