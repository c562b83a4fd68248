import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ORPCError } from '@orpc/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type CoreClient, clientOver } from '../../shared/contract/client.ts'
import type { Link } from '../../shared/contract/link.ts'
import { linkPair } from '../link/index.ts'
import { giveFirstAnswers } from './first-answers.ts'
import { asTold, type Core, openCore, systemEnvironment } from './index.ts'

const resources = fileURLToPath(new URL('../../resources', import.meta.url))
let folder: string
let core: Core
let line: Link
let client: CoreClient

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-core-'))
  core = await openCore({ folder, environment: systemEnvironment({ folder, face: 'cli', resources }) })
  const [near, far] = linkPair()
  line = near
  core.serve(far)
  client = clientOver(near)
})
afterEach(async () => {
  line.close()
  await core.close()
  rmSync(folder, { recursive: true, force: true })
})

const problemOf = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  return error instanceof ORPCError ? { code: error.code, problem: error.data } : error
}

describe('the contract', () => {
  it('answers with what is open', async () => {
    expect(await client.app.info()).toMatchObject({ workspace: folder, face: 'cli', pid: process.pid })
  })

  it('answers itself what a window asks first, though there is no plan to judge by, and leaves no line open', async () => {
    const closed: string[] = []
    const verdict = vi.spyOn(core.areas.plans, 'verdict')
    const alerts = vi.spyOn(core.areas.alerts, 'list')
    await giveFirstAnswers((link) => {
      link.onClose(() => closed.push('closed'))
      core.serve(link)
    })
    expect(verdict.mock.results).toMatchObject([{ type: 'throw' }])
    expect(alerts).toHaveBeenCalledOnce()
    await vi.waitFor(() => expect(closed).toEqual(['closed']))
  })

  it('turns a refusal into PROBLEM with code, fact and fix', async () => {
    expect(await problemOf(client.hosts.test({ hostId: 'nobody' }))).toMatchObject({
      code: 'PROBLEM',
      problem: { code: expect.stringMatching(/^[A-Z_]+$/), fact: expect.any(String), fix: expect.any(String) },
    })
  })

  it('names the field of input that breaks the contract, and runs nothing', async () => {
    const wrong = { collectEveryMs: 1 }
    const before = (await client.app.settings()).collectEveryMs
    expect(await problemOf(client.app.saveSettings(wrong))).toMatchObject({
      code: 'PROBLEM',
      problem: {
        code: 'INPUT_INVALID',
        field: 'collectEveryMs',
        fact: expect.stringMatching(/^"collectEveryMs" must be at least \d+\.$/),
      },
    })
    expect((await client.app.settings()).collectEveryMs).toBe(before)
  })

  it('reports what nobody foresaw as INTERNAL and logs it', async () => {
    vi.spyOn(core.areas.plans, 'blueprints').mockImplementation(() => {
      throw new TypeError('a broken invariant')
    })
    expect(await problemOf(client.plan.blueprints())).toMatchObject({ problem: { code: 'INTERNAL' } })
    expect(readFileSync(join(folder, 'headroom.log'), 'utf8')).toContain('a broken invariant')
  })

  it('passes on what a stream throws as a problem', async () => {
    const events = await client.playbooks.follow({ runId: 'no such run' }).catch((error: unknown) => error)
    const problem =
      Symbol.asyncIterator in (events as object)
        ? await problemOf((events as AsyncGenerator).next())
        : await problemOf(Promise.reject(events))
    expect(problem).toMatchObject({ code: 'PROBLEM', problem: { fix: expect.any(String) } })
  })
})

describe('a stream', () => {
  function watchListeners(): { open(): number } {
    let open = 0
    const { events } = core.areas
    const listen = events.listen.bind(events)
    vi.spyOn(events, 'listen').mockImplementation((listener) => {
      open += 1
      const off = listen(listener)
      return () => {
        open -= 1
        return off()
      }
    })
    return { open: () => open }
  }

  it('carries events as they happen', async () => {
    const listeners = watchListeners()
    const events = await client.app.events()
    const first = events.next()
    await vi.waitFor(() => expect(listeners.open()).toBe(1))
    core.areas.events.emit({ kind: 'plan' })
    expect((await first).value).toEqual({ kind: 'plan' })
  })

  it('stops in the core when the client goes', async () => {
    const listeners = watchListeners()
    const events = await client.app.events()
    const pending = events.next().catch(() => undefined)
    await vi.waitFor(() => expect(listeners.open()).toBe(1))
    line.close()
    await vi.waitFor(() => expect(listeners.open()).toBe(0))
    core.areas.events.emit({ kind: 'plan' })
    void pending
  })

  it('stops in the core when the client no longer wants it', async () => {
    const listeners = watchListeners()
    const aborter = new AbortController()
    const events = await client.app.events(undefined, { signal: aborter.signal })
    const pending = events.next().catch(() => undefined)
    await vi.waitFor(() => expect(listeners.open()).toBe(1))
    aborter.abort()
    await vi.waitFor(() => expect(listeners.open()).toBe(0))
    await pending
  })
})

describe('a folder that cannot be made', () => {
  it('is named, with where to choose another', () => {
    writeFileSync(join(folder, 'file'), '')
    const wanted = join(folder, 'file', 'workspace')
    expect(() => systemEnvironment({ folder: wanted, face: 'cli', resources })).toThrow(
      expect.objectContaining({ code: 'WORKSPACE_UNUSABLE', message: expect.stringContaining(wanted) }),
    )
  })
})

describe('a failure while the engine opens', () => {
  it('is told as a full disk where that is what it was', () => {
    const full = Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' })
    expect(asTold(full, core.areas.workspace)).toMatchObject({ code: 'DISK_FULL', cause: full })
    const other = new TypeError('of ours')
    expect(asTold(other, core.areas.workspace)).toBe(other)
  })
})

describe('the log', () => {
  it('hides secrets by name', () => {
    const { log } = systemEnvironment({ folder, face: 'cli', resources })
    log.info(
      { auth: { password: 'canary-1' }, passphrase: 'canary-2', input: { auth: { secret: 'canary-3' } } },
      'added',
    )
    const text = readFileSync(join(folder, 'headroom.log'), 'utf8')
    expect(text).toContain('added')
    expect(text).not.toContain('canary')
  })
})
