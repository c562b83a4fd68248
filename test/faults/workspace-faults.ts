import { createHash } from 'node:crypto'
import { readFileSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { HeadroomError } from '../../shared/model/problem.ts'
import { flipByte } from '../fixtures/workspace-damage.ts'
import type { Collecting } from './collecting.ts'
import type { Editing } from './editing.ts'
import type { Ground, Place } from './ground.ts'
import type { Fault } from './schedule.ts'
import { Gone, Session } from './session.ts'

/** The fault, as it befalls the files of a workspace; each says what must come of it, and looks. */
type OfFiles = Extract<
  Fault,
  | { kind: 'second-copy' }
  | { kind: 'newer-workspace' }
  | { kind: 'flip-bit' }
  | { kind: 'truncate' }
  | { kind: 'restore' }
>

/** A copy made by the program, and what it may hold. */
interface Copy {
  id: string
  names: ReadonlySet<number>
  rounds: number
}

export class WorkspaceFaults {
  readonly #ground: Ground
  readonly #place: Place
  readonly #session: Session
  readonly #editing: Editing
  readonly #collecting: Collecting
  readonly breaches: string[] = []

  constructor(ground: Ground, place: Place, session: Session, editing: Editing, collecting: Collecting) {
    this.#ground = ground
    this.#place = place
    this.#session = session
    this.#editing = editing
    this.#collecting = collecting
  }

  async inject(fault: OfFiles): Promise<void> {
    if (fault.kind === 'second-copy') return await this.#secondCopy()
    if (fault.kind === 'newer-workspace') return await this.#newer(fault.file)
    const copy = await this.#copy()
    if (copy === null) return
    if (fault.kind === 'restore') return await this.#restore(copy)
    const { file } = fault
    const damage = (path: string) => (fault.kind === 'flip-bit' ? flipBit(path, fault.at) : shorten(path, fault.ratio))
    await this.#damaged(file, damage, copy)
  }

  /** Another program on the same workspace is refused, whoever started it, and the first one goes on. */
  async #secondCopy(): Promise<void> {
    await this.#session.call((core) => core.app.info()).catch(unlessGone)
    const second = new Session(this.#ground.program, this.#place, 'harness')
    const problem = await this.#session.beside(() => second.refusal())
    if (problem?.code === 'WORKSPACE_LOCKED') return
    // Only while the first one was dead may the second have come in.
    const alone = await this.#session.call((core) => core.app.info()).catch(unlessGone)
    if (problem !== null && alone !== undefined)
      this.breaches.push(`A second program was refused with ${problem.code}: ${problem.fact}`)
  }

  /** A file of a newer version is refused, and not one byte of it is changed. */
  async #newer(file: 'app.db' | 'metrics.db'): Promise<void> {
    await this.#session.closed('tidily', async () => {
      const path = join(this.#place.workspace, file)
      const before = setVersion(path, 9999)
      const sum = digest(path)
      const problem = await this.#session.refusal()
      if (problem?.code !== 'WORKSPACE_NEWER')
        this.breaches.push(`A newer ${file} was ${problem === null ? 'opened' : `refused with ${problem.code}`}.`)
      if (digest(path) !== sum) this.breaches.push(`A newer ${file} was changed.`)
      setVersion(path, before)
    })
  }

  async #copy(): Promise<Copy | null> {
    // One that is being made already would have been begun before what is confirmed by now.
    for (let busy = true; busy; ) {
      const status = await this.#session.call((core) => core.backups.status()).catch(unlessGone)
      busy = status !== undefined && status.running !== null
      if (busy) await pause(50)
    }
    const rounds = this.#collecting.mark()
    const witness = this.#editing.witness()
    try {
      const { id } = await this.#session.call((core) => core.backups.make())
      return { id, names: witness(), rounds }
    } catch (error) {
      witness()
      if (error instanceof Gone || (error instanceof HeadroomError && error.code === 'BACKUP_NO_ROOM')) return null
      this.breaches.push(`A backup failed with: ${error instanceof Error ? error.message : String(error)}`)
      return null
    }
  }

  async #restore(copy: Copy): Promise<void> {
    await this.#session.closed('tidily', () => this.#session.restoreClosed(copy.id))
    this.#restored(copy)
  }

  /**
   * Damage of app.db is found at the next opening and nothing is opened over it: the newest backup is offered, and has what
   * it was made of. Damage of metrics.db is found or is in a place where it changes no opening; where it is found, the file
   * is kept aside and the operator is told.
   */
  async #damaged(file: 'app.db' | 'metrics.db', damage: (path: string) => boolean, copy: Copy): Promise<void> {
    await this.#session.closed('tidily', async () => {
      const path = join(this.#place.workspace, file)
      if (!damage(path)) return
      const kept = digest(path)
      const problem = await this.#session.refusal()
      if (file === 'app.db') {
        if (problem?.code !== 'WORKSPACE_CORRUPT') {
          this.breaches.push(`A damaged app.db was ${problem === null ? 'opened' : `refused with ${problem.code}`}.`)
          return
        }
        if (digest(path) !== kept) this.breaches.push('A damaged app.db was changed.')
        if (problem.details?.backup !== copy.id)
          this.breaches.push(`For a damaged app.db the backup ${problem.details?.backup} is offered, not ${copy.id}.`)
        await this.#session.restoreClosed(copy.id)
        this.#restored(copy)
      } else if (problem !== null) this.breaches.push(`A damaged metrics.db keeps the workspace shut: ${problem.fact}`)
    })
    if (file === 'metrics.db') await this.#history(copy)
  }

  /** A damaged history is either told as set aside, or put back from the backup by the operator. */
  async #history(copy: Copy): Promise<void> {
    const status = await this.#session.call((core) => core.backups.status()).catch(unlessGone)
    if (status?.troubles.some(({ kind }) => kind === 'metrics-damaged' || kind === 'damaged'))
      return this.#collecting.begunAnew()
    // Not noticed yet, since the place is not read at an opening: every backup reads it all, and so does this.
    await this.#session
      .call((core) => core.backups.make())
      .then(
        () => {},
        async (error: unknown) => {
          if (error instanceof Gone) return
          if (!(error instanceof HeadroomError) || error.code !== 'WORKSPACE_CORRUPT')
            return void this.breaches.push(`After damage a backup failed with: ${String(error)}`)
          await this.#restore(copy)
        },
      )
    // One value turned into another that is as valid is not noticed; the README of the workspace says so.
    this.#collecting.begunAnew()
  }

  #restored(copy: Copy): void {
    this.#editing.restored(copy.names)
    this.#collecting.restored(copy.rounds)
  }
}

function unlessGone(error: unknown): undefined {
  if (!(error instanceof Gone)) throw error
}

/** One bit, with the file's time as a failing disk leaves it. */
function flipBit(path: string, at: number): boolean {
  if (sizeOf(path) === 0) return false
  flipByte(path, at, 1 << (at % 8))
  return true
}

function shorten(path: string, ratio: number): boolean {
  const size = sizeOf(path)
  if (size === 0) return false
  truncateSync(path, Math.floor(size * ratio))
  return true
}

function setVersion(path: string, version: number): number {
  const database = new Database(path)
  try {
    const before = database.pragma('user_version', { simple: true }) as number
    database.pragma(`user_version = ${version}`)
    database.pragma('wal_checkpoint(TRUNCATE)')
    return before
  } finally {
    database.close()
  }
}

const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0
