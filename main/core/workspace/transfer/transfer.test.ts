import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Backup } from '../../../../shared/model/backup.ts'
import { type TestEnvironment, testEnvironment } from '../../../../test/fixtures/environment.ts'
import {
  createTransfers,
  importAsBackup,
  openWorkspace,
  restoreClosed,
  type SealedSecrets,
  type Transfers,
  type Workspace,
} from '../index.ts'
import { readExport } from './read-export.ts'
import { readTar, TAR_END, type TarEntry, tarEntry } from './tar.ts'

let environment: TestEnvironment
let workspace: Workspace
let transfers: Transfers
let opened: { workspace: Workspace; transfers: Transfers }[]

beforeEach(() => {
  environment = testEnvironment()
  opened = []
  ;({ workspace, transfers } = open('first'))
  fill(workspace)
})
afterEach(() => {
  for (const one of opened.splice(0)) close(one)
  environment.dispose()
})

function open(name: string) {
  const at = openWorkspace(join(environment.folder, name), environment)
  const one = { workspace: at, transfers: createTransfers({ folder: at.folder, environment }) }
  opened.push(one)
  return one
}
function close(one: { workspace: Workspace; transfers: Transfers }) {
  one.transfers.close()
  if (one.workspace.app.open) one.workspace.close()
}

/** Values at the ends of what columns hold, and rows whose order is not that of their keys. */
function fill({ app, metrics, folder, saveSetting }: Workspace) {
  saveSetting('plan.x', { name: 'Ünïcode "quoted" \u0000 \u2028 text' })
  const host = app.prepare(
    "INSERT INTO host (id, name, kind, address, port, user, auth_kind, created_at) VALUES (?, ?, 'ssh', ?, 22, 'ann', 'agent', ?)",
  )
  host.run('z', 'first made', '192.0.2.7', 9007199254740993n)
  host.run('a', 'second made', '192.0.2.8', -9223372036854775808n)
  const plan = app.prepare("INSERT INTO plan_revision (saved_at, reason, body) VALUES (1, 'made', ?)")
  for (const name of ['one', 'two', 'three']) plan.run(JSON.stringify({ name }))
  app.exec('DELETE FROM plan_revision WHERE id = 3; INSERT INTO plan_head (only_row, revision) VALUES (1, 2)')
  app.prepare("INSERT INTO secret (name, kind, sealed) VALUES ('host/z/login', 'keychain', 'c2VhbGVk')").run()
  metrics.prepare("INSERT INTO series (id, host_id, metric, labels, unit) VALUES (4, 'z', 'cpu', '{}', 'ratio')").run()
  const head = metrics.prepare('INSERT INTO head (series_id, at, value) VALUES (4, ?, ?)')
  for (const [at, value] of [
    [1, 0.1],
    [2, -0],
    [3, Number.POSITIVE_INFINITY],
    [4, 5e-324],
    [5, 1e308],
    [6, 3],
  ] as const)
    head.run(BigInt(at), value)
  metrics
    .prepare(
      'INSERT INTO block (key, series_id, from_at, to_at, n, min, max, sum, codec, data) VALUES (?, 4, 1, 9, 3, 0, 1, 2, 1, ?)',
    )
    .run(4n << 34n, Buffer.from([0, 255, 10, 13, 128]))
  mkdirSync(join(folder, 'playbooks', 'team'), { recursive: true })
  writeFileSync(join(folder, 'playbooks', 'team', 'own one.yaml'), 'id: own\n')
}

async function exported(from: Transfers, sealed: SealedSecrets | null = null): Promise<Buffer> {
  const { id, bytes, sha256 } = await from.write(sealed)
  const pieces: Buffer[] = []
  for (let offset = 0; ; ) {
    const piece = from.read(id, offset)
    if (piece.length === 0) break
    pieces.push(Buffer.from(piece))
    offset += piece.length
  }
  const whole = Buffer.concat(pieces)
  expect([whole.length, createHash('sha256').update(whole).digest('hex')]).toEqual([bytes, sha256])
  return whole
}

async function imported(into: Transfers, file: Buffer) {
  const { id } = into.receive(file.length)
  const half = file.length >> 1
  into.take(id, 0, file.subarray(0, half))
  into.take(id, half, file.subarray(half))
  return into.finish(id)
}

/** Puts what was made of an export in place in a folder that nobody has open, and opens it. */
function reopened(name: string, backup: Backup) {
  const folder = join(environment.folder, name)
  for (const one of opened.filter(({ workspace: each }) => each.folder === folder)) close(one)
  restoreClosed(folder, backup.id, environment)
  return open(name)
}

