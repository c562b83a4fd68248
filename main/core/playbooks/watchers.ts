import type { Run } from '../../../shared/model/run.ts'

/** Wakes those who follow a run. */
export class Watchers {
  readonly #byRun = new Map<string, Set<() => void>>()

  changed(runId: string): void {
    this.#byRun.get(runId)?.forEach((wake) => void wake())
  }

  /** The run as `read` gives it, now and after every change, until `over` holds for it or the signal fires. */
  async *follow(
    runId: string,
    read: () => Run,
    over: (run: Run) => boolean,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Run> {
    let wake: () => void = () => {}
    let dirty = true
    const notice = () => {
      dirty = true
      wake()
    }
    const mine = this.#byRun.get(runId) ?? new Set()
    this.#byRun.set(runId, mine.add(notice))
    signal?.addEventListener('abort', notice)
    try {
      while (!signal?.aborted) {
        if (dirty) {
          dirty = false
          const run = read()
          yield run
          if (over(run)) return
        } else
          await new Promise<void>((resolve) => {
            wake = resolve
          })
      }
    } finally {
      mine.delete(notice)
      if (mine.size === 0) this.#byRun.delete(runId)
      signal?.removeEventListener('abort', notice)
    }
  }
}
