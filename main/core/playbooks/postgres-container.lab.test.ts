import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenPlaybooks, openPlaybooks } from '../../../test/fixtures/playbooks.ts'
import {
  type Cluster,
  type DockerEngine,
  type Lab,
  startCluster,
  startDocker,
  startLab,
} from '../../../test/lab/index.ts'

let lab: Lab
let source: Cluster
let target: Cluster
let one: OpenPlaybooks
let engine: DockerEngine

/** Two servers whose PostgreSQL programs are in containers; the engine's address comes with the login, as with rootless Docker. */
beforeAll(async () => {
  lab = await startLab({ servers: 0 })
  engine = await startDocker(lab, { swarm: false })
  // Ids of runs are the same in every test, and so would be the folders of their jobs. Only the first SetEnv line counts.
  const temporary = join(lab.folder, 'temporary')
  mkdirSync(temporary)
  const config = [`SetEnv DOCKER_HOST=${engine.host} TMPDIR=${temporary}`]
  const servers = [await lab.startServer({ config }), await lab.startServer({ config })]
  source = await startCluster(lab, {
    ...{ address: servers[0]?.address ?? '', password: 'from:here', settings: { wal_level: 'logical' } },
  })
  target = await startCluster(lab, { address: servers[1]?.address ?? '', password: 'to there\\' })
  const system = ['/usr', '/lib', '/lib64', '/etc'].flatMap((path) => ['--volume', `${path}:${path}:ro`])
  for (const name of ['pg-old', 'pg-new'])
    engine.docker('run', '--detach', '--network', 'host', '--name', name, ...system, engine.image, 'sleep', '100000')
  lab.cleanUp(() => void engine.docker('rm', '--force', 'pg-old', 'pg-new'))
  one = openPlaybooks()
  await one.addServer(lab, servers[0] as never, 'old')
  await one.addServer(lab, servers[1] as never, 'new')
}, 120_000)
afterAll(async () => {
  await one?.close()
  await lab?.stop()
})

const parameters = () => ({
  ...{ source_host: 'old', source_database: 'shop', source_container: 'pg-old', source_password: 'from:here' },
  ...{ source_server: source.address, source_port: source.port, source_peer_address: source.address },
  ...{ target_host: 'new', target_database: 'shop', target_container: 'pg-new', target_password: 'to there\\' },
  ...{ target_server: target.address, target_port: target.port, target_peer_address: target.address },
})

async function move(values: Record<string, string | number>) {
  const preview = await one.playbooks.preview('postgres-move', values)
  expect(preview.problems).toEqual([])
  const { id } = await one.playbooks.start('postgres-move', values, preview.hash)
  return await one.ended(id)
}
async function nothingInside() {
  for (const name of ['pg-old', 'pg-new']) {
    const inside = () => engine.docker('exec', name, 'sh', '-c', 'ls /tmp 2>/dev/null || :')
    await expect.poll(inside).toBe('')
  }
  expect(source.sql('postgres', 'SELECT count(*) FROM pg_replication_slots')).toBe('0')
}

/** Each way has code of its own for programs in containers; both databases want their passwords. */
it.each([
  ['stream', {}],
  ['parallel', { strategy: 'parallel', jobs: 2 }],
  ['relay', { run_on: 'relay' }],
  ['logical', { strategy: 'logical' }],
])('moves a database with the programs of containers (%s), and leaves nothing in them', async (name, more) => {
  source.sql('postgres', `CREATE DATABASE ${name}`)
  source.sql(
    name,
    `CREATE TABLE t (n int PRIMARY KEY, v text); INSERT INTO t SELECT n, repeat('é', n % 9) FROM generate_series(1, 1000) n;
     CREATE INDEX ON t (v)`,
  )
  const values = { ...parameters(), source_database: name, target_database: name, ...more }
  expect(await move(values)).toMatchObject({ state: 'succeeded', problem: null })
  expect(target.sql(name, 'SELECT count(*) FROM t')).toBe('1000')
  await nothingInside()
})

it('leads an application in a Compose file over, and brings the old file and container back where it is not well', async () => {
  const folder = join(lab.folder, 'app')
  const file = join(folder, 'compose.yaml')
  mkdirSync(folder)
  source.sql('postgres', 'CREATE DATABASE shop')
  source.sql('shop', 'CREATE TABLE t AS SELECT n FROM generate_series(1, 10) n')
  const url = (cluster: Cluster, name: string) => `postgres://app:pw@${cluster.address}:${cluster.port}/${name}`
  const before = `services:
  web: # the shop
    image: ${engine.image}
    network_mode: host
    stop_grace_period: 0s
    command: sleep 100000
    environment:
      DATABASE_URL: "${url(source, 'shop')}"
      MODE: production
`
  writeFileSync(file, before)
  const up = ['--file', file, 'up', '--detach']
  const compose = (...words: string[]) =>
    execFileSync('docker-compose', words, { env: { PATH: process.env.PATH, DOCKER_HOST: engine.host }, stdio: 'pipe' })
  compose(...up)
  lab.cleanUp(() => void compose('--file', file, 'down'))
  const ask =
    "docker inspect --format '{{json .Config.Env}}' $(docker ps -q --filter label=com.docker.compose.service=web)"
  const used = () => {
    const id = engine.docker('ps', '-q', '--filter', 'label=com.docker.compose.service=web')
    return engine.docker('inspect', '--format', '{{json .Config.Env}}', id)
  }
  const values = {
    ...{ ...parameters(), app_hosts: 'old', app_file: file, app_restart: `docker-compose ${up.join(' ')}` },
    app_check: `${ask} | grep -q :${target.port}/`,
  }
  const sick = { ...values, target_database: 'sick', app_check: 'false', app_timeout: '1s' }
  expect(await move(sick)).toMatchObject({ state: 'failed', problem: { code: 'HEALTH_CHECK_FAILED' } })
  expect(readFileSync(file, 'utf8')).toBe(before)
  expect(used()).toContain(url(source, 'shop'))
  expect(source.sql('shop', 'SHOW default_transaction_read_only')).toBe('off')
  expect(await move(values)).toMatchObject({ state: 'succeeded', problem: null })
  expect(readFileSync(file, 'utf8')).toBe(before.replace(url(source, 'shop'), url(target, 'shop')))
  expect(used()).toContain(url(target, 'shop'))
})

it('names a container that is not there', async () => {
  const { problems } = await one.playbooks.preview('postgres-move', { ...parameters(), source_container: 'pg-odl' })
  expect(problems).toMatchObject([{ code: 'CONTAINER_MISSING', field: 'source_container', value: 'pg-odl' }])
})
