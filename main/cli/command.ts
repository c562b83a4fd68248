import type { ParseArgsConfig } from 'node:util'
import type { CoreClient } from '../../shared/contract/client.ts'
import type { Backup } from '../../shared/model/backup.ts'
import type { Check } from '../../shared/model/doctor.ts'
import type { ExportSummary } from '../../shared/model/workspace-export.ts'
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

/** A workspace as a folder: what can be done with it even where it cannot be opened. */
export interface WorkspaceFolder {
  folder: string
  backups(): Backup[]
  /** Through the core that has it open where there is one; returns once the backup is in place and a core is back. */
  restore(id: string): Promise<void>
  /** Checks an exported workspace whole and makes a backup of it, to be restored or discarded. */
  importFile(file: string, signal: AbortSignal): Promise<{ backup: Backup; summary: ExportSummary }>
  discard(id: string): void
  /** Becomes the web host of this workspace; returns once that is starting, and the process lives on as it. */
  serve(options: readonly string[]): Promise<void>
  /** The self-check: by the core that has the workspace open or opens it, else what can be said of a closed one. */
  examine(signal: AbortSignal): Promise<Check[]>
}

/** What a command that opens no workspace is given. */
export type FolderCall = Omit<Call, 'core'> & { workspace: WorkspaceFolder }

/** One command of `headroom`. `run` returns what --json prints and the exit code; it prints for people itself. */
export type Command = CommandForm &
  (
    | { run(call: Call): Promise<Result> }
    /** Works on the folder, open or not. */
    | { runOnFolder(call: FolderCall): Promise<Result> }
  )

interface CommandForm {
  words: readonly string[]
  usage: string
  summary: string
  options: OptionSpecs
  /** How many words may follow the command's own. */
  positionals: { min: number; max: number }
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
