import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { failure } from '../../../test/fixtures/hosts.ts'
import { type OpenPlaybooks, openPlaybooks } from '../../../test/fixtures/playbooks.ts'

let one: OpenPlaybooks
let folder: string
beforeEach(() => {
  one = openPlaybooks()
  folder = join(one.workspace.folder, 'playbooks')
})
afterEach(() => one.close())

const text = (file: string) => readFileSync(join(folder, file), 'utf8')
const codeOf = async (work: () => unknown) => (await failure((async () => work())())).code

it('copies a shipped playbook under an id of its own, and says whether either has changed', () => {
  const { files } = one.playbooks
  const made = files.create('restart-unit')
  expect(made).toMatchObject({
    id: 'my-restart-unit',
    file: 'my-restart-unit.yaml',
    problem: null,
    origin: 'workspace',
  })
  expect(made.name).toBe('Restart a systemd unit (mine)')
  expect(made.base).toEqual({ id: 'restart-unit', edited: false, updated: false })
  expect(files.create('restart-unit').id).toBe('my-restart-unit-2')
  const changed = made.source.replace('sleep 3', 'sleep 5')
  const saved = files.save('my-restart-unit.yaml', changed, made.digest)
  expect(saved.base).toEqual({ id: 'restart-unit', edited: true, updated: false })
  // An update brings another version of what was copied.
  const note = join(folder, '.copied-from', 'my-restart-unit.yaml.json')
  const kept = JSON.parse(readFileSync(note, 'utf8')) as { id: string; source: string }
  writeFileSync(note, JSON.stringify({ ...kept, source: kept.source.replace('timeout: 5m', 'timeout: 1m') }))
  const listed = one.playbooks.list().find(({ file }) => file === 'my-restart-unit.yaml')
  expect(listed?.base).toEqual({ id: 'restart-unit', edited: true, updated: true })
  const base = files.base('my-restart-unit.yaml')
  expect(base.atCopy).toContain('timeout: 1m')
  expect(base.now).toContain('timeout: 5m')
})

it('keeps a text with faults, names them, and hides no other playbook', () => {
  const { files } = one.playbooks
  const made = files.create()
  expect(made.problem).toBe(null)
  const before = one.playbooks.list().length
  const broken = files.save('my-playbook.yaml', made.source.replace('kind: run', 'kind: runn'), made.digest)
  expect(broken.problem?.code).toBe('YAML_INVALID')
  expect(text('my-playbook.yaml')).toContain('runn')
  expect(one.playbooks.list()).toHaveLength(before)
  expect(one.playbooks.list().filter(({ problem }) => problem !== null)).toHaveLength(1)
})

it('does not write over what somebody else has written since, nor anywhere else', async () => {
  const { files } = one.playbooks
  const made = files.create()
  writeFileSync(join(folder, 'my-playbook.yaml'), `${made.source}# from elsewhere\n`)
  expect(await codeOf(() => files.save('my-playbook.yaml', 'x', made.digest))).toBe('PLAYBOOK_FILE_CHANGED')
  expect(text('my-playbook.yaml')).toContain('from elsewhere')
  for (const file of ['../secret.yaml', '/etc/passwd', '.copied-from/x.yaml', 'no.yaml', 'my-playbook.yaml/../x.yaml'])
    for (const work of [
      () => files.save(file, 'x', ''),
      () => files.remove(file),
      () => files.rename(file, 'x', 'X'),
      () => files.base(file),
    ])
      expect(await codeOf(work)).toBe('PLAYBOOK_FILE_MISSING')
  expect(await codeOf(() => files.restore('../../app.db'))).toBe('PLAYBOOK_FILE_MISSING')
  expect(
    await codeOf(() =>
      files.save(
        'my-playbook.yaml',
        'x'.repeat(2_000_001),
        one.playbooks.list().find(({ file }) => file !== null)?.digest ?? '',
      ),
    ),
  ).toBe('PLAYBOOK_TOO_LARGE')
  expect(await codeOf(() => files.create('none'))).toBe('PLAYBOOK_NOT_FOUND')
})

it('follows a link to a file that lies elsewhere, and leaves the link', () => {
  mkdirSync(folder, { recursive: true })
  const elsewhere = join(one.workspace.folder, 'repository.yaml')
  const { files } = one.playbooks
  const made = files.create()
  writeFileSync(elsewhere, made.source)
  rmSync(join(folder, 'my-playbook.yaml'))
  symlinkSync(elsewhere, join(folder, 'my-playbook.yaml'))
  files.save('my-playbook.yaml', `${made.source}# more\n`, made.digest)
  expect(readFileSync(elsewhere, 'utf8')).toContain('# more')
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([])
})

it('renames id and name within the text, whatever their form, and refuses an id that is taken', async () => {
  const { files } = one.playbooks
  const made = files.create('postgres-move')
  const folded = made.source.replace(/^name: .*$/m, 'name: >-\n  Move\n  it').replace(/^id: /m, '# mine\nid: ')
  files.save('my-postgres-move.yaml', folded, made.digest)
  const renamed = files.rename('my-postgres-move.yaml', 'move-shop', 'Move: "the shop"')
  expect(renamed).toMatchObject({ id: 'move-shop', name: 'Move: "the shop"', file: 'move-shop.yaml', problem: null })
  expect(renamed.base?.id).toBe('postgres-move')
  expect(text('move-shop.yaml')).toContain('# mine\nid: move-shop\n')
  expect(readdirSync(folder)).not.toContain('my-postgres-move.yaml')
  expect(await codeOf(() => files.rename('move-shop.yaml', 'postgres-move', 'X'))).toBe('PLAYBOOK_ID_TAKEN')
  expect(await codeOf(() => files.rename('move-shop.yaml', 'Not An Id', 'X'))).toBe('PLAYBOOK_ID_INVALID')
  const broken = files.save('move-shop.yaml', 'steps: []\n', renamed.digest)
  expect(await codeOf(() => files.rename(broken.file ?? '', 'other', 'X'))).toBe('PLAYBOOK_NOT_RENAMED')
})

it('puts a deleted file aside and brings it back, unless there is a new one', async () => {
  const { files } = one.playbooks
  const made = files.create()
  const { removed } = files.remove('my-playbook.yaml')
  expect(one.playbooks.list().some(({ id }) => id === 'my-playbook')).toBe(false)
  expect(files.restore(removed)).toMatchObject({ id: 'my-playbook', digest: made.digest })
  const again = files.remove('my-playbook.yaml')
  files.create()
  expect(await codeOf(() => files.restore(again.removed))).toBe('PLAYBOOK_FILE_TAKEN')
})
