import { HeadroomError } from '../../../shared/model/problem.ts'
import type { HostLock } from '../../../shared/model/run.ts'
import type { Environment } from '../environment.ts'
import type { EventHub } from '../events.ts'
import type { Hosts } from '../hosts/index.ts'
import type { WritableDatabase } from '../workspace/index.ts'
import { type HostLocks, isStale as isStaleThere } from './host-locks.ts'
import type { Playbooks } from './interface.ts'
import { type HeldElsewhere, heldElsewhere, holderOf, releaseLock } from './locks.ts'
import type { Person } from './person.ts'
import * as store from './store.ts'

interface HeldServersDeps {
  db: WritableDatabase
  hosts: Hosts
  environment: Environment
  events: EventHub
  hostLocks: HostLocks
  by: Person
  /** A person's doing, in a run's journal. */
  note(runId: string, kind: string, text: string, more: { host: string; data: Record<string, unknown> }): void
  /** A run is not what it was. */
  changed(runId: string): void
  /** Whether nobody drives a run of this workspace any more. */
  isStale(runId: string, state: string): boolean
}

/** Who holds which server, and taking a server away from a run that nobody drives. */
export function heldServers(deps: HeldServersDeps): Pick<Playbooks, 'locks' | 'breakLock'> {
  const { db, hosts, environment, events, hostLocks, by, note, changed, isStale } = deps
  const tell = (runId: string) => {
    events.emit({ kind: 'run', runId, lastSeq: store.lastSeq(db, runId) })
    changed(runId)
  }

  const ofThisWorkspace = (): HostLock[] =>
    hosts.list().flatMap(({ id, name }) => {
      const holder = holderOf(db, id)
      if (!holder) return []
      const { id: runId, name: runName, state, since, instance } = holder
      const stale = isStale(runId, state)
      return [{ hostId: id, hostName: name, runId, runName, since, instance, stale, elsewhere: false }]
    })

  const ofOthers = (): HostLock[] =>
    heldElsewhere(db).flatMap((one) => {
      const host = hosts.list().find(({ id }) => id === one.hostId)
      if (!host || holderOf(db, host.id)) return []
      const { hostId, runId, name, at, sinceMs, signOfLifeMs } = one
      const instance = `${one.by} (${one.workspace})`
      const stale = isStaleThere(signOfLifeMs === null ? null : signOfLifeMs + environment.now() - at)
      const since = at - (sinceMs ?? 0)
      return [{ hostId, hostName: host.name, runId, runName: name, since, instance, stale, elsewhere: true }]
    })

  /** The run that wanted it can be resumed then. */
  async function breakElsewhere(host: string, away: HeldElsewhere, reason: string): Promise<void> {
    const { hostId, wantedBy, runId, by: holder, name } = away
    const theirs = { runId, workspace: away.workspace }
    const freed = (text: string) => {
      const { state, endedAt } = store.readRun(db, wantedBy)
      const told = { endedAt, problem: null, outcome: `${text} Resume the run to go on.` }
      store.writeRunState(db, wantedBy, { ...told, state: state === 'failed' ? 'stopped' : state })
      tell(wantedBy)
    }
    try {
      await hostLocks.break(hostId, theirs, reason)
    } catch (error) {
      if (error instanceof HeadroomError && error.code === 'LOCK_FREE') freed(error.problem.fact)
      throw error
    }
    note(wantedBy, 'lock-broken', `${by.user} takes ${host} away from the run "${name}" of ${holder}: ${reason}`, {
      ...{ host, data: { ...theirs, holder } },
    })
    freed(`The lock on ${host} is broken.`)
  }

  async function breakOwn(host: { id: string; name: string }, reason: string): Promise<void> {
    const holder = holderOf(db, host.id)
    if (!holder)
      throw new HeadroomError({
        code: 'LOCK_FREE',
        fact: `No run holds ${host.name}.`,
        fix: 'There is nothing to break.',
        field: 'hostId',
      })
    if (!isStale(holder.id, holder.state))
      throw new HeadroomError({
        code: 'LOCK_HELD',
        fact: `${host.name} is held by the run "${holder.name}" (${holder.id}), which is ${holder.state}.`,
        fix: 'Stop that run instead.',
        field: 'hostId',
      })
    db.transaction(() => {
      releaseLock(db, host.id)
      note(holder.id, 'lock-broken', `${by.user} takes ${host.name} away from this run: ${reason}`, {
        host: host.name,
        data: { since: holder.since, instance: holder.instance },
      })
    })()
    tell(holder.id)
    // The one on the server as far as it can be reached; else the next run that wants it finds it without an owner.
    await hostLocks.release(holder.id, [host.id])
  }

  return {
    locks: () => [...ofThisWorkspace(), ...ofOthers()],

    async breakLock(hostId, reason) {
      const host = hosts.get(hostId)
      if (reason.trim() === '')
        throw new HeadroomError({
          code: 'BREAK_REASON',
          fact: 'A lock is broken only with a reason, which the journal keeps.',
          fix: 'Say why nobody drives that run any more.',
          field: 'reason',
        })
      const away = heldElsewhere(db).find((one) => one.hostId === hostId)
      if (away && !holderOf(db, hostId)) return await breakElsewhere(host.name, away, reason.trim())
      await breakOwn(host, reason.trim())
    },
  }
}
