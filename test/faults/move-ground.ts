import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Core, openCore } from '../../main/core/index.ts'
import type { Run } from '../../shared/model/run.ts'
import { type TestEnvironment, testEnvironment } from '../fixtures/environment.ts'
import { type Cluster, type Lab, postgresBin, startCluster, startLab } from '../lab/index.ts'
import { type Server, startServer } from './server.ts'

const PASSWORDS = { source: 'the source: old', target: 'the target\\ new' } as const
const ROWS = 60_000
/** The disk of the target's data: little more than a cluster and a few copies need. */
const TARGET_MIB = 300
const PATIENCE_MS = 240_000

const ALL_ROWS =
  'SELECT count(*), sum(hashtextextended(t::text, 0)) FROM t UNION ALL SELECT count(*), sum(hashtextextended(u::text, 0)) FROM u'

/** Waits for up to two seconds until a table is sent somewhere, and tells by whom; the review's sample is a query. */
const SENDING = `CREATE FUNCTION sending() RETURNS SETOF int LANGUAGE plpgsql AS $$ BEGIN
  FOR try IN 1..1000 LOOP
    PERFORM pg_stat_clear_snapshot();
    RETURN QUERY SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'
      AND query ~* '^COPY [^(]*(public|"public")';
    EXIT WHEN FOUND;
    PERFORM pg_sleep(0.002);
  END LOOP;
END $$`

/** Two real servers with a database on each, and a workspace that moves it. The source has a database `shop`. */
export interface MoveGround {
  servers: readonly [Server, Server]
  source: Cluster
  target: Cluster
  /** The engine, here; another while a program of its own holds the workspace. */
  readonly core: Core
  /** A folder for what steps of a move leave. */
  folder: string
  values(target: string, more: Record<string, string>): Record<string, string>
  start(values: Record<string, string>): Promise<string>
  /** Starts the move in a program of its own, and kills that where `holds`; the engine is here again afterwards. */
  killedWhere(holds: () => boolean, values: Record<string, string>): Promise<string>
  /** The run when it has ended, however it did. */
  ended(runId: string): Promise<Run>
  /** Goes on, with the passwords where they are not kept. */
  resume(runId: string): Promise<Run>
  /** Closes it, its passwords being kept as a keychain would have kept them. */
  stop(runId: string): Promise<Run>
  /**
   * Whether the source sends a table of a run. The sessions that do stand still from then on, so that what happens next
   * surely happens in the middle of the copy.
   */
  copying(): boolean
  /** Resolves once `copying`, with the sessions; throws when the run ends first. */
  hold(runId: string): Promise<number[]>
  letGo(): void
  /** A session of the copy in a database of the target whose client is gone, and the server has not noticed. */
  straggler(target: string): Promise<void>
  /** What is not as an undisturbed move leaves it. */
  differences(target: string): string[]
  /** What a run that has ended left behind. */
  leftovers(): string[]
  setPasswords(how: 'right' | 'wrong'): void
  fillTarget(): void
  /** Frees the disk again; resolves when the database there takes connections. */
  emptyTarget(): Promise<void>
  close(): Promise<void>
}

/** A copy was over before it was seen; it may be begun again. */
export class OverTooSoon extends Error {}

export async function startMoveGround(): Promise<MoveGround> {
  const lab = await startLab({ servers: 0 })
  try {
    return await onLab(lab)
  } catch (error) {
    await lab.stop()
    throw error
  }
}

