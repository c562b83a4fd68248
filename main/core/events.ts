import type { CoreEvent } from '../../shared/contract/contract.ts'

/** Tells every open window what changed. A slow reader gets the newest events: the queue holds `limit` and drops the oldest. */
export class EventHub {
  readonly #listeners = new Set<(event: CoreEvent) => void>()
  emit(event: CoreEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
  listen(listener: (event: CoreEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  async *stream(signal: AbortSignal | undefined, limit = 1000): AsyncGenerator<CoreEvent> {
    const queue: CoreEvent[] = []
    let wake: () => void = () => {}
    const stop = this.listen((event) => {
      queue.push(event)
      if (queue.length > limit) queue.shift()
      wake()
    })
    const aborted = () => wake()
    signal?.addEventListener('abort', aborted)
    try {
      while (!signal?.aborted) {
        const event = queue.shift()
        if (event) yield event
        else
          await new Promise<void>((resolve) => {
            wake = resolve
          })
      }
    } finally {
      stop()
      signal?.removeEventListener('abort', aborted)
    }
  }
}
