import { formatDuration } from '../../../shared/format/duration.ts'
import type { Host } from '../../../shared/model/host.ts'
import { HeadroomError, type Problem } from '../../../shared/model/problem.ts'
import type { Environment } from '../environment.ts'
import type { Hosts } from '../hosts/index.ts'
import {
  beatCommand,
  breakCommand,
  type Claim,
  oneLine,
  parseHolder,
  releaseCommand,
  type ServerHolder,
  takeCommand,
} from './host-lock-commands.ts'

/** How often a run gives a sign of life on its servers. */
const BEAT_MS = 30_000
/** A lock whose driver gave no sign of life for so long may be broken. */
const STALE_MS = 300_000

interface HostLocksDeps {
  hosts: Hosts
  environment: Environment
  /** This computer and the folder of this workspace. */
  workspace: string
  /** Who acts. */
  by: string
  /** Whether a run of this workspace still holds a server. */
  isOurs(runId: string): boolean
}

interface Held {
  claim: Claim
  name: string
  hostIds: Set<string>
  timer: NodeJS.Timeout
}

/**
 * The locks that lie on the servers, so that people at two computers see each other. A run takes those of the servers that
 * it changes before it does, gives signs of life while it is driven, and gives them back at its end. One that is
 * interrupted leaves them: something may go on there.
 */
export class HostLocks {
  readonly #deps: HostLocksDeps
  readonly #held = new Map<string, Held>()

  constructor(deps: HostLocksDeps) {
    this.#deps = deps
  }

