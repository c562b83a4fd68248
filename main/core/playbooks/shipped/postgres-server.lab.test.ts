import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenShipped, openShipped } from '../../../../test/fixtures/shipped-playbooks.ts'
import { type Cluster, type Lab, startCluster, startLab } from '../../../../test/lab/index.ts'
import { type RestartablePostgres, startRestartablePostgres } from '../../../../test/lab/restartable-postgres.ts'

/** A database server of one's own, from an empty PostgreSQL to the application that uses it, and its replica. */
let lab: Lab
let one: OpenShipped
let old: Cluster
let fresh: RestartablePostgres
let standby: RestartablePostgres
let folder: string
const password = `it's "$HOME" \\ 100%`

beforeAll(async () => {
  lab = await startLab({ servers: 3 })
  const [app, database, replica] = lab.servers as [never, never, never]
  one = openShipped()
  await one.addServer(lab, app, 'app')
  await one.addServer(lab, database, 'database')
  await one.addServer(lab, replica, 'replica')
  const address = (index: number) => lab.servers[index]?.address ?? ''
  old = await startCluster(lab, { address: address(0), password: 'old' })
  fresh = await startRestartablePostgres(lab, { address: address(1) })
  standby = await startRestartablePostgres(lab, { address: address(2) })
  folder = join(lab.folder, 'srv')
  mkdirSync(folder)
}, 120_000)
afterAll(async () => {
  await one?.close()
  await lab?.stop()
}, 60_000)

const account = () => ({ socket: fresh.socket, port: fresh.port, restart: fresh.restart })

it('sets PostgreSQL by its memory, restarts it for what needs that, and takes it back', async () => {
  const values = { host: 'database', memory: '4GiB', ...account() }
  const done = await one.run('postgres-settings', values)
  expect(done.states).toEqual(['succeeded', 'succeeded'])
  const show = (name: string) => fresh.sql('postgres', `SHOW ${name}`)
  expect(['shared_buffers', 'effective_cache_size', 'max_connections', 'work_mem'].map(show)).toEqual([
    '1GB',
    '3GB',
    '100',
    '10MB',
  ])
  expect((await one.run('postgres-settings', values)).states).toEqual(['skipped', 'skipped'])

  // A server that does not start with what was written comes back with what was there.
  const impossible = await one.run('postgres-settings', { ...values, shared_buffers: '900000GB', connections: 40 })
  expect(impossible.states).toEqual(['failed', 'pending'])
  expect(impossible.output).toContain('One of these values is refused, so the old settings are back.')
  expect(readFileSync(join(fresh.dataFolder, 'postgresql.auto.conf'), 'utf8')).toContain("max_connections = '100'")
  const refused = await one.run('postgres-settings', { ...values, shared_buffers: '8000GB', connections: 40 })
  expect(refused.states).toEqual(['succeeded', 'failed'])
  expect(refused.output).toContain('The old ones are back, and it answers.')
  expect(show('max_connections')).toBe('100')
}, 60_000)

it('says so where a setting is fixed on the command line of the server', async () => {
  const values = { host: 'app', socket: old.address, port: old.port, password: 'old', memory: '4GiB', when: 'later' }
  const refused = await one.run('postgres-settings', values)
  expect(refused.states[0]).toBe('failed')
  expect(refused.output).toContain('shared_buffers')
  expect(refused.output).toContain('the command of its service in the Compose file')
})

it('gives the database a server of its own and leads the application there', async () => {
  old.sql('postgres', 'CREATE DATABASE shop')
  old.sql(
    'shop',
    'CREATE TABLE product (id int PRIMARY KEY, tenant_id int, active boolean); INSERT INTO product SELECT i, i % 7, i % 2 = 0 FROM generate_series(1, 5000) i',
  )
  const env = join(folder, '.env')
  writeFileSync(env, 'NAME=shop\nDATABASE_URL=postgres://old/shop\n', { mode: 0o600 })
  const url = `postgres://shop:${encodeURIComponent(password).replaceAll("'", '%27')}@${fresh.address}:${fresh.port}/shop`
  const values = {
    ...{ source_host: 'app', source_database: 'shop', source_password: 'old', source_server: old.address },
    ...{ source_port: old.port, source_peer_address: old.address, host: 'database', address: fresh.address },
    ...{ app_addresses: lab.servers[0]?.address ?? '', database: 'shop', app_user: 'shop', app_password: password },
    ...{ tls: false, memory: '4GiB', schedule: 'nothing', backup_folder: join(folder, 'backups') },
    ...{ backup_script: folder, app_hosts: 'app', app_file: env, app_url: url, ...account() },
    app_check: `grep -q ${fresh.address} ${env}`,
  }
  const made = await one.run('database-vps', { ...values, part: 'server' })
  expect(made.problem).toBeNull()
  expect(fresh.sql('shop', 'SELECT count(*) FROM pg_stat_user_tables')).toBe('0')
  const done = await one.run('database-vps', { ...values, part: 'move' })
  expect(done.problem).toBeNull()
  expect(done.states.slice(0, 5)).toEqual(Array(5).fill('skipped'))
  expect(fresh.sql('shop', 'SELECT count(*) FROM product')).toBe('5000')
  expect(readFileSync(env, 'utf8')).toContain(`DATABASE_URL=`)
  expect(readFileSync(env, 'utf8')).toContain(fresh.address)
  expect(done.output).not.toContain(password)

  const rules = fresh.sql(
    'postgres',
    "SELECT user_name, address FROM pg_hba_file_rules WHERE address NOT IN ('127.0.0.1', '::1')",
  )
  expect(rules.split('\n')).toEqual([`{shop}|${lab.servers[0]?.address}`, `{shop}|${fresh.address}`])
  const from = (source: string) =>
    execFileSync(
      'psql',
      [
        '-X',
        '-A',
        '-t',
        '-w',
        '-d',
        `host=${fresh.address} port=${fresh.port} user=shop dbname=shop`,
        '-c',
        'SELECT 1',
      ],
      {
        env: { PATH: process.env.PATH ?? '', PGPASSWORD: password, PGAPPNAME: source },
        encoding: 'utf8',
        stdio: 'pipe',
      },
    ).trim()
  // The kernel gives connections on loopback the address they go to.
  expect(from('shop')).toBe('1')
}, 120_000)

