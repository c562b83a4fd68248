import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenPlaybooks, openPlaybooks } from '../../../test/fixtures/playbooks.ts'
import { type Cluster, type Lab, startCluster, startLab } from '../../../test/lab/index.ts'

/** Needs every kind of quoting on its way: to libpq, into SQL, through the shell. */
const PASSWORD = `p:a\\s's "w`

let lab: Lab
let source: Cluster
let target: Cluster
let one: OpenPlaybooks
let parameters: Record<string, string | number | boolean>
let envFile: string
let temporary: string

beforeAll(async () => {
  lab = await startLab({ servers: 0 })
  // Ids of runs are the same in every test, and so would be the folders of their jobs.
  temporary = join(lab.folder, 'temporary')
  mkdirSync(temporary)
  const config = [`SetEnv TMPDIR=${temporary}`]
  const old = await lab.startServer({ config })
  const fresh = await lab.startServer({ config })
  const settings = { wal_level: 'logical' }
  source = await startCluster(lab, { address: old.address, password: PASSWORD, settings })
  target = await startCluster(lab, { address: fresh.address })
  one = openPlaybooks({ limits: { socketMs: 1000, loginMs: 1000 } })
  await one.addServer(lab, old, 'old')
  await one.addServer(lab, fresh, 'new')
  envFile = join(one.environment.folder, '.env')
  parameters = {
    ...{ source_host: 'old', source_user: 'postgres', source_password: PASSWORD },
    ...{ source_server: source.address, source_port: source.port, source_peer_address: source.address },
    ...{ target_host: 'new', target_user: 'postgres', target_server: target.address, target_port: target.port },
    target_peer_address: target.address,
  }
}, 120_000)
afterAll(async () => {
  await one?.close()
  await lab?.stop()
})

function database(name: string, rows = 2000): void {
  source.sql('postgres', `CREATE DATABASE ${name}`)
  source.sql(
    name,
    `CREATE TABLE customer (id bigserial PRIMARY KEY, name text, seen timestamptz DEFAULT now());
     INSERT INTO customer (name) SELECT 'Žofie ' || n FROM generate_series(1, ${rows}) n;
     CREATE TABLE "odd name" ("the key" int, part int, v text, PRIMARY KEY ("the key", part));
     INSERT INTO "odd name" SELECT n % 10, n, md5(n::text) FROM generate_series(1, 500) n;
     CREATE TABLE parted (k int PRIMARY KEY, v text) PARTITION BY RANGE (k);
     CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (100);
     INSERT INTO parted SELECT n, 'x' FROM generate_series(1, 50) n;
     CREATE TABLE ordered (id int PRIMARY KEY, customer bigint REFERENCES customer, total numeric CHECK (total >= 0));
     INSERT INTO ordered SELECT n, n, n / 3.0 FROM generate_series(1, 300) n;
     CREATE INDEX customer_by_name ON customer (name);
     CREATE UNLOGGED TABLE cache (k text, v int); INSERT INTO cache VALUES ('a', 1);
     CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM ordered;
     GRANT SELECT ON customer TO PUBLIC;`,
  )
}

async function begin(name: string, more: Record<string, string | number | boolean> = {}) {
  const values = { ...parameters, source_database: name, target_database: name, ...more }
  const preview = await one.playbooks.preview('postgres-move', values)
  expect(preview.problems).toEqual([])
  return { preview, run: await one.playbooks.start('postgres-move', values, preview.hash) }
}
const nothingLeft = (name: string) => {
  expect(source.sql('postgres', 'SELECT count(*) FROM pg_replication_slots')).toBe('0')
  expect(source.sql(name, 'SELECT count(*) FROM pg_publication')).toBe('0')
  expect(target.sql('postgres', 'SELECT count(*) FROM pg_subscription')).toBe('0')
  expect(readdirSync(temporary)).toEqual([])
}

