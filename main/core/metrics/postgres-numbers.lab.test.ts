import { type ChildProcess, spawn } from 'node:child_process'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenHosts, openHosts } from '../../../test/fixtures/hosts.ts'
import { type Cluster, type Lab, startCluster, startLab } from '../../../test/lab/index.ts'
import { type Standby, startStandby } from '../../../test/lab/standby.ts'
import { createMetrics, type Metrics } from './index.ts'

/** The app's numbers of PostgreSQL beside what psql gave at that moment: a primary with sessions and locks, and its standby. */
const MIB = 2 ** 20
let lab: Lab
let open: OpenHosts
let metrics: Metrics
let primary: Cluster
let standby: Standby
let onPrimary: string
let onStandby: string
const sessions: ChildProcess[] = []

beforeAll(async () => {
  lab = await startLab({ servers: 0 })
  primary = await startCluster(lab, { address: '127.0.0.1' })
  standby = await startStandby(lab, primary, 'reporting')
  open = openHosts({ real: true })
  metrics = createMetrics(open)
  const add = async (name: string, at: { socket: string; port: number }) => {
    const { id } = await open.hosts.add({ kind: 'local', name })
    open.hosts.setPostgres(id, { via: 'psql', socketOrHost: at.socket, port: at.port, user: 'postgres' })
    return id
  }
  onPrimary = await add('primary', primary)
  onStandby = await add('standby', standby)
}, 120_000)
afterAll(async () => {
  for (const session of sessions) session.kill('SIGKILL')
  await metrics?.close()
  await open?.close()
  await lab?.stop()
})

const latest = (hostId: string, metric: string, labels: Record<string, string> = {}) =>
  metrics
    .latest(hostId)
    .find(
      ({ series }) =>
        series.metric === metric && Object.entries(labels).every(([key, value]) => series.labels[key] === value),
    )?.value
