import type { Duplex, Readable } from 'node:stream'
import type * as z from 'zod'
import type { contract } from '../../../shared/contract/contract.ts'
import type { Command, CommandResult } from '../../../shared/model/command.ts'
import type { Host, HostInput, HostKey, HostKeyCheck, PostgresProbe } from '../../../shared/model/host.ts'
import type { KeyImport } from '../../../shared/model/key-import.ts'
import type { Problem } from '../../../shared/model/problem.ts'
import type { Secret } from '../../../shared/model/secret.ts'
import type { SealedSecrets } from '../workspace/index.ts'
import type { HostServices } from './services.ts'

type Procedures = typeof contract.hosts
type Output<Name extends keyof Procedures> = z.output<NonNullable<Procedures[Name]['~orpc']['outputSchema']>>

/** A key the app or ssh trusts; `source` is "headroom" or the file's path, `acceptedAt` is null for keys of a file. */
export type KnownKey = Output<'knownKeys'>[number]
/** A host of the operator's ssh configuration, offered on first start. */
export type Suggestion = Output<'suggestions'>[number]

export interface RunOptions {
  signal?: AbortSignal
  /** Per stream; more ends the command with OUTPUT_TOO_LARGE. Default 16 MiB. */
  maxOutputBytes?: number
}

export interface StreamOptions {
  /** Nothing more is read from the command until a promise that it returns has settled. */
  onStdout(chunk: Buffer): void | Promise<void>
  onStderr(chunk: Buffer): void
  /** What follows the command's own standard input, read no faster than the command takes it. */
  input?: Readable
  signal?: AbortSignal
}

export interface StreamEnd {
  exitCode: number | null
  signal: string | null
  durationMs: number
}

/**
 * Where passwords and passphrases are kept. `keychain` and `vault` outlive the session, sealed in app.db; `memory` does
 * not. There is no plain-text kind. A locked vault keeps new secrets in memory and seals them once it is unlocked.
 */
export interface SecretStore {
  readonly kind: 'keychain' | 'vault' | 'memory'
  readonly locked: boolean
  put(key: string, value: string | Secret): Promise<void>
  /** The secret, or null when there is none or the vault is locked. Its name is `key`. */
  get(key: string): Promise<Secret | null>
  delete(key: string): Promise<void>
  /** The keys of every secret there is, in order. */
  names(): string[]
  /**
   * Opens the vault, or creates it on first use. With a keychain it opens a vault that came with an import, whose secrets then
   * go to the keychain. VAULT_WRONG_PASSPHRASE when it is not the one it was made with.
   */
  unlock(passphrase: string): Promise<void>
  /** Every secret sealed anew, as a vault under that passphrase and salt (base64). VAULT_LOCKED where they cannot be read. */
  sealAll(passphrase: string, salt: string): Promise<SealedSecrets>
}

/** The servers, and everything that runs on them. Times are epoch milliseconds, durations milliseconds. */
export interface Hosts {
  list(): Host[]
  /** HOST_NOT_FOUND when there is none. */
  get(hostId: string): Host
  scanKey(target: { address: string; port: number }): Promise<HostKeyCheck>
  acceptKey(key: HostKey): void
  knownKeys(): KnownKey[]
  /** What a known_hosts file's text would add; with `save`, adds it. Keys on file are never replaced. */
  importKeys(text: string, save: boolean): KeyImport
  forgetKey(key: Pick<HostKey, 'address' | 'port' | 'fingerprint'>): void
  add(input: HostInput): Promise<Host>
  /** A server of a sample workspace: nothing is connected to, and what is to run on it is refused. HOST_NAME_TAKEN. */
  addSample(name: string): Host
  setPostgres(hostId: string, postgres: PostgresProbe | null): Host
  setSecret(hostId: string, secret: string): Promise<Host>
  /**
   * Connects anew with answers to what the server asked (the prompts in the details of ANSWER_NEEDED), in their order. They are
   * used for this attempt and kept nowhere.
   */
  answer(hostId: string, answers: readonly string[]): Promise<Host>
  remove(hostId: string): Promise<void>
  /** Connects anew and says how it went in the host's `state` and `problem`; throws only for an unknown id. */
  test(hostId: string): Promise<Host>
  suggestions(): Promise<Suggestion[]>
  /**
   * Runs one command to its end. A non-zero exit is a result. Throws HOST_UNREACHABLE, AUTH_REFUSED, HOST_KEY_UNKNOWN,
   * HOST_KEY_CHANGED, HOST_KEY_REVOKED, SECRET_NEEDED, COMMAND_TIMEOUT (default 60 s), COMMAND_CANCELLED,
   * OUTPUT_TOO_LARGE and LINK_LOST. A command that timed out or was cancelled has been killed.
   */
  run(hostId: string, command: Command, options?: RunOptions): Promise<CommandResult>
  /** As `run`, with the output handed over as it comes and no time limit unless the command states one. */
  stream(hostId: string, command: Command, options: StreamOptions): Promise<StreamEnd>
  /** `sh -s` with the text on standard input. */
  script(
    hostId: string,
    text: string,
    options?: RunOptions & { timeoutMs?: number; sudo?: boolean },
  ): Promise<CommandResult>
  /**
   * What is asked again and again: `once` holds functions, which a shell on the host reads a single time and keeps, `text` calls
   * them, in a subshell without input. It may run a second time when that shell ends in the middle, so it must change nothing.
   * Of standard error comes what was there by the end of the output. Throws as `run` does.
   */
  ask(
    hostId: string,
    kept: { once: string; text: string; timeoutMs?: number },
    options?: RunOptions,
  ): Promise<CommandResult>
  /**
   * A stream to an address as the host itself reaches it, over its kept connection. TUNNEL_REFUSED where it does not lead
   * there, and what connecting throws.
   */
  tunnel(hostId: string, target: { address: string; port: number }): Promise<Duplex>
  readonly secrets: SecretStore
  /** What each host is asked besides itself. */
  readonly services: HostServices
  /** Told by the collector, so that state, last sample and problem show in one place. */
  noteSample(hostId: string, at: number): void
  noteFailure(hostId: string, problem: Problem): void
  /** When a host was measured last, as the store knows it from before this session. */
  noteEarlierSample(hostId: string, at: number): void
  /** Ends kept connections that carry nothing now, after this computer slept: each is made anew when it is needed. */
  dropIdle(): Promise<void>
  close(): Promise<void>
}
