import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, test } from 'vitest'
import { testEnvironment } from '../../../test/fixtures/environment.ts'
import { SampleStore } from '../metrics/store.ts'
import { checkCopy } from './backup-check.ts'
import { createBackups, openWorkspace, restoreClosed } from './index.ts'

const child = resolve(import.meta.dirname, '../../../test/fixtures/working-child.ts')
const START = Date.UTC(2026, 0, 5)
const STEP_MS = 15_000
const started: ChildProcess[] = []
afterEach(() => {
  for (const one of started.splice(0)) one.kill('SIGKILL')
})

/** Works in the folder until `until` rounds are reported, then is killed. The number of the last round reported. */
async function workUntilKilled(folder: string, first: number, until: number): Promise<number> {
  const worker = spawn(process.execPath, [child, folder, String(first)], { stdio: ['ignore', 'pipe', 'pipe'] })
  started.push(worker)
  const complaints: Buffer[] = []
  worker.stderr.on('data', (chunk: Buffer) => complaints.push(chunk))
  let reported = first
  for await (const line of createInterface({ input: worker.stdout })) {
    reported = Number(line)
    if (reported >= until) worker.kill('SIGKILL')
  }
  if (worker.exitCode === null && worker.signalCode === null) await once(worker, 'exit')
  expect(reported, Buffer.concat(complaints).toString()).toBeGreaterThanOrEqual(until)
  return reported
}

test('kill -9 amid rounds, sealing, bulk filling, pruning and backups costs nothing that was stored', {
  timeout: 90_000,
}, async () => {
  const environment = testEnvironment()
  const folder = join(environment.folder, 'workspace')
  let reported = 0
  // Blocks are sealed at 480 rounds, rollups packed with them: the kills fall before, amid and after.
  for (const rounds of [30, 170, 283, 77, 461]) {
    reported = await workUntilKilled(folder, reported, reported + rounds)
    const workspace = openWorkspace(folder, environment)
    for (const database of [workspace.app, workspace.metrics])
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    const store = new SampleStore(workspace.metrics)
    const load = store.matching('load1', {}, 'h')[0]
    if (!load) throw new Error('no series')
    const { at, value } = store.columns(load.id, 0, Number.MAX_SAFE_INTEGER)
    const numbers = Array.from({ length: reported }, (_, i) => i + 1)
    expect(Array.from(value.subarray(0, reported))).toEqual(numbers)
    expect(Array.from(at.subarray(0, reported))).toEqual(numbers.map((n) => START + n * STEP_MS))
    // A round is stored whole: both of its series end with the same one.
    const cpu = store.matching('cpu_used_ratio', {}, 'h')[0]
    expect(store.columns(cpu?.id ?? 0, 0, Number.MAX_SAFE_INTEGER).at).toEqual(at)
    // The rollups count what the samples tell: no sample twice, none missing.
    for (const level of [900_000, 3_600_000]) {
      const buckets = store.rolledUp(level, load.id, 0, Number.MAX_SAFE_INTEGER)
      expect(buckets.reduce((sum, { n }) => sum + n, 0)).toBe(at.length)
    }
    const filled = store.matching('load5', {}, 'h')[0]
    if (filled) {
      const n = store.rolledUp(3_600_000, filled.id, 0, Number.MAX_SAFE_INTEGER).reduce((sum, one) => sum + one.n, 0)
      expect(n === 0 || n >= 2000).toBe(true)
    }
    reported = at.length
    // Whatever has the name of a backup is whole; what the kill ended half way has none.
    const backups = createBackups({ workspace, environment, changed: () => {} })
    for (const backup of backups.list()) expect(await backups.verify(backup.id)).toMatchObject({ fault: null })
    await backups.close()
    workspace.close()
  }
  environment.dispose()
})

test('kill -9 amid a restore leaves the old or the new, and the next opening brings it to its end', {
  timeout: 60_000,
}, async () => {
  const environment = testEnvironment()
  const folder = join(environment.folder, 'workspace')
  const workspace = openWorkspace(folder, environment)
  workspace.saveSetting('plan', 'old')
  const backups = createBackups({ workspace, environment, changed: () => {} })
  const { id } = await backups.make('manual')
  workspace.saveSetting('plan', 'new')
  await backups.close()
  workspace.close()
  const restoring = resolve(import.meta.dirname, '../../../test/fixtures/restoring-child.ts')
  // Every step that touches the disk in turn is the last.
  let ended = false
  for (let step = 1; !ended; step += 1) {
    environment.clock.advance(1000)
    const worker = spawn(process.execPath, [restoring, folder, id, String(step), String(environment.now())], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    started.push(worker)
    const [, signal] = (await once(worker, 'exit')) as [number | null, string | null]
    ended = signal === null
    const after = openWorkspace(folder, environment)
    const plan = after.app.prepare("SELECT value FROM setting WHERE key = 'plan'").pluck().get()
    expect({ step, plan }).toEqual({ step, plan: expect.stringMatching(/^"(old|new)"$/) as unknown })
    for (const database of [after.app, after.metrics])
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(readdirSync(folder)).not.toContain('restore.json')
    expect(readdirSync(folder)).not.toContain('.restoring')
    after.saveSetting('plan', 'new')
    after.close()
    expect(checkCopy(join(folder, 'app.db')).fault).toBeNull()
    expect(step).toBeLessThan(200)
  }
  restoreClosed(folder, id, environment)
  const last = openWorkspace(folder, environment)
  expect(last.app.prepare("SELECT value FROM setting WHERE key = 'plan'").pluck().get()).toBe('"old"')
  last.close()
  environment.dispose()
})
