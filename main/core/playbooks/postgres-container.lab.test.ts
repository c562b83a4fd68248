import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenPlaybooks, openPlaybooks } from '../../../test/fixtures/playbooks.ts'
import { type Cluster, type Lab, startCluster, startDocker, startLab } from '../../../test/lab/index.ts'

let lab: Lab
let source: Cluster
let target: Cluster
let one: OpenPlaybooks

/** Two servers whose PostgreSQL programs are in containers; the engine's address comes with the login, as with rootless Docker. */
beforeAll(async () => {
  lab = await startLab({ servers: 0 })
  const engine = await startDocker(lab, { swarm: false })
  // Ids of runs are the same in every test, and so would be the folders of their jobs. Only the first SetEnv line counts.
  const temporary = join(lab.folder, 'temporary')
  mkdirSync(temporary)
  const config = [`SetEnv DOCKER_HOST=${engine.host} TMPDIR=${temporary}`]
  const servers = [await lab.startServer({ config }), await lab.startServer({ config })]
  source = await startCluster(lab, { address: servers[0]?.address ?? '', password: 'from:here' })
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

it('moves a database with the programs of containers, both with passwords, and leaves nothing in them', async () => {
  source.sql('postgres', 'CREATE DATABASE shop')
  source.sql('shop', `CREATE TABLE t AS SELECT n, repeat('é', n % 9) AS v FROM generate_series(1, 1000) n`)
  const preview = await one.playbooks.preview('postgres-move', parameters())
  expect(preview.problems).toEqual([])
  const { id } = await one.playbooks.start('postgres-move', parameters(), preview.hash)
  expect(await one.ended(id)).toMatchObject({ state: 'succeeded', problem: null })
  expect(target.sql('shop', 'SELECT count(*) FROM t')).toBe('1000')
  const [host] = one.hosts.list()
  for (const name of ['pg-old', 'pg-new']) {
    const left = await one.hosts.run(host?.id ?? '', {
      argv: ['docker', 'exec', name, 'sh', '-c', 'ls /tmp 2>/dev/null || :'],
    })
    expect(left).toMatchObject({ exitCode: 0, stdout: '' })
  }
})

it('names a container that is not there', async () => {
  const { problems } = await one.playbooks.preview('postgres-move', { ...parameters(), source_container: 'pg-odl' })
  expect(problems).toMatchObject([{ code: 'CONTAINER_MISSING', field: 'source_container', value: 'pg-odl' }])
})
