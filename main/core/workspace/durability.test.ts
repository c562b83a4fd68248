import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, test } from 'vitest'
import { testEnvironment } from '../../../test/fixtures/environment.ts'
import { lockHolder, openWorkspace } from './index.ts'

const child = resolve(import.meta.dirname, '../../../test/fixtures/committing-child.ts')
const started: ChildProcess[] = []
afterEach(() => {
  for (const one of started.splice(0)) one.kill('SIGKILL')
})

test('kill -9 costs no row that was reported as committed, and frees the workspace at once', async () => {
  const environment = testEnvironment()
  const folder = join(environment.folder, 'workspace')
  const process = spawn(globalThis.process.execPath, [child, folder], { stdio: ['ignore', 'pipe', 'pipe'] })
  started.push(process)
  const complaints: Buffer[] = []
  process.stderr.on('data', (chunk: Buffer) => complaints.push(chunk))

  let reported = 0
  for await (const line of createInterface({ input: process.stdout })) {
    reported = Number(line)
    if (reported === 50) {
      expect(() => openWorkspace(folder, environment)).toThrow(`process ${process.pid}`)
    }
    if (reported === 200) process.kill('SIGKILL')
  }
  if (process.exitCode === null && process.signalCode === null) await once(process, 'exit')
  expect(reported, Buffer.concat(complaints).toString()).toBeGreaterThanOrEqual(200)
  expect(lockHolder(folder)).toMatchObject({ pid: process.pid })

  const workspace = openWorkspace(folder, environment)
  const rows = workspace.app.prepare("SELECT value FROM setting WHERE key LIKE 'row %' ORDER BY 1 * value").pluck()
  const samples = workspace.metrics.prepare('SELECT at FROM head ORDER BY at').pluck()
  for (const kept of [rows.all().map(Number), samples.all().map(Number)])
    expect(kept.slice(0, reported)).toEqual(Array.from({ length: reported }, (_, i) => i + 1))
  expect(workspace.app.pragma('integrity_check', { simple: true })).toBe('ok')
  expect(workspace.metrics.pragma('integrity_check', { simple: true })).toBe('ok')
  workspace.close()
  environment.dispose()
})