it('copies in parallel over files, and leaves none of them', async () => {
  database('par')
  const { run, preview } = await begin('par', { strategy: 'parallel', jobs: 2 })
  expect(preview.steps[0]?.notes.join(' ')).toMatch(/2 tables at once/)
  expect(await one.ended(run.id)).toMatchObject({ state: 'succeeded', problem: null })
  expect(one.playbooks.proofs(run.id)[0]).toMatchObject({ equal: true })
  expect(target.sql('par', 'SELECT count(*) FROM customer')).toBe('2000')
  nothingLeft('par')
})

it('copies by pgcopydb when asked to, and says what it was refused', async () => {
  const asked = { strategy: 'parallel', parallel_by: 'pgcopydb', jobs: 2 }
  database('pgc')
  const values = { ...parameters, ...asked, source_database: 'pgc', target_database: 'pgc' }
  expect((await one.playbooks.preview('postgres-move', values)).problems).toMatchObject([
    { code: 'PGCOPYDB_UNFIT', fact: expect.stringMatching(/unlogged tables, such as public.cache/) },
  ])
  source.sql(
    'pgc',
    `DROP TABLE cache; SELECT setval('customer_id_seq', 9000); SELECT lo_from_bytea(0, convert_to('object', 'UTF8'))`,
  )
  const { run, preview } = await begin('pgc', asked)
  expect(preview.steps[0]?.notes.join(' ')).toMatch(/pgcopydb copies 2 tables at once/)
  expect(JSON.stringify(preview)).not.toContain(JSON.stringify(PASSWORD).slice(1, -1))
  expect(await one.ended(run.id)).toMatchObject({ state: 'succeeded', problem: null })
  expect(one.playbooks.proofs(run.id)[0]).toMatchObject({ equal: true })
  expect(target.sql('pgc', 'SELECT (SELECT count(*) FROM customer), last_value FROM customer_id_seq')).toBe('2000|9000')
  expect(target.sql('pgc', `SELECT convert_from(lo_get(oid), 'UTF8') FROM pg_largeobject_metadata`)).toBe('object')
  target.sql('postgres', 'CREATE DATABASE refusing')
  target.sql('postgres', 'ALTER DATABASE refusing SET default_transaction_read_only = on')
  const { run: refused } = await begin('pgc', { ...asked, target_database: 'refusing' })
  expect(await one.ended(refused.id)).toMatchObject({
    state: 'failed',
    problem: { code: 'COPY_FAILED', fact: expect.stringMatching(/of pgcopydb\): .*read-only transaction/) },
  })
  nothingLeft('pgc')
})

it('goes through this computer where neither server reaches the other, with a proof all the same', async () => {
  database('rel')
  const far = { source_server: source.socket, target_server: target.socket, source_peer_address: '127.0.0.9' }
  const { run, preview } = await begin('rel', { ...far, target_peer_address: '127.0.0.9' })
  expect(preview.warnings.join(' ')).toMatch(/goes through this computer/)
  expect(await one.ended(run.id)).toMatchObject({ state: 'succeeded', problem: null })
  expect(one.playbooks.proofs(run.id)[0]).toMatchObject({ equal: true })
  expect(target.sql('rel', 'SELECT count(*) FROM customer')).toBe('2000')
})

it.each(['source', 'target'] as const)('goes through this computer where that is itself the %s', async (side) => {
  const name = `here_${side}`
  database(name)
  if (!one.hosts.list().some(({ kind }) => kind === 'local')) await one.hosts.add({ kind: 'local', name: 'laptop' })
  const { run } = await begin(name, { [`${side}_host`]: 'laptop', run_on: 'relay' })
  expect(await one.ended(run.id)).toMatchObject({ state: 'succeeded', problem: null })
  expect(one.playbooks.proofs(run.id)[0]).toMatchObject({ equal: true })
  expect(target.sql(name, 'SELECT count(*) FROM customer')).toBe('2000')
})

