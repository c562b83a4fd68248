import { randomUUID } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { homedir, hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { type Logger, pino } from 'pino'
import { HeadroomError } from '../../shared/model/problem.ts'
import { now, random } from '../system.ts'
import type { Environment } from './environment.ts'

const LOG_LIMIT_BYTES = 5 * 1024 * 1024
const HELD_BYTES = 256 * 1024

/** Names under which a secret could reach the log by mistake. Secret values also print themselves as [redacted]. */
const SECRET_NAMES = ['password', 'passphrase', 'secret', 'secrets', 'token', 'privateKey']

/** The real clock, randomness, home folder and log, for a core that works in `folder`. */
export function systemEnvironment(options: {
  folder: string
  face: Environment['face']
  resources: string
  keychain?: Environment['keychain']
  notify?: Environment['notify']
}): Environment {
  return {
    now,
    random,
    newId: () => randomUUID(),
    home: homedir(),
    resources: options.resources,
    env: process.env,
    platform: process.platform,
    face: options.face,
    user: userName(),
    log: openLog(options.folder),
    ...(options.keychain ? { keychain: options.keychain } : {}),
    ...(options.notify ? { notify: options.notify } : {}),
  }
}

/** A user without an entry in the password file, as in some containers, is named by their number. */
function userName(): string {
  try {
    return `${userInfo().username}@${hostname()}`
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}@${hostname()}`
  }
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

/** JSON lines in <folder>/headroom.log. At a start with a log over 5 MB the old one becomes headroom.log.1. */
export function openLog(folder: string): Logger {
  makeFolder(folder)
  const file = join(folder, 'headroom.log')
  if (existsSync(file) && statSync(file).size > LOG_LIMIT_BYTES) {
    rmSync(`${file}.1`, { force: true })
    renameSync(file, `${file}.1`)
  }
  const destination = pino.destination({ dest: file, sync: true, mode: 0o600, maxLength: HELD_BYTES })
  // A full disk: what could not be written is held, up to a limit, and written when there is room. The work goes on.
  destination.on('error', () => {})
  if (process.platform !== 'win32') chmodSync(file, 0o600)
  const paths = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])
  return pino({ level: 'info', base: { pid: process.pid }, redact: { paths, censor: '[redacted]' } }, destination)
}
