import type { Link } from '../../shared/contract/link.ts'

/** What relayed links look like on a channel that carries other messages too. */
export type RelayMessage =
  | { kind: 'open'; id: number }
  | { kind: 'data'; id: number; payload: string | Uint8Array }
  | { kind: 'close'; id: number }

/**
 * Many links over one channel, such as that of a forked process. One side opens, the other hears `onOpen`.
 * The owner hands every relay message it receives to `receive`, and calls `end` when the channel is gone.
 */
export class Relay {
  readonly #post: (message: RelayMessage) => void
  readonly #onOpen: (link: Link) => void
  readonly #links = new Map<number, RelayedLink>()
  #lastId = 0

  constructor(post: (message: RelayMessage) => void, onOpen: (link: Link) => void = (link) => link.close()) {
    this.#post = post
    this.#onOpen = onOpen
  }

  open(): Link {
    this.#lastId += 1
    const link = this.#add(this.#lastId)
    this.#post({ kind: 'open', id: this.#lastId })
    return link
  }

  receive(message: RelayMessage): void {
    if (message.kind === 'open') this.#onOpen(this.#add(message.id))
    else if (message.kind === 'data') this.#links.get(message.id)?.receive(message.payload)
    else this.#links.get(message.id)?.closed()
  }

  end(): void {
    for (const link of [...this.#links.values()]) link.closed()
  }

  #add(id: number): RelayedLink {
    const link = new RelayedLink({
      send: (payload) => this.#post({ kind: 'data', id, payload }),
      close: () => this.#post({ kind: 'close', id }),
      forget: () => this.#links.delete(id),
    })
    this.#links.set(id, link)
    return link
  }
}

interface Carrier {
  send(payload: string | Uint8Array): void
  close(): void
  forget(): void
}

class RelayedLink implements Link {
  readonly #carrier: Carrier
  readonly #messageListeners: ((message: string | Uint8Array) => void)[] = []
  readonly #closeListeners: (() => void)[] = []
  #open = true

  constructor(carrier: Carrier) {
    this.#carrier = carrier
  }
  send(message: string | Uint8Array): void {
    if (this.#open) this.#carrier.send(message)
  }
  onMessage(listener: (message: string | Uint8Array) => void): void {
    this.#messageListeners.push(listener)
  }
  onClose(listener: () => void): void {
    this.#closeListeners.push(listener)
  }
  close(): void {
    if (!this.#open) return
    this.#carrier.close()
    this.closed()
  }
  receive(payload: string | Uint8Array): void {
    if (!this.#open) return
    for (const listener of this.#messageListeners) listener(payload)
  }
  closed(): void {
    if (!this.#open) return
    this.#open = false
    this.#carrier.forget()
    for (const listener of this.#closeListeners) listener()
  }
}