  /**
   * Takes the lock of every server, or none. Servers on which none can be left are told by `none`, and the run goes on:
   * a home that cannot be written must not keep anybody from mending the server. `lost` is called when another takes one away.
   * @throws HOST_BUSY who holds it, in its details too; and what connecting throws
   */
  async take(
    run: { runId: string; name: string; hostIds: readonly string[] },
    none: (hostId: string, reason: string) => void,
    lost: (problem: Problem) => void,
  ): Promise<void> {
    const claim: Claim = { runId: run.runId, workspace: this.#deps.workspace }
    const taken = new Set<string>()
    const outcomes = await Promise.allSettled(
      run.hostIds.map(async (hostId) => {
        const reason = await this.#takeOne(claim, run.name, hostId)
        if (reason === null) taken.add(hostId)
        else none(hostId, reason)
      }),
    )
    const failed = outcomes.find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') {
      await this.#giveBack(claim, taken)
      throw failed.reason
    }
    const beat = () => void this.#beat(run.runId, lost)
    const timer = setInterval(beat, BEAT_MS).unref()
    clearInterval(this.#held.get(run.runId)?.timer)
    this.#held.set(run.runId, { claim, name: run.name, hostIds: taken, timer })
  }

  /** Gives back what a run holds on these servers. Where one cannot be reached, its lock grows stale. */
  async release(runId: string, hostIds: readonly string[]): Promise<void> {
    this.leave(runId)
    await this.#giveBack({ runId, workspace: this.#deps.workspace }, new Set(hostIds))
  }

  /** No more signs of life; the locks stay. */
  leave(runId: string): void {
    clearInterval(this.#held.get(runId)?.timer)
    this.#held.delete(runId)
  }

  /**
   * Takes a server away from a run of another workspace that gave no sign of life for long.
   * @throws LOCK_HELD when it did; LOCK_FREE when it does not hold it any more
   */
  async break(hostId: string, holder: Claim, reason: string): Promise<void> {
    const { hosts, by } = this.#deps
    const { name } = hosts.get(hostId)
    const said = await this.#ask(hostId, breakCommand(holder, `${by}: ${reason}`, STALE_MS / 1000))
    if (said.word === 'fresh') {
      const now = parseHolder(said.lines)
      throw new HeadroomError({
        code: 'LOCK_HELD',
        fact: `${name} is held by ${heldBy(now)}`,
        fix: `Ask who drives it. It can be broken once there was no sign of life for ${formatDuration(STALE_MS)}.`,
        field: 'hostId',
      })
    }
    if (said.word === 'broken') return
    throw new HeadroomError({
      code: 'LOCK_FREE',
      fact: `${name} is not held by that run any more.`,
      fix: 'Resume or start your own run.',
      field: 'hostId',
    })
  }

  close(): void {
    for (const runId of [...this.#held.keys()]) this.leave(runId)
  }

  /** Null, or why no lock could be left there. */
  async #takeOne(claim: Claim, name: string, hostId: string): Promise<string | null> {
    for (let tries = 1; ; tries++) {
      const said = await this.#ask(hostId, takeCommand(claim, this.#deps.by, name))
      if (said.word === 'taken') return null
      if (said.word !== 'held') return said.error
      const holder = parseHolder(said.lines)
      // A run of this very workspace that holds nothing any more, such as one whose release did not arrive.
      const left =
        holder.workspace === claim.workspace && holder.runId !== claim.runId && !this.#deps.isOurs(holder.runId)
      const vanished = holder.runId === ''
      if (tries < 4 && (left || vanished)) {
        if (left) await this.#ask(hostId, releaseCommand(holder))
        continue
      }
      throw new HeadroomError(busy(this.#deps.hosts.get(hostId), holder, claim))
    }
  }

  async #beat(runId: string, lost: (problem: Problem) => void): Promise<void> {
    const held = this.#held.get(runId)
    if (!held) return
    for (const hostId of held.hostIds)
      try {
        const said = await this.#ask(hostId, beatCommand(held.claim))
        if (this.#held.get(runId) !== held) return
        if (said.word === 'gone') await this.#takeOne(held.claim, held.name, hostId)
        else if (said.word === 'broken' || said.word === 'held') {
          this.leave(runId)
          const host = this.#deps.hosts.get(hostId).name
          return lost(lostTo(host, said.word === 'broken' ? (said.lines[0] ?? '') : heldBy(parseHolder(said.lines))))
        }
      } catch (error) {
        // A link that is down for a while is the usual case: the next one may arrive.
        this.#deps.environment.log.warn({ err: error, runId, hostId }, 'a sign of life did not arrive')
      }
  }

  async #giveBack(claim: Claim, hostIds: ReadonlySet<string>): Promise<void> {
    await Promise.all(
      [...hostIds].map(async (hostId) => {
        await this.#ask(hostId, releaseCommand(claim)).catch((error: unknown) => {
          this.#deps.environment.log.warn({ err: error, hostId }, 'a lock could not be given back')
        })
      }),
    )
  }

  async #ask(hostId: string, command: ReturnType<typeof releaseCommand>) {
    const { hosts, environment } = this.#deps
    const local = hosts.get(hostId).kind === 'local'
    const { stdout, stderr } = await hosts.run(
      hostId,
      local ? { ...command, env: { HOME: environment.home } } : command,
    )
    const [word = '', ...lines] = stdout.split('\n')
    const error = oneLine(stderr.trim().split('\n').at(-1) ?? '') || 'no reason was given'
    return { word, lines, error }
  }
}

/** Who it is, and when they gave a sign of life last; a sentence's end. */
function heldBy({ workspace, by, name, sinceMs, signOfLifeMs }: ServerHolder): string {
  const since = sinceMs === null ? '' : `, for ${formatDuration(sinceMs)}`
  const sign =
    signOfLifeMs === null ? 'It left no sign of life' : `Its last sign of life was ${formatDuration(signOfLifeMs)} ago`
  return `the run "${name}" of ${by} (${workspace})${since}. ${sign}.`
}

/** Whether nobody drives a run any more that gave its last sign of life so long ago. */
export const isStale = (signOfLifeMs: number | null): boolean => signOfLifeMs === null || signOfLifeMs >= STALE_MS

function busy({ id, name }: Pick<Host, 'id' | 'name'>, holder: ServerHolder, claim: Claim): Problem {
  const stale = isStale(holder.signOfLifeMs)
  const own = holder.workspace === claim.workspace
  return {
    code: 'HOST_BUSY',
    fact: `${name} is held by ${heldBy(holder)}${own ? ` It holds the same machine under another name.` : ''}`,
    fix: own
      ? 'Wait until that run ends, or stop it.'
      : stale
        ? 'Ask them whether that run is over. If it is, break its lock (Playbooks, or headroom locks break), then resume this run.'
        : `Wait until that run ends or ask them to stop it, then resume this run. Without a sign of life for ${formatDuration(STALE_MS)} its lock can be broken.`,
    details: {
      ...{ hostId: id, runId: holder.runId, name: holder.name, holder: holder.by },
      ...(own ? {} : { elsewhere: holder.workspace }),
      ...(holder.sinceMs === null ? {} : { sinceMs: String(holder.sinceMs) }),
      ...(holder.signOfLifeMs === null ? {} : { signOfLifeMs: String(holder.signOfLifeMs) }),
    },
  }
}

const lostTo = (host: string, who: string): Problem => ({
  code: 'LOCK_LOST',
  fact: `The lock of this run on ${host} was taken away by ${who}`.replace(/(?<![.])$/, '.'),
  fix: 'See with them what they changed there. Then resume this run, or stop it.',
})
