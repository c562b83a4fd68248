import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type OpenPlaybooks, openPlaybooks } from '../../../test/fixtures/playbooks.ts'

let one: OpenPlaybooks
let mark: string

beforeEach(async () => {
  one = openPlaybooks()
  await one.hosts.add({ kind: 'local', name: 'here' })
  mark = join(one.environment.folder, 'mark')
})
afterEach(() => one.close())

const printed = (runId: string) =>
  one.playbooks
    .output(runId, 0, 100)
    .lines.filter(({ stream }) => stream === 'stdout')
    .map(({ text }) => text)
const folders = (runId: string) => readdirSync(tmpdir()).filter((name) => name.startsWith(`headroom-${runId}`))

/** A command that removes what a step's detached command left; the lock on the server has commands of its own. */
const removesFolders = (command: unknown) => /^(?!.*headroom-lock).*rm -rf/.test(JSON.stringify(command))

/** Prints, waits for a file and prints again; the core is closed once it has printed. */
async function leftBehind(timeout: string) {
  const command = `echo begun; until [ -e ${mark} ]; do sleep 0.05; done; echo ended`
  const id = await one.startSteps(
    'long',
    `  - { id: a, name: A, kind: run, host: here, timeout: ${timeout}, command: '${command}' }\n`,
  )
  await one.until(id, () => printed(id).length > 0)
  await one.reopen()
  expect(one.playbooks.run(id).state).toBe('interrupted')
  return id
}

it('a run that is closed after an interruption leaves no folder of a command that had ended', async () => {
  const id = await leftBehind('1h')
  writeFileSync(mark, '')
  const [folder = ''] = folders(id)
  await expect.poll(() => existsSync(join(tmpdir(), folder, 'exit'))).toBe(true)
  expect(await one.playbooks.stop(id)).toMatchObject({ state: 'stopped' })
  expect(folders(id)).toEqual([])
})

it('folders that cannot be removed at one end of a run are told, and removed at the next', async () => {
  const { run } = one.hosts
  one.hosts.run = (hostId, command, options) =>
    removesFolders(command) ? Promise.reject(new Error('away')) : run(hostId, command, options)
  const id = await one.startSteps(
    'away',
    `  - { id: a, name: A, kind: run, host: here, command: 'true' }\n  - { id: b, name: B, kind: run, host: here, command: 'test -e ${mark}' }\n`,
  )
  expect(await one.ended(id)).toMatchObject({ state: 'failed' })
  await expect.poll(() => one.playbooks.journal(id).entries.some(({ kind }) => kind === 'folders-left')).toBe(true)
  expect(folders(id)).not.toEqual([])
  one.hosts.run = run
  writeFileSync(mark, '')
  await one.playbooks.resume(id, {})
  expect(await one.ended(id)).toMatchObject({ state: 'succeeded' })
  await expect.poll(() => folders(id)).toEqual([])
})

it('a run whose end cannot be written here is not told as done, and is interrupted as soon as that can be', async () => {
  const { app } = one.workspace
  const id = await one.startSteps(
    'full',
    `  - { id: a, name: A, kind: wait-for, host: here, command: 'test -e ${mark}', every: 20ms, timeout: 1h }\n`,
  )
  await one.until(id, ({ steps }) => steps[0]?.progressText?.startsWith('Not yet') === true)
  app.exec(
    "CREATE TEMP TRIGGER full BEFORE UPDATE OF state ON playbook_run BEGIN SELECT RAISE(ABORT, 'disk full'); END",
  )
  writeFileSync(mark, '')
  await expect.poll(() => one.playbooks.run(id).steps[0]?.state, { timeout: 10_000 }).toBe('succeeded')
  expect(one.playbooks.run(id).state).toBe('running')
  app.exec('DROP TRIGGER full')
  await expect.poll(() => one.playbooks.run(id).state, { timeout: 10_000 }).toBe('interrupted')
  await one.playbooks.resume(id, {})
  expect(await one.ended(id)).toMatchObject({ state: 'succeeded' })
})

it('what the end of the program kept a run from removing is removed at the next start', async () => {
  const { run } = one.hosts
  one.hosts.run = (hostId, command, options) =>
    removesFolders(command) ? Promise.reject(new Error('killed')) : run(hostId, command, options)
  const id = await one.startSteps('killed', `  - { id: a, name: A, kind: run, host: here, command: 'true' }\n`)
  expect(await one.ended(id)).toMatchObject({ state: 'succeeded' })
  await expect.poll(() => one.playbooks.journal(id).entries.some(({ kind }) => kind === 'folders-left')).toBe(true)
  expect(folders(id)).not.toEqual([])
  one.hosts.run = run
  await one.reopen()
  await expect.poll(() => folders(id), { timeout: 10_000 }).toEqual([])
  expect(one.playbooks.run(id).state).toBe('succeeded')
})

it('at no moment would a crash leave a state that the journal does not tell of', async () => {
  await one.hosts.add({ kind: 'local', name: 'there' })
  const { app } = one.workspace
  const looks: string[] = []
  // What is committed at each write is what a process that dies then leaves.
  app.function('headroom_look', () => {
    const left = new Database(join(one.workspace.folder, 'app.db'), { readonly: true })
    const told = left.prepare('SELECT kind || coalesce(host, step) FROM playbook_journal').pluck().all() as string[]
    const steps = left.prepare('SELECT id, state, memory FROM playbook_step').all() as Record<string, string>[]
    left.close()
    for (const { id, state, memory = '{}' } of steps) {
      const { hosts = {} } = JSON.parse(memory) as { hosts?: Record<string, { name: string; state: string }> }
      const states = [`step-${state}${id}`, ...Object.values(hosts).map((on) => `host-${on.state}${on.name}`)]
      for (const found of states) {
        const entry = found.replace('-running', '-started')
        if (!/-pending/.test(entry) && !told.includes(entry)) looks.push(`${entry} is not told`)
        else if (!/-pending/.test(entry)) looks.push(entry)
      }
    }
    return 0
  })
  for (const on of ['INSERT ON playbook_journal', 'UPDATE ON playbook_step'])
    app.exec(`CREATE TEMP TRIGGER "${on}" AFTER ${on} BEGIN SELECT headroom_look(); END`)
  const steps = `  - { id: a, name: A, kind: run, host: 'here, there', parallel: 1, command: 'true', undo: 'true' }
  - { id: b, name: B, kind: run, host: here, check: 'true', command: 'true' }
  - { id: c, name: C, kind: run, host: 'here, there', parallel: 1, command: 'false' }
`
  const id = await one.startSteps('told', steps)
  expect(await one.ended(id)).toMatchObject({ state: 'failed' })
  await one.playbooks.undo(id, 'a', {})
  expect(await one.ended(id)).toMatchObject({ state: 'stopped' })
  expect(looks.filter((text) => text.endsWith('not told'))).toEqual([])
  for (const seen of ['step-succeededa', 'step-skippedb', 'step-failedc', 'host-succeededhere', 'host-failedhere'])
    expect(looks).toContain(seen)
})
