import { randomUUID } from 'node:crypto'
import { homedir, hostname, userInfo } from 'node:os'
import { elapsed, now, random } from '../system.ts'
import type { Environment } from './environment.ts'
import { openLog } from './log.ts'

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
    elapsed,
    random,
    newId: () => randomUUID(),
    home: homedir(),
    resources: options.resources,
    env: process.env,
    platform: process.platform,
    face: options.face,
    machine: hostname().replace(/\..*/s, '').toLowerCase(),
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
