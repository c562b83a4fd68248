import { mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { failure } from '../../../test/fixtures/hosts.ts'
import { type OpenPlaybooks, openPlaybooks } from '../../../test/fixtures/playbooks.ts'
import { type Cluster, type Lab, startCluster, startLab } from '../../../test/lab/index.ts'

/** The password of the source; it must come to light nowhere. */
const CANARY = `c4n:ary\\ 'x"y`

let lab: Lab
let source: Cluster
let target: Cluster
let one: OpenPlaybooks
let parameters: Record<string, string | number | boolean>
let temporary: string
let count = 0

beforeAll(async () => {
  lab = await startLab({ servers: 0 })
  // Temporary files of their own, so that what is left among them is this file's.
  temporary = join(lab.folder, 'temporary')
  mkdirSync(temporary)
  for (const config of [[`SetEnv TMPDIR=${temporary}`], [`SetEnv TMPDIR=${temporary}`]])
    lab.servers.push(await lab.startServer({ config }))
  source = await startCluster(lab, { address: lab.servers[0]?.address ?? '', password: CANARY })
  target = await startCluster(lab, { address: lab.servers[1]?.address ?? '' })
  for (const cluster of [source, target]) cluster.sql('postgres', 'CREATE ROLE shop_owner')
  source.sql('postgres', 'CREATE DATABASE shop')
  source.sql(
    'shop',
    `CREATE TABLE customer (id bigserial PRIMARY KEY, name text, raw bytea, seen timestamptz, score double precision, tags text[]);
     INSERT INTO customer (name, raw, seen, score, tags)
       SELECT CASE WHEN n % 7 = 0 THEN NULL ELSE 'Žofie 北京 🚀 ' || n END, decode(md5(n::text), 'hex'),
              now() - n * interval '1 second', n / 3.0, ARRAY['a', NULL, '"']
       FROM generate_series(1, 5000) n;
     CREATE SCHEMA "odd name"; CREATE TABLE "odd name"."order's" ("x y" int, headroom_row int);
     INSERT INTO "odd name"."order's" VALUES (1, NULL), (1, NULL), (2, 3);
     CREATE TABLE empty_one (); CREATE TABLE of_owner (id int); ALTER TABLE of_owner OWNER TO shop_owner;
     CREATE TABLE parted (k int, v text) PARTITION BY LIST (k);
     CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1); INSERT INTO parted VALUES (1, 'one');
     CREATE SEQUENCE unused; CREATE VIEW newest AS SELECT max(seen) FROM customer;
     CREATE INDEX customer_by_name ON customer (name);
     SELECT lo_from_bytea(0, 'large');`,
  )
  one = openPlaybooks({ limits: { socketMs: 1000, loginMs: 1000 } })
  const hosts = [
    await one.addServer(lab, lab.servers[0] as never, 'old'),
    await one.addServer(lab, lab.servers[1] as never, 'new'),
  ]
  parameters = {
    source_host: hosts[0]?.id ?? '',
    source_database: 'shop',
    source_password: CANARY,
    source_server: source.address,
    source_port: source.port,
    target_host: 'new',
    target_server: target.socket,
    target_port: target.port,
    target_peer_address: target.address,
  }
}, 120_000)
afterAll(async () => {
  await one?.close()
  await lab?.stop()
})
afterEach(() => {
  expect(readdirSync(temporary)).toEqual([])
})

const fresh = () => `shop_${++count}`
async function begin(more: Record<string, string | number | boolean> = {}) {
  const values = { ...parameters, target_database: fresh(), ...more }
  const preview = await one.playbooks.preview('postgres-move', values)
  expect(preview.problems).toEqual([])
  return { run: await one.playbooks.start('postgres-move', values, preview.hash), preview, values }
}

it('moves a database and proves it, row for row', async () => {
  const { run, preview, values } = await begin()
  expect(preview.steps[0]?.commands.map(({ purpose }) => purpose)).toContain('undo')
  expect(preview.warnings.join(' ')).toMatch(/Writes to the source are not stopped/)
  const end = await one.ended(run.id)
  expect(end).toMatchObject({ state: 'succeeded', problem: null })
  expect(end.outcome).toMatch(/5 tables are equal/)
  const [proof] = one.playbooks.proofs(run.id)
  expect(proof).toMatchObject({ equal: true, leftName: 'shop on old', rightName: `${values.target_database} on new` })
  const rows = new Map(proof?.rows.map((row) => [row.name, row.left]))
  expect(rows.get('table public.customer')).toMatch(/^5000 rows, checksum -?\d+$/)
  expect(rows.get(`table odd name.order's`)).toMatch(/^3 rows/)
  expect(rows.get('sequence public.customer_id_seq')).toBe('5000')
  expect(rows.get('sequence public.unused')).toBe('not used yet')
  expect(rows.get('large objects')).toMatch(/^1 /)
  expect([...rows.keys()]).toEqual(expect.arrayContaining(['indexes', 'constraints', 'views']))
  const count = 'SELECT count(*), sum(length(name)) FROM customer'
  expect(target.sql(String(values.target_database), count)).toBe(source.sql('shop', count))
  expect(
    target.sql(String(values.target_database), "SELECT tableowner FROM pg_tables WHERE tablename = 'of_owner'"),
  ).toBe('shop_owner')

  await one.hosts.secrets.delete(`run/${run.id}/source_password`)
  expect((await failure(one.playbooks.proveAgain(run.id, {}))).problem).toMatchObject({
    code: 'SECRET_NEEDED',
    field: 'source_password',
  })
  const again = await one.playbooks.proveAgain(run.id, { source_password: CANARY })
  expect(again.equal).toBe(true)
  target.sql(String(values.target_database), 'UPDATE customer SET score = 0 WHERE id = 17')
  const spoiled = await one.playbooks.proveAgain(run.id, { source_password: CANARY })
  expect(spoiled.rows.filter(({ equal }) => !equal).map(({ name }) => name)).toEqual(['table public.customer'])
  expect(one.playbooks.journal(run.id)).toMatchObject({ intact: true, brokenAt: null })
})

it('keeps the password out of every row, export, preview and process list', async () => {
  const seen: string[] = []
  const watch = setInterval(() => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid))
      try {
        seen.push(readFileSync(`/proc/${pid}/cmdline`, 'latin1'))
        seen.push(readFileSync(`/proc/${pid}/environ`, 'latin1'))
      } catch {
        // It ended meanwhile.
      }
  }, 20)
  const { run, preview } = await begin()
  await one.ended(run.id)
  clearInterval(watch)
  // The watcher sees the programs at all.
  expect(seen.some((text) => text.includes('pg_restore'))).toBe(true)
  const everywhere = [
    JSON.stringify(preview),
    JSON.stringify(one.playbooks.run(run.id)),
    JSON.stringify(one.playbooks.output(run.id, 0, 2000)),
    one.playbooks.exportJournal(run.id, 'json').text,
    one.playbooks.exportJournal(run.id, 'markdown').text,
    ...readdirSync(one.workspace.folder)
      .filter((name) => name.includes('.db'))
      .map((name) => readFileSync(join(one.workspace.folder, name), 'latin1')),
    ...seen,
  ].join('\n')
  expect(everywhere).toContain('source_password')
  for (const form of [
    CANARY,
    JSON.stringify(CANARY).slice(1, -1),
    encodeURIComponent(CANARY),
    Buffer.from(CANARY).toString('base64'),
  ])
    expect(everywhere.includes(form)).toBe(false)
})

