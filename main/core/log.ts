import { chmodSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Logger, pino } from 'pino'
import { type LogLevel, LogLevelSchema } from '../../shared/model/log.ts'
import { HeadroomError } from '../../shared/model/problem.ts'
import type { Workspace } from './workspace/index.ts'

const LOG_LIMIT_BYTES = 5 * 1024 * 1024
const HELD_BYTES = 256 * 1024
const LEVEL = 'log.level'

/** Names under which a secret could reach the log by mistake. Secret values also print themselves as [redacted]. */
const SECRET_NAMES = ['password', 'passphrase', 'secret', 'secrets', 'token', 'privateKey']

/**
 * JSON lines in <folder>/headroom.log. A line that would make it longer than `limit` bytes begins it anew; the old one becomes
 * headroom.log.1, in the place of the one before.
 */
export function openLog(folder: string, limit = LOG_LIMIT_BYTES): Logger {
  makeFolder(folder)
  const file = join(folder, 'headroom.log')
  const paths = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])
  return pino(
    { level: 'info', base: { pid: process.pid }, redact: { paths, censor: '[redacted]' } },
    rotatingFile(file, limit),
  )
}

function rotatingFile(file: string, limit: number): { write(line: string): void } {
  let bytes = existsSync(file) ? statSync(file).size : 0
  const out = pino.destination({ dest: file, sync: true, mode: 0o600, maxLength: HELD_BYTES })
  // A full disk: what could not be written is held, up to a limit, and written when there is room. The work goes on.
  out.on('error', () => {})
  if (process.platform !== 'win32') chmodSync(file, 0o600)
  const rotate = () => {
    // Whatever comes of it, it is tried again only after as much again.
    bytes = 0
    try {
      renameSync(file, `${file}.1`)
      out.reopen()
    } catch {
      // The folder cannot be written to: the present file goes on.
    }
  }
  return {
    write(line) {
      const length = Buffer.byteLength(line)
      if (bytes > 0 && bytes + length > limit) rotate()
      bytes += length
      out.write(line)
    },
  }
}

/** The level that the workspace keeps. */
export function logLevel(workspace: Pick<Workspace, 'setting'>): LogLevel {
  return workspace.setting(LEVEL, LogLevelSchema, 'info')
}

/** Keeps a level and lets it count from the next line on. */
export function saveLogLevel(workspace: Pick<Workspace, 'saveSetting'>, log: Logger, level: LogLevel): void {
  workspace.saveSetting(LEVEL, level)
  log.level = level
}

/** Lets the kept level count, where one was chosen. */
export function applyLogLevel(workspace: Pick<Workspace, 'setting'>, log: Logger): void {
  const level = workspace.setting(LEVEL, LogLevelSchema.nullable(), null)
  if (level !== null) log.level = level
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new HeadroomError(
      {
        code: 'WORKSPACE_UNUSABLE',
        fact: `The folder ${folder} cannot be made: ${error instanceof Error ? error.message : String(error)}.`,
        fix: 'Choose a folder you may write to, with --workspace or HEADROOM_WORKSPACE.',
      },
      { cause: error },
    )
  }
}
