import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { Run } from '../../../shared/model/run.ts'
import { failure } from '../../../test/fixtures/hosts.ts'
import { type OpenPlaybooks, openPlaybooks } from '../../../test/fixtures/playbooks.ts'
import { type Cluster, type Lab, type Sshd, startCluster, startLab } from '../../../test/lab/index.ts'

let lab: Lab
let source: Cluster
let target: Cluster
/** The server of the source, and that of the target. */
let old: Sshd
let one: OpenPlaybooks
let temporary: string
let count = 0

beforeAll(async () => {
  lab = await startLab({ servers: 0 })
  // Temporary files of their own, so that what is left among them is this file's.
  temporary = join(lab.folder, 'temporary')
  mkdirSync(temporary)
  for (let count = 0; count < 2; count++)
    lab.servers.push(await lab.startServer({ config: [`SetEnv TMPDIR=${temporary}`] }))
  const [first, second] = lab.servers as [Sshd, Sshd]
  old = first
  source = await startCluster(lab, { address: first.address })
  target = await startCluster(lab, { address: second.address })
  one = openPlaybooks({ limits: { socketMs: 2000, loginMs: 3000 } })
  await one.addServer(lab, first, 'old')
  await one.addServer(lab, second, 'new')
}, 120_000)
afterAll(async () => {
  await one?.close()
  await lab?.stop()
})
// Folders of commands go just after a run's end is told.
afterEach(() => expect.poll(() => readdirSync(temporary)).toEqual([]))

/** Begins to move a database whose rows take a hundredth of a second each on the target, with writes stopped. */
async function begin(rows: number, to: { cluster: Cluster; more?: Record<string, string> } = { cluster: target }) {
  const name = `slow_${++count}`
  source.sql('postgres', `CREATE DATABASE ${name}`)
  source.sql(
    name,
    `CREATE FUNCTION public.slow(x int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN
       IF current_setting('port')::int <> ${source.port} THEN PERFORM pg_sleep(0.01); END IF; RETURN x; END $$;
     CREATE TABLE t (x int, filler text, y int GENERATED ALWAYS AS (public.slow(x)) STORED);
     INSERT INTO t SELECT n, repeat(md5(n::text), 50) FROM generate_series(1, ${rows}) n;`,
  )
  const values = {
    ...{ source_host: 'old', source_database: name, source_server: source.address, source_port: source.port },
    ...{ target_host: 'new', target_database: name, target_server: to.cluster.socket, target_port: to.cluster.port },
    ...{ target_peer_address: to.cluster.address, run_on: 'target', freeze_writes: true },
    ...to.more,
  }
  const preview = await one.playbooks.preview('postgres-move', values)
  expect(preview.problems).toEqual([])
  const run = await one.playbooks.start('postgres-move', values, preview.hash)
  await one.until(run.id, ({ steps }: Run) => /^Copying/.test(steps[0]?.progressText ?? ''))
  return { run, name }
}
function hang(server: Sshd) {
  process.kill(server.pid, 'SIGSTOP')
  for (const pid of server.sessions()) process.kill(pid, 'SIGKILL')
}
const frozen = (name: string) => source.sql(name, 'SHOW default_transaction_read_only') === 'on'
const sessions = (cluster: Cluster, name: string) =>
  Number(cluster.sql('postgres', `SELECT count(*) FROM pg_stat_activity WHERE datname = '${name}'`))

it('writes are let through again also when the link to the source is lost just then', async () => {
  const { run, name } = await begin(300)
  hang(old)
  try {
    await expect
      .poll(() => one.playbooks.journal(run.id).entries.some(({ kind }) => kind === 'command-failed'), {
        timeout: 60_000,
      })
      .toBe(true)
    expect(frozen(name)).toBe(true)
  } finally {
    process.kill(old.pid, 'SIGCONT')
  }
  expect(await one.ended(run.id)).toMatchObject({ state: 'succeeded' })
  expect(frozen(name)).toBe(false)
})

it('a stop that cannot reach a server says what may be left, keeps the servers, and can be asked again', async () => {
  const { run, name } = await begin(6000)
  hang(old)
  try {
    await one.playbooks.stop(run.id)
    const end = await one.ended(run.id)
    expect(end).toMatchObject({ state: 'interrupted', problem: { code: 'STOP_INCOMPLETE' } })
    expect(end.problem?.fact).toMatch(new RegExp(`"${name}" on old may still be read-only`))
    expect(end.steps[0]?.state).toBe('running')
  } finally {
    process.kill(old.pid, 'SIGCONT')
  }
  expect(frozen(name)).toBe(true)
  const stopped = await one.playbooks.stop(run.id)
  expect(stopped).toMatchObject({ state: 'stopped', problem: null })
  expect(stopped.outcome).toMatch(/The source is untouched; .* is empty/)
  expect(frozen(name)).toBe(false)
  await expect.poll(() => sessions(source, name) + sessions(target, name)).toBe(0)
  expect((await failure(one.playbooks.stop(run.id))).code).toBe('RUN_NOT_GOING')
})

it('a command that stays in its connection may go on when that is lost, so its run is interrupted, says so and keeps the server', async () => {
  mkdirSync(join(one.workspace.folder, 'playbooks'), { recursive: true })
  writeFileSync(
    join(one.workspace.folder, 'playbooks', 'long.yaml'),
    `format: headroom/playbook@1
id: long
name: Long
summary: A test
parameters: []
steps:
  - { id: a, name: Rebuild, kind: run, host: old, detached: false, command: "echo began; sleep 600" }
`,
  )
  const start = async () => one.playbooks.start('long', {}, (await one.playbooks.preview('long', {})).hash)
  const { id } = await start()
  await one.until(id, ({ lastSeq }) => lastSeq > 0)
  for (const pid of old.sessions()) process.kill(pid, 'SIGKILL')
  expect(await one.ended(id)).toMatchObject({
    state: 'interrupted',
    problem: { code: 'LINK_LOST', fact: expect.stringMatching(/"Rebuild" may still be running on old/) },
  })
  expect((await failure(start())).code).toBe('HOST_BUSY')
  expect(await one.playbooks.stop(id)).toMatchObject({
    state: 'stopped',
    outcome: expect.stringMatching(/"Rebuild" may still be running on old/),
  })
})

it('a target whose disk fills up during the copy is told as that, and the move goes on once there is space', async () => {
  const small = await startCluster(lab, { address: lab.servers[1]?.address ?? '', diskMiB: 128 })
  const { run, name } = await begin(1500, { cluster: small })
  const ballast = join(small.dataFolder, '..', 'ballast')
  try {
    writeFileSync(ballast, Buffer.alloc(256 * 1_048_576))
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' })
  }
  const end = await one.ended(run.id)
  expect(end).toMatchObject({ state: 'failed', problem: { code: 'TARGET_NO_SPACE' } })
  expect(end.problem?.fact).toMatch(/The source is untouched; .* is empty/)
  expect(frozen(name)).toBe(false)
  rmSync(ballast)
  await expect.poll(() => ready(small), { timeout: 45_000 }).toBe(true)
  await one.playbooks.resume(run.id, {})
  expect(await one.ended(run.id)).toMatchObject({ state: 'succeeded' })
})

function ready(cluster: Cluster): boolean {
  try {
    return cluster.sql('postgres', 'SELECT 1') === '1'
  } catch {
    return false
  }
}
