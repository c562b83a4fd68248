import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { clientOver } from '../../shared/contract/client.ts'
import { CoreKeeper, type CoreStatus, forkCore } from '../launch/index.ts'
import { joinLocally } from '../link/index.ts'

const entry = fileURLToPath(new URL('./process.ts', import.meta.url))
const resources = fileURLToPath(new URL('../../resources', import.meta.url))
let folder: string
let keepers: CoreKeeper[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-process-'))
  keepers = []
})
afterEach(async () => {
  for (const keeper of keepers) await keeper.stop()
  rmSync(folder, { recursive: true, force: true })
})

function keep(): CoreKeeper {
  const keeper = new CoreKeeper({
    launch: () => forkCore({ node: process.execPath, entry, env: process.env }),
    start: { folder, face: 'web', resources, keychain: false },
  })
  keepers.push(keeper)
  keeper.run()
  return keeper
}

function becomes<S extends CoreStatus['state']>(
  keeper: CoreKeeper,
  state: S,
): Promise<Extract<CoreStatus, { state: S }>> {
  return new Promise((done) => {
    const off = keeper.onStatus((status) => {
      if (status.state !== state) return
      off()
      done(status as Extract<CoreStatus, { state: S }>)
    })
  })
}

const lineOf = (keeper: CoreKeeper) => {
  const link = keeper.connect()
  if (!link) throw new Error('no core')
  return link
}

describe('the core as a process', () => {
  it('serves its shell and, by the socket in the workspace, other programs of the user', async () => {
    const keeper = keep()
    await becomes(keeper, 'up')
    const mine = await clientOver(lineOf(keeper)).app.info()
    const link = await joinLocally(folder)
    expect(link).not.toBeNull()
    if (link) expect((await clientOver(link).app.info()).pid).toBe(mine.pid)
    link?.close()
  })

  it('comes back after it is killed, with what was committed', async () => {
    const keeper = keep()
    await becomes(keeper, 'up')
    const link = lineOf(keeper)
    const client = clientOver(link)
    await client.hosts.add({ kind: 'local', name: 'kept' })
    const { pid } = await client.app.info()
    const closed = new Promise<void>((done) => link.onClose(done))
    const back = becomes(keeper, 'up')
    process.kill(pid, 'SIGKILL')
    await closed
    await back
    const again = clientOver(lineOf(keeper))
    expect((await again.app.info()).pid).not.toBe(pid)
    expect((await again.hosts.list()).map(({ name }) => name)).toEqual(['kept'])
  })

  it('says who holds the workspace when it is taken, and takes it once it is free', async () => {
    const first = keep()
    await becomes(first, 'up')
    const second = keep()
    const { problem } = await becomes(second, 'failed')
    expect(problem.code).toBe('WORKSPACE_LOCKED')
    const taken = becomes(second, 'up')
    await first.stop()
    await taken
  })

  it('is closed whole when it is stopped while it opens', async () => {
    const early = keep()
    await early.stop()
    expect(early.status.state).toBe('starting')
    expect(existsSync(join(folder, 'workspace.lock'))).toBe(false)
    const next = keep()
    await becomes(next, 'up')
  })

  it('leaves no socket behind when it is asked to stop', async () => {
    const keeper = keep()
    await becomes(keeper, 'up')
    await keeper.stop()
    expect(await joinLocally(folder)).toBeNull()
  })
})
