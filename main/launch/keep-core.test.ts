import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { FromCore, ToCore } from '../link/index.ts'
import { type CoreChild, CoreKeeper, type CoreStatus } from './keep-core.ts'

/** A core whose life the test plays. */
class PlayedCore implements CoreChild {
  readonly pid = 1
  readonly sent: ToCore[] = []
  killed = false
  readonly #messages: ((message: FromCore) => void)[] = []
  readonly #exits: ((how: string) => void)[] = []
  post(message: ToCore): void {
    this.sent.push(message)
  }
  onMessage(listener: (message: FromCore) => void): void {
    this.#messages.push(listener)
  }
  onExit(listener: (how: string) => void): void {
    this.#exits.push(listener)
  }
  kill(): void {
    this.killed = true
    this.exit('killed')
  }
  say(message: FromCore): void {
    for (const listener of this.#messages) listener(message)
  }
  exit(how: string): void {
    for (const listener of this.#exits) listener(how)
  }
}

const start = { folder: '/w', face: 'web' as const, resources: '/r', keychain: true }
let cores: PlayedCore[]
let heard: CoreStatus[]
let keeper: CoreKeeper
const latest = () => cores.at(-1) as PlayedCore

beforeEach(() => {
  vi.useFakeTimers()
  cores = []
  heard = []
  keeper = new CoreKeeper({
    launch: () => {
      cores.push(new PlayedCore())
      return latest()
    },
    start,
    keychain: {
      encrypt: async (plain) => `sealed ${plain}`,
      decrypt: () => Promise.reject(new Error('the keyring is locked')),
    },
  })
  keeper.onStatus((status) => heard.push(status))
  keeper.run()
})
afterEach(() => vi.useRealTimers())

describe('keeping the core', () => {
  it('tells the core what to open and is up when it is ready', () => {
    expect(latest().sent).toEqual([{ kind: 'start', start }])
    expect(keeper.connect()).toBeNull()
    latest().say({ kind: 'ready' })
    expect(keeper.status).toEqual({ state: 'up', pid: 1 })
    expect(keeper.connect()).not.toBeNull()
  })

  it('closes the lines of a core that died and starts another', () => {
    latest().say({ kind: 'ready' })
    const closed = vi.fn()
    keeper.connect()?.onClose(closed)
    latest().exit('signal SIGKILL')
    expect(closed).toHaveBeenCalledOnce()
    expect(keeper.status).toEqual({ state: 'down', how: 'signal SIGKILL', retryMs: 250 })
    expect(keeper.connect()).toBeNull()
    vi.advanceTimersByTime(250)
    expect(cores).toHaveLength(2)
    latest().say({ kind: 'ready' })
    expect(keeper.status.state).toBe('up')
  })

  it('waits longer after each death, at most ten seconds, and forgets that once a core lives', () => {
    const waits: number[] = []
    for (let n = 0; n < 8; n += 1) {
      latest().exit('exit code 1')
      const { status } = keeper
      if (status.state === 'down') waits.push(status.retryMs)
      vi.advanceTimersByTime(10_000)
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000])
    latest().say({ kind: 'ready' })
    vi.advanceTimersByTime(30_000)
    latest().exit('exit code 1')
    expect(keeper.status).toMatchObject({ state: 'down', retryMs: 250 })
  })

  it('passes on why a workspace cannot be opened', () => {
    const problem = { code: 'WORKSPACE_LOCKED', fact: 'Held by process 7.', fix: 'Close it.' }
    latest().say({ kind: 'failed', problem })
    expect(latest().sent.at(-1)).toEqual({ kind: 'stop' })
    latest().exit('exit code 1')
    expect(keeper.status).toEqual({ state: 'failed', problem, retryMs: 250 })
  })

  it('starts no other core when it is stopped on hearing of a failure', () => {
    keeper.onStatus(() => void keeper.stop())
    latest().exit('exit code 1')
    vi.advanceTimersByTime(60_000)
    expect(cores).toHaveLength(1)
  })

  it('answers the keychain, and says why it cannot', async () => {
    latest().say({ kind: 'ready' })
    latest().say({ kind: 'keychain', id: 1, verb: 'encrypt', text: 'x' })
    latest().say({ kind: 'keychain', id: 2, verb: 'decrypt', text: 'y' })
    await vi.waitFor(() => expect(latest().sent).toHaveLength(3))
    expect(latest().sent.slice(1)).toEqual([
      { kind: 'keychain-reply', id: 1, text: 'sealed x', error: null },
      { kind: 'keychain-reply', id: 2, text: null, error: 'the keyring is locked' },
    ])
  })

  it('stops a core that has not said yet that it is ready', async () => {
    const stopped = keeper.stop()
    expect(latest().sent.at(-1)).toEqual({ kind: 'stop' })
    latest().say({ kind: 'ready' })
    expect(keeper.connect()).toBeNull()
    latest().exit('exit code 0')
    await stopped
    expect(heard.map(({ state }) => state)).toEqual(['starting'])
  })

  it('stops for good, ending a core that does not go by itself', async () => {
    latest().say({ kind: 'ready' })
    const stopped = keeper.stop()
    expect(latest().sent.at(-1)).toEqual({ kind: 'stop' })
    vi.advanceTimersByTime(5000)
    await stopped
    expect(latest().killed).toBe(true)
    vi.advanceTimersByTime(60_000)
    expect(cores).toHaveLength(1)
  })

  it('tells a change once to each: who begins to listen because of it hears the next one', () => {
    const asked: string[] = []
    const ask = () => {
      const off = keeper.onStatus(({ state }) => {
        if (state !== 'failed') return
        off()
        asked.push(state)
        if (asked.length < 3) ask()
      })
    }
    ask()
    latest().say({ kind: 'failed', problem: { code: 'WORKSPACE_CORRUPT', fact: 'It is damaged.', fix: 'Restore it.' } })
    latest().exit('exit code 1')
    expect(asked.length).toBe(1)
  })
})
