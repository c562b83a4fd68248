import type { Logger } from 'pino'
import type { Notice } from '../../shared/model/alert.ts'

/** What the core takes from outside instead of reaching for it: time, randomness, ids, paths, the log. */
export interface Environment {
  now(): number
  /**
   * Milliseconds since some moment: what is measured by it, such as how long something is waited for, stays true when the
   * clock is set. It may stand still while the computer sleeps.
   */
  elapsed(): number
  /** 0 <= x < 1; for jitter and ids only, never for planning. */
  random(): number
  newId(): string
  home: string
  /** The folder with resources/ (blueprints, playbooks, probes, catalogue). */
  resources: string
  env: Readonly<Record<string, string | undefined>>
  platform: string
  face: 'electron' | 'web' | 'cli'
  /** This computer's name without its domain, which changes with the network. */
  machine: string
  /** The user of the operating system and this computer, such as "ann@laptop": who journals name. */
  user?: string
  log: Logger
  /** Shows a message on the desktop, through the shell that has one; absent elsewhere. */
  notify?(notice: Notice): void
  /** Electron's keychain, reached through the shell; absent elsewhere. Texts are base64. */
  keychain?: { encrypt(plain: string): Promise<string>; decrypt(sealed: string): Promise<string> }
}
