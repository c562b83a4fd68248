import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenShipped, openShipped } from '../../../../test/fixtures/shipped-playbooks.ts'
import { ended, freePort, type Lab, startLab } from '../../../../test/lab/index.ts'
import { type RestartablePostgres, startRestartablePostgres } from '../../../../test/lab/restartable-postgres.ts'

/** What is done to a database that is slow: statements, an index beside the traffic, a vacuum, and PgBouncer in front. */
let lab: Lab
let one: OpenShipped
let cluster: RestartablePostgres
const password = 'Sesame-open.41~x'
const at = () => ({ host: 'db', database: 'shop', server: cluster.socket, port: cluster.port, user: 'shop' })

beforeAll(async () => {
  lab = await startLab({ servers: 1 })
  one = openShipped()
  await one.addServer(lab, lab.servers[0] as never, 'db')
  const settings = ["shared_preload_libraries = 'pg_stat_statements'", "listen_addresses = '*'"]
  cluster = await startRestartablePostgres(lab, { address: lab.servers[0]?.address ?? '127.0.0.1', settings })
  const rules = join(cluster.dataFolder, 'pg_hba.conf')
  const before = readFileSync(rules, 'utf8')
  writeFileSync(rules, `local all shop scram-sha-256\nhost all shop 127.0.0.0/8 scram-sha-256\n${before}`)
  cluster.sql('postgres', `CREATE ROLE shop LOGIN PASSWORD '${password}'; SELECT pg_reload_conf()`)
  cluster.sql('postgres', 'CREATE DATABASE shop OWNER shop')
  cluster.sql('shop', 'CREATE EXTENSION pg_stat_statements; GRANT pg_read_all_stats TO shop')
  cluster.sql(
    'shop',
    'SET ROLE shop; CREATE TABLE product (id int PRIMARY KEY, tenant_id int, active boolean); INSERT INTO product SELECT i, i % 50, i % 2 = 0 FROM generate_series(1, 20000) i; DELETE FROM product WHERE id % 5 = 0',
  )
  for (let index = 0; index < 3; index++)
    cluster.sql('shop', 'SELECT count(*) FROM product WHERE tenant_id = 7 AND active')
}, 120_000)
afterAll(async () => {
  await one?.close()
  await lab?.stop()
}, 60_000)

it('lists the slow statements, makes the index that helps, vacuums, and the second time makes nothing', async () => {
  const values = {
    ...{ ...at(), password, table: 'product', index: 'idx_product_tenant_active', columns: 'tenant_id, active' },
    where: 'active = true',
  }
  const done = await one.run('postgres-optimise', values, [''])
  expect(done.problem).toBeNull()
  expect(done.output).toMatch(/calls[\s\S]*SELECT count\(\*\) FROM product WHERE tenant_id = \$1 AND active/)
  expect(done.output).toMatch(/Before: 4000 dead rows of 16000[\s\S]*After: 0 dead rows of 16000/)
  expect(done.output).not.toContain(password)
  expect(cluster.sql('shop', "SELECT indexdef FROM pg_indexes WHERE indexname = 'idx_product_tenant_active'")).toBe(
    'CREATE INDEX idx_product_tenant_active ON public.product USING btree (tenant_id, active) WHERE (active = true)',
  )
  const again = await one.run('postgres-optimise', values, [''])
  expect(again.problem).toBeNull()
  const kinds = one.playbooks.run(again.id).steps.map(({ id, state }) => `${id} ${state}`)
  expect(kinds).toContain('index.index skipped')
  expect(kinds).toContain('vacuum.vacuum skipped')
}, 60_000)

