import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HeadroomError } from '../../../shared/model/problem.ts'
import { failure } from '../../../test/fixtures/hosts.ts'
import { type OpenPlaybooks, openPlaybooks } from '../../../test/fixtures/playbooks.ts'

const DAY = 86_400_000
let one: OpenPlaybooks
let here: string
let there: string
let marks: string

beforeEach(async () => {
  one = openPlaybooks()
  here = (await one.hosts.add({ kind: 'local', name: 'here' })).id
  there = (await one.hosts.add({ kind: 'local', name: 'there' })).id
  marks = join(one.environment.folder, 'marks')
  writeFileSync(marks, '')
})
afterEach(() => one.close())

/** A playbook of one step on `here` that leaves a mark each time it runs, and fails while "fail" is in the marks. */
function write(id: string, more = '') {
  const folder = join(one.workspace.folder, 'playbooks')
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, `${id}.yaml`),
    `format: headroom/playbook@1
id: ${id}
name: Test ${id}
summary: A test
parameters:
  - { name: key, label: Key, type: secret, required: false }
steps:
  - { id: a, name: A, kind: run, host: here, stdin: "\${{ key }}", command: "cat >/dev/null; echo ran >>${marks}; ! grep -q fail ${marks}" }
${more}`,
  )
}
async function start(id: string, parameters: Record<string, string> = {}) {
  const { hash } = await one.playbooks.preview(id, parameters)
  return await one.playbooks.start(id, parameters, hash)
}
const timesRun = () => readFileSync(marks, 'utf8').match(/ran/g)?.length ?? 0
const codesOf = (results: PromiseSettledResult<unknown>[]) =>
  results.map((one) => (one.status === 'fulfilled' ? 'done' : (one.reason as HeadroomError).code)).sort()
/** The rows of a run as a core that was killed leaves them. */
function leftByAKilledCore(runId: string) {
  one.workspace.app.prepare(`UPDATE playbook_run SET state = 'running', ended_at = NULL WHERE id = ?`).run(runId)
  one.workspace.app.prepare(`UPDATE playbook_step SET state = 'running' WHERE run_id = ?`).run(runId)
  for (const host of one.playbooks.run(runId).hostIds)
    one.workspace.app.prepare('INSERT INTO playbook_lock (host_id, run_id, since) VALUES (?, ?, 1)').run(host, runId)
}

describe('two windows', () => {
  it('that start the same playbook start it once', async () => {
    write('twice')
    const { hash } = await one.playbooks.preview('twice', {})
    const both = [one.playbooks.start('twice', {}, hash), one.playbooks.start('twice', {}, hash)]
    expect(codesOf(await Promise.allSettled(both))).toEqual(['HOST_BUSY', 'done'])
    expect(one.playbooks.runs()).toHaveLength(1)
    await one.ended(one.playbooks.runs()[0]?.id ?? '')
    expect(timesRun()).toBe(1)
  })
  it('that resume the same run resume it once', async () => {
    write('again')
    writeFileSync(marks, 'fail\n')
    const { id } = await start('again', { key: 'k' })
    await one.ended(id)
    writeFileSync(marks, '')
    const both = [one.playbooks.resume(id, {}), one.playbooks.resume(id, {})]
    expect(codesOf(await Promise.allSettled(both))).toEqual(['RUN_BUSY', 'done'])
    expect(await one.ended(id)).toMatchObject({ state: 'succeeded' })
    expect(timesRun()).toBe(1)
  })
})

