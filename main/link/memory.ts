import type { Link } from '../../shared/contract/link.ts'

/** Two ends of a line inside one process. Messages arrive in a later turn, as they would from another process. */
export function linkPair(): [Link, Link] {
  const left = new MemoryEnd()
  const right = new MemoryEnd()
  left.other = right
  right.other = left
  return [left, right]
}

class MemoryEnd implements Link {
  other: MemoryEnd | null = null
  readonly #messageListeners: ((message: string | Uint8Array) => void)[] = []
  readonly #closeListeners: (() => void)[] = []
  #open = true

  send(message: string | Uint8Array): void {
    const other = this.other
    if (!this.#open || !other) return
    setImmediate(() => other.#receive(message))
  }
  onMessage(listener: (message: string | Uint8Array) => void): void {
    this.#messageListeners.push(listener)
  }
  onClose(listener: () => void): void {
    this.#closeListeners.push(listener)
  }
  close(): void {
    if (!this.#open) return
    this.#open = false
    for (const listener of this.#closeListeners) listener()
    const other = this.other
    setImmediate(() => other?.close())
  }
  #receive(message: string | Uint8Array): void {
    if (!this.#open) return
    for (const listener of this.#messageListeners) listener(message)
  }
}
