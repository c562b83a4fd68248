import { execFile } from 'node:child_process'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseProbe } from '../../../shared/metrics/probe-output.ts'
import { failure, type OpenHosts, openHosts } from '../../../test/fixtures/hosts.ts'
import { type Cluster, type Lab, startCluster, startDocker, startLab } from '../../../test/lab/index.ts'
import { createMetrics, type Metrics } from './index.ts'

let lab: Lab
let cluster: Cluster
let open: OpenHosts
let metrics: Metrics
let hostId: string

beforeAll(async () => {
  lab = await startLab({ servers: 1 })
  const server = lab.servers[0]
  if (!server) throw new Error('the lab has no server')
  cluster = await startCluster(lab, { address: server.address })
  cluster.sql('postgres', 'CREATE DATABASE "shop ""quoted"""')
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

const latest = () =>
  new Map(
    metrics.latest(hostId).map(({ series, value }) => [`${series.metric}${JSON.stringify(series.labels)}`, value]),
  )

it('measures a server over SSH, its rates too', async () => {
  const first = await metrics.collect(hostId)
  expect(first.notFound.join('\n')).not.toMatch(/^postgres: /m)
  const uptime = latest().get('uptime_seconds{}') ?? 0
  await expect
    .poll(async () => {
      await metrics.collect(hostId)
      return latest().get('cpu_used_ratio{}') ?? -1
    })
    .toBeGreaterThanOrEqual(0)
  expect(latest().get('uptime_seconds{}')).toBeGreaterThanOrEqual(uptime)
  expect(latest().get('disk_used_ratio{"mount":"/"}')).toBeGreaterThan(0)
})

it('reads connections and sizes of PostgreSQL, quoted names too', async () => {
  open.hosts.setPostgres(hostId, { via: 'psql', socketOrHost: cluster.socket, port: cluster.port, user: 'postgres' })
  const round = await metrics.collect(hostId)
  expect(round.notFound.join('\n')).not.toMatch(/postgres/)
  const values = latest()
  const max = Number(cluster.sql('postgres', 'SHOW max_connections'))
  expect(values.get('postgres_connections_max{}')).toBe(max)
  expect(values.get('postgres_connections_total{}')).toBeGreaterThanOrEqual(1)
  expect(values.get('postgres_connections_used_ratio{}')).toBeCloseTo(
    (values.get('postgres_connections_total{}') ?? 0) / max,
    3,
  )
  const size = Number(cluster.sql('postgres', `SELECT pg_database_size('shop "quoted"')`))
  expect(values.get('postgres_database_size_bytes{"database":"shop \\"quoted\\""}')).toBe(size)
})

it('says "not found" of a database that does not answer, and never zero', async () => {
  open.hosts.setPostgres(hostId, { via: 'psql', socketOrHost: cluster.socket, port: 1, user: 'postgres' })
  const before = latest().get('postgres_connections_total{}')
  const round = await metrics.collect(hostId)
  expect(round.notFound.join('\n')).toMatch(/^postgres: psql: error: connection to server .* failed/m)
  expect(latest().get('postgres_connections_total{}')).toBe(before)
})

it('survives a hung psql: the round ends, the rest is measured', async () => {
  const hang = join(lab.folder, 'psql')
  writeFileSync(hang, '#!/bin/sh\nsleep 60\n', { mode: 0o755 })
  const began = performance.now()
  const reading = parseProbe(await probeHere({ PATH: `${lab.folder}:${process.env.PATH}` }))
  expect(performance.now() - began).toBeLessThan(20_000)
  expect(reading.complete).toBe(true)
  expect(reading.notFound).toContainEqual({ what: 'postgres', why: 'psql gave no answer within 3 seconds' })
})

it('counts containers and the replicas of Swarm services', async () => {
  const engine = await startDocker(lab)
  engine.docker(
    ...['service', 'create', '--detach', '--network', 'host', '--no-resolve-image', '--name', 'web'],
    ...['--replicas', '2', engine.image, 'sleep', '100000'],
  )
  await expect.poll(() => engine.docker('service', 'ls', '--format', '{{.Replicas}}'), { timeout: 45_000 }).toBe('2/2')
  const { readings } = parseProbe(await probeHere({ DOCKER_HOST: engine.host, HEADROOM_SLOW: '1' }))
  const value = (key: string, labels: Record<string, string>) =>
    readings.find((one) => one.key === key && Object.entries(labels).every(([k, v]) => one.labels[k] === v))?.value
  expect(value('containers', { state: 'running' })).toBe(2)
  expect(value('service_replicas', { service: 'web', kind: 'running' })).toBe(2)
  expect(value('service_replicas', { service: 'web', kind: 'wanted' })).toBe(2)
}, 90_000)

it('tells a server that is gone at the server, and keeps what was measured', async () => {
  const server = await lab.startServer()
  appendFileSync(open.knownHosts, `[${server.address}]:${server.port} ${server.hostKey.publicLine}\n`)
  const host = await open.hosts.add({
    ...{ kind: 'ssh', name: 'gone', address: server.address, port: server.port, user: lab.user },
    auth: { kind: 'key', path: lab.keys.plain.path },
  })
  await metrics.collect(host.id)
  await server.stop()
  const error = await failure(metrics.collect(host.id))
  expect(['LINK_LOST', 'HOST_UNREACHABLE']).toContain(error.code)
  expect(open.hosts.get(host.id)).toMatchObject({ state: 'down', problem: { code: error.code } })
  expect(metrics.latest(host.id).length).toBeGreaterThan(0)
})

function probeHere(env: Record<string, string>): Promise<string> {
  return new Promise((done, fail) => {
    const child = execFile('sh', ['-s'], { env: { PATH: process.env.PATH, ...env } }, (error, stdout) =>
      error ? fail(error) : done(stdout),
    )
    child.stdin?.end(readFileSync(join(open.environment.resources, 'probes', 'probe.sh'), 'utf8'))
  })
}