it('stops writes for the move when asked, and lets them through again', async () => {
  source.sql('postgres', 'CREATE DATABASE calm; ')
  source.sql('calm', 'CREATE TABLE t (x int); INSERT INTO t SELECT generate_series(1, 10)')
  const { run, preview } = await begin({ source_database: 'calm', freeze_writes: true })
  expect(preview.downtime).toMatch(/writes stopped/)
  expect(await one.ended(run.id)).toMatchObject({ state: 'succeeded' })
  const kinds = one.playbooks.journal(run.id).entries.map(({ kind }) => kind)
  expect(kinds.indexOf('freeze')).toBeLessThan(kinds.indexOf('unfreeze'))
  expect(source.sql('calm', 'INSERT INTO t VALUES (11) RETURNING x')).toBe('11')
})

it('names what stands in the way before anything is changed', async () => {
  const codesOf = async (more: Record<string, string | number | boolean>) =>
    (await one.playbooks.preview('postgres-move', { ...parameters, target_database: 'nowhere', ...more })).problems
  expect(await codesOf({ source_database: 'shpo' })).toMatchObject([
    { code: 'DATABASE_MISSING', field: 'source_database', value: 'shpo', fix: expect.stringContaining('shop') },
  ])
  expect(await codesOf({ source_password: 'wrong' })).toMatchObject([
    { code: 'POSTGRES_AUTH_REFUSED', field: 'source_password' },
  ])
  expect(await codesOf({ target_user: 'nobody_here' })).toMatchObject([
    { code: 'POSTGRES_AUTH_REFUSED', field: 'target_user' },
  ])
  expect(await codesOf({ source_port: 1 })).toMatchObject([{ code: 'POSTGRES_UNREACHABLE' }])
  expect(await codesOf({ source_container: 'nope' })).toMatchObject([{ field: 'source_container' }])
  target.sql('postgres', 'CREATE DATABASE full_one')
  target.sql('full_one', 'CREATE TABLE t ()')
  expect(await codesOf({ target_database: 'full_one' })).toMatchObject([
    { code: 'TARGET_NOT_EMPTY', value: 'full_one' },
  ])
  source.sql('postgres', 'CREATE ROLE only_here; CREATE DATABASE owned')
  source.sql('owned', 'CREATE TABLE t (); ALTER TABLE t OWNER TO only_here')
  expect(await codesOf({ source_database: 'owned' })).toMatchObject([
    { code: 'ROLE_MISSING', fact: expect.stringContaining('only_here') },
  ])
  expect(await codesOf({ source_database: 'owned', owners: 'target-user' })).toEqual([])
  expect(
    await codesOf({
      target_host: 'old',
      target_server: source.address,
      target_port: source.port,
      target_password: CANARY,
      target_database: 'shop',
    }),
  ).toMatchObject([{ code: 'SAME_DATABASE' }])
  const nothing = await failure(
    one.playbooks.preview('postgres-move', { ...parameters, target_database: 'x', source_host: 'who' }),
  )
  expect(nothing.problem).toMatchObject({ code: 'HOST_NOT_FOUND', field: 'source_host', value: 'who' })
  expect(target.sql('postgres', "SELECT count(*) FROM pg_database WHERE datname = 'nowhere'")).toBe('0')
})

