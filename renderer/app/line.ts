import type { ClientContext, ClientLink, ClientOptions } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import { type Link, portOf } from '../../shared/contract/link.ts'

export type LineState = 'connecting' | 'open' | 'gone'

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 4000

/**
 * A line to the core that mends itself. A call made while the core is away waits for it; a call that was under way when
 * it went is rejected, since nobody knows how far it came.
 */
export class CoreLine implements ClientLink<ClientContext> {
  readonly #open: () => Promise<Link>
  readonly #listeners = new Set<() => void>()
  #state: LineState = 'connecting'
  #ready: Promise<RPCLink<ClientContext>>
  #settle: (link: RPCLink<ClientContext>) => void = () => {}
  #link: Link | undefined
  #changedAt = 0

  constructor(open: () => Promise<Link>) {
    this.#open = open
    this.#ready = this.#awaited()
  }

  get state(): LineState {
    return this.#state
  }

  /** How often the line was opened; a change from one number to a greater one means the core was away in between. */
  get generation(): number {
    return this.#changedAt
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  start(): void {
    void this.#connect()
  }

  async call(path: readonly string[], input: unknown, options: ClientOptions<ClientContext>): Promise<unknown> {
    const link = await this.#ready
    return link.call(path, input, options)
  }

  #awaited(): Promise<RPCLink<ClientContext>> {
    return new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  async #connect(): Promise<void> {
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        this.#adopt(await this.#open())
        return
      } catch {
        // Not there (yet). The banner says so; the next try follows.
        this.#become('gone')
        await new Promise((resolve) => setTimeout(resolve, wait))
      }
    }
  }

  #adopt(link: Link): void {
    this.#link = link
    link.onClose(() => {
      if (this.#link !== link) return
      this.#link = undefined
      this.#ready = this.#awaited()
      this.#become('gone')
      void this.#connect()
    })
    this.#settle(new RPCLink({ port: portOf(link) as never }))
    this.#changedAt += 1
    this.#become('open')
  }

  #become(state: LineState): void {
    if (this.#state === state) return
    this.#state = state
    for (const listener of this.#listeners) listener()
  }
}
