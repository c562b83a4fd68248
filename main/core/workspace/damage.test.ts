import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { type TestEnvironment, testEnvironment } from '../../../test/fixtures/environment.ts'
import { flipByte, problemOfCall } from '../../../test/fixtures/workspace-damage.ts'
import { openCore } from '../index.ts'
import { createBackups, listBackups, openWorkspace, restoreClosed, type Workspace } from './index.ts'

let environment: TestEnvironment
let folder: string
const opened: Workspace[] = []

beforeEach(() => {
  environment = testEnvironment()
  folder = join(environment.folder, 'workspace')
})
afterEach(() => {
  for (const workspace of opened.splice(0)) workspace.close()
  environment.dispose()
})

function open(): Workspace {
  const workspace = openWorkspace(folder, environment)
  opened.push(workspace)
  return workspace
}
const close = () => opened.pop()?.close()
const at = (name: string) => join(folder, name)
const troubles = () =>
  existsSync(at('trouble.json'))
    ? (JSON.parse(readFileSync(at('trouble.json'), 'utf8')) as {
        kind: string
        problem: { code: string; fix: string }
      }[])
    : []

/** A workspace with settings and measurements, closed, with one backup. */
async function filled(): Promise<string> {
  const workspace = open()
  for (let i = 0; i < 300; i += 1) workspace.saveSetting(`key ${i}`, `value ${i}`.padEnd(200, 'x'))
  workspace.metrics.exec(
    "INSERT INTO series (id, host_id, metric, labels, unit) VALUES (1, 'h', 'load1', '{}', 'load')",
  )
  const head = workspace.metrics.prepare('INSERT INTO head (series_id, at, value) VALUES (1, CAST(? AS INTEGER), ?)')
  workspace.metrics.transaction(() => {
    for (let i = 1; i <= 4000; i += 1) head.run(i, i / 2)
  })()
  const backups = createBackups({ workspace, environment, changed: () => {} })
  const { id } = await backups.make('manual')
  await backups.close()
  close()
  return id
}
const settings = (workspace: Workspace) =>
  Array.from({ length: 300 }, (_, i) => workspace.setting(`key ${i}`, z.string(), 'lost'))
const asFilled = Array.from({ length: 300 }, (_, i) => `value ${i}`.padEnd(200, 'x'))

/** Offsets that reach headers, inner pages and leaves, the same in every run. */
function offsets(file: string, count: number): number[] {
  const { size } = statSync(file)
  let seed = 7
  const drawn = Array.from({ length: count }, () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return seed % size
  })
  return [0, 18, 24, 100, 4096, 4101, size - 1, ...drawn]
}

describe('app.db', () => {
  test('no turned byte passes: each is found on opening, with the backup that mends it, and never as wrong data', async () => {
    const backup = await filled()
    const sound = readFileSync(at('app.db'))
    const { mtime } = statSync(at('app.db'))
    const sum = readFileSync(at('app.sum'))
    for (const offset of offsets(at('app.db'), 60)) {
      flipByte(at('app.db'), offset, 1 << (offset % 8))
      const problem = problemOfCall(open)
      expect({ offset, problem }).toMatchObject({
        problem: {
          code: 'WORKSPACE_CORRUPT',
          fact: expect.stringContaining(at('app.db')),
          fix: expect.stringContaining(`headroom restore ${backup}`),
          details: { backup },
        },
      })
      writeFileSync(at('app.db'), sound)
      utimesSync(at('app.db'), mtime, mtime)
      writeFileSync(at('app.sum'), sum)
    }
    expect(settings(open())).toEqual(asFilled)
  })
  test('cut short anywhere it is refused, and the restore named in the refusal brings everything back', async () => {
    const backup = await filled()
    const sound = readFileSync(at('app.db'))
    for (const share of [0.1, 0.37, 0.5, 0.99]) {
      truncateSync(at('app.db'), Math.floor(sound.length * share))
      expect(problemOfCall(open)).toMatchObject({ code: 'WORKSPACE_CORRUPT', details: { backup } })
      environment.clock.advance(1000)
      restoreClosed(folder, backup, environment)
      expect(settings(open())).toEqual(asFilled)
      close()
    }
    const kept = listBackups(folder).filter(({ kind }) => kind === 'replaced')
    expect(kept).toHaveLength(4)
    for (const one of kept) expect(one.fault).toContain('was damaged')
  })
  test('a change by another program is told, with everything it changed still there', async () => {
    await filled()
    const other = new Database(at('app.db'))
    other.exec(`UPDATE setting SET value = '"theirs"' WHERE key = 'key 1'`)
    other.close()
    utimesSync(at('app.db'), new Date(), new Date(Date.UTC(2030, 0)))
    expect(open().setting('key 1', z.string(), '')).toBe('theirs')
    expect(troubles()).toMatchObject([{ kind: 'app-changed', problem: { code: 'WORKSPACE_CHANGED' } }])
  })
  test('a backup that is damaged too is passed over for an older one', async () => {
    const older = await filled()
    environment.clock.advance(86_400_000)
    const workspace = open()
    const backups = createBackups({ workspace, environment, changed: () => {} })
    const newer = await backups.make('manual')
    await backups.close()
    close()
    flipByte(join(newer.path, 'app.db'), 9000)
    writeFileSync(at('app.db'), 'no database '.repeat(900))
    expect(problemOfCall(open)).toMatchObject({ details: { backup: older } })
  })
  test('a log left by an untidy end is not taken for damage', async () => {
    await filled()
    const workspace = open()
    workspace.saveSetting('late', 'kept')
    const copy = join(environment.folder, 'copy')
    cpSync(folder, copy, { recursive: true })
    const after = openWorkspace(copy, environment)
    expect(after.setting('late', z.string(), 'lost')).toBe('kept')
    expect(existsSync(join(copy, 'trouble.json'))).toBe(false)
    after.close()
  })
})