it('refuses a target without space, with both numbers', async () => {
  const small = await startCluster(lab, { address: lab.servers[1]?.address ?? '', diskMiB: 64 })
  small.sql('postgres', 'CREATE ROLE shop_owner')
  source.sql('postgres', 'CREATE DATABASE big')
  source.sql('big', 'CREATE TABLE t AS SELECT n, repeat(md5(n::text), 20) AS filler FROM generate_series(1, 60000) n')
  const preview = await one.playbooks.preview('postgres-move', {
    ...parameters,
    ...{ source_database: 'big', target_database: 'big', target_server: small.socket, target_port: small.port },
  })
  expect(preview.problems).toMatchObject([
    { code: 'TARGET_NO_SPACE', fact: expect.stringMatching(/MiB free.*MiB are needed/) },
  ])
})

it('names a table that differs after the copy, and leaves a known state', async () => {
  source.sql('postgres', 'CREATE DATABASE tricky')
  // A generated column is computed anew by the target: here it comes out differently, with the same number of rows.
  source.sql(
    'tricky',
    `CREATE FUNCTION public.here() RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT current_setting('port') $$;
     CREATE TABLE same (x int); INSERT INTO same VALUES (1);
     CREATE TABLE changes (x int, y text GENERATED ALWAYS AS (public.here()) STORED); INSERT INTO changes VALUES (1), (2);`,
  )
  const { run, values } = await begin({ source_database: 'tricky' })
  const end = await one.ended(run.id)
  expect(end).toMatchObject({ state: 'failed', problem: { code: 'TABLE_DIFFERS', value: 'table public.changes' } })
  expect(end.problem?.fact).toContain(`"${values.target_database}" on new holds the copy that differs`)
  expect(one.playbooks.proofs(run.id)[0]?.rows.filter(({ equal }) => !equal)).toHaveLength(1)
  expect(source.sql('tricky', 'SELECT count(*) FROM changes')).toBe('2')
  expect(target.sql(String(values.target_database), 'SELECT count(*) FROM changes')).toBe('2')
  // Meanwhile somebody puts another database of that name to use.
  target.sql('postgres', `DROP DATABASE ${values.target_database}`)
  target.sql('postgres', `CREATE DATABASE ${values.target_database}`)
  target.sql(String(values.target_database), 'CREATE TABLE precious (x int)')
  await one.playbooks.resume(run.id, {})
  expect(await one.ended(run.id)).toMatchObject({ state: 'failed', problem: { code: 'TARGET_NOT_EMPTY' } })
  expect(target.sql(String(values.target_database), 'SELECT count(*) FROM precious')).toBe('0')
})