it('moves from and to databases that are reached by their URLs only', async () => {
  database('byurl')
  const url = `postgres://postgres:${encodeURIComponent(PASSWORD)}@${source.address}:${source.port}/byurl?sslmode=disable`
  const values = {
    source_url: url,
    source_host: 'new',
    target_url: `postgres://postgres@${target.address}:${target.port}/byurl`,
  }
  const preview = await one.playbooks.preview('postgres-move', values)
  expect(preview.problems).toEqual([])
  expect(JSON.stringify(preview)).not.toContain(JSON.stringify(PASSWORD).slice(1, -1))
  const run = await one.playbooks.start('postgres-move', values, preview.hash)
  expect(await one.ended(run.id)).toMatchObject({ state: 'succeeded', problem: null })
  expect(target.sql('byurl', 'SELECT count(*) FROM customer')).toBe('2000')
  const wrong = await one.playbooks.preview('postgres-move', { ...values, source_url: 'mysql://x' })
  expect(wrong.problems).toMatchObject([{ code: 'URL_INVALID', field: 'source_url' }])
})

it('replicates under a writer, proves, leads the application over and leaves nothing behind', async () => {
  database('live')
  writeFileSync(envFile, `A=1\nDATABASE_URL="postgres://app:pw@${source.address}:${source.port}/live?x=1"\r\nB=2\n`)
  chmodSync(envFile, 0o640)
  const { run } = await begin('live', {
    ...{ strategy: 'logical', app_hosts: 'new', app_file: envFile },
    ...{ app_restart: 'true', app_check: `grep -q ${target.port} ${envFile}` },
  })
  let written = 0
  let stopped = false
  const writer = setInterval(() => {
    if (stopped) return
    try {
      source.sql(
        'live',
        `UPDATE customer SET name = name || '.' WHERE id % 50 = ${written % 50}; INSERT INTO customer (name) VALUES ('late'); DELETE FROM ordered WHERE id = ${written + 1}`,
      )
      written += 1
    } catch {
      stopped = true
    }
  }, 50)
  const end = await one.ended(run.id)
  clearInterval(writer)
  expect(end).toMatchObject({ state: 'succeeded', problem: null })
  expect(written).toBeGreaterThan(3)
  expect(end.outcome).toMatch(/Writes were stopped for/)
  const proofs = one.playbooks.proofs(run.id)
  expect(proofs.map(({ equal }) => equal)).toEqual([true, true])
  expect(proofs[1]?.rows.find(({ name }) => name === 'table public.customer')?.left).toMatch(/of keys, \d+ changed/)
  for (const query of [
    'SELECT count(*), sum(hashtext(c::text)) FROM customer c',
    'SELECT last_value FROM customer_id_seq',
    'SELECT * FROM cache',
    'SELECT count(*) FROM parted',
  ])
    expect(target.sql('live', query)).toBe(source.sql('live', query))
  expect(target.sql('live', 'SELECT * FROM totals')).toBe(source.sql('live', 'SELECT count(*) FROM ordered'))
  expect(source.sql('live', 'SHOW default_transaction_read_only')).toBe('on')
  expect(readFileSync(envFile, 'utf8')).toBe(
    `A=1\nDATABASE_URL="postgres://app:pw@${target.address}:${target.port}/live?x=1"\r\nB=2\n`,
  )
  expect(statSync(envFile).mode & 0o777).toBe(0o640)
  nothingLeft('live')
})

it('puts the old URL back when the application is not well, and lets writes through', async () => {
  database('sick')
  const before = `DATABASE_URL=postgres://app:pw@${source.address}:${source.port}/sick\n`
  for (const strategy of ['stream', 'logical']) {
    writeFileSync(envFile, before)
    const { run } = await begin('sick', {
      ...{ strategy, app_hosts: 'new', app_file: envFile, app_timeout: '1s' },
      ...{ app_restart: 'true', app_check: `grep -q ${source.port} ${envFile}`, target_database: `sick_${strategy}` },
    })
    expect(await one.ended(run.id)).toMatchObject({
      state: 'failed',
      problem: { code: 'HEALTH_CHECK_FAILED', fact: expect.stringMatching(/old DATABASE_URL is back/) },
    })
    expect(readFileSync(envFile, 'utf8')).toBe(before)
    expect(source.sql('sick', 'SHOW default_transaction_read_only')).toBe('off')
    nothingLeft('sick')
  }
})

