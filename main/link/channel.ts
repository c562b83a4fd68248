import type { Notice } from '../../shared/model/alert.ts'
import type { Problem } from '../../shared/model/problem.ts'
import type { RelayMessage } from './relay.ts'

/** What the core must be told to open a workspace. */
export interface CoreStart {
  folder: string
  face: 'electron' | 'web'
  resources: string
  /** True when the shell answers keychain requests. */
  keychain: boolean
  /** A backup to put in place before the workspace is opened. */
  restore?: string
  /** True when the shell shows messages on the desktop. */
  notices?: boolean
}

/** Shell to core. `port` comes with a transferred MessagePort, on channels that can carry one. */
export type ToCore =
  | { kind: 'start'; start: CoreStart }
  | { kind: 'port' }
  | { kind: 'stop' }
  | { kind: 'keychain-reply'; id: number; text: string | null; error: string | null }
  | RelayMessage

/** Core to shell. After `failed` the core ends once the shell says `stop`, so that the reason is heard before the end. */
export type FromCore =
  | { kind: 'ready' }
  | { kind: 'failed'; problem: Problem }
  | { kind: 'keychain'; id: number; verb: 'encrypt' | 'decrypt'; text: string }
  | { kind: 'notice'; notice: Notice }
  | RelayMessage