it('removes a broken index of an earlier try, leaves none of its own, and never takes an index of another table', async () => {
  cluster.sql('shop', 'SET ROLE shop; CREATE TABLE twice (id int, note text); INSERT INTO twice VALUES (1), (1)')
  const values = { ...at(), password, table: 'twice', index: 'twice_id', columns: 'id', unique: true }
  const state = () => cluster.sql('shop', "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('twice_id')")
  const failing = await one.run('postgres-index', values)
  expect(failing.states).toEqual(['failed'])
  expect(failing.output).toMatch(/could not create unique index[\s\S]*What it left is removed/)
  expect(state()).toBe('')
  // What a killed try leaves behind.
  expect(() => cluster.sql('shop', 'CREATE UNIQUE INDEX CONCURRENTLY twice_id ON twice (id)')).toThrow()
  expect(state()).toBe('f')
  cluster.sql(
    'shop',
    'UPDATE twice SET id = 2 WHERE ctid = (SELECT min(ctid) FROM twice); ALTER INDEX twice_id OWNER TO shop',
  )
  const mended = await one.run('postgres-index', values)
  expect(mended.output).toContain('A broken twice_id of an earlier try is removed.')
  expect(state()).toBe('t')
  const taken = await one.run('postgres-index', { ...values, index: 'product_pkey' })
  expect(taken.output).toContain('product_pkey is an index of another table')
  await one.undo(mended.id)
  expect(state()).toBe('')
}, 60_000)

it('puts PgBouncer in front with the hash of the password, and leads the application over', async () => {
  const folder = join(lab.folder, 'bouncer')
  const run = join(folder, 'run')
  mkdirSync(run, { recursive: true })
  execFileSync('chown', ['-R', 'postgres:postgres', folder])
  execFileSync('chmod', ['755', lab.folder])
  const env = join(lab.folder, '.env')
  writeFileSync(env, 'DATABASE_URL=postgres://old\n')
  const port = await freePort('127.0.0.1')
  const stop = `if [ -f ${run}/pgbouncer.pid ]; then kill "$(cat ${run}/pgbouncer.pid)"; while [ -f ${run}/pgbouncer.pid ]; do sleep 0.1; done; fi`
  lab.cleanUp(() => void execFileSync('sh', ['-c', stop]))
  const values = {
    ...{ host: 'db', database_host: 'db', database_address: cluster.address, database_port: cluster.port },
    ...{ database_socket: cluster.socket, database: 'shop', app_user: 'shop', app_password: password, port, folder },
    ...{ run_folder: run, app_hosts: 'db', app_file: env, pool: 3, clients: 200 },
    app_url: `postgres://shop:${password}@127.0.0.1:${port}/shop`,
    app_check: `grep -q 127.0.0.1:${port}/shop ${env}`,
    restart: `${stop}; cd / && runuser -u postgres -- pgbouncer -d -q ${folder}/pgbouncer.ini`,
  }
  const done = await one.run('pgbouncer', values)
  expect(done.problem).toBeNull()
  expect(done.output).not.toContain(password)
  expect(done.output).not.toMatch(/SCRAM-SHA-256\$\d/)
  expect(readFileSync(join(folder, 'userlist.txt'), 'utf8')).toMatch(/^"shop" "SCRAM-SHA-256\$/)
  expect(statSync(join(folder, 'userlist.txt')).mode & 0o777).toBe(0o600)
  expect(readFileSync(env, 'utf8')).toContain(`:${port}/shop`)

  const psql = spawn(
    'psql',
    ['-XAtqw', '-d', `host=127.0.0.1 port=${port} user=shop dbname=shop`, '-c', 'SELECT 41 + 1'],
    {
      env: { PATH: process.env.PATH ?? '', PGPASSWORD: password },
    },
  )
  let said = ''
  psql.stdout.on('data', (text: Buffer) => {
    said += text.toString()
  })
  await ended(psql)
  expect(said.trim()).toBe('42')

  const again = await one.run('pgbouncer', values)
  const skipped = one.playbooks.run(again.id).steps.filter(({ state }) => state === 'skipped')
  expect(skipped.map(({ id }) => id)).toEqual(['given', 'install', 'users', 'settings', 'through', 'url'])
  // Another pool size is taken up by a restart.
  const other = await one.run('pgbouncer', { ...values, pool: 5 })
  expect(one.playbooks.run(other.id).steps.find(({ id }) => id === 'through')?.state).toBe('succeeded')
  const without = await one.run('pgbouncer', { ...values, app_url: '' })
  expect(without.output).toContain('give its new URL (app_url). Nothing was changed.')
}, 60_000)
