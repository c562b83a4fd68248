import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type TestEnvironment, testEnvironment } from '../../../test/fixtures/environment.ts'
import { type Cluster, type Lab, type Sshd, startCluster, startLab } from '../../../test/lab/index.ts'
import { type Core, openCore } from '../index.ts'

let lab: Lab
let source: Cluster
let target: Cluster
let environment: TestEnvironment
let workspace: string
let temporary: string
let core: Core
let child: ChildProcess | null = null
/** Digest of every row of the source. */
let rows: string

const ALL_ROWS =
  'SELECT count(*), sum(hashtextextended(t::text, 0)) FROM t UNION ALL SELECT count(*), sum(hashtextextended(u::text, 0)) FROM u'

/** Waits for up to two seconds until a table is sent somewhere, and tells by whom. */
const SENDING = `CREATE FUNCTION sending() RETURNS SETOF int LANGUAGE plpgsql AS $$ BEGIN
  FOR try IN 1..1000 LOOP
    PERFORM pg_stat_clear_snapshot();
    RETURN QUERY SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE 'COPY public.%';
    EXIT WHEN FOUND;
    PERFORM pg_sleep(0.002);
  END LOOP;
END $$`

beforeAll(async () => {
  lab = await startLab({ servers: 0 })
  temporary = join(lab.folder, 'temporary')
  mkdirSync(temporary)
  environment = testEnvironment({ real: true })
  workspace = join(environment.folder, 'workspace')
  mkdirSync(join(environment.home, '.ssh'), { recursive: true })
  core = await openCore({ folder: workspace, environment })
  const clusters: Cluster[] = []
  for (const name of ['old', 'new']) {
    const server: Sshd = await lab.startServer({ config: [`SetEnv TMPDIR=${temporary}`] })
    const { address, port } = server
    const line = `[${address}]:${port} ${server.hostKey.publicLine}\n`
    appendFileSync(join(environment.home, '.ssh', 'known_hosts'), line)
    await core.areas.hosts.add({
      ...{ kind: 'ssh', name, address, port, user: lab.user },
      auth: { kind: 'key', path: lab.keys.plain.path },
    })
    clusters.push(await startCluster(lab, { address, settings: { wal_level: 'logical' } }))
  }
  ;[source, target] = clusters as [Cluster, Cluster]
  source.sql('postgres', 'CREATE DATABASE shop')
  source.sql(
    'shop',
    `CREATE TABLE t (id bigserial PRIMARY KEY, v text); INSERT INTO t (v) SELECT md5(n::text) || md5((-n)::text) FROM generate_series(1, 60000) n;
     CREATE TABLE u (id int PRIMARY KEY, v text); INSERT INTO u SELECT n, 'Ž' || n FROM generate_series(1, 500) n; CREATE INDEX ON t (v)`,
  )
  source.sql('shop', SENDING)
  rows = source.sql('shop', ALL_ROWS)
}, 120_000)
afterAll(async () => {
  letGo()
  child?.kill('SIGKILL')
  await core?.close()
  environment?.dispose()
  await lab?.stop()
})

const values = (name: string, more: Record<string, string> = {}): Record<string, string> => ({
  ...{ source_host: 'old', source_database: 'shop', source_server: source.address, source_port: String(source.port) },
  ...{ target_host: 'new', target_database: name, target_server: target.address, target_port: String(target.port) },
  ...{ source_peer_address: source.address, target_peer_address: target.address, ...more },
})

/** Starts the move in a program of its own, and kills that where `holds`; the core is open again afterwards. */
async function killedWhere(holds: () => boolean, given: Record<string, string>): Promise<string> {
  await core.close()
  const words = Object.entries(given).flatMap(([name, value]) => ['--param', `${name}=${value}`])
  child = spawn(process.execPath, [resolve('main/cli/index.ts'), 'run', 'postgres-move', '--yes', ...words], {
    env: { ...process.env, HOME: environment.home, HEADROOM_WORKSPACE: workspace },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += String(chunk)))
  const gone = once(child, 'exit')
  await expect
    .poll(() => holds() || (child?.exitCode !== null && `it ended: ${said}`), { timeout: 60_000, interval: 20 })
    .toBe(true)
  child.kill('SIGKILL')
  await gone
  core = await openCore({ folder: workspace, environment })
  return core.areas.playbooks.runs()[0]?.id ?? ''
}
/**
 * Whether the source sends a table of the run itself; the review's sample is a query. The session that does is held there,
 * so that the program is surely killed in the middle of the copy.
 */