it('catches a single byte that changed on the target, before the switch', async () => {
  database('bytes')
  writeFileSync(envFile, `DATABASE_URL=postgres://app:pw@${source.address}:${source.port}/bytes\n`)
  const spoil = join(one.environment.folder, 'spoil.sh')
  // Between the proof under writes and the write stop, in a row that the replication does not touch any more.
  writeFileSync(
    spoil,
    `psql -q -h ${target.address} -p ${target.port} -U postgres -d bytes -c "UPDATE customer SET name = 'Žofie 18' WHERE id = 17"\n`,
  )
  const { run } = await begin('bytes', {
    ...{ strategy: 'logical', app_hosts: 'new', app_file: envFile, app_before: `sh ${spoil}`, app_check: 'true' },
  })
  expect(await one.ended(run.id)).toMatchObject({
    state: 'failed',
    problem: { code: 'TABLE_DIFFERS', value: 'table public.customer' },
  })
  expect(readFileSync(envFile, 'utf8')).toContain(`:${source.port}/`)
  expect(source.sql('bytes', 'SHOW default_transaction_read_only')).toBe('off')
  nothingLeft('bytes')
})

it('refuses tables without a key for replication, or makes them whole rows when told to', async () => {
  source.sql('postgres', 'CREATE DATABASE keyless')
  source.sql('keyless', 'CREATE TABLE t (x int); INSERT INTO t VALUES (1), (1), (2)')
  const values = { ...parameters, source_database: 'keyless', target_database: 'keyless', strategy: 'logical' }
  expect((await one.playbooks.preview('postgres-move', values)).problems).toMatchObject([
    { code: 'TABLE_WITHOUT_KEY', fact: expect.stringContaining('public.t') },
  ])
  const { run } = await begin('keyless', { strategy: 'logical', without_key: 'full' })
  expect(await one.ended(run.id)).toMatchObject({ state: 'succeeded' })
  expect(source.sql('keyless', "SELECT relreplident FROM pg_class WHERE relname = 't'")).toBe('d')
  nothingLeft('keyless')
})

it('resumes a replication after the core has ended, and takes all of it back when it is stopped instead', async () => {
  for (const how of ['resume', 'stop'] as const) {
    const name = `core_${how}`
    database(name, 60_000)
    const { run } = await begin(name, { strategy: 'logical' })
    await one.until(run.id, ({ steps }) => /First copy|Starting|Building/.test(steps[0]?.progressText ?? ''))
    await one.reopen()
    expect(one.playbooks.run(run.id)).toMatchObject({ state: 'interrupted' })
    if (how === 'resume') {
      await one.playbooks.resume(run.id, {})
      expect(await one.ended(run.id)).toMatchObject({ state: 'succeeded', problem: null })
      expect(target.sql(name, 'SELECT count(*) FROM customer')).toBe('60000')
    } else {
      await one.playbooks.stop(run.id)
      expect(await one.ended(run.id)).toMatchObject({ state: 'stopped' })
      source.sql(name, 'INSERT INTO customer (name) VALUES (1)')
    }
    nothingLeft(name)
  }
})

it('never lets a slot fill the disk of the source: the guard drops it though nobody comes back', async () => {
  database('guarded')
  source.sql(
    'guarded',
    "CREATE TABLE slow (x int PRIMARY KEY, y text); INSERT INTO slow SELECT n, repeat('x', 100) FROM generate_series(1, 100000) n",
  )
  const { run } = await begin('guarded', { strategy: 'logical', wal_limit: 0.05 })
  await one.until(run.id, ({ steps }) => /First copy|Building|Gathering/.test(steps[0]?.progressText ?? ''))
  await one.reopen()
  // A target that takes nothing any more, for which the source keeps its WAL.
  const name = target.sql('guarded', 'SELECT subname FROM pg_subscription')
  target.sql('guarded', `ALTER SUBSCRIPTION ${name} DISABLE`)
  source.sql(
    'guarded',
    'CREATE TABLE noise (x text); INSERT INTO noise SELECT repeat(md5(n::text), 60) FROM generate_series(1, 60000) n',
  )
  await expect
    .poll(() => source.sql('postgres', 'SELECT count(*) FROM pg_replication_slots'), { timeout: 60_000, interval: 500 })
    .toBe('0')
  await one.playbooks.stop(run.id)
  nothingLeft('guarded')
})
