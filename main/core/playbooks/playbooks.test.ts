import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { failure } from '../../../test/fixtures/hosts.ts'
import { type OpenPlaybooks, openPlaybooks } from '../../../test/fixtures/playbooks.ts'

let one: OpenPlaybooks
let here: string
const CANARY = 'canary-7f3a91c2'

beforeEach(async () => {
  one = openPlaybooks()
  here = (await one.hosts.add({ kind: 'local', name: 'here' })).id
})
afterEach(() => one.close())

/** A playbook of the workspace with these steps, a word and a secret. */
function write(id: string, steps: string) {
  const folder = join(one.workspace.folder, 'playbooks')
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, `${id}.yaml`),
    `format: headroom/playbook@1
id: ${id}
name: Test ${id}
summary: A test
parameters:
  - { name: host, label: Server, type: host, default: here }
  - { name: word, label: Word, type: text, default: "it's $HOME" }
  - { name: key, label: Key, type: secret, required: false }
steps:
${steps}`,
  )
}
async function start(id: string, parameters: Record<string, string> = {}) {
  const preview = await one.playbooks.preview(id, parameters)
  return { preview, run: await one.playbooks.start(id, parameters, preview.hash) }
}
const texts = (runId: string) =>
  one.playbooks.output(runId, 0, 2000).lines.map(({ stream, text }) => `${stream}: ${text}`)

describe('the list', () => {
  it('has the shipped playbooks and the workspace’s, and a broken file with its line', () => {
    write('mine', '  - { id: a, name: A, kind: manual, instructions: Look. }\n')
    write('broken', '  - { id: a, name: A, kind: run, host: here, comand: ls }\n')
    write('postgres-move', '  - { id: a, name: A, kind: manual, instructions: Look. }\n')
    const list = one.playbooks.list()
    const shipped = list.filter(({ origin }) => origin === 'shipped')
    expect(shipped.map(({ id }) => id)).toEqual(expect.arrayContaining(['postgres-move', 'swarm-scale']))
    expect(shipped.filter(({ problem }) => problem !== null)).toEqual([])
    const own = list.filter(({ origin }) => origin === 'workspace')
    expect(own.map(({ id, problem }) => [id, problem?.code ?? null])).toEqual([
      ['broken', 'YAML_INVALID'],
      ['mine', null],
      ['postgres-move', 'PLAYBOOK_ID_TAKEN'],
    ])
    expect(JSON.stringify(own[0]?.problem)).toMatch(/broken\.yaml:10:\d+ .*comand/)
    const names = one.playbooks.names()
    expect(names.get('broken')).toBe('broken')
    expect(names.get('mine')).toBe('Test mine')
    expect(names.get('postgres-move')).toBe(shipped.find(({ id }) => id === 'postgres-move')?.name)
    expect(
      shipped.find(({ id }) => id === 'postgres-move')?.parameters.find(({ name }) => name === 'source_password'),
    ).toMatchObject({
      type: 'secret',
      required: false,
    })
  })
  it('names a playbook that is not there, and refuses a broken one', async () => {
    write('broken', '  - { id: a, name: A, kind: nope }\n')
    expect((await failure(one.playbooks.preview('nope', {}))).problem).toMatchObject({
      code: 'PLAYBOOK_NOT_FOUND',
      value: 'nope',
    })
    expect((await failure(one.playbooks.preview('broken', {}))).code).toBe('YAML_INVALID')
    writeFileSync(join(one.workspace.folder, 'playbooks', 'huge.yaml'), '#'.repeat(2_000_001))
    expect((await failure(one.playbooks.preview('huge', {}))).code).toBe('PLAYBOOK_TOO_LARGE')
  })
})