/** A database whose copy takes a while: the target computes a slow generated column for each row. */
function slowDatabase(name: string, seconds: number) {
  source.sql('postgres', `CREATE DATABASE ${name}`)
  source.sql(
    name,
    `CREATE FUNCTION public.slow(x int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN
       IF current_setting('port')::int <> ${source.port} THEN PERFORM pg_sleep(0.01); END IF; RETURN x; END $$;
     CREATE TABLE t (x int, y int GENERATED ALWAYS AS (public.slow(x)) STORED);
     INSERT INTO t SELECT generate_series(1, ${seconds * 100});`,
  )
}
const copying = (run: { steps: { progressText: string | null }[] }) => /^Copying/.test(run.steps[0]?.progressText ?? '')

it('goes on where it was after the link is cut and the server cannot be reached for a while', async () => {
  slowDatabase('slow_link', 8)
  const { run } = await begin({ source_database: 'slow_link' })
  await one.until(run.id, copying)
  const said = () =>
    one.playbooks
      .output(run.id, 0, 2000)
      .lines.map(({ stream, text }) => `${stream}: ${text}`)
      .join('\n')
  const [, server] = lab.servers
  process.kill(server?.pid ?? 0, 'SIGSTOP')
  try {
    for (const pid of server?.sessions() ?? []) process.kill(pid, 'SIGKILL')
    await one.until(run.id, () => /note: .*trying to connect again/.test(said()))
  } finally {
    process.kill(server?.pid ?? 0, 'SIGCONT')
  }
  expect(await one.ended(run.id)).toMatchObject({ state: 'succeeded' })
  expect(said()).toMatch(/note: Connected again/)
})

