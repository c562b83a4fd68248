import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestEnvironment, testEnvironment } from '../../../test/fixtures/environment.ts'
import { problemOfCall } from '../../../test/fixtures/workspace-damage.ts'
import { SampleStore } from '../metrics/store.ts'
import { createBackups, openWorkspace } from './index.ts'

let environment: TestEnvironment
let disk: string
beforeEach(() => {
  environment = testEnvironment()
  disk = join(environment.folder, 'disk')
  mkdirSync(disk)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', disk])
})
afterEach(() => {
  execFileSync('umount', ['-l', disk])
  environment.dispose()
})

test('a full disk is told once, costs nothing that was stored, and storing goes on when there is room', async () => {
  const folder = join(disk, 'workspace')
  const workspace = openWorkspace(folder, environment)
  const store = new SampleStore(workspace.metrics)
  const stored: number[] = []
  const round = (n: number) => {
    const values = Array.from({ length: 40 }, (_, i) => ({ metric: 'load1', labels: { n: String(i) }, value: n }))
    try {
      if (store.record('h', n * 15_000, values) > 0) stored.push(n)
      workspace.recovered()
      return null
    } catch (error) {
      return workspace.explain(error)?.problem.code ?? error
    }
  }
  expect(round(1)).toBeNull()
  const backups = createBackups({ workspace, environment, changed: () => {} })
  expect(() => writeFileSync(join(disk, 'filler'), Buffer.alloc(16 << 20))).toThrow('ENOSPC')
  const answers = Array.from({ length: 400 }, (_, i) => round(i + 2))
  expect(answers.at(-1)).toBe('DISK_FULL')
  expect(new Set(answers.filter((one) => one !== null))).toEqual(new Set(['DISK_FULL']))
  expect(await problemOfCall(backups.make('manual'))).toMatchObject({ code: 'BACKUP_NO_ROOM', field: 'folder' })
  rmSync(join(disk, 'filler'))
  expect(round(1000)).toBeNull()
  expect(backups.status().troubles).toEqual([])
  await backups.close()
  workspace.close()

  const again = openWorkspace(folder, environment)
  for (const database of [again.app, again.metrics])
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
  const after = new SampleStore(again.metrics)
  const [series] = after.matching('load1', { n: '0' }, 'h')
  const { value } = after.columns(series?.id ?? 0, 0, Number.MAX_SAFE_INTEGER)
  for (const n of stored) expect(value).toContain(n)
  again.close()
})

test('a disk that is full before the workspace is locked is told as that, and the next opening finds the lock free', () => {
  const folder = join(disk, 'workspace')
  openWorkspace(folder, environment).close()
  expect(() => writeFileSync(join(disk, 'filler'), Buffer.alloc(16 << 20))).toThrow('ENOSPC')
  expect(() => openWorkspace(folder, environment)).toThrow(expect.objectContaining({ code: 'DISK_FULL' }))
  rmSync(join(disk, 'filler'))
  openWorkspace(folder, environment).close()
})