const asked = (text: string) => Number(primary.sql('postgres', text))
/** A session that runs statements and then stays. */
function session(...statements: string[]): void {
  const psql = spawn(
    'psql',
    ['-X', '-q', '-h', primary.socket, '-p', `${primary.port}`, '-U', 'postgres', 'postgres'],
    {
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  )
  psql.stdin.write(`${statements.join(';\n')};\n`)
  sessions.push(psql)
}

it('sessions by state, locks waited for, the oldest transaction and the longest query', async () => {
  primary.sql('postgres', 'CREATE TABLE account (id int); INSERT INTO account VALUES (1)')
  session('BEGIN', 'LOCK account')
  await expect.poll(() => asked("SELECT count(*) FROM pg_locks WHERE relation = 'account'::regclass")).toBe(1)
  session('SELECT * FROM account')
  session('SELECT 1')
  const states = () =>
    primary.sql(
      'postgres',
      "SELECT string_agg(state || ' ' || n, ', ' ORDER BY state) FROM (SELECT state, count(*) n FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() GROUP BY 1) s",
    )
  await expect.poll(states, { timeout: 45_000 }).toBe('active 1, idle 1, idle in transaction 1')
  await metrics.collect(onPrimary)
  // The probe's own session is active beside the one that waits.
  expect(latest(onPrimary, 'postgres_connections', { state: 'active' })).toBe(2)
  expect(latest(onPrimary, 'postgres_connections', { state: 'idle' })).toBe(1)
  expect(latest(onPrimary, 'postgres_connections', { state: 'idle in transaction' })).toBe(1)
  expect(latest(onPrimary, 'postgres_connections_total')).toBe(4)
  const most = asked("SELECT current_setting('max_connections')")
  expect(latest(onPrimary, 'postgres_connections_max')).toBe(most)
  expect(latest(onPrimary, 'postgres_connections_used_ratio')).toBeCloseTo(4 / most, 4)
  expect(latest(onPrimary, 'postgres_locks_waiting')).toBe(asked('SELECT count(*) FROM pg_locks WHERE NOT granted'))
  expect(latest(onPrimary, 'postgres_locks_waiting')).toBe(1)
  const age = (column: string) =>
    asked(
      `SELECT extract(epoch FROM max(clock_timestamp() - ${column})) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'${column === 'query_start' ? " AND state = 'active'" : ''}`,
    )
  await metrics.collect(onPrimary)
  const after = performance.now()
  const [oldest, longest] = [age('xact_start'), age('query_start')]
  const lateS = (performance.now() - after) / 1000 + 2
  const seen = latest(onPrimary, 'postgres_oldest_transaction_seconds') ?? Number.NaN
  expect(oldest - seen).toBeGreaterThanOrEqual(-0.1)
  expect(oldest - seen).toBeLessThan(lateS)
  const running = latest(onPrimary, 'postgres_longest_query_seconds') ?? Number.NaN
  expect(longest - running).toBeGreaterThanOrEqual(-0.1)
  expect(longest - running).toBeLessThan(lateS)
  for (const one of sessions.splice(0)) one.kill('SIGKILL')
}, 60_000)

it('sizes exactly; commits over the very seconds that psql counts them', async () => {
  await expect
    .poll(() => asked("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"), {
      timeout: 45_000,
    })
    .toBe(1)
  primary.sql('postgres', "CREATE TABLE big AS SELECT repeat('x', 1000) FROM generate_series(1, 20000); CHECKPOINT")
  await expect
    .poll(
      async () => {
        await metrics.collect(onPrimary)
        return latest(onPrimary, 'postgres_database_size_bytes', { database: 'postgres' })
      },
      { timeout: 45_000 },
    )
    .toBe(asked("SELECT pg_database_size('postgres')"))
  const commits = () => asked('SELECT sum(xact_commit) FROM pg_stat_database')
  const [before, from] = [commits(), performance.now()]
  await metrics.collect(onPrimary)
  for (let n = 0; n < 60; n += 1) primary.sql('postgres', 'SELECT 1')
  await metrics.collect(onPrimary)
  const rate = ((commits() - before) * 1000) / (performance.now() - from)
  const told = latest(onPrimary, 'postgres_commits_per_second') ?? Number.NaN
  expect(Math.abs(told / rate - 1)).toBeLessThan(0.35)
}, 90_000)

it('a standby that holds back replaying, told alike at both ends, and caught up again', async () => {
  const replica = standby.name
  /** Of the standby's line to the primary; not a number while there is none. */
  const behind = () => {
    const bytes = primary.sql(
      'postgres',
      `SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) FROM pg_stat_replication WHERE application_name = '${replica}'`,
    )
    return bytes === '' ? Number.NaN : Number(bytes)
  }
  await expect.poll(behind, { timeout: 45_000 }).toBe(0)
  standby.sql('SELECT pg_wal_replay_pause()')
  await expect.poll(() => standby.sql('SELECT pg_get_wal_replay_pause_state()'), { timeout: 45_000 }).toBe('paused')
  primary.sql('postgres', "CREATE TABLE later AS SELECT repeat('y', 1000) FROM generate_series(1, 5000)")
  await expect.poll(behind, { timeout: 45_000 }).toBeGreaterThan(4 * MIB)
  const received = () =>
    Number(standby.sql('SELECT pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())'))
  // The primary's last record may not be sent yet.
  await expect.poll(() => Math.abs(received() - behind()), { timeout: 45_000 }).toBeLessThan(8192)
  await metrics.collect(onPrimary)
  await metrics.collect(onStandby)
  const near = (value: number | undefined) => Math.abs((value ?? Number.NaN) - behind())
  expect(near(latest(onPrimary, 'postgres_replica_lag_bytes', { replica }))).toBeLessThan(MIB / 4)
  expect(near(latest(onStandby, 'postgres_standby_lag_bytes'))).toBeLessThan(MIB / 4)
  expect(latest(onStandby, 'postgres_standby_lag_seconds')).toBeGreaterThan(0)
  expect(latest(onPrimary, 'postgres_replica_lag_seconds', { replica })).toBeGreaterThan(0)
  standby.sql('SELECT pg_wal_replay_resume()')
  await expect.poll(behind, { timeout: 45_000 }).toBe(0)
  await metrics.collect(onPrimary)
  await metrics.collect(onStandby)
  expect(latest(onPrimary, 'postgres_replica_lag_bytes', { replica })).toBeLessThan(MIB / 4)
  expect(latest(onStandby, 'postgres_standby_lag_bytes')).toBe(0)
  expect(latest(onStandby, 'postgres_standby_lag_seconds')).toBe(0)
}, 90_000)
