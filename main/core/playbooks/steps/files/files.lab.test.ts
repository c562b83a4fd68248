import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenPlaybooks, openPlaybooks } from '../../../../../test/fixtures/playbooks.ts'
import { type Lab, startLab } from '../../../../../test/lab/index.ts'

let lab: Lab
let one: OpenPlaybooks
/** On the "server": the lab's servers are this machine. */
let folder: string
let count = 0

beforeAll(async () => {
  lab = await startLab({ servers: 2 })
  one = openPlaybooks()
  await one.addServer(lab, lab.servers[0] as never, 'web')
  await one.addServer(lab, lab.servers[1] as never, 'db')
  folder = join(lab.folder, 'srv')
  mkdirSync(folder)
  mkdirSync(join(one.workspace.folder, 'playbooks'), { recursive: true })
}, 60_000)
afterAll(async () => {
  await one?.close()
  await lab?.stop()
})

/** A playbook of these steps; texts of YAML. */
function playbook(steps: string, parameters = '[]'): string {
  const id = `files-${++count}`
  writeFileSync(
    join(one.workspace.folder, 'playbooks', `${id}.yaml`),
    `format: headroom/playbook@1\nid: ${id}\nname: Files\nsummary: A test\nparameters: ${parameters}\nsteps:\n${steps}`,
  )
  return id
}
const at = (name: string) => join(folder, name)
const text = (name: string) => readFileSync(at(name), 'utf8')
const backups = (name: string) => readdirSync(folder).filter((one) => one.startsWith(`.${name}.headroom-`))
async function run(id: string, values: Record<string, string> = {}) {
  const preview = await one.playbooks.preview(id, values)
  expect(preview.problems).toEqual([])
  const { id: runId } = await one.playbooks.start(id, values, preview.hash)
  return { preview, run: await one.ended(runId) }
}
async function problem(id: string, values: Record<string, string> = {}) {
  return (await one.playbooks.preview(id, values)).problems[0]
}

it('a template shows its diff, keeps owner, mode and the previous version, and is undone', async () => {
  writeFileSync(at('app.conf'), 'listen 80;\npassword = old-one;\nname a;\n')
  chmodSync(at('app.conf'), 0o640)
  const id = playbook(
    `  - id: conf
    name: Write the configuration
    kind: template
    host: web
    path: ${at('app.conf')}
    text: |
      listen \${{ port }};
      password = \${{ word }};
      name a;
`,
    '[{ name: port, label: Port, type: port }, { name: word, label: Word, type: secret }]',
  )
  const values = { port: '8080', word: 'canary-of-the-file' }
  const { preview, run: ended } = await run(id, values)
  const [diff] = preview.steps[0]?.diffs ?? []
  expect(diff?.unified).toContain('-listen 80;\n')
  expect(diff?.unified).toContain('+listen 8080;\n')
  expect(JSON.stringify(preview)).not.toMatch(/canary-of-the-file|old-one/)
  expect(ended).toMatchObject({ state: 'succeeded' })
  expect(text('app.conf')).toBe('listen 8080;\npassword = canary-of-the-file;\nname a;\n')
  expect(statSync(at('app.conf')).mode & 0o777).toBe(0o640)
  const [backup] = backups('app.conf')
  expect(text(String(backup))).toContain('old-one')
  const kept = JSON.stringify([one.playbooks.journal(ended.id), one.playbooks.output(ended.id, 0, 1000), ended])
  expect(kept).not.toMatch(/canary-of-the-file|old-one/)

  const again = await one.playbooks.preview(id, values)
  expect(again.steps[0]).toMatchObject({ alreadyDone: true, diffs: [] })

  await one.playbooks.undo(ended.id, ended.steps[0]?.id ?? '', {})
  await one.ended(ended.id)
  expect(text('app.conf')).toContain('old-one')
  expect(statSync(at('app.conf')).mode & 0o777).toBe(0o640)
  expect(backups('app.conf')).toEqual([])
})

it('an env file is edited in place on several servers, secrets by their names, and a new one is 0600', async () => {
  writeFileSync(at('.env'), '# app\r\nPORT=80 # web\r\nDB_PASSWORD="was-secret"\r\nOLD=1')
  const id = playbook(
    `  - id: env
    name: Edit the settings
    kind: edit-env
    host: web
    path: ${at('.env')}
    set: { PORT: "8080", DB_PASSWORD: "\${{ word }}" }
    remove: [OLD]
  - id: fresh
    name: A new one
    kind: edit-env
    host: db
    path: ${at('deep/er/new.env')}
    create: true
    folders: true
    set: { API_TOKEN: "\${{ word }}" }
`,
    '[{ name: word, label: Word, type: secret }]',
  )
  const { preview, run: ended } = await run(id, { word: "it's $canary" })
  expect(ended).toMatchObject({ state: 'succeeded' })
  expect(JSON.stringify(preview)).not.toMatch(/was-secret|canary/)
  expect(preview.steps[0]?.diffs[0]?.unified).toContain(
    '-DB_PASSWORD=‹DB_PASSWORD›\r\n-OLD=1\n\\ No newline at end of file\n+PORT=8080 # web\r\n+DB_PASSWORD=‹DB_PASSWORD›\n',
  )
  expect(text('.env')).toBe('# app\r\nPORT=8080 # web\r\nDB_PASSWORD="it\'s \\$canary"')
  expect(text('deep/er/new.env')).toBe('API_TOKEN="it\'s \\$canary"\n')
  expect(statSync(at('deep/er/new.env')).mode & 0o777).toBe(0o600)
  await one.playbooks.undo(ended.id, ended.steps[0]?.id ?? '', {})
  await one.ended(ended.id)
  expect(text('.env')).toBe('# app\r\nPORT=80 # web\r\nDB_PASSWORD="was-secret"\r\nOLD=1')
  expect(existsSync(at('deep/er/new.env'))).toBe(false)
})

