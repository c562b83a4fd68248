import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Core, openCore, systemEnvironment } from '../../main/core/index.ts'
import { linkPair } from '../../main/link/index.ts'
import { type CoreClient, clientOver } from '../../shared/contract/client.ts'
import { type Lab, type Sshd, startLab } from '../lab/index.ts'

/** With what is escaped in JSON, in addresses and in base64 of the URL alphabet. */
const CANARY = 'cAn/ary "7~%1e\\09?>é'
const PASSPHRASE = 'the vault of the canary'
const resources = fileURLToPath(new URL('../../resources', import.meta.url))

let lab: Lab
let folder: string
let core: Core
let client: CoreClient
let closeLine: () => void

beforeAll(async () => {
  lab = await startLab({ servers: 1 })
  folder = mkdtempSync(join(tmpdir(), 'headroom-canary-'))
  core = await openCore({ folder, environment: systemEnvironment({ folder, face: 'web', resources }) })
  const [near, far] = linkPair()
  core.serve(far)
  closeLine = () => near.close()
  client = clientOver(near)
  await client.app.unlockVault({ passphrase: PASSPHRASE })
  await client.app.saveSettings({ logLevel: 'debug' })
  const { address, port } = lab.servers[0] as Sshd
  const { key } = await client.hosts.scanKey({ address, port })
  await client.hosts.acceptKey(key)
  const auth = { kind: 'key' as const, path: lab.keys.plain.path }
  await client.hosts.add({ kind: 'ssh', name: 'web', address, port, user: lab.user, auth })
  mkdirSync(join(folder, 'playbooks'), { recursive: true })
  writeFileSync(join(folder, 'playbooks', 'parrot.yaml'), PLAYBOOK)
}, 60_000)
afterAll(async () => {
  closeLine?.()
  await core?.close()
  await lab?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Says the secret in each form, on both streams, whole and byte by byte; in one line with other words; then fails with it. */
const PLAYBOOK = `format: headroom/playbook@1
id: parrot
name: Parrot
summary: Echoes a secret.
parameters:
  - { name: word, label: Word, type: secret }
steps:
  - id: forms
    name: In every form
    kind: run
    host: web
    timeout: 60s
    stdin: "\${{ word }}"
    command: |
      g=$(cat)
      h=$(printf %s "$g" | od -An -v -tx1 | tr -d ' \\n')
      say() { printf '%s\\n' "$1"; printf '%s\\n' "$1" >&2; }
      say "plain $g"
      say "json $(printf %s "$g" | sed 's/["\\\\]/\\\\&/g')"
      say "lower $(printf %s "$h" | sed 's/../%&/g')"
      say "upper $(printf %s "$h" | tr a-f A-F | sed 's/../%&/g')"
      say "form $(printf %s "$g" | sed 's/%/%25/g; s/ /+/g; s/"/%22/g')"
      for lead in '' a ab; do
        say "base64 $(printf '%s%s and more' "$lead" "$g" | base64 | tr -d '\\n')"
        say "base64url $(printf '%s%s' "$lead" "$g" | base64 | tr -d '\\n' | tr '+/' '-_')"
      done
      printf 'wrapped '; printf 'some words before %s and after it' "$g" | base64 | fold -w 7
      printf 'slow '
      for b in $(printf %s "$h" | sed 's/../& /g'); do printf "\\\\$(printf %03o "0x$b")"; sleep 0.01; done
      printf '\\nend\\n'
  - id: kept
    name: Kept from an output
    kind: run
    host: web
    timeout: 20s
    stdin: "\${{ word }}"
    command: 'printf "it is "; cat; echo'
    register: { out: { regex: "it is (.*)" } }
  - id: fails
    name: Fails with it
    kind: run
    host: web
    timeout: 20s
    stdin: "\${{ word }}"
    command: 'cat >&2; echo " is refused" >&2; exit 3'
`

/** Every form that must be nowhere: of base64 what depends on the secret alone, at each of the three places in a group. */
const FORMS = [
  CANARY,
  JSON.stringify(CANARY).slice(1, -1),
  encodeURIComponent(CANARY),
  CANARY.replaceAll('%', '%25').replaceAll(' ', '+').replaceAll('"', '%22'),
  ...[...Buffer.from(CANARY)].reduce<[string, string]>(
    ([lower, upper], byte) => {
      const hex = byte.toString(16).padStart(2, '0')
      return [`${lower}%${hex}`, `${upper}%${hex.toUpperCase()}`]
    },
    ['', ''],
  ),
  ...[0, 1, 2].flatMap((lead) => {
    const bytes = Buffer.concat([Buffer.alloc(lead), Buffer.from(CANARY)])
    const core = bytes.toString('base64').slice(Math.ceil((lead * 8) / 6), Math.floor((bytes.length * 8) / 6))
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')]
  }),
].map((form) => Buffer.from(form))

/** Which of the forms are in there, line ends passed over as base64 is wrapped; [] is as it should be. */
function formsIn(bytes: Buffer | string): number[] {
  const whole = Buffer.from(bytes)
  const unwrapped = Buffer.from(whole.toString('latin1').replaceAll(/\\n|[\r\n]/g, ''), 'latin1')
  return FORMS.flatMap((form, index) => (whole.includes(form) || unwrapped.includes(form) ? [index] : []))
}

async function exported(passphrase: string | null): Promise<Buffer> {
  const { id, bytes } = await client.workspaceFile.export({ passphrase })
  const pieces: Buffer[] = []
  for (let offset = 0; offset < bytes; offset += pieces.at(-1)?.length ?? bytes)
    pieces.push(Buffer.from((await client.workspaceFile.read({ id, offset })).base64, 'base64'))
  return gunzipSync(Buffer.concat(pieces))
}

it('a secret that a command says in every form is in nothing that Headroom shows, keeps or gives away', async () => {
  const parameters = { word: CANARY }
  const preview = await client.playbooks.preview({ playbookId: 'parrot', parameters })
  expect(preview.problems).toEqual([])
  const started = await client.playbooks.start({ playbookId: 'parrot', parameters, previewHash: preview.hash })
  const runId = started.id
  const seen: unknown[] = []
  for await (const run of await client.playbooks.follow({ runId })) {
    seen.push(run)
    if (run.state !== 'running' && run.state !== 'stopping') break
  }
  const run = await client.playbooks.run({ runId })
  expect(run).toMatchObject({
    state: 'failed',
    steps: [{ state: 'succeeded' }, { state: 'succeeded' }, { state: 'failed' }],
  })
  const { lines } = await client.playbooks.output({ runId, limit: 2000 })
  const text = lines.map(({ text: line }) => line).join('\n')
  // Every form was said and found: each of these lines has the name of the secret in its place.
  for (const word of ['plain', 'json', 'lower', 'upper', 'form', 'slow']) expect(text).toContain(`${word} [word]`)
  expect(text.match(/^base64(url)? \S*\[word\]/gm)?.length).toBe(12)
  expect(text).toMatch(/end$/m)

  await client.backups.make()
  const report = await client.diagnostics.report({ names: true })
  expect(report.text).toContain('playbooks.start')
  const given: Record<string, Buffer | string> = {
    preview: JSON.stringify(preview),
    'states of the run': JSON.stringify([started, seen, run, await client.playbooks.runs()]),
    output: JSON.stringify(lines),
    journal: JSON.stringify(await client.playbooks.journal({ runId })),
    report: report.text,
    'export without secrets': await exported(null),
    'export with sealed secrets': await exported('another passphrase'),
  }
  for (const format of ['markdown', 'json'] as const) {
    given[`journal as ${format}`] = (await client.playbooks.exportJournal({ runId, format })).text
    given[`audit as ${format}`] = (await client.playbooks.exportAudit({ format })).text
  }
  for (const format of ['script', 'ansible'] as const)
    given[`by hand as ${format}`] = (await client.playbooks.handOver({ playbookId: 'parrot', parameters, format })).text
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  for (const { parentPath, name } of files) given[join(parentPath, name)] = readFileSync(join(parentPath, name))
  expect(Object.keys(given).filter((name) => /app\.db|headroom\.log|backups/.test(name)).length).toBeGreaterThan(3)
  expect(
    Object.entries(given).flatMap(([name, bytes]) => formsIn(bytes).map((form) => `${name}: ${FORMS[form]}`)),
  ).toEqual([])
}, 60_000)

it('the search finds each form where it is', () => {
  for (const [index, form] of FORMS.entries()) {
    const wrapped = (form.toString('latin1').match(/.{1,5}/gs) ?? []).join('\n')
    expect(formsIn(Buffer.concat([Buffer.from('before '), form, Buffer.from(' after')]))).toContain(index)
    expect(formsIn(Buffer.from(wrapped, 'latin1'))).toContain(index)
  }
})
