import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type TestEnvironment, testEnvironment } from '../../test/fixtures/environment.ts'
import { listenLocally } from '../link/index.ts'
import { openWhenFree } from './open-when-free.ts'
import { openWorkspace, type Workspace } from './workspace/index.ts'

let environment: TestEnvironment
let held: Workspace
let tries: number
beforeEach(() => {
  environment = testEnvironment()
  held = openWorkspace(environment.folder, environment)
  tries = 0
})
afterEach(() => {
  held.close()
  environment.dispose()
})

/** Opens the workspace that is held; `before` comes ahead of each try. */
const opening = (before: () => void = () => {}, elapsed = () => 0) =>
  openWhenFree(environment.folder, elapsed, async () => {
    tries += 1
    before()
    return openWorkspace(environment.folder, environment)
  })
const locked = { code: 'WORKSPACE_LOCKED' }
const heldBy = (face: string) =>
  writeFileSync(join(environment.folder, 'workspace.lock'), JSON.stringify({ pid: 1, since: 0, face }))

it('a workspace whose engine is at its end is opened when that has let go of it', async () => {
  heldBy('web')
  held = await opening(() => tries === 3 && held.close())
  expect(tries).toBe(3)
})

it('an engine that still answers is not waited for, nor a command, nor an end that takes for ever', async () => {
  heldBy('web')
  const listening = await listenLocally(environment.folder, () => {})
  await expect(opening()).rejects.toMatchObject(locked)
  expect(tries).toBe(1)
  await listening.close()
  heldBy('cli')
  await expect(opening()).rejects.toMatchObject(locked)
  expect(tries).toBe(2)
  heldBy('web')
  await expect(opening(undefined, () => tries * 10_000)).rejects.toMatchObject(locked)
  expect(tries).toBe(4)
})