it('two steps that edit one file build on each other, also in the review, and are undone in turn', async () => {
  writeFileSync(at('two.env'), 'A=1\n')
  const step = (name: string, value: string) =>
    `  - { id: ${name.toLowerCase()}, name: Set ${name}, kind: edit-env, host: web, path: ${at('two.env')}, set: { ${name}: "${value}" } }\n`
  const id = playbook(step('A', '2') + step('B', '3'))
  const { preview, run: ended } = await run(id)
  expect(preview.steps[1]?.diffs[0]?.unified).toContain(' A=2\n+B=3\n')
  expect(ended).toMatchObject({ state: 'succeeded' })
  expect(text('two.env')).toBe('A=2\nB=3\n')
  await one.playbooks.undo(ended.id, ended.steps[0]?.id ?? '', {})
  expect(await one.ended(ended.id)).toMatchObject({ steps: [{ state: 'undone' }, { state: 'undone' }] })
  expect(text('two.env')).toBe('A=1\n')
})

it('a file that changed since the review is left alone, and so is one that changed since the run', async () => {
  writeFileSync(at('moving.env'), 'A=1\n')
  const id = playbook(
    `  - { id: look, name: Look, kind: run, host: web, command: "echo A=9 >${at('moving.env')}" }
  - { id: env, name: Set, kind: edit-env, host: web, path: ${at('moving.env')}, set: { B: "2" } }
`,
  )
  const { run: ended } = await run(id)
  expect(ended).toMatchObject({ state: 'failed', problem: { code: 'FILE_CHANGED', value: at('moving.env') } })
  expect(text('moving.env')).toBe('A=9\n')

  const only = playbook(
    `  - { id: env, name: Set, kind: edit-env, host: web, path: ${at('moving.env')}, set: { B: "2" } }\n`,
  )
  const { run: written } = await run(only)
  writeFileSync(at('moving.env'), 'C=3\n')
  await one.playbooks.undo(written.id, 'env', {}).catch(() => {})
  const end = await one.ended(written.id)
  expect(JSON.stringify(end)).toContain('FILE_CHANGED_SINCE')
  expect(text('moving.env')).toBe('C=3\n')
})

it('a link stays a link, an upload arrives byte for byte, a large one without a diff', async () => {
  writeFileSync(at('real.conf'), 'a\n')
  symlinkSync(at('real.conf'), at('link.conf'))
  const bytes = Buffer.from(Array.from({ length: 2_000_000 }, (_, index) => (index * 7 + (index >> 8)) % 256))
  writeFileSync(join(lab.folder, 'big.bin'), bytes)
  const id = playbook(
    `  - { id: link, name: Through a link, kind: template, host: web, path: ${at('link.conf')}, text: "b\\n" }
  - { id: send, name: Send, kind: upload, host: web, from: ${join(lab.folder, 'big.bin')}, path: ${at('big.bin')}, mode: "0755" }
`,
  )
  const { preview, run: ended } = await run(id)
  expect(ended).toMatchObject({ state: 'succeeded' })
  expect(preview.steps[0]?.notes.join(' ')).toContain('is a link')
  expect(lstatSync(at('link.conf')).isSymbolicLink()).toBe(true)
  expect(text('real.conf')).toBe('b\n')
  expect(preview.steps[1]?.diffs[0]?.unified).toBe('')
  expect(readFileSync(at('big.bin')).equals(bytes)).toBe(true)
  expect(statSync(at('big.bin')).mode & 0o777).toBe(0o755)
  expect((await one.playbooks.preview(id, {})).steps.map(({ alreadyDone }) => alreadyDone)).toEqual([true, true])
})

it('names what stands in the way', async () => {
  const template = (path: string) =>
    playbook(`  - { id: t, name: T, kind: template, host: web, path: "${path}", text: x }\n`)
  expect(await problem(template(at('no/where')))).toMatchObject({ code: 'FOLDER_MISSING', field: 'path' })
  expect(await problem(template(folder))).toMatchObject({ code: 'FILE_IS_FOLDER' })
  expect(await problem(template('relative'))).toMatchObject({ code: 'FILE_PATH_INVALID' })
  symlinkSync(at('loop-b'), at('loop-a'))
  symlinkSync(at('loop-a'), at('loop-b'))
  expect(await problem(template(at('loop-a')))).toMatchObject({ code: 'FILE_LINK_BROKEN' })
  expect(await problem(template('/dev/null'))).toMatchObject({ code: 'FILE_NOT_REGULAR' })
  const env = playbook(
    `  - { id: e, name: E, kind: edit-env, host: web, path: ${at('absent.env')}, set: { A: "1" } }\n`,
  )
  expect(await problem(env)).toMatchObject({ code: 'FILE_MISSING' })
  const send = playbook(`  - { id: u, name: U, kind: upload, host: web, from: ${lab.folder}/none, path: ${at('u')} }\n`)
  expect(await problem(send)).toMatchObject({ code: 'LOCAL_FILE_MISSING' })
  const relative = playbook(`  - { id: u, name: U, kind: upload, host: web, from: big.bin, path: ${at('u')} }\n`)
  expect(await problem(relative)).toMatchObject({ code: 'LOCAL_PATH_RELATIVE', value: 'big.bin' })
  const large = playbook(
    `  - { id: u, name: U, kind: upload, host: web, from: ${lab.folder}/big.bin, path: ${at('u')}, max_size: 1MB }\n`,
  )
  expect(await problem(large)).toMatchObject({ code: 'LOCAL_FILE_TOO_LARGE' })
})