describe('the secrets of a run', () => {
  const kept = async (runId: string) => (await one.hosts.secrets.get(`run/${runId}/key`)) !== null
  async function later(ms: number) {
    const { now } = one.environment
    one.environment.now = () => now() + ms
    await one.reopen()
  }
  it('are deleted 30 days after its end, and asked for afterwards', async () => {
    write('old')
    const done = await start('old', { key: 'k' })
    await one.ended(done.id)
    writeFileSync(marks, 'fail\n')
    const failed = await start('old', { key: 'k' })
    await one.ended(failed.id)
    await later(29 * DAY)
    expect([await kept(done.id), await kept(failed.id)]).toEqual([true, true])
    await later(2 * DAY)
    await expect.poll(async () => [await kept(done.id), await kept(failed.id)]).toEqual([false, false])
    expect((await failure(one.playbooks.resume(failed.id, {}))).problem).toMatchObject({
      code: 'SECRET_NEEDED',
      field: 'key',
    })
    writeFileSync(marks, '')
    await one.playbooks.resume(failed.id, { key: 'k' })
    expect(await one.ended(failed.id)).toMatchObject({ state: 'succeeded' })
    expect(await kept(failed.id)).toBe(true)
  })
  it('that were lost while a run waited for an approval are asked for once, and what was approved stands', async () => {
    write('asked', '  - { id: ok, name: Ok, kind: approve, text: "Really?" }')
    const { id } = await start('asked', { key: 'k' })
    await one.until(id, ({ state }) => state === 'stopped')
    await later(31 * DAY)
    await expect.poll(() => kept(id)).toBe(false)
    expect((await failure(one.playbooks.approve(id, 'ok', ''))).code).toBe('SECRET_NEEDED')
    await one.playbooks.resume(id, { key: 'k' })
    expect(await one.ended(id)).toMatchObject({ state: 'succeeded' })
    expect(timesRun()).toBe(1)
  })
  it('outlive any time while the run is interrupted', async () => {
    write('open')
    const { id } = await start('open', { key: 'k' })
    await one.ended(id)
    leftByAKilledCore(id)
    await later(0)
    await later(90 * DAY)
    expect(one.playbooks.run(id).state).toBe('interrupted')
    await one.playbooks.resume(id, {})
    expect(await one.ended(id)).toMatchObject({ state: 'succeeded' })
  })
  it('are deleted when a server of the run is removed, and those of other servers are not', async () => {
    write('here')
    const { id } = await start('here', { key: 'k' })
    await one.ended(id)
    await one.hosts.remove(there)
    await one.hosts.add({ kind: 'local', name: 'another' })
    expect(await kept(id)).toBe(true)
    await one.hosts.remove(here)
    await expect.poll(() => kept(id)).toBe(false)
  })
  it('need not be taken by the keychain for the run to go on', async () => {
    write('locked')
    one.hosts.secrets.put = () =>
      Promise.reject(new HeadroomError({ code: 'KEYCHAIN_FAILED', fact: 'The keychain is away.', fix: 'Unlock it.' }))
    const { id } = await start('locked', { key: 'k' })
    expect(await one.ended(id)).toMatchObject({ state: 'succeeded' })
    const entry = one.playbooks.journal(id).entries.find(({ kind }) => kind === 'secrets-not-kept')
    expect(entry?.text).toMatch(/keychain is away.*will ask/)
  })
})

it('an interrupted run whose server was removed can be closed, and lets its other servers go', async () => {
  write('pair', '  - { id: b, name: B, kind: run, host: there, command: "true" }\n')
  const { id } = await start('pair')
  await one.ended(id)
  leftByAKilledCore(id)
  await one.reopen()
  expect((await failure(start('pair'))).code).toBe('HOST_BUSY')
  await one.hosts.remove(there)
  expect(await one.playbooks.stop(id)).toMatchObject({ state: 'stopped', problem: { code: 'SERVER_REMOVED' } })
  await one.hosts.add({ kind: 'local', name: 'there' })
  expect(await one.ended((await start('pair')).id)).toMatchObject({ state: 'succeeded' })
})

it('an interrupted run that cannot be ended is closed once its servers were taken from it, and says what may be left', async () => {
  write('stuck')
  const { id } = await start('stuck', { key: 'k' })
  await one.ended(id)
  leftByAKilledCore(id)
  await one.reopen()
  await one.hosts.secrets.delete(`run/${id}/key`)
  expect((await failure(one.playbooks.stop(id))).code).toBe('SECRET_NEEDED')
  await one.playbooks.breakLock(here, 'nobody has the key any more')
  expect(await one.playbooks.stop(id)).toMatchObject({
    state: 'stopped',
    problem: { code: 'SERVERS_TAKEN', fact: expect.stringMatching(/taken away .* not everything could be ended/) },
  })
})