it('backs up, proves it by a restore, and does neither again within the hour', async () => {
  const values = {
    ...{ host: 'database', database: 'shop', folder: join(folder, 'again'), script: folder, schedule: 'nothing' },
    ...{ server: fresh.socket, port: fresh.port, copy: `cp "$1" ${folder}/copied.dump` },
  }
  const done = await one.run('postgres-backup', values)
  expect(done.states.slice(0, 4)).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded'])
  expect(done.output).toMatch(/Restored: 1 tables of 1/)
  expect(existsSync(join(folder, 'copied.dump'))).toBe(true)
  expect(fresh.sql('postgres', "SELECT count(*) FROM pg_database WHERE datname LIKE 'restore_trial%'")).toBe('0')
  expect((await one.run('postgres-backup', values)).states.slice(0, 4)).toEqual(Array(4).fill('skipped'))

  // An old archive goes only after a backup that worked.
  const kept = readdirSync(join(folder, 'again')).find((name) => name.endsWith('.dump')) ?? ''
  const archive = join(folder, 'again', 'shop-20200101T000000Z.dump')
  writeFileSync(archive, 'old')
  execFileSync('touch', ['-d', '2020-01-01', archive, join(folder, 'again', kept)])
  const run = (more: Record<string, string> = {}) =>
    execFileSync(join(folder, 'postgres-backup-shop'), {
      env: { PATH: process.env.PATH ?? '', ...more },
      stdio: 'pipe',
    })
  fresh.sql('postgres', 'ALTER DATABASE shop ALLOW_CONNECTIONS false')
  expect(() => run()).toThrow()
  expect(existsSync(archive)).toBe(true)
  fresh.sql('postgres', 'ALTER DATABASE shop ALLOW_CONNECTIONS true')
  run()
  expect(existsSync(archive)).toBe(false)
}, 60_000)

it('writes units that systemd takes', async () => {
  const preview = await one.playbooks.preview('postgres-backup', {
    ...{ host: 'database', database: 'shop', folder, script: folder, server: fresh.socket, port: fresh.port },
  })
  const units = preview.steps.flatMap(({ diffs }) => diffs).filter(({ path }) => path.startsWith('/etc/systemd'))
  expect(units.map(({ path }) => path.split('.').at(-1))).toEqual(['service', 'timer'])
  const there = join(lab.folder, 'units')
  mkdirSync(there)
  for (const { path, after } of units) writeFileSync(join(there, path.split('/').at(-1) ?? ''), after)
  const verify = (...names: string[]) =>
    execFileSync('systemd-analyze', ['verify', ...names.map((name) => join(there, name))], {
      env: { PATH: process.env.PATH ?? '', SYSTEMD_UNIT_PATH: `${there}:` },
      stdio: 'pipe',
    })
  expect(() => verify('postgres-backup-shop.service', 'postgres-backup-shop.timer')).not.toThrow()
  expect(preview.steps.at(-1)?.commands.find(({ purpose }) => purpose === 'run')?.text).toContain(
    'systemctl enable --now',
  )
})

it('makes a replica that follows, leaves it alone, and takes it back', async () => {
  standby.sql('postgres', 'SELECT 1')
  const values = {
    ...{ primary: 'database', replica: 'replica', primary_address: fresh.address, replica_address: fresh.address },
    ...{ replication_password: password, data: standby.dataFolder, stop: standby.stop, start: standby.start },
    ...{ primary_port: fresh.port, primary_socket: fresh.socket, replica_port: standby.port },
    ...{ replica_socket: standby.socket },
  }
  const done = await one.run('postgres-replica', values)
  expect(done.problem).toBeNull()
  expect(standby.sql('shop', 'SELECT pg_is_in_recovery(), count(*) FROM product')).toBe('t|5000')
  fresh.sql('shop', 'INSERT INTO product VALUES (5001, 1, true)')
  await expect.poll(() => standby.sql('shop', 'SELECT count(*) FROM product')).toBe('5001')
  expect(done.output).not.toContain(password)
  expect((await one.run('postgres-replica', values)).states).toEqual(['skipped', 'skipped', 'succeeded'])
  expect(existsSync(`${standby.dataFolder}.before-replica_1`)).toBe(true)
  await one.undo(done.id)
  expect(standby.sql('postgres', "SELECT pg_is_in_recovery(), count(*) FROM pg_database WHERE datname = 'shop'")).toBe(
    'f|0',
  )
  expect(fresh.sql('postgres', 'SELECT count(*) FROM pg_replication_slots')).toBe('0')
  rmSync(`${standby.dataFolder}.replica-replica_1`, { recursive: true, force: true })
}, 120_000)