describe('a run step', () => {
  it('shows the exact command, runs it, and keeps output and journal', async () => {
    write(
      'echo',
      `  - { id: say, name: Say, kind: run, host: "\${{ host }}", command: 'printf "%s\\n" "got \${{ word }}"; echo no >&2', undo: "true" }\n`,
    )
    const { preview, run } = await start('echo')
    const [command] = preview.steps[0]?.commands ?? []
    expect(command).toMatchObject({ hostName: 'here', purpose: 'run', readOnly: false, raw: false })
    expect(await one.ended(run.id)).toMatchObject({ state: 'succeeded', outcome: 'All steps are done.' })
    expect(texts(run.id)).toEqual(expect.arrayContaining([`stdout: got it's $HOME`, 'stderr: no']))
    const journal = one.playbooks.journal(run.id)
    expect(journal).toMatchObject({ intact: true })
    expect(journal.entries.map(({ kind }) => kind)).toEqual([
      'run-started',
      'step-started',
      'command',
      'command-ended',
      'step-succeeded',
      'run-succeeded',
    ])
    expect(journal.entries[2]?.text).toBe(command?.text)
  })
  it('is skipped when its check says so, and fails with its last words', async () => {
    write(
      'checked',
      `  - { id: a, name: A, kind: run, host: here, check: "true", command: "exit 9" }\n  - { id: b, name: B, kind: run, host: here, command: "echo why >&2; exit 3" }\n`,
    )
    const { preview, run } = await start('checked')
    expect(preview.steps.map(({ alreadyDone }) => alreadyDone)).toEqual([true, false])
    const end = await one.ended(run.id)
    expect(end).toMatchObject({
      state: 'failed',
      problem: { code: 'COMMAND_FAILED', fact: expect.stringMatching(/exit code 3: why/) },
    })
    expect(end.steps.map(({ state }) => state)).toEqual(['skipped', 'failed'])
  })
  it('fails when its proof does not hold; resumed, it goes on from there', async () => {
    const mark = join(one.environment.folder, 'mark')
    write(
      'verified',
      `  - { id: a, name: A, kind: run, host: here, command: "echo once >>${mark}" }\n  - { id: b, name: B, kind: run, host: here, command: "true", verify: "test -e ${mark}.ok" }\n`,
    )
    const { run } = await start('verified')
    expect((await one.ended(run.id)).problem?.code).toBe('VERIFY_FAILED')
    writeFileSync(`${mark}.ok`, '')
    await one.playbooks.resume(run.id, {})
    expect(await one.ended(run.id)).toMatchObject({ state: 'succeeded' })
    expect(readFileSync(mark, 'utf8')).toBe('once\n')
    expect((await failure(one.playbooks.resume(run.id, {}))).code).toBe('RUN_NOT_RESUMABLE')
    expect((await failure(one.playbooks.stop(run.id))).code).toBe('RUN_NOT_GOING')
  })
  it('marks raw insertions', async () => {
    write('raw', `  - { id: a, name: A, kind: run, host: here, command: "echo \${{ raw word }}" }\n`)
    const { steps } = await one.playbooks.preview('raw', { word: 'a' })
    expect(steps[0]?.commands[0]).toMatchObject({ raw: true })
  })
  it('keeps a secret out of output, journal, export and database, also byte by byte and encoded', async () => {
    write(
      'leak',
      `  - id: a
    name: A
    kind: run
    host: here
    stdin: "\${{ key }}"
    env: { KEY: "\${{ key }}" }
    command: 'read -r given; echo "plain $given $KEY"; for c in $(printf %s "$given" | sed "s/./& /g"); do printf %s "$c"; sleep 0.01; done; echo; printf %s "$given" | base64; printf %s "$given" | base64 >&2'
`,
    )
    const { run, preview } = await start('leak', { key: CANARY })
    expect(await one.ended(run.id)).toMatchObject({ state: 'succeeded' })
    expect(texts(run.id)).toContain('stdout: plain [key] [key]')
    const everywhere = [
      JSON.stringify([preview, one.playbooks.runs(), texts(run.id)]),
      one.playbooks.exportJournal(run.id, 'markdown').text,
      one.playbooks.exportJournal(run.id, 'json').text,
      ...readdirSync(one.workspace.folder)
        .filter((name) => name.includes('.db'))
        .map((name) => readFileSync(join(one.workspace.folder, name), 'latin1')),
    ].join('\n')
    expect(everywhere).toContain('[key]')
    for (const form of [CANARY, Buffer.from(CANARY).toString('base64').slice(0, -2)])
      expect(everywhere.includes(form)).toBe(false)
  })
})

