import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { Collecting } from './collecting.ts'
import { diceOf } from './dice.ts'
import { Editing } from './editing.ts'
import type { Ground } from './ground.ts'
import { Injector } from './injector.ts'
import { moving } from './moving.ts'
import { checkOutput, running } from './running.ts'
import type { Schedule } from './schedule.ts'
import { Session } from './session.ts'
import { WorkspaceFaults } from './workspace-faults.ts'

/** What came of a schedule. No breaches: every promise was kept. */
export interface Outcome {
  seed: number
  ms: number
  breaches: string[]
  edits: number
  rounds: number
  /** How the run of the playbook ended. */
  run: string
  /** What the run said on its way. */
  said: string[]
}

const LONGEST_START_MS = 60_000

/** Somebody edits, servers are measured, a playbook changes them; faults happen; then all is looked over. */
export async function play(ground: Ground, schedule: Schedule): Promise<Outcome> {
  const began = performance.now()
  const small = schedule.faults.some(({ fault }) => fault.kind === 'fill-laptop')
  const place = ground.place(schedule.seed, { small })
  const session = new Session(ground.program, place, schedule.shell)
  const editing = new Editing(session)
  const collecting = new Collecting(session)
  const moved = schedule.move ? await moving(ground, session, schedule.seed) : null
  const drive = moved ?? (schedule.run ? running(session, place) : null)
  const faults = new WorkspaceFaults(ground, place, session, editing, collecting)
  const injector = new Injector(ground, place, session, faults)
  const breaches: string[] = []
  const attempt = (work: Promise<unknown>) =>
    work.catch((error: unknown) => void breaches.push(error instanceof Error ? (error.stack ?? '') : String(error)))
  const calm = new AbortController()
  const over = new AbortController()
  try {
    await session.call((core) => core.app.info())
    const stop = diceOf(schedule.seed ^ 0x5eed).chance(0.15)
    const working = [attempt(editing.work(calm.signal)), attempt(collecting.work(calm.signal))]
    const change = drive ? attempt(drive.work(over.signal, stop)) : Promise.resolve()
    if (drive && schedule.amid) await Promise.race([drive.begun, pause(LONGEST_START_MS, undefined, { ref: false })])
    for (const { afterMs, fault } of schedule.faults) {
      await pause(afterMs)
      await attempt(injector.inject(fault))
    }
    await injector.mend()
    calm.abort()
    over.abort()
    await Promise.all([...working, change])
    await attempt(editing.look())
    if (drive) await attempt(drive.check())
    if (drive && moved === null)
      await attempt(
        checkOutput(
          drive,
          schedule.faults.some(({ fault }) => fault.kind === 'fill-target'),
        ),
      )
    await session.stop()
    breaches.push(...looked(place.workspace))
    collecting.check(join(place.workspace, 'metrics.db'))
    if (drive && drive.breaches.length === 0) breaches.push(...(await leftovers(ground)))
  } catch (error) {
    breaches.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  } finally {
    calm.abort()
    over.abort()
    await injector.mend()
    await session.stop().catch(() => {})
    moved?.remove()
    place.remove()
  }
  const all = [session, editing, collecting, injector, faults, ...(drive ? [drive] : [])]
  return {
    seed: schedule.seed,
    ms: performance.now() - began,
    breaches: [...breaches, ...all.flatMap((one) => one.breaches)],
    edits: editing.confirmed,
    rounds: collecting.confirmed,
    run: drive?.state ?? 'none',
    said: drive?.said ?? [],
  }
}

/** Both files are whole, and nobody's lock or half a restore is left. */
function looked(workspace: string): string[] {
  const faults: string[] = []
  for (const name of ['app.db', 'metrics.db']) {
    const database = new Database(join(workspace, name), { readonly: true })
    const found = database.pragma('integrity_check', { simple: true })
    database.close()
    if (found !== 'ok') faults.push(`${name} is damaged: ${String(found)}`)
  }
  for (const name of ['workspace.lock', 'restore.json', '.restoring', 'core.token'])
    if (existsSync(join(workspace, name))) faults.push(`${name} is left after a tidy end.`)
  return faults
}

/** Folders of commands and locks go just after a run's end is told. */
async function leftovers({ temporary, states }: Pick<Ground, 'temporary' | 'states'>): Promise<string[]> {
  const all = (folder: string) => (existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [])
  for (let tries = 0; ; tries++) {
    const left = readdirSync(temporary).filter((name) => name.startsWith('headroom-'))
    const held = states.flatMap(all).filter((name) => /\/(lock|new-[^/]*)$/.test(name))
    if (left.length === 0 && held.length === 0) return []
    if (tries === 40) return [`Left on a server: ${[...left, ...held].join(', ')}.`]
    await pause(50)
  }
}