it('is interrupted when the core ends, holds its servers, and picks the copy up when resumed', async () => {
  slowDatabase('slow_core', 6)
  const { run, values } = await begin({ source_database: 'slow_core', freeze_writes: true })
  await one.until(run.id, copying)
  await one.reopen()
  expect(one.playbooks.run(run.id)).toMatchObject({
    state: 'interrupted',
    problem: { code: 'RUN_INTERRUPTED', fact: expect.stringMatching(/"slow_core" on old may still be read-only/) },
  })
  const other = { ...parameters, target_database: fresh() }
  const preview = await one.playbooks.preview('postgres-move', other)
  const busy = await failure(one.playbooks.start('postgres-move', other, preview.hash))
  expect(busy.problem).toMatchObject({ code: 'HOST_BUSY', details: { runId: run.id } })
  await one.playbooks.resume(run.id, {})
  expect(await one.ended(run.id)).toMatchObject({ state: 'succeeded' })
  expect(one.playbooks.journal(run.id).entries.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['run-interrupted', 'run-resumed', 'attached', 'unfreeze']),
  )
  expect(target.sql(String(values.target_database), 'SELECT count(*) FROM t')).toBe('600')
  expect(source.sql('slow_core', 'SHOW default_transaction_read_only')).toBe('off')
})

it('can be stopped: nothing goes on, nothing is left but the source as it was', async () => {
  slowDatabase('slow_stop', 60)
  const { run, values } = await begin({ source_database: 'slow_stop', freeze_writes: true })
  await one.until(run.id, copying)
  await one.playbooks.stop(run.id)
  expect(await one.ended(run.id)).toMatchObject({ state: 'stopped', problem: null })
  const sessions = (cluster: Cluster, database: string) =>
    cluster.sql('postgres', `SELECT count(*) FROM pg_stat_activity WHERE datname = '${database}'`)
  await expect.poll(() => sessions(source, 'slow_stop')).toBe('0')
  await expect.poll(() => sessions(target, String(values.target_database))).toBe('0')
  expect(source.sql('slow_stop', 'SHOW default_transaction_read_only')).toBe('off')
  await one.playbooks.resume(run.id, {})
  await one.until(run.id, copying)
  await one.reopen()
  await one.playbooks.stop(run.id)
  expect(one.playbooks.run(run.id)).toMatchObject({ state: 'stopped' })
})

it('starts only what was reviewed', async () => {
  const values = { ...parameters, target_database: fresh() }
  const preview = await one.playbooks.preview('postgres-move', values)
  target.sql('postgres', `CREATE DATABASE ${values.target_database}`)
  const changed = await failure(one.playbooks.start('postgres-move', values, preview.hash))
  expect(changed.code).toBe('PREVIEW_CHANGED')
  expect(one.playbooks.runs().some(({ parameters }) => parameters.target_database === values.target_database)).toBe(
    false,
  )
})

it('counts what was written since the copy began, and proves the moment itself', async () => {
  slowDatabase('busy_one', 3)
  const { run } = await begin({ source_database: 'busy_one' })
  await one.until(run.id, copying)
  source.sql('busy_one', 'INSERT INTO t VALUES (-1), (-2)')
  const end = await one.ended(run.id)
  expect(end).toMatchObject({ state: 'succeeded' })
  expect(one.playbooks.proofs(run.id)[0]?.equal).toBe(true)
  const now = await one.playbooks.proveAgain(run.id, {})
  expect(now.rows.find(({ equal }) => !equal)).toMatchObject({
    name: 'table public.t',
    left: expect.stringMatching(/^302 rows/),
    right: expect.stringMatching(/^300 rows/),
  })
})

/** A database that the target refuses with these words when it computes a generated column. */
function refusedDatabase(name: string, words: string) {
  source.sql('postgres', `CREATE DATABASE ${name}`)
  source.sql(
    name,
    `CREATE FUNCTION public.refuse(x int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN
       IF current_setting('port')::int <> ${source.port} THEN RAISE EXCEPTION '${words}'; END IF; RETURN x; END $$;
     CREATE TABLE t (x int, y int GENERATED ALWAYS AS (public.refuse(x)) STORED); INSERT INTO t VALUES (1);`,
  )
}