describe('a run', () => {
  it('waits for a person and goes on when resumed', async () => {
    write('wait', `  - { id: a, name: A, kind: manual, instructions: "Turn the key.", check: "It is warm." }\n`)
    const { run, preview } = await start('wait')
    expect(preview.steps[0]?.notes).toEqual(['Turn the key.', 'Done when: It is warm.'])
    expect(await one.ended(run.id)).toMatchObject({
      state: 'stopped',
      outcome: expect.stringContaining('Turn the key.'),
    })
    await one.playbooks.resume(run.id, {})
    expect(await one.ended(run.id)).toMatchObject({ state: 'succeeded' })
  })
  it('starts only on the hash of its review', async () => {
    write('drift', `  - { id: a, name: A, kind: run, host: here, command: "true" }\n`)
    const { hash } = await one.playbooks.preview('drift', {})
    expect((await failure(one.playbooks.start('drift', { word: 'other' }, hash))).code).toBe('PREVIEW_CHANGED')
    write('drift', `  - { id: a, name: A, kind: run, host: here, command: "false" }\n`)
    expect((await failure(one.playbooks.start('drift', {}, hash))).code).toBe('PREVIEW_CHANGED')
    expect(one.playbooks.runs()).toEqual([])
  })
  it('can be stopped, and a second run against the same host is refused meanwhile', async () => {
    write('long', `  - { id: a, name: A, kind: run, host: here, command: "echo began; sleep 300" }\n`)
    const { run } = await start('long')
    await one.until(run.id, ({ lastSeq }) => lastSeq > 0)
    const preview = await one.playbooks.preview('long', {})
    expect((await failure(one.playbooks.start('long', {}, preview.hash))).problem).toMatchObject({
      code: 'HOST_BUSY',
      details: { runId: run.id },
    })
    expect((await failure(one.playbooks.proveAgain(run.id, {}))).code).toBe('RUN_NOT_ENDED')
    expect(await one.playbooks.stop(run.id)).toMatchObject({ state: 'stopping' })
    expect(await one.ended(run.id)).toMatchObject({ state: 'stopped', steps: [{ state: 'stopped' }] })
    const { run: next } = await start('long')
    await one.playbooks.stop(next.id)
    await one.ended(next.id)
  })
  it('that was going on when the core was killed is interrupted afterwards; its secrets are asked for where they were not kept', async () => {
    write('killed', `  - { id: a, name: A, kind: run, host: here, stdin: "\${{ key }}", command: "cat >/dev/null" }\n`)
    const { run } = await start('killed', { key: CANARY })
    await one.ended(run.id)
    one.workspace.app.prepare(`UPDATE playbook_run SET state = 'running', ended_at = NULL WHERE id = ?`).run(run.id)
    one.workspace.app.prepare(`UPDATE playbook_step SET state = 'running' WHERE run_id = ?`).run(run.id)
    await one.reopen()
    expect(one.playbooks.run(run.id)).toMatchObject({ state: 'interrupted', problem: { code: 'RUN_INTERRUPTED' } })
    await one.hosts.secrets.delete(`run/${run.id}/key`)
    expect((await failure(one.playbooks.resume(run.id, {}))).problem).toMatchObject({
      code: 'SECRET_NEEDED',
      field: 'key',
    })
    await one.playbooks.resume(run.id, { key: CANARY })
    expect(await one.ended(run.id)).toMatchObject({ state: 'succeeded' })
  })
  it('lets its output be read by cursor, and has nothing to prove when it moved nothing', async () => {
    write('lines', `  - { id: a, name: A, kind: run, host: here, command: "seq 1 1200" }\n`)
    const { run } = await start('lines')
    await one.ended(run.id)
    const first = one.playbooks.output(run.id, 0, 1000)
    expect(first).toMatchObject({ more: true })
    const rest = one.playbooks.output(run.id, first.lines.at(-1)?.seq ?? 0, 1000)
    expect(rest).toMatchObject({ more: false })
    expect([...first.lines, ...rest.lines].map(({ text }) => Number(text))).toEqual(
      Array.from({ length: 1200 }, (_x, index) => index + 1),
    )
    expect((await failure(one.playbooks.proveAgain(run.id, {}))).code).toBe('NOTHING_TO_PROVE')
    expect(() => one.playbooks.run('nope')).toThrow(/no run "nope"/)
  })
})

