import type { Secret } from './secret.ts'

/** One word of a command line. A `raw` word is inserted unquoted and is marked in every review. */
export type Word = string | Secret | { raw: string }

/**
 * A command as data. It becomes text in one place only, `shared/format/shell.ts`.
 * `stdin` is sent to the command's standard input; secrets go there or into `env`, never into `argv` (argv shows in `ps`).
 */
export interface Command {
  argv: readonly Word[]
  env?: Readonly<Record<string, Word>>
  cwd?: string
  stdin?: string | Secret
  sudo?: boolean
  timeoutMs?: number
}

/** What a finished command left. `exitCode` is null when a signal ended it. */
export interface CommandResult {
  exitCode: number | null
  signal: string | null
  stdout: string
  stderr: string
  durationMs: number
}
