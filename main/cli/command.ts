import type { ParseArgsConfig } from 'node:util'
import type { CoreClient } from '../../shared/contract/client.ts'
import type { Terminal } from './terminal.ts'

export type OptionSpecs = NonNullable<ParseArgsConfig['options']>
export type Values = Record<string, string | boolean | (string | boolean)[] | undefined>

/** What a command is given. `signal` fires on Ctrl-C. */
export interface Call {
  core: CoreClient
  terminal: Terminal
  positionals: string[]
  values: Values
  env: Readonly<Record<string, string | undefined>>
  json: boolean
  signal: AbortSignal
}

/** One command of `headroom`. `run` returns what --json prints and the exit code; it prints for people itself. */
export interface Command {
  words: readonly string[]
  usage: string
  summary: string
  options: OptionSpecs
  /** How many words may follow the command's own. */
  positionals: { min: number; max: number }
  run(call: Call): Promise<Result>
}

export interface Result {
  data: unknown
  exitCode: number
}

export const done = (data: unknown, exitCode = 0): Result => ({ data, exitCode })

export function text(values: Values, name: string): string | undefined {
  const value = values[name]
  return typeof value === 'string' ? value : undefined
}
