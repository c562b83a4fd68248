import { createHash } from 'node:crypto'
import { formatDuration } from '../../../shared/format/duration.ts'
import { renderCommand } from '../../../shared/format/shell.ts'
import type { Command, CommandResult } from '../../../shared/model/command.ts'
import { HeadroomError, problemOf } from '../../../shared/model/problem.ts'
import { Secret } from '../../../shared/model/secret.ts'
import { type Hosts, redactor } from '../hosts/index.ts'
import { followBytes } from './attach.ts'
import { type DetachedCommands, detachedCommands, JobErrors, type Offsets } from './detached.ts'
import { isLinkLoss, throughLinkLoss } from './link-loss.ts'
import { LineSplitter } from './output.ts'
import { Interrupted, type RunContext } from './steps/step.ts'

const KEPT_CHARACTERS = 1_000_000

/** What a step keeps of its detached command. `fromSeq`: the run's last line of output before it began. */
interface JobMemory {
  name: string
  launchedAt: number
  fromSeq: number
}

/** A result with what the journal keeps of its output: the SHA-256 of its lines as they were shown, and how many. */
export interface Printed extends CommandResult {
  digest: string
  lines: number
}

/** What the run gives to its detached commands. */
export interface JobContext
  extends Pick<
    RunContext,
    'runId' | 'signal' | 'environment' | 'hostName' | 'line' | 'read' | 'memory' | 'remember' | 'journal' | 'stands'
  > {
  hosts: Hosts
  stepId: string
  stepName: string
  secrets: readonly Secret[]
  /** What is waited for before more of standard output is read. */
  room(): Promise<void> | undefined
  /** The number of the run's last line of output so far. */
  lastSeq(): number
  /** How many lines of this step and host came after that line. */
  linesAfter(hostId: string, seq: number): { stdout: number; stderr: number }
}

/**
 * Runs a command detached, or goes on with the one that an earlier try began. In the usual case that is one round trip:
 * the connection that starts it also prints its output. Where that is lost, the output is read on from where it was.
 */
export async function runDetached(context: JobContext, hostId: string, command: Command): Promise<Printed> {
  const begun = context.memory.job as JobMemory | null | undefined
  const job = begun ?? {
    name: `${context.runId}-${context.stepId}-${hostId.slice(0, 8)}-${Number(context.memory.jobs ?? 0) + 1}`,
    launchedAt: context.environment.now(),
    fromSeq: context.lastSeq(),
  }
  const commands = commandsOf(job.name, command)
  const sinks = sinksOf(context, hostId, begun ? job : null)
  const stands = `The command of "${context.stepName}" may still be running on ${context.hostName(hostId)}.`
  const deadline = (ageMs: number | null) => {
    if (command.timeoutMs !== undefined && ageMs !== null && ageMs > command.timeoutMs)
      throw timedOut(context, hostId, command.timeoutMs)
  }
  try {
    let end: { exitCode: number | null; end: 'ended' | 'dead' | 'gone' }
    if (begun) {
      context.journal('attached', hostId, `The command of "${context.stepName}" is picked up where it is.`)
      end = await followBytes(context, hostId, commands, { out: 0, err: 0 }, sinks.out, sinks.err, deadline)
    } else {
      // Written down before it happens: from here on it may run, whatever becomes of this program.
      context.remember({ job, jobs: Number(context.memory.jobs ?? 0) + 1, stands })
      end = await launch(context, hostId, commands, command.timeoutMs, sinks, deadline)
    }
    const { stdout, stderr, digest, lines } = sinks.end()
    // Its folder stays until the run's end: should the step's end not be written down, the next try finds the result.
    context.remember({ stands: '' })
    if (end.end !== 'ended') throw lost(context, hostId, end.end)
    // The clock may have been put back meanwhile.
    const durationMs = Math.max(0, context.environment.now() - job.launchedAt)
    return { exitCode: end.exitCode, signal: null, stdout, stderr, durationMs, digest, lines }
  } catch (error) {
    if (problemOf(error).code === 'COMMAND_TIMEOUT' && !(error instanceof Interrupted)) {
      await endJob(context, hostId, commands)
      context.remember({ job: null, stands: '' })
    }
    throw error
  }
}

/** Ends the detached command that a step's memory tells of, and removes its folder. */
export async function endDetached(context: JobContext, hostId: string, command: Command): Promise<void> {
  const job = context.memory.job as JobMemory | null | undefined
  if (!job) return
  await endJob(context, hostId, commandsOf(job.name, command))
  context.remember({ job: null, stands: '' })
  context.journal('job-ended', hostId, `The command of "${context.stepName}" was ended.`)
}

function commandsOf(name: string, command: Command): DetachedCommands {
  const { text, stdin } = renderCommand(command, { reveal: true })
  const options = { stay: true, sudo: command.sudo === true }
  return detachedCommands(name, text, new Secret('input', stdin ?? ''), options)
}

