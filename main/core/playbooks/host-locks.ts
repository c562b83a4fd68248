import { formatDuration } from '../../../shared/format/duration.ts'
import { renderCommand } from '../../../shared/format/shell.ts'
import type { Command } from '../../../shared/model/command.ts'
import type { Host } from '../../../shared/model/host.ts'
import { HeadroomError, type Problem } from '../../../shared/model/problem.ts'
import type { PreviewLock } from '../../../shared/model/run.ts'
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
import { RUN_TOKEN, type StepPlan } from './steps/step.ts'

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

/** The servers that a run with these plans changes. */
export const serversToChange = (plans: readonly StepPlan[]): string[] => [
  ...new Set(plans.flatMap(({ commands }) => commands.flatMap(({ readOnly, hostId }) => (readOnly ? [] : [hostId])))),
]

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

  /** What a run of this name would send to its servers for their locks; those that get the same stand together. */
  preview(name: string, plans: readonly StepPlan[]): PreviewLock[] {
    const claim: Claim = { runId: RUN_TOKEN, workspace: this.#deps.workspace }
    const byText = new Map<string, PreviewLock>()
    for (const hostId of serversToChange(plans)) {
      const shown = (what: PreviewLock['commands'][number]['what'], command: Command) => ({
        ...{ what, ...renderCommand(this.#asSent(hostId, command), { reveal: false }) },
      })
      const commands = [
        shown('take', takeCommand(claim, this.#deps.by, name)),
        shown('sign', beatCommand(claim, STALE_MS / 1000)),
        shown('release', releaseCommand(claim)),
      ]
      const key = JSON.stringify(commands)
      const found = byText.get(key) ?? { hostNames: [], signEveryMs: BEAT_MS, commands }
      byText.set(key, found)
      found.hostNames.push(this.#deps.hosts.get(hostId).name)
    }
    return [...byText.values()]
  }

  /**
   * Takes the lock of every server, or none. Where none can be left, or not so that all see it, `unseen` is told in a sentence
   * and the run goes on: a home that cannot be written must not keep anybody from mending the server. `lost` is called when
   * another takes one away.
   * @throws HOST_BUSY who holds it, in its details too; and what connecting throws
   */
  async take(
    run: { runId: string; name: string; hostIds: readonly string[] },
    unseen: (hostId: string, fact: string) => void,
    lost: (problem: Problem) => void,
  ): Promise<void> {
    const claim: Claim = { runId: run.runId, workspace: this.#deps.workspace }
    const taken = new Set<string>()
    const outcomes = await Promise.allSettled(
      run.hostIds.map(async (hostId) => {
        const { held, fact } = await this.#takeOne(claim, run.name, hostId)
        if (held) taken.add(hostId)
        if (fact !== null) unseen(hostId, fact)
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

  /** Whether there is a lock now, and who cannot see it. */
  async #takeOne(claim: Claim, name: string, hostId: string): Promise<{ held: boolean; fact: string | null }> {
    const host = this.#deps.hosts.get(hostId)
    for (let tries = 1; ; tries++) {
      const said = await this.#ask(hostId, takeCommand(claim, this.#deps.by, name))
      if (said.word === 'taken') return { held: true, fact: null }
      if (said.word === 'alone') return { held: true, fact: alone(host.name) }
      if (said.word !== 'held') return { held: false, fact: unlocked(host.name, said.error) }
      const holder = parseHolder(said.lines)
      // A run of this very workspace that holds nothing any more, such as one whose release did not arrive.
      const own = holder.workspace === claim.workspace && holder.runId !== claim.runId
      const left = own && !this.#deps.isOurs(holder.runId)
      const vanished = holder.runId === ''
      // What lies there under another user's name is that user's word, and only that user's to remove.
      const removable = left && holder.login === ''
      if (tries < 4 && (removable || vanished)) {
        if (removable) await this.#ask(hostId, releaseCommand(holder))
        continue
      }
      throw new HeadroomError(busy(host, holder, own && !left))
    }
  }

  async #beat(runId: string, lost: (problem: Problem) => void): Promise<void> {
    const held = this.#held.get(runId)
    if (!held) return
    for (const hostId of held.hostIds)
      try {
        const said = await this.#ask(hostId, beatCommand(held.claim, STALE_MS / 1000))
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

  #asSent(hostId: string, command: Command): Command {
    const { hosts, environment } = this.#deps
    return hosts.get(hostId).kind === 'local' ? { ...command, env: { HOME: environment.home } } : command
  }

  async #ask(hostId: string, command: Command) {
    const { stdout, stderr } = await this.#deps.hosts.run(hostId, this.#asSent(hostId, command))
    const [word = '', ...lines] = stdout.split('\n')
    const error = oneLine(stderr.trim().split('\n').at(-1) ?? '') || 'no reason was given'
    return { word, lines, error }
  }
}

/** Who it is, and when they gave a sign of life last; a sentence's end. */
function heldBy({ workspace, by, name, sinceMs, signOfLifeMs, login }: ServerHolder): string {
  const since = sinceMs === null ? '' : `, for ${formatDuration(sinceMs)}`
  const sign =
    signOfLifeMs === null ? 'It left no sign of life' : `Its last sign of life was ${formatDuration(signOfLifeMs)} ago`
  return `the run "${name}" of ${by} (${workspace})${login === '' ? '' : `, logged in as ${login}`}${since}. ${sign}.`
}

/** Whether nobody drives a run any more that gave its last sign of life so long ago. */
export const isStale = (signOfLifeMs: number | null): boolean => signOfLifeMs === null || signOfLifeMs >= STALE_MS

/** `own`: it is another run of this very workspace. */
function busy({ id, name }: Pick<Host, 'id' | 'name'>, holder: ServerHolder, own: boolean): Problem {
  const stale = isStale(holder.signOfLifeMs)
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

const unlocked = (host: string, reason: string): string =>
  `No lock could be left on ${host} (${reason}): from another computer, nobody would see this run.`

const alone = (host: string): string =>
  `People who log in to ${host} as another user would not see this run: neither /run/lock nor /tmp there takes a lock that only its owner can remove.`

const lostTo = (host: string, who: string): Problem => ({
  code: 'LOCK_LOST',
  fact: `The lock of this run on ${host} was taken away by ${who}`.replace(/(?<![.])$/, '.'),
  fix: 'See with them what they changed there. Then resume this run, or stop it.',
})