const sealed: SealedSecrets = {
  vault: { salt: 'c2FsdA==', cost: 2 ** 16, proof: 'cHJvb2Y=' },
  secrets: [{ name: 'host/z/login', sealed: 'c2VhbGVkMg==' }],
}
const partsOf = async (file: Buffer): Promise<TarEntry[]> => {
  const entries: TarEntry[] = []
  const limits = { entryBytes: 1e9, entries: 1e6, totalBytes: 1e9 }
  for await (const { name, body } of readTar(chunksOf(gunzipSync(file)), limits))
    entries.push({ name, body: Buffer.from(body) })
  return entries
}
async function* chunksOf(bytes: Buffer) {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000)
}
const tarOf = (entries: readonly TarEntry[]) =>
  gzipSync(Buffer.concat([...entries.map(({ name, body }) => tarEntry(name, body)), TAR_END]))
/** The entries with their digests made anew, as a forger would. */
const forged = (entries: readonly TarEntry[]) => {
  const parts = entries.filter(({ name }) => name !== 'SHA256SUMS')
  const sums = parts.map(({ name, body }) => `${createHash('sha256').update(body).digest('hex')}  ${name}\n`)
  return tarOf([...parts, { name: 'SHA256SUMS', body: Buffer.from(sums.join('')) }])
}

describe('an export', () => {
  test.each([
    ['a new workspace', 'second'],
    ['the place of another', 'first'],
  ])('loses nothing on its way into %s: a second export has the same bytes', async (_, name) => {
    const first = await exported(transfers)
    const target = name === 'first' ? { workspace, transfers } : open(name)
    const { backup, summary } = await imported(target.transfers, first)
    expect(summary).toMatchObject({
      secrets: 'none',
      servers: [
        { name: 'first made', address: '192.0.2.7' },
        { name: 'second made', address: '192.0.2.8' },
      ],
      plan: 'two',
      series: 1,
      measured: { from: 1, to: 9 },
      playbooks: ['team/own one.yaml'],
    })
    const again = reopened(name, backup)
    expect((await exported(again.transfers)).equals(first)).toBe(true)
    // AUTOINCREMENT goes on from where it was: no number is used twice.
    again.workspace.app.exec("INSERT INTO plan_revision (saved_at, reason, body) VALUES (2, 'next', '{}')")
    expect(again.workspace.app.prepare('SELECT max(id) FROM plan_revision').pluck().get()).toBe(4)
    expect(again.workspace.app.prepare('SELECT id FROM host ORDER BY rowid').pluck().all()).toEqual(['z', 'a'])
    expect(readFileSync(join(again.workspace.folder, 'playbooks', 'team', 'own one.yaml'), 'utf8')).toBe('id: own\n')
    expect(again.workspace.metrics.prepare('SELECT value FROM head ORDER BY at').pluck().all()).toEqual([
      0.1,
      0,
      Number.POSITIVE_INFINITY,
      5e-324,
      1e308,
      3,
    ])
  })

  test('holds no secret unless it is sealed under the passphrase of the export, and then as a vault', async () => {
    const without = await exported(transfers)
    expect(gunzipSync(without).includes('c2VhbGVk')).toBe(false)
    const { backup } = await imported(open('second').transfers, without)
    expect(reopened('second', backup).workspace.app.prepare('SELECT count(*) FROM secret').pluck().get()).toBe(0)

    const given = await exported(transfers, sealed)
    expect(gunzipSync(given).includes('c2VhbGVk"')).toBe(false)
    const other = await imported(open('third').transfers, given)
    expect(other.summary.secrets).toBe('sealed')
    const third = reopened('third', other.backup)
    expect(third.workspace.app.prepare('SELECT name, kind, sealed FROM secret').all()).toEqual([
      { name: 'host/z/login', kind: 'vault', sealed: 'c2VhbGVkMg==' },
    ])
    expect(third.workspace.app.prepare('SELECT salt, cost, proof FROM vault').get()).toEqual(sealed.vault)
    expect((await exported(third.transfers, sealed)).equals(given)).toBe(true)
  })

  test('is a tar that sha256sum and any unpacker read', async () => {
    const entries = await partsOf(await exported(transfers))
    expect(entries[0]?.name).toBe('headroom.json')
    expect(entries.at(-1)?.name).toBe('SHA256SUMS')
    const hosts = entries
      .find(({ name }) => name === 'app.db/host.000001.jsonl')
      ?.body.toString()
      .split('\n')
    expect(JSON.parse(hosts?.[0] ?? '')).toContain('address')
    expect(JSON.parse(hosts?.[1] ?? '')).toEqual(expect.arrayContaining(['z', 'first made', { n: '9007199254740993' }]))
  })

  test('is taken from where it lies as well; a list that is cut says how many there are', async () => {
    const host = workspace.app.prepare(
      "INSERT INTO host (id, name, kind, address, port, user, auth_kind, created_at) VALUES (?, ?, 'ssh', '192.0.2.9', 22, 'ann', 'agent', 1)",
    )
    for (let count = 0; count < 600; count++) host.run(`many-${count}`, `many-${count}`)
    const path = join(environment.folder, 'lies here.headroom')
    writeFileSync(path, await exported(transfers))
    const { backup, summary } = await open('second').transfers.open(path)
    expect(summary.servers.length).toBe(500)
    expect(summary.counts).toEqual({ servers: 602, commands: 0, playbooks: 1 })
    expect(backup.kind).toBe('imported')
    for (const none of [join(environment.folder, 'none.headroom'), 'lies here.headroom', environment.folder])
      await expect(transfers.open(none)).rejects.toMatchObject({
        code: 'FILE_NOT_FOUND',
        problem: { field: 'path', value: none, fix: expect.any(String) },
      })
  })

  test('in the place of another keeps what was there, and nothing is left of the pieces', async () => {
    const file = await exported(transfers)
    const second = open('second')
    second.workspace.saveSetting('mine', 'kept')
    mkdirSync(join(second.workspace.folder, 'playbooks'), { recursive: true })
    writeFileSync(join(second.workspace.folder, 'playbooks', 'mine.yaml'), 'id: mine\n')
    const { backup } = await imported(second.transfers, file)
    const after = reopened('second', backup)
    expect(readdirSync(join(after.workspace.folder, 'playbooks'))).toEqual(['team'])
    const [aside] = readdirSync(join(after.workspace.folder, 'replaced'))
    const kept = join(after.workspace.folder, 'replaced', aside ?? '')
    expect(readFileSync(join(kept, 'playbooks', 'mine.yaml'), 'utf8')).toBe('id: mine\n')
    expect(readdirSync(join(after.workspace.folder, 'backups'))).toEqual([])
    close(opened.find((one) => one.workspace === after.workspace) ?? after)
    restoreClosed(after.workspace.folder, aside ?? '', environment)
    const back = open('second')
    expect(readdirSync(join(back.workspace.folder, 'playbooks'))).toEqual(['mine.yaml'])
    expect(back.workspace.app.prepare("SELECT value FROM setting WHERE key = 'mine'").pluck().get()).toBe('"kept"')
  })
})

