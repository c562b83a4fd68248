import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Core, openCore } from '../../main/core/index.ts'
import { type TestEnvironment, testEnvironment } from '../fixtures/environment.ts'
import { type Cluster, type Lab, type Sshd, startCluster, startLab } from '../lab/index.ts'
import { type Moved, moved, type Values } from './postgres-move-model.ts'

/** Two servers with a PostgreSQL each on loopback, a database to move, and a workspace that knows both. */
export interface MoveBench {
  lab: Lab
  source: Cluster
  target: Cluster
  environment: TestEnvironment
  core: Core
  /** What the playbook is given to move the database `bench`, with `more`. */
  values(more: Values): Values
  /** Moves the database `bench` as an operator does: review, then run. */
  move(more: Values): Promise<Moved>
  /** An empty database of that name on the target, in the place of the one there. */
  emptied(name: string): void
  /** Runs `command` at a server through ssh, as typed by hand. */
  ssh(server: 0 | 1, command: string): string
  close(): Promise<void>
}

/** About 330 MB in eight tables with a key and an index each. */
const ROWS = `DO $$ BEGIN FOR n IN 1..8 LOOP
  EXECUTE format('CREATE TABLE t%s (id bigint PRIMARY KEY, name text, amount numeric, seen timestamptz)', n);
  EXECUTE format('INSERT INTO t%s SELECT i, md5(i::text) || md5((i * 7)::text), i / 3.0, now() FROM generate_series(1, 250000) i', n);
  EXECUTE format('CREATE INDEX ON t%s (seen)', n);
END LOOP; END $$; CHECKPOINT; ANALYZE;`

const SERVER_SETTINGS = { wal_level: 'logical', shared_buffers: '64MB', max_wal_size: '1GB' }

export async function moveBench(): Promise<MoveBench> {
  const lab = await startLab({ servers: 0 })
  const temporary = join(lab.folder, 'temporary')
  mkdirSync(temporary)
  const environment = testEnvironment({ real: true })
  try {
    const clusters: Cluster[] = []
    const servers: Sshd[] = []
    const known = join(environment.home, '.ssh', 'known_hosts')
    mkdirSync(join(environment.home, '.ssh'), { recursive: true })
    const workspace = join(environment.folder, 'workspace')
    const core = await openCore({ folder: workspace, environment })
    for (const name of ['old', 'new']) {
      const server = await lab.startServer({ config: [`SetEnv TMPDIR=${temporary}`] })
      servers.push(server)
      clusters.push(await startCluster(lab, { address: server.address, settings: SERVER_SETTINGS }))
      const { address, port } = server
      appendFileSync(known, `[${address}]:${port} ${server.hostKey.publicLine}\n`)
      await core.areas.hosts.add({
        ...{ kind: 'ssh', name, address, port, user: lab.user },
        auth: { kind: 'key', path: lab.keys.plain.path },
      })
    }
    const [source, target] = clusters as [Cluster, Cluster]
    source.sql('postgres', 'CREATE DATABASE bench')
    source.sql('bench', ROWS)
    const values = (more: Values): Values => ({
      ...{ source_host: 'old', source_database: 'bench', source_server: source.address, source_port: source.port },
      ...{ target_host: 'new', target_server: target.address, target_port: target.port },
      ...{ source_peer_address: source.address, target_peer_address: target.address },
      ...more,
    })
    return {
      ...{ lab, source, target, environment, core },
      values,
      move: (more) => moved(core.areas.playbooks, values(more)),
      emptied(name) {
        target.sql('postgres', `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
        target.sql('postgres', `CREATE DATABASE ${name}`)
      },
      ssh(server, command) {
        const { address = '', port } = servers[server] ?? {}
        const options = `-T -F none -o UserKnownHostsFile=${known} -o BatchMode=yes -o IdentitiesOnly=yes`
        return `ssh ${options} -i ${lab.keys.plain.path} -p ${port} ${lab.user}@${address} '${command}'`
      },
      async close() {
        await core.close()
        environment.dispose()
        await lab.stop()
      },
    }
  } catch (error) {
    environment.dispose()
    await lab.stop()
    throw error
  }
}

/** Runs a line as a person types it into a shell; milliseconds. It has to end well. */
export async function typed(line: string): Promise<number> {
  const startedAt = performance.now()
  const child: ChildProcess = spawn('bash', ['-o', 'pipefail', '-c', line], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`it ended with ${code}: ${line}`)
  return performance.now() - startedAt
}

/** The largest ratio of times at which the throughput is at least 0.95 of the other's. */
export const AS_FAST = 1.05

/** What psql is told of a cluster, for commands typed by hand. */
export const at = ({ address, port }: Cluster): string => `-h ${address} -p ${port} -U postgres`
