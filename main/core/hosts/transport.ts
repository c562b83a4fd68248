import type { Duplex, Readable } from 'node:stream'

/** A rendered command. `sudo` says that it runs as root, so that killing it needs root too. */
export interface Invocation {
  text: string
  stdin: Buffer | null
  /** What follows `stdin` on the command's standard input. */
  input?: Readable
  sudo: boolean
  timeoutMs?: number
}

export interface Sinks {
  /** Nothing more is read from the command until a promise that it returns has settled. */
  onStdout(chunk: Buffer): void | Promise<void>
  onStderr(chunk: Buffer): void
}

export interface Exit {
  exitCode: number | null
  signal: string | null
}

/**
 * A text for a shell that may stay on the host: `once` is read by it a single time (functions that `text` calls), `text` runs in
 * a subshell of its own and without input each time.
 */
export interface KeptText {
  once: string
  text: string
  timeoutMs?: number
}

/** A way of running commands on one host: this computer, or a server over SSH. */
export interface Transport {
  /**
   * Runs `sh -c text` to its end. Throws COMMAND_TIMEOUT and COMMAND_CANCELLED once the command and what it started are
   * killed, LINK_LOST when the connection ends first, and what connecting throws.
   */
  execute(invocation: Invocation, sinks: Sinks, signal?: AbortSignal): Promise<Exit>
  /**
   * A stream to an address as the host itself reaches it. Throws TUNNEL_REFUSED where the host does not forward or nothing
   * listens there, and what connecting throws. Nothing listens on this computer for it.
   */
  tunnel(target: TunnelTarget): Promise<Duplex>
  /**
   * Runs a text in a shell that stays on the host from call to call. Null, with nothing run or with the shell gone in the
   * middle of it, where no shell stays or it is at work: the text is then run by `execute`. Throws what `execute` throws.
   */
  ask?(kept: KeptText, sinks: Sinks, signal?: AbortSignal): Promise<Exit | null>
  /** Ends a kept connection that carries nothing now and may have died unnoticed; the next command makes a new one. */
  dropIdle?(): Promise<void>
  close(): Promise<void>
}

export interface TunnelTarget {
  address: string
  port: number
}

/** How long a killed command has to end by itself before it is killed outright. */
export const GRACE_MS = 2000
