import { renderCommand } from '../../../shared/format/shell.ts'
import type { Command, CommandResult } from '../../../shared/model/command.ts'
import type { RunOptions, StreamEnd, StreamOptions } from './interface.ts'
import { outputTooLarge } from './problems.ts'
import type { Invocation, KeptText, Transport } from './transport.ts'

export const DEFAULT_TIMEOUT_MS = 60_000
const DEFAULT_MAX_OUTPUT_BYTES = 16 * 1024 * 1024

function invocationOf(command: Command, timeoutMs: number | undefined): Invocation {
  const { text, stdin } = renderCommand(command, { reveal: true })
  return {
    text,
    stdin: stdin === null ? null : Buffer.from(stdin),
    sudo: command.sudo === true,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  }
}

/** Runs a command and keeps its output; `name` is the host's, for messages. */
export async function runToEnd(
  transport: Transport,
  command: Command,
  options: RunOptions,
  elapsed: () => number,
  name: string,
): Promise<CommandResult> {
  const invocation = invocationOf(command, command.timeoutMs ?? DEFAULT_TIMEOUT_MS)
  const { sinks, texts } = collected(options, name)
  const startedAt = elapsed()
  const exit = await transport.execute(invocation, sinks, options.signal)
  return { ...exit, ...texts(), durationMs: elapsed() - startedAt }
}

/** Runs a text in the shell that stays on the host, or in one of its own where none stays. */
export async function runKept(
  transport: Transport,
  kept: KeptText,
  options: RunOptions,
  elapsed: () => number,
  name: string,
): Promise<CommandResult> {
  const { sinks, texts } = collected(options, name)
  const startedAt = elapsed()
  const exit = (await transport.ask?.(kept, sinks, options.signal)) ?? null
  if (exit !== null) return { ...exit, ...texts(), durationMs: elapsed() - startedAt }
  const command = { argv: ['sh', '-s'], stdin: `${kept.once}(\n${kept.text}\n) </dev/null\n` }
  const timeout = kept.timeoutMs === undefined ? {} : { timeoutMs: kept.timeoutMs }
  return runToEnd(transport, { ...command, ...timeout }, options, elapsed, name)
}

/** What keeps both outputs of a command, each up to the limit. */
function collected(options: RunOptions, name: string) {
  const limit = options.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES
  const collect = () => {
    const chunks: Buffer[] = []
    let size = 0
    return {
      take(chunk: Buffer) {
        size += chunk.length
        if (size > limit) throw outputTooLarge(name, limit)
        chunks.push(chunk)
      },
      text: () => Buffer.concat(chunks).toString('utf8'),
    }
  }
  const stdout = collect()
  const stderr = collect()
  return {
    sinks: { onStdout: stdout.take, onStderr: stderr.take },
    texts: () => ({ stdout: stdout.text(), stderr: stderr.text() }),
  }
}

/** Runs a command and hands its output over as it comes. */
export async function runStreaming(
  transport: Transport,
  command: Command,
  options: StreamOptions,
  elapsed: () => number,
): Promise<StreamEnd> {
  const startedAt = elapsed()
  const sinks = { onStdout: options.onStdout.bind(options), onStderr: options.onStderr.bind(options) }
  const invocation = invocationOf(command, command.timeoutMs)
  if (options.input) invocation.input = options.input
  const exit = await transport.execute(invocation, sinks, options.signal)
  return { ...exit, durationMs: elapsed() - startedAt }
}
