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
  close(): Promise<void>
}

export interface TunnelTarget {
  address: string
  port: number
}

/** How long a killed command has to end by itself before it is killed outright. */
export const GRACE_MS = 2000