describe('an import refuses', () => {
  const refused = async (file: Buffer) => {
    const into = join(environment.folder, 'refusing')
    const path = join(environment.folder, 'given.headroom')
    writeFileSync(path, file)
    const said = await importAsBackup(into, path, environment, new AbortController().signal).then(
      () => null,
      (error: { problem?: { code: string; fact: string } }) => error.problem ?? error,
    )
    expect(readdirSync(join(into, 'backups'))).toEqual([])
    return said as { code: string; fact: string } | null
  }

  test('a file of another kind, a cut one, and one with a flipped bit, wherever that is', async () => {
    const file = await exported(transfers)
    expect(await refused(Buffer.from('PK\u0003\u0004'))).toMatchObject({ code: 'EXPORT_UNREADABLE' })
    expect(await refused(gzipSync(Buffer.from('nothing of the kind')))).toMatchObject({ code: 'EXPORT_UNREADABLE' })
    for (const share of [0.1, 0.5, 0.9, 0.999])
      expect(await refused(file.subarray(0, Math.floor(file.length * share)))).toMatchObject({
        code: 'EXPORT_UNREADABLE',
      })
    for (const share of [0.2, 0.6, 0.95]) {
      const broken = Buffer.from(file)
      const at = Math.floor(broken.length * share)
      broken[at] = (broken[at] ?? 0) ^ 16
      expect(await refused(broken)).toMatchObject({ code: 'EXPORT_UNREADABLE' })
    }
  })

  test.each<[string, (entries: TarEntry[]) => TarEntry[], RegExp]>([
    [
      'a part left out',
      (all) => all.filter(({ name }) => !name.startsWith('app.db/host.')),
      /table host of app\.db is missing/,
    ],
    ['a part twice', (all) => [...all, all[3] as TarEntry], /is there twice/],
    [
      'a table of its own',
      (all) => [...all, { name: 'app.db/evil.000001.jsonl', body: Buffer.from('["x"]\n') }],
      /nothing is known/,
    ],
    [
      'a column of its own',
      (all) => changed(all, 'app.db/host.', (text) => text.replace('"address"', '"adress"')),
      /other columns/,
    ],
    ['a row of another shape', (all) => changed(all, 'app.db/host.', (text) => `${text}[1,2]\n`), /line 4 has not the/],
    [
      'a value that the column does not take',
      (all) => changed(all, 'app.db/setting.', (text) => `${text}["k","{broken",1]\n`),
      /does not fit the table setting/,
    ],
    [
      'a reference to nothing',
      (all) => changed(all, 'metrics.db/head.', (text) => `${text}[99,1,1]\n`),
      /refer to rows that are not there/,
    ],
    [
      'a playbook outside its folder',
      (all) => [...all, { name: 'playbooks/../../evil.yaml', body: Buffer.from('x') }],
      /no name that a playbook may have/,
    ],
    [
      'a playbook with an absolute name',
      (all) => [...all, { name: 'playbooks//etc/cron.d/evil', body: Buffer.from('x') }],
      /no name that a playbook may have/,
    ],
    [
      'secrets in clear',
      (all) => [...all, { name: 'app.db/secret.000001.jsonl', body: Buffer.from('["name"]\n') }],
      /nothing is known/,
    ],
  ])('%s, though its digests are right', async (_, change, why) => {
    const parts = (await partsOf(await exported(transfers))).filter(({ name }) => name !== 'SHA256SUMS')
    const path = join(environment.folder, 'forged.headroom')
    writeFileSync(path, forged(change(parts)))
    const into = join(environment.folder, 'refusing')
    mkdirSync(into)
    const limits = { entryBytes: 1e9, entries: 1e6, totalBytes: 1e9 }
    await expect(readExport({ file: path, into, limits })).rejects.toMatchObject({
      code: 'EXPORT_UNREADABLE',
      problem: { fact: expect.stringMatching(why) },
    })
  })

  test('one of a newer format or a newer version, by name', async () => {
    const parts = await partsOf(await exported(transfers))
    const with_ = (from: string | RegExp, to: string) =>
      forged(changed(parts, 'headroom.json', (text) => text.replace(from, to)))
    expect(await refused(with_('"formatVersion": 1', '"formatVersion": 2'))).toMatchObject({ code: 'EXPORT_NEWER' })
    expect(await refused(with_(/"app.db": \d+/, '"app.db": 900'))).toMatchObject({
      code: 'EXPORT_NEWER',
      fact: expect.stringContaining('version 900 of app.db'),
    })
  })

  test('a piece out of step, more than was announced, and less', async () => {
    const { id } = transfers.receive(10)
    expect(() => transfers.take(id, 4, Buffer.alloc(2))).toThrow(
      expect.objectContaining({ code: 'TRANSFER_OUT_OF_STEP' }),
    )
    expect(() => transfers.take(id, 0, Buffer.alloc(11))).toThrow(
      expect.objectContaining({ code: 'TRANSFER_OUT_OF_STEP' }),
    )
    await expect(transfers.finish(id)).rejects.toMatchObject({ code: 'EXPORT_UNREADABLE' })
    expect(() => transfers.read('no-such', 0)).toThrow(expect.objectContaining({ code: 'TRANSFER_NOT_FOUND' }))
    expect(() => transfers.receive(2 ** 45)).toThrow(expect.objectContaining({ code: 'EXPORT_TOO_LARGE' }))
  })

  test('one that unpacks to more than the limits', async () => {
    const bomb = chunksOf(Buffer.concat([tarEntry('a', Buffer.alloc(9000)), TAR_END]))
    const limits = { entryBytes: 100_000, entries: 10, totalBytes: 5000 }
    await expect(everyEntry(readTar(bomb, limits))).rejects.toMatchObject({ code: 'EXPORT_TOO_LARGE' })
    const large = chunksOf(Buffer.concat([tarEntry('a', Buffer.alloc(9000)), TAR_END]))
    await expect(everyEntry(readTar(large, { ...limits, totalBytes: 1e6, entryBytes: 8999 }))).rejects.toMatchObject({
      code: 'EXPORT_TOO_LARGE',
    })
  })

  test('a name that the format has no room for, at the export', () => {
    expect(() => tarEntry(`playbooks/${'x'.repeat(150)}.yaml`, Buffer.alloc(0))).toThrow(
      expect.objectContaining({ code: 'EXPORT_NAME_TOO_LONG' }),
    )
  })
})

function changed(entries: readonly TarEntry[], start: string, change: (text: string) => string): TarEntry[] {
  return entries.map((one) =>
    one.name.startsWith(start) ? { name: one.name, body: Buffer.from(change(one.body.toString())) } : one,
  )
}

async function everyEntry(entries: AsyncIterable<TarEntry>): Promise<number> {
  let count = 0
  for await (const { body } of entries) count += body.length
  return count
}