/** Starts it and follows it over the same connection; where that ends first, by reading on. */
async function launch(
  context: JobContext,
  hostId: string,
  commands: DetachedCommands,
  timeoutMs: number | undefined,
  sinks: Sinks,
  deadline: (ageMs: number | null) => void,
) {
  const read: Offsets = { out: 0, err: 0 }
  const beforehand = new LineSplitter((line) => context.line(hostId, 'note', `The login shell printed: ${line}`))
  const errors = new JobErrors({
    beforehand: (chunk) => beforehand.write(chunk),
    write(chunk) {
      read.err += chunk.length
      sinks.err.write(chunk)
    },
  })
  const timer = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)
  const signal = timer ? AbortSignal.any([context.signal, timer]) : context.signal
  try {
    const { exitCode } = await context.hosts.stream(hostId, commands.follow, {
      onStdout: (chunk) => {
        read.out += chunk.length
        sinks.out.write(chunk)
        return context.room()
      },
      onStderr: (chunk) => errors.write(chunk),
      signal,
    })
    const said = errors.end()
    beforehand.end()
    if (said === 'dead') return { exitCode: null, end: 'dead' as const }
    if (said !== null && said !== 'attached') return { exitCode: Number(said), end: 'ended' as const }
    if (said === null && exitCode === 73) {
      // The folder is made before anything is started.
      context.remember({ stands: '' })
      throw new HeadroomError({
        code: 'LAUNCH_FAILED',
        fact: `The command could not be started on ${context.hostName(hostId)}: ${errors.said}.`,
        fix: 'See that its temporary folder can be written, then resume the run.',
      })
    }
  } catch (error) {
    if (timer?.aborted && !context.signal.aborted) throw timedOut(context, hostId, timeoutMs ?? 0)
    if (!isLinkLoss(error) || context.signal.aborted) throw error
    context.line(hostId, 'note', `${problemOf(error).fact} Looking what became of the command.`)
  }
  return await followBytes(context, hostId, commands, read, sinks.out, sinks.err, deadline)
}

async function endJob(context: JobContext, hostId: string, commands: DetachedCommands): Promise<void> {
  const unstopped = { ...context, signal: new AbortController().signal }
  await throughLinkLoss(unstopped, () => context.hosts.run(hostId, commands.cancel))
  await throughLinkLoss(unstopped, () => context.hosts.run(hostId, commands.remove))
}

interface Sinks {
  out: { write(chunk: Buffer): void }
  err: { write(chunk: Buffer): void }
  end(): { stdout: string; stderr: string; digest: string; lines: number }
}

/** Lines with their secrets replaced; those that an earlier try has stored already are not shown again. */
function sinksOf(context: JobContext, hostId: string, again: JobMemory | null): Sinks {
  const hash = createHash('sha256')
  let lines = 0
  const stored = again ? context.linesAfter(hostId, again.fromSeq) : { stdout: 0, stderr: 0 }
  const streams = (['stdout', 'stderr'] as const).map((stream) => {
    let skip = stored[stream]
    const kept = { text: '' }
    const splitter = new LineSplitter((line) => {
      lines += 1
      hash.update(`${stream} ${line}\n`)
      if (skip > 0) skip -= 1
      else context.line(hostId, stream, line)
      if (kept.text.length > KEPT_CHARACTERS) kept.text = kept.text.slice(-KEPT_CHARACTERS / 2)
      kept.text += `${line}\n`
    })
    const hide = redactor(context.secrets)
    return {
      kept,
      write: (chunk: Buffer) => splitter.write(hide.write(chunk)),
      end: () => {
        splitter.write(hide.end())
        splitter.end()
      },
    }
  })
  const [out, err] = streams as [(typeof streams)[0], (typeof streams)[0]]
  return {
    out,
    err,
    end: () => {
      out.end()
      err.end()
      return { stdout: out.kept.text, stderr: err.kept.text, digest: hash.digest('hex'), lines }
    },
  }
}

const timedOut = (context: JobContext, hostId: string, ms: number) =>
  new HeadroomError({
    code: 'COMMAND_TIMEOUT',
    fact: `The command of "${context.stepName}" on ${context.hostName(hostId)} ran longer than ${formatDuration(ms)} and was ended.`,
    fix: 'See why it takes so long, or give the step a longer timeout; then resume the run.',
  })

const lost = (context: JobContext, hostId: string, end: 'dead' | 'gone') =>
  new HeadroomError({
    code: 'JOB_LOST',
    fact:
      end === 'gone'
        ? `What the command of "${context.stepName}" left on ${context.hostName(hostId)} is gone: it never began, or the server was restarted.`
        : `The command of "${context.stepName}" on ${context.hostName(hostId)} ended without a result: it was killed, or the server was restarted.`,
    fix: 'See on the server how far it came; resuming the run begins it again.',
  })
