import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenPlaybooks, openPlaybooks } from '../fixtures/playbooks.ts'
import { type Lab, type Sshd, type StartsWatch, showing, startLab, watchStarts } from '../lab/index.ts'

const CANARY = 'cAnary7-51d09e'
let lab: Lab
let server: Sshd
let one: OpenPlaybooks
let watch: StartsWatch

beforeAll(async () => {
  lab = await startLab({ servers: 1 })
  server = lab.servers[0] as Sshd
  watch = await watchStarts([server], join(lab.folder, 'starts'))
  one = openPlaybooks()
  await one.addServer(lab, server, 'web')
  const folder = join(one.workspace.folder, 'playbooks')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'secret-steps.yaml'), PLAYBOOK)
})
afterAll(async () => {
  await watch?.stop()
  await one?.close()
  await lab?.stop()
})

const PLAYBOOK = `format: headroom/playbook@1
id: secret-steps
name: Secret steps
summary: Gives a secret to each kind of step that takes one.
parameters:
  - { name: root, label: Folder, type: text }
  - { name: word, label: Word, type: secret }
steps:
  - { id: variable, name: By a variable, kind: run, host: web, command: [printenv, TOKEN], env: { TOKEN: "\${{ word }}" }, timeout: 20s }
  - { id: input, name: On its input, kind: run, host: web, command: [wc, -c], stdin: "\${{ word }}", timeout: 20s }
  - { id: long, name: Detached, kind: run, host: web, command: 'test -n "$TOKEN"', env: { TOKEN: "\${{ word }}" }, timeout: 1h }
  - { id: file, name: In a file, kind: template, host: web, path: "\${{ root }}/app.conf", mode: "0600", text: "password = \${{ word }}\\n" }
  - { id: setting, name: In a setting, kind: edit-env, host: web, path: "\${{ root }}/app.env", set: { PASSWORD: "\${{ word }}" } }
  - { id: kept, name: Kept from an output, kind: run, host: web, command: [cat, "\${{ root }}/app.conf"], register: { out: { regex: "password = (.*)", secret: true } }, timeout: 20s }
  - { id: later, name: Used later, kind: run, host: web, command: 'cat >/dev/null', stdin: "\${{ steps.kept.out }}", timeout: 20s }
`

it('a secret is in no argument of any program that a run starts, and in the environment of the one that needs it only', async () => {
  const root = join(lab.folder, 'app')
  mkdirSync(root)
  writeFileSync(join(root, 'app.env'), 'PASSWORD=old\n', { mode: 0o600 })
  const values = { root, word: CANARY }
  const { hash, steps } = await one.playbooks.preview('secret-steps', values)
  expect(JSON.stringify(steps)).not.toContain(CANARY)
  const run = await one.ended((await one.playbooks.start('secret-steps', values, hash)).id)
  const starts = await watch.stop()
  expect(run.problem).toBe(null)
  expect(run.state).toBe('succeeded')
  expect(readFileSync(join(root, 'app.conf'), 'utf8')).toContain(CANARY)
  expect(readFileSync(join(root, 'app.env'), 'utf8')).toContain(CANARY)

  expect(starts.length).toBeGreaterThan(15)
  const { toAll, given } = showing(starts, CANARY)
  expect(toAll).toEqual([])
  expect(given.some((argv) => argv.includes('printenv'))).toBe(true)
  expect(given.filter((argv) => !/"printenv"|test -n/.test(argv))).toEqual([])
})

it('a changed row of the journal is found and located, whoever wrote it into the file', async () => {
  const values = { root: join(lab.folder, 'app'), word: CANARY }
  const { hash } = await one.playbooks.preview('secret-steps', values)
  const run = await one.ended((await one.playbooks.start('secret-steps', values, hash)).id)
  expect((await one.playbooks.audit(true)).broken).toEqual([])
  const file = join(one.workspace.folder, 'app.db')
  const sqlite = (statement: string) => spawnSync('sqlite3', [file, statement], { encoding: 'utf8' })
  const change = `UPDATE playbook_journal SET text = 'nothing was done' WHERE run_id = '${run.id}' AND seq = 3`
  const refused = sqlite(change)
  expect(refused.status).not.toBe(0)
  const forced = sqlite(`DROP TRIGGER playbook_journal_keeps; DROP TRIGGER playbook_journal_stays; ${change}`)
  expect(forced).toMatchObject({ status: 0, stderr: '' })
  await one.reopen()
  expect((await one.playbooks.audit(true)).broken).toMatchObject([{ runId: run.id, entry: 3 }])
})

it('nothing that the engine wrote holds the secret', () => {
  const files = readdirSync(one.workspace.folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  expect(files.length).toBeGreaterThan(2)
  for (const { parentPath, name } of files)
    for (const form of [CANARY, Buffer.from(CANARY).toString('base64')])
      expect(readFileSync(join(parentPath, name)).includes(form), name).toBe(false)
})
