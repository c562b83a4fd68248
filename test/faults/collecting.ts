import { setTimeout as pause } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { SampleStore } from '../../main/core/metrics/store.ts'
import type { WritableDatabase } from '../../main/core/workspace/index.ts'
import { HeadroomError } from '../../shared/model/problem.ts'
import { Gone, type Session } from './session.ts'

/** A round that the core said is stored. */
interface Round {
  hostId: string
  at: number
}

/** Why a round may fail: the server cannot be reached or does not answer, or the disk here is full. */
const OF_A_LINK =
  /^(HOST_UNREACHABLE|LINK_LOST|HOST_LOST|COMMAND_TIMEOUT|LOGIN_TIMEOUT|HOST_BUSY|ROUND_UNDER_WAY|PROBE_FAILED|SSH_)/
const DAY_MS = 86_400_000

/** Both servers measured again and again: what was confirmed is found in the store. */
export class Collecting {
  readonly #session: Session
  #rounds: Round[] = []
  /** Set while the history may have been set aside as damaged, which is told as a trouble. */
  readonly breaches: string[] = []
  readonly codes = new Set<string>()

  constructor(session: Session) {
    this.#session = session
  }

  get confirmed(): number {
    return this.#rounds.length
  }

  async work(until: AbortSignal): Promise<void> {
    const hosts = (await this.#list(until)).map(({ id }) => id)
    await Promise.all(hosts.map((hostId) => this.#measure(hostId, until)))
  }

  async #list(until: AbortSignal) {
    while (!until.aborted)
      try {
        return await this.#session.call((core) => core.hosts.list())
      } catch (error) {
        if (!(error instanceof Gone)) throw error
      }
    return []
  }

  async #measure(hostId: string, until: AbortSignal): Promise<void> {
    while (!until.aborted) {
      try {
        const { at, samples } = await this.#session.call((core) => core.metrics.collect({ hostId }))
        if (samples > 0) this.#rounds.push({ hostId, at })
      } catch (error) {
        if (!(error instanceof Gone)) this.#refused(error)
      }
      await pause(900)
    }
  }

  #refused(error: unknown): void {
    const code = error instanceof HeadroomError ? error.code : ''
    this.codes.add(code)
    if (code === 'DISK_FULL' || OF_A_LINK.test(code)) return
    this.breaches.push(`A round failed with: ${error instanceof Error ? error.message : String(error)}`)
  }

  /** What is confirmed until now; a restored copy begun from now on holds it. */
  mark(): number {
    return this.#rounds.length
  }

  /** The workspace is now what it was then: what came later is not there, or only by chance. */
  restored(mark: number): void {
    this.#rounds.length = mark
  }

  /** The history was set aside and begun anew, and the operator was told. */
  begunAnew(): void {
    this.#rounds = []
  }

  /** Looks up every confirmed round in the closed file. */
  check(file: string): void {
    const database = new Database(file, { readonly: true })
    try {
      const store = new SampleStore(database as unknown as WritableDatabase)
      const newest = Math.max(0, ...this.#rounds.map(({ at }) => at))
      const known = new Map<string, Set<number>>()
      for (const { hostId, at } of this.#rounds) {
        // After a clock that jumped, older samples are only kept as rollups.
        if (newest - at > DAY_MS) continue
        const found = known.get(hostId) ?? timesOf(store, hostId)
        known.set(hostId, found)
        if (!found.has(at)) this.breaches.push(`The round of ${hostId} at ${at} was confirmed and is not stored.`)
      }
    } finally {
      database.close()
    }
  }
}

function timesOf(store: SampleStore, hostId: string): Set<number> {
  const times = new Set<number>()
  for (const { id } of store.matching('load1', {}, hostId))
    for (const at of store.columns(id, 0, Number.MAX_SAFE_INTEGER).at) times.add(at)
  return times
}