describe('the journal', () => {
  it('shows a changed, a removed and a cut-off entry, and its rows cannot be changed by a slip', async () => {
    write('plain', `  - { id: a, name: A, kind: run, host: here, command: "true" }\n`)
    const { run } = await start('plain')
    await one.ended(run.id)
    const db = one.workspace.app
    const broken = () => {
      const { intact, brokenAt } = one.playbooks.journal(run.id)
      return intact ? null : brokenAt
    }
    expect(broken()).toBe(null)
    expect(() => db.prepare(`UPDATE playbook_journal SET text = 'x'`).run()).toThrow(/append-only/)
    expect(() => db.prepare('DELETE FROM playbook_journal').run()).toThrow(/append-only/)
    db.exec('DROP TRIGGER playbook_journal_keeps; DROP TRIGGER playbook_journal_stays; SAVEPOINT whole')
    const brokenAfter = (sql: string) => {
      db.exec(sql)
      const found = broken()
      db.exec('ROLLBACK TO whole')
      return found
    }
    expect(brokenAfter(`UPDATE playbook_journal SET text = 'nothing happened' WHERE seq = 3`)).toBe(3)
    expect(brokenAfter(`UPDATE playbook_journal SET at = at + 1 WHERE seq = 2`)).toBe(2)
    expect(brokenAfter('DELETE FROM playbook_journal WHERE seq = 4')).toBe(4)
    expect(brokenAfter('DELETE FROM playbook_journal WHERE seq >= 5')).toBe(5)
    expect(brokenAfter(`UPDATE playbook_journal SET data = '{"exitCode":1}' WHERE seq = 4`)).toBe(4)
    db.exec('RELEASE whole')
    expect(broken()).toBe(null)
    const markdown = one.playbooks.exportJournal(run.id, 'markdown')
    expect(markdown.fileName).toMatch(/^plain-\d{4}-.*\.md$/)
    expect(markdown.text).toMatch(/whole and unchanged/)
    expect(JSON.parse(one.playbooks.exportJournal(run.id, 'json').text)).toMatchObject({
      intact: true,
      run: { id: run.id },
    })
  })
})

describe('an HTTP check', () => {
  it('waits for the status, and says what came instead', async () => {
    let status = 503
    const server = createServer((_request, response) => {
      response.statusCode = status
      response.end()
      status = 200
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
      write('web', `  - { id: a, name: A, kind: http-check, url: "${url}" }\n`)
      const { run } = await start('web')
      expect(await one.ended(run.id)).toMatchObject({ state: 'succeeded', outcome: `${url} answered 200.` })
      write('never', `  - { id: a, name: A, kind: http-check, url: "${url}", status: 204, timeout: 1s }\n`)
      const { run: late } = await start('never')
      expect((await one.ended(late.id)).problem).toMatchObject({
        code: 'HTTP_CHECK_FAILED',
        fact: expect.stringMatching(/status 200/),
      })
      write('bad', `  - { id: a, name: A, kind: http-check, url: "file:///etc/passwd" }\n`)
      expect((await one.playbooks.preview('bad', {})).problems).toMatchObject([{ code: 'URL_INVALID', field: 'url' }])
    } finally {
      server.close()
    }
  })
})

it('an empty host list says to add one', async () => {
  await one.hosts.remove(here)
  write('lost', `  - { id: a, name: A, kind: run, host: nowhere, command: "true" }\n`)
  expect((await failure(one.playbooks.preview('lost', {}))).problem).toMatchObject({
    code: 'HOST_NOT_FOUND',
    fix: 'Add the server first.',
  })
})