describe('metrics.db', () => {
  test.each([
    ['that is no database', () => writeFileSync(at('metrics.db'), 'no database '.repeat(4000))],
    ['cut short', () => truncateSync(at('metrics.db'), 20_000)],
    [
      'with a torn page',
      () => {
        const bytes = readFileSync(at('metrics.db'))
        bytes.fill(0xff, bytes.length - 12_288, bytes.length - 8192)
        writeFileSync(at('metrics.db'), bytes)
      },
    ],
  ])('%s is kept aside and begun anew, and the backup is offered', async (_, damage) => {
    const backup = await filled()
    damage()
    const found = readFileSync(at('metrics.db'))
    // As after a power cut: the file that names the holder is still there.
    writeFileSync(at('workspace.lock'), JSON.stringify({ pid: 1, since: 1, face: 'cli' }))
    const workspace = open()
    expect(settings(workspace)).toEqual(asFilled)
    expect(workspace.metrics.prepare('SELECT count(*) FROM head').pluck().get()).toBe(0)
    expect(troubles()).toMatchObject([
      { kind: 'metrics-damaged', problem: { code: 'METRICS_SET_ASIDE', details: { backup } } },
    ])
    const [aside = ''] = readdirSync(at('replaced'))
    expect(readFileSync(join(at('replaced'), aside, 'metrics.db')).equals(found)).toBe(true)
    const kept = listBackups(folder).find(({ kind }) => kind === 'damaged')
    expect(kept?.fault).toContain('kept for recovery by hand')
    close()
    expect(problemOfCall(() => restoreClosed(folder, kept?.id ?? '', environment))).toMatchObject({
      code: 'BACKUP_UNUSABLE',
    })
    environment.clock.advance(1000)
    restoreClosed(folder, backup, environment)
    expect(open().metrics.prepare('SELECT count(*) FROM head').pluck().get()).toBe(4000)
  })
  test('that was found damaged in use is looked through at the next opening; a second time it is set aside unseen', async () => {
    await filled()
    const damaged = Object.assign(new Database.SqliteError('database disk image is malformed', 'SQLITE_CORRUPT'))
    expect(open().explain(damaged)).toMatchObject({
      problem: { code: 'WORKSPACE_CORRUPT', fact: expect.stringContaining('metrics.db') },
      again: true,
    })
    close()
    const again = open()
    expect(again.metrics.prepare('SELECT count(*) FROM head').pluck().get()).toBe(4000)
    expect(again.explain(damaged)).toMatchObject({ again: true })
    close()
    expect(open().metrics.prepare('SELECT count(*) FROM head').pluck().get()).toBe(0)
    expect(troubles().map(({ kind }) => kind)).toContain('metrics-damaged')
  })
  test('whose content makes no sense does not keep the engine from opening', async () => {
    await filled()
    const file = new Database(at('metrics.db'))
    file.exec("PRAGMA ignore_check_constraints = ON; UPDATE series SET labels = '{broken'")
    file.close()
    const core = await openCore({ folder, environment })
    expect(core.areas.metrics.latest()).toEqual([])
    expect(core.areas.backups.status().troubles).toMatchObject([{ kind: 'metrics-damaged' }])
    await core.close()
  })
  test('whose index says another thing than its table is told at the next backup, which is none', async () => {
    const kept = await filled()
    const bytes = readFileSync(at('metrics.db'))
    const name = Buffer.from('load1')
    const [first, second] = [bytes.indexOf(name), bytes.lastIndexOf(name)]
    expect(first).not.toBe(second)
    flipByte(at('metrics.db'), first, 1)
    const workspace = open()
    const backups = createBackups({ workspace, environment, changed: () => {} })
    await expect(backups.make('manual')).rejects.toMatchObject({
      code: 'WORKSPACE_CORRUPT',
      message: expect.stringMatching(/metrics\.db.*index/),
    })
    expect(listBackups(folder).map(({ id }) => id)).toEqual([kept])
    await backups.close()
  })
  test('no turned byte keeps the workspace from opening, and app.db is always right', async () => {
    await filled()
    const sound = readFileSync(at('metrics.db'))
    for (const offset of offsets(at('metrics.db'), 40)) {
      flipByte(at('metrics.db'), offset)
      const core = await openCore({ folder, environment })
      expect(settings(core.areas.workspace)).toEqual(asFilled)
      await core.close()
      environment.clock.advance(1000)
      for (const journal of ['metrics.db-wal', 'metrics.db-shm']) expect(existsSync(at(journal))).toBe(false)
      writeFileSync(at('metrics.db'), sound)
    }
  })
})

test('an error that is neither damage nor a full disk is explained as neither', () => {
  const workspace = open()
  expect(workspace.explain(new Error('other'))).toBeNull()
  expect(workspace.explain(null)).toBeNull()
})
