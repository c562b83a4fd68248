import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type CoreClient, clientOver } from '../../../shared/contract/client.ts'
import { type TestEnvironment, testEnvironment } from '../../../test/fixtures/environment.ts'
import { linkPair } from '../../link/index.ts'
import { type Core, openCore } from '../index.ts'

let environment: TestEnvironment
let core: Core
let client: CoreClient
const restart = vi.fn()

beforeEach(async () => {
  environment = testEnvironment({ real: true })
  const folder = join(environment.folder, 'workspace')
  mkdirSync(join(folder, 'playbooks'), { recursive: true })
  writeFileSync(
    join(folder, 'playbooks', 'long.yaml'),
    `format: headroom/playbook@1
id: long
name: Long
summary: A test
steps:
  - { id: a, name: Wait, kind: run, host: here, command: 'sleep 600' }
`,
  )
  core = await openCore({ folder, environment, restart })
  const [near, far] = linkPair()
  core.serve(far)
  client = clientOver(near)
})
afterEach(async () => {
  await core.close()
  environment.dispose()
})

it('no backup takes the place of a workspace while a run may be going on, which nobody would know of afterwards', async () => {
  await client.hosts.add({ kind: 'local', name: 'here' })
  const { id } = await client.backups.make()
  const { hash } = await client.playbooks.preview({ playbookId: 'long', parameters: {} })
  const { id: runId } = await client.playbooks.start({ playbookId: 'long', parameters: {}, previewHash: hash })
  await expect(client.backups.restore({ id })).rejects.toMatchObject({
    data: { code: 'RESTORE_DURING_RUN', fact: expect.stringContaining('"Long" is running'), details: { runId } },
  })
  expect(restart).not.toHaveBeenCalled()
  await client.playbooks.stop({ runId })
  await vi.waitFor(async () => expect((await client.playbooks.run({ runId })).state).toBe('stopped'), 10_000)
  await client.backups.restore({ id })
  expect(restart).toHaveBeenCalledOnce()
})