let held: number[] = []
function copying(): boolean {
  held = source.sql('shop', 'SELECT sending()').split('\n').filter(Boolean).map(Number)
  for (const pid of held) process.kill(pid, 'SIGSTOP')
  return held.length > 0
}
function letGo(): void {
  for (const pid of held.splice(0)) process.kill(pid, 'SIGCONT')
}

async function ended(runId: string) {
  for await (const run of core.areas.playbooks.follow(runId)) if (run.endedAt !== null) return run
  return core.areas.playbooks.run(runId)
}
function asUndisturbed(name: string): void {
  expect(target.sql(name, ALL_ROWS)).toBe(rows)
  expect(source.sql('shop', ALL_ROWS)).toBe(rows)
  expect(target.sql(name, "SELECT count(*) FROM pg_indexes WHERE schemaname = 'public'")).toBe('3')
  nothingLeft()
}
function nothingLeft(): void {
  expect(source.sql('postgres', 'SELECT count(*) FROM pg_replication_slots')).toBe('0')
  expect(source.sql('shop', 'SELECT count(*) FROM pg_publication')).toBe('0')
  expect(target.sql('postgres', 'SELECT count(*) FROM pg_subscription')).toBe('0')
  const open = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'headroom-move%'"
  for (const cluster of [source, target]) expect(cluster.sql('postgres', open)).toBe('0')
  expect(readdirSync(temporary)).toEqual([])
}
const writable = () => source.sql('postgres', 'ALTER DATABASE shop RESET default_transaction_read_only')

it.each([
  ['stream', { strategy: 'stream' }],
  ['parallel', { strategy: 'parallel', jobs: '2' }],
  ['relay', { run_on: 'relay' }],
  ['logical', { strategy: 'logical' }],
] as const)(
  'kill -9 of the program in the middle of a %s copy: resumed, it ends as an undisturbed one',
  async (name, more) => {
    const runId = await killedWhere(copying, values(name, more))
    // Nothing says running that is not watched.
    expect(core.areas.playbooks.run(runId)).toMatchObject({ state: 'interrupted' })
    letGo()
    await core.areas.playbooks.resume(runId, {})
    expect(await ended(runId)).toMatchObject({ state: 'succeeded', problem: null })
    expect(core.areas.playbooks.proofs(runId).at(-1)).toMatchObject({ equal: true })
    asUndisturbed(name)
    writable()
  },
)

it('kill -9 in the middle of a switch: resumed, the application uses the target; stopped, it has its old URL; undone, too', async () => {
  for (const how of ['resume', 'stop'] as const) {
    const file = join(environment.folder, `${how}.env`)
    const begun = join(environment.folder, `${how}.begun`)
    const goOn = join(environment.folder, `${how}.on`)
    const before = `A=1\nDATABASE_URL=postgres://app:pw@${source.address}:${source.port}/shop\n`
    const name = `switch_${how}`
    writeFileSync(file, before)
    const restart = `touch ${begun}; for i in $(seq 600); do [ -e ${goOn} ] && exit 0; sleep 0.1; done`
    const app = { app_hosts: 'new', app_file: file, app_restart: restart, app_check: `grep -q A=1 ${file}` }
    const runId = await killedWhere(() => existsSync(begun), values(name, app))
    expect(readFileSync(file, 'utf8')).toContain(`:${target.port}/${name}`)
    expect(core.areas.playbooks.run(runId)).toMatchObject({ state: 'interrupted' })
    writeFileSync(goOn, '')
    if (how === 'resume') {
      await core.areas.playbooks.resume(runId, {})
      expect(await ended(runId)).toMatchObject({ state: 'succeeded', problem: null })
      expect(readFileSync(file, 'utf8')).toBe(before.replace(/@.*/, `@${target.address}:${target.port}/${name}`))
      expect(source.sql('shop', 'SHOW default_transaction_read_only')).toBe('on')
      asUndisturbed(name)
      await core.areas.playbooks.undo(runId, 'move', {})
      await ended(runId)
    } else {
      await core.areas.playbooks.stop(runId)
      expect(await ended(runId)).toMatchObject({ state: 'stopped' })
    }
    expect(readFileSync(file, 'utf8')).toBe(before)
    expect(source.sql('shop', 'SHOW default_transaction_read_only')).toBe('off')
    expect(source.sql('shop', ALL_ROWS)).toBe(rows)
    nothingLeft()
  }
})
