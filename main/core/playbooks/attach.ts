import { setTimeout as pause } from 'node:timers/promises'
import { HeadroomError, problemOf } from '../../../shared/model/problem.ts'
import { type DetachedCommands, type Offsets, parsePoll, pollFrom } from './detached.ts'
import { isLinkLoss } from './link-loss.ts'
import { LineSplitter } from './output.ts'
import { Interrupted, type RunContext } from './steps/step.ts'

const FIRST_POLL_MS = 200
const SLOWEST_POLL_MS = 2000
/** What goes on for long and prints all the while is looked at less often: each look takes the server some twenty milliseconds. */
const BUSY_POLL_MS = 1000
/** The pause is this part of how long it was watched already. */
const BUSY_PART = 1 / 8
/** Of what was read at once, so much is made lines of before others get their turn. */
const PART_BYTES = 32_768
const GIVE_UP_MS = 5 * 60_000
/** A command that has not begun by then never will: its folder cannot be written. */
const LONGEST_START_MS = 60_000

export interface Attached {
  exitCode: number | null
  /** `dead`: it ended without leaving an exit code (the server was restarted, or it was killed). `gone`: its folder is not there. */
  end: 'ended' | 'dead' | 'gone'
}

/**
 * Follows a detached command to its end, from its first byte on. A lost link is tried again for five minutes; then, and
 * after any other trouble with watching, the run is interrupted, and the command goes on without anyone watching.
 */
export async function attach(
  context: RunContext,
  hostId: string,
  commands: DetachedCommands,
  lines: { out(line: string): void; err(line: string): void },
): Promise<Attached> {
  const out = new LineSplitter(lines.out)
  const err = new LineSplitter(lines.err)
  const end = await followBytes(context, hostId, commands, { out: 0, err: 0 }, out, err)
  out.end()
  err.end()
  return end
}

/**
 * As `attach`, from any place on, in bytes. `deadline` ends a command that was just seen going on, by its error: one that
 * came to its end while this computer slept has ended in time. It is told how long the command has gone on by the server's
 * clock, which is right after sleep and whatever became of the clock here.
 */
export async function followBytes(
  context: Pick<RunContext, 'signal' | 'read' | 'line' | 'environment' | 'hostName'> & {
    room?(): Promise<void> | undefined
  },
  hostId: string,
  commands: DetachedCommands,
  from: Offsets,
  out: { write(chunk: Buffer): void },
  err: { write(chunk: Buffer): void },
  deadline: (ageMs: number | null) => void = () => {},
): Promise<Attached> {
  const offsets = { ...from }
  let waitMs = FIRST_POLL_MS
  const beganAt = context.environment.elapsed()
  let lostAt: number | null = null
  let startingSince: number | null = null
  for (;;) {
    context.signal.throwIfAborted()
    let seenGoingOn: { ageMs: number | null } | null = null
    let more = false
    try {
      const poll = parsePoll(await context.read(hostId, pollFrom(commands, offsets)), offsets)
      if (poll === null) throw cutShort(context.hostName(hostId))
      if (lostAt !== null) context.line(hostId, 'note', 'Connected again; reading goes on where it was.')
      lostAt = null
      for (let at = 0; at < poll.out.length; at += PART_BYTES) {
        out.write(poll.out.subarray(at, at + PART_BYTES))
        await context.room?.()
      }
      err.write(poll.err)
      offsets.out += poll.out.length
      offsets.err += poll.err.length
      startingSince = poll.state === 'starting' ? (startingSince ?? context.environment.elapsed()) : null
      if (startingSince !== null && context.environment.elapsed() - startingSince > LONGEST_START_MS)
        return { exitCode: null, end: 'dead' }
      const over = poll.state === 'ended' || poll.state === 'dead' || poll.state === 'gone'
      if (over && poll.complete) return { exitCode: poll.exitCode, end: poll.state as Attached['end'] }
      if (!over) seenGoingOn = { ageMs: poll.ageMs }
      const busyMs = Math.min(BUSY_POLL_MS, (context.environment.elapsed() - beganAt) * BUSY_PART)
      waitMs =
        poll.out.length + poll.err.length > 0
          ? Math.max(FIRST_POLL_MS, busyMs)
          : Math.min(Math.max(waitMs * 1.5, busyMs), SLOWEST_POLL_MS)
      more = !poll.complete
    } catch (error) {
      if (context.signal.aborted) throw error
      const problem = problemOf(error)
      const unwatched = `${problem.fact} The work goes on at ${context.hostName(hostId)} without being watched.`
      // Whatever went wrong with watching, the work itself has not failed.
      if (!isLinkLoss(error)) {
        if (problem.code === 'INTERNAL') context.environment.log.error({ err: error }, 'watching a command broke')
        const fix = `${problem.fix} Then resume the run: it reads on where it was. Or stop it.`
        throw new Interrupted({ ...problem, fact: unwatched, fix })
      }
      const now = context.environment.elapsed()
      if (lostAt === null) {
        lostAt = now
        context.line(hostId, 'note', `${problem.fact} The work goes on at the server; trying to connect again.`)
      }
      if (now - lostAt > GIVE_UP_MS)
        throw new Interrupted({
          ...problem,
          fact: unwatched,
          fix: 'Resume the run when the server can be reached: it reads on where it was.',
        })
      waitMs = SLOWEST_POLL_MS
    }
    if (seenGoingOn) deadline(seenGoingOn.ageMs)
    if (more) continue
    await pause(waitMs, undefined, { signal: context.signal })
  }
}

/** An answer that is not whole is none: it is asked for again, as after a lost link, and not for ever. */
const cutShort = (host: string) =>
  new HeadroomError({
    code: 'LINK_LOST',
    fact: `The answer of ${host} about the command was cut short.`,
    fix: 'See whether commands run there as they should, and that its temporary files are in place.',
  })