async function onLab(lab: Lab): Promise<MoveGround> {
  const temporary = join(lab.folder, 'temporary')
  mkdirSync(temporary)
  const environment = testEnvironment({ real: true })
  lab.cleanUp(() => environment.dispose())
  const workspace = join(environment.folder, 'workspace')
  mkdirSync(join(environment.home, '.ssh'), { recursive: true })
  const servers = [await startServer(lab, temporary), await startServer(lab, temporary)] as const
  const [{ sshd: old }, { sshd: fresh }] = servers
  const source = await startCluster(lab, { address: old.address, settings: { wal_level: 'logical' } })
  const target = await startCluster(lab, { address: fresh.address, diskMiB: TARGET_MIB })
  const ballast = join(target.dataFolder, '..', 'ballast')
  // Movers need their passwords; the lab itself does not.
  for (const [cluster, password] of [
    [source, PASSWORDS.source],
    [target, PASSWORDS.target],
  ] as const) {
    cluster.sql('postgres', `CREATE ROLE mover SUPERUSER LOGIN PASSWORD '${password}'`)
    const file = join(cluster.dataFolder, 'pg_hba.conf')
    writeFileSync(
      file,
      `local all mover scram-sha-256\nhost all mover 127.0.0.0/8 scram-sha-256\nlocal all all trust\nhost all all 127.0.0.0/8 trust\n`,
    )
    cluster.sql('postgres', 'SELECT pg_reload_conf()')
  }
  source.sql('postgres', 'CREATE DATABASE shop')
  source.sql(
    'shop',
    `CREATE TABLE t (id bigserial PRIMARY KEY, v text); INSERT INTO t (v) SELECT md5(n::text) || md5((-n)::text) FROM generate_series(1, ${ROWS}) n;
     CREATE TABLE u (id int PRIMARY KEY, v text); INSERT INTO u SELECT n, 'Ž' || n FROM generate_series(1, 500) n; CREATE INDEX ON t (v)`,
  )
  source.sql('shop', SENDING)
  const rows = source.sql('shop', ALL_ROWS)

  const settings = { folder: workspace, environment }
  let core = await openCore(settings)
  let child: ChildProcess | null = null
  let held: number[] = []
  for (const [name, { address, port, hostKey }] of [
    ['old', old],
    ['new', fresh],
  ] as const) {
    appendFileSync(join(environment.home, '.ssh', 'known_hosts'), `[${address}]:${port} ${hostKey.publicLine}\n`)
    await core.areas.hosts.add({
      ...{ kind: 'ssh', name, address, port, user: lab.user },
      auth: { kind: 'key', path: lab.keys.plain.path },
    })
  }
  const ground: MoveGround = {
    ...{ servers, source, target, folder: environment.folder },
    get core() {
      return core
    },
    values: (name, more) => ({
      ...{ source_host: 'old', source_database: 'shop', source_user: 'mover', source_password: PASSWORDS.source },
      ...{ source_server: source.address, source_port: String(source.port), source_peer_address: source.address },
      ...{ target_host: 'new', target_database: name, target_user: 'mover', target_password: PASSWORDS.target },
      ...{ target_server: target.address, target_port: String(target.port), target_peer_address: target.address },
      ...more,
    }),
    async start(values) {
      const { playbooks } = core.areas
      const { hash, problems } = await playbooks.preview('postgres-move', values)
      if (problems[0]) throw new Error(`The move is refused: ${problems[0].code} ${problems[0].fact}`)
      return (await playbooks.start('postgres-move', values, hash)).id
    },
    async killedWhere(holds, values) {
      await core.close()
      child = started(environment, workspace, values)
      const said: string[] = []
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => said.push(String(chunk)))
      const gone = once(child, 'exit')
      try {
        await until(() => {
          if (holds()) return true
          if (child?.exitCode !== null) throw new OverTooSoon(`The program ended first: ${said.join('')}`)
          return false
        })
      } finally {
        child.kill('SIGKILL')
        await gone
        core = await openCore(settings)
      }
      return core.areas.playbooks.runs()[0]?.id ?? ''
    },
    async ended(runId) {
      const late = AbortSignal.timeout(PATIENCE_MS)
      for await (const run of core.areas.playbooks.follow(runId, late)) if (run.endedAt !== null) return run
      return core.areas.playbooks.run(runId)
    },
    async resume(runId) {
      const { source: source_password, target: target_password } = PASSWORDS
      await core.areas.playbooks.resume(runId, { source_password, target_password })
      return await ground.ended(runId)
    },
    async stop(runId) {
      // Nothing but the memory of a program holds them here, and that program is gone.
      for (const side of ['source', 'target'] as const)
        await core.areas.hosts.secrets.put(`run/${runId}/${side}_password`, PASSWORDS[side])
      return await core.areas.playbooks.stop(runId)
    },
    copying() {
      held = source.sql('shop', 'SELECT sending()').split('\n').filter(Boolean).map(Number)
      signal(held, 'SIGSTOP')
      return held.length > 0
    },
    async hold(runId) {
      await until(() => {
        const run = core.areas.playbooks.run(runId)
        if (run.endedAt !== null) throw new OverTooSoon(`The run ended before it was disturbed: ${JSON.stringify(run)}`)
        return ground.copying()
      })
      return [...held]
    },
    letGo: () => signal(held.splice(0), 'SIGCONT'),
    async straggler(name) {
      const session = spawn(
        join(postgresBin(), 'psql'),
        ['-X', '-h', target.socket, '-p', `${target.port}`, '-U', 'postgres', '-d', name, '-c', 'SELECT pg_sleep(600)'],
        { env: { ...process.env, PGAPPNAME: 'headroom-move' }, stdio: 'ignore' },
      )
      lab.cleanUp(() => void session.kill())
      const there = `SELECT count(*) FROM pg_stat_activity WHERE datname = '${name}' AND query = 'SELECT pg_sleep(600)'`
      await until(() => target.sql('postgres', there) === '1')
    },
    differences(name) {
      const wrong: string[] = []
      if (source.sql('shop', ALL_ROWS) !== rows) wrong.push('The source is not what it was.')
      if (target.sql(name, ALL_ROWS) !== rows) wrong.push('The target has not all rows.')
      const indexes = target.sql(name, "SELECT count(*) FROM pg_indexes WHERE schemaname = 'public'")
      if (indexes !== '3') wrong.push(`The target has ${indexes} of 3 indexes.`)
      return wrong
    },
    leftovers() {
      const wrong: string[] = []
      const none = (cluster: Cluster, database: string, what: string, query: string) => {
        const found = cluster.sql(database, query)
        if (found !== '') wrong.push(`There is still ${what}: ${found}`)
      }
      none(source, 'postgres', 'a slot', 'SELECT slot_name FROM pg_replication_slots')
      none(source, 'shop', 'a publication', 'SELECT pubname FROM pg_publication')
      none(target, 'postgres', 'a subscription', 'SELECT subname FROM pg_subscription')
      const open = "SELECT query FROM pg_stat_activity WHERE application_name LIKE 'headroom-move%'"
      for (const cluster of [source, target]) none(cluster, 'postgres', 'a session', open)
      const files = readdirSync(temporary)
      if (files.length > 0) wrong.push(`Among the temporary files there is still: ${files.join(', ')}`)
      return wrong
    },
    setPasswords(how) {
      for (const [cluster, password] of [
        [source, PASSWORDS.source],
        [target, PASSWORDS.target],
      ] as const)
        cluster.sql('postgres', `ALTER ROLE mover PASSWORD '${how === 'right' ? password : 'another one'}'`)
    },
    fillTarget() {
      try {
        writeFileSync(ballast, Buffer.alloc((TARGET_MIB + 1) * 1_048_576))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      }
    },
    async emptyTarget() {
      rmSync(ballast, { force: true })
      await until(() => answers(target))
    },
    async close() {
      ground.letGo()
      child?.kill('SIGKILL')
      await core.close()
      await lab.stop()
    },
  }
  return ground
}

function started(environment: TestEnvironment, workspace: string, values: Record<string, string>): ChildProcess {
  const secrets = new Set(['source_password', 'target_password'])
  const words = Object.entries(values).flatMap(([name, value]) => [
    '--param',
    secrets.has(name) ? `${name}=env:${name.toUpperCase()}` : `${name}=${value}`,
  ])
  return spawn(process.execPath, [resolve('main/cli/index.ts'), 'run', 'postgres-move', '--yes', ...words], {
    env: {
      ...{ PATH: process.env.PATH, HOME: environment.home, HEADROOM_WORKSPACE: workspace },
      ...{ SOURCE_PASSWORD: PASSWORDS.source, TARGET_PASSWORD: PASSWORDS.target },
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

function answers(cluster: Cluster): boolean {
  try {
    return cluster.sql('postgres', 'SELECT 1') === '1'
  } catch {
    return false
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (const late = performance.now() + PATIENCE_MS; !holds(); ) {
    if (performance.now() > late) throw new Error('What was waited for does not come.')
    await pause(20)
  }
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids)
    try {
      process.kill(pid, name)
    } catch {
      // It ended meanwhile.
    }
}