it.each([
  ['COPY_FAILED', 'this row is not welcome', /this row is not welcome.*source is untouched.*is empty/],
  [
    'TARGET_NO_SPACE',
    'could not extend file: No space left on device',
    /filled up during the copy.*source is untouched/,
  ],
])('a copy that the target refuses ends as %s, all or nothing', async (code, words, fact) => {
  const name = `refused_${code.toLowerCase()}`
  refusedDatabase(name, words)
  const { run, values } = await begin({ source_database: name, freeze_writes: true })
  expect(await one.ended(run.id)).toMatchObject({
    state: 'failed',
    problem: { code, fact: expect.stringMatching(fact) },
  })
  expect(target.sql(String(values.target_database), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).toBe(
    '0',
  )
  expect(source.sql(name, 'SHOW default_transaction_read_only')).toBe('off')
  source.sql(name, 'ALTER TABLE t DROP COLUMN y')
  await one.playbooks.resume(run.id, {})
  expect(await one.ended(run.id)).toMatchObject({ state: 'succeeded' })
})

it('a copy that is killed at the server is found out, and begins anew when resumed', async () => {
  slowDatabase('slow_kill', 4)
  const { run } = await begin({ source_database: 'slow_kill' })
  await one.until(run.id, copying)
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
    try {
      if (readlinkSync(`/proc/${pid}/cwd`).endsWith(`headroom-${run.id}-move`)) process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It ended meanwhile.
    }
  expect(await one.ended(run.id)).toMatchObject({ state: 'failed', problem: { code: 'COPY_LOST' } })
  expect(target.sql('postgres', "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'headroom-move'")).toBe(
    '0',
  )
  await one.playbooks.resume(run.id, {})
  expect(await one.ended(run.id)).toMatchObject({ state: 'succeeded' })
})

it('does not take another server for the source because its address leads there from the target', async () => {
  const decoy = await startCluster(lab, { address: '127.0.0.1', port: source.port })
  decoy.sql('postgres', 'CREATE DATABASE shop')
  const { problems } = await one.playbooks.preview('postgres-move', {
    ...parameters,
    ...{ target_database: fresh(), run_on: 'target', source_peer_address: '127.0.0.1' },
  })
  expect(problems).toMatchObject([
    { code: 'NO_NETWORK_PATH', fact: expect.stringMatching(/leads to another PostgreSQL server/) },
  ])
})

it('says when neither server reaches the other, and copies where it is told to', async () => {
  const { problems } = await one.playbooks.preview('postgres-move', {
    ...parameters,
    ...{
      target_database: fresh(),
      // A stream would go through this computer.
      strategy: 'parallel',
      source_server: source.socket,
      source_peer_address: '127.0.0.9',
      target_peer_address: '127.0.0.9',
    },
  })
  expect(problems).toMatchObject([
    {
      code: 'NO_NETWORK_PATH',
      fact: expect.stringMatching(/new does not reach the source.*old does not reach the target/),
    },
  ])
  for (const run_on of ['source', 'target']) {
    const preview = await one.playbooks.preview('postgres-move', { ...parameters, target_database: fresh(), run_on })
    expect(preview.steps[0]?.commands.find(({ detached }) => detached)?.hostName).toBe(
      run_on === 'source' ? 'old' : 'new',
    )
  }
})

it('says so when the source cannot be made writable again', async () => {
  slowDatabase('slow_frozen', 4)
  const { run } = await begin({ source_database: 'slow_frozen', freeze_writes: true })
  await one.until(run.id, copying)
  source.sql('postgres', "CREATE ROLE other_admin SUPERUSER LOGIN PASSWORD 'other'; ALTER ROLE postgres NOLOGIN")
  try {
    expect(await one.ended(run.id)).toMatchObject({
      state: 'failed',
      problem: { code: 'SOURCE_STILL_READ_ONLY', fix: expect.stringContaining('ALTER DATABASE "slow_frozen" RESET') },
    })
  } finally {
    source.sqlAs('other_admin', 'other', 'postgres', 'ALTER ROLE postgres LOGIN')
  }
  expect(source.sql('slow_frozen', 'SHOW default_transaction_read_only')).toBe('on')
})
