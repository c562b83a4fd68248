import { PassThrough } from 'node:stream'
import { renderCommand } from '../../../../../shared/format/shell.ts'
import type { Command } from '../../../../../shared/model/command.ts'
import { problemOf } from '../../../../../shared/model/problem.ts'
import { approved } from '../../commands.ts'
import type { RunContext } from '../step.ts'
import type { Sides } from './planned.ts'
import { probeCommands } from './relay-job.ts'

/** Bytes that wait in this program at most, beside those of the two connections. */
const HELD_BYTES = 1 << 18
/** About what a dump into a PostgreSQL server comes to, in bytes a second: a way that is faster gains nothing by packing. */
const FAST = 30e6
const PROBE_MS = 1500
/** More than what lies on the way at one time, so their pace is that of the way. */
const ENOUGH_BYTES = 8e6

interface End {
  hostId: string
  command: Command
  onStdout?(chunk: Buffer): void
  onStderr(chunk: Buffer): void
}

/**
 * What the first command prints is what the second one reads. Nothing is read before the other side has taken what was
 * read before, so memory does not grow with what passes. `codes`: exit codes, null where a command broke off.
 */
export async function pipeBetween(
  context: RunContext,
  from: End,
  to: End,
  passed: (bytes: number) => void,
  stop?: AbortSignal,
): Promise<{ codes: [number | null, number | null]; failures: unknown[] }> {
  const failures: unknown[] = []
  const pipe = new PassThrough({ highWaterMark: HELD_BYTES })
  const broken = new AbortController()
  const signal = AbortSignal.any([context.signal, broken.signal, ...(stop ? [stop] : [])])
  /** Resolves once the pipe takes more, or is gone. */
  let taken: Promise<void> | null = null
  const run = async (end: End, streams: { input?: PassThrough; onStdout(chunk: Buffer): void | Promise<void> }) => {
    const { hostId, command } = end
    const { purpose } = approved(context.plan.commands, hostId, command, context.runId)
    context.journal('command', hostId, renderCommand(command, { reveal: false }).text, { purpose })
    try {
      const done = await context.hosts.stream(hostId, command, {
        ...streams,
        onStderr: (chunk) => end.onStderr(chunk),
        signal,
      })
      context.journal('command-ended', hostId, `Exit code ${done.exitCode ?? done.signal}.`, {
        exitCode: done.exitCode,
        durationMs: Math.round(done.durationMs),
      })
      return done.exitCode
    } catch (error) {
      if (!broken.signal.aborted) failures.push(error)
      context.journal('command-failed', hostId, problemOf(error).fact)
      return null
    }
  }
  const codes = await Promise.all([
    run(from, {
      onStdout(chunk) {
        passed(chunk.length)
        if (pipe.destroyed || pipe.write(chunk)) return
        taken ??= new Promise<void>((resolve) => {
          const go = () => {
            taken = null
            pipe.off('drain', go).off('close', go)
            resolve()
          }
          pipe.on('drain', go).on('close', go)
        })
        return taken
      },
    }).then((code) => {
      if (code === null) broken.abort()
      pipe.end()
      return code
    }),
    run(to, { input: pipe, onStdout: (chunk) => to.onStdout?.(chunk) }).then((code) => {
      // A dump that nobody takes would wait for ever.
      if (code !== 0) broken.abort()
      pipe.destroy()
      return code
    }),
  ])
  return { codes, failures }
}

/** Whether the way from the source's host through this computer to the target's is faster than PostgreSQL takes rows in. */
export async function isFast({ source, target }: Sides, context: RunContext): Promise<boolean> {
  const { give, take } = probeCommands()
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), PROBE_MS)
  let bytes = 0
  let startedAt: number | null = null
  let lastAt = 0
  const fast = () => startedAt !== null && lastAt > startedAt && (bytes / (lastAt - startedAt)) * 1000 >= FAST
  try {
    await pipeBetween(
      context,
      { hostId: source.hostId, command: give, onStderr: () => {} },
      { hostId: target.hostId, command: take, onStderr: () => {} },
      (count) => {
        lastAt = performance.now()
        if (startedAt === null) startedAt = lastAt
        else bytes += count
        if (bytes >= ENOUGH_BYTES && fast()) late.abort()
      },
      late.signal,
    )
  } finally {
    clearTimeout(timer)
  }
  context.signal.throwIfAborted()
  return fast()
}
