import { setTimeout as pause } from 'node:timers/promises'
import { HeadroomError } from '../../shared/model/problem.ts'
import { Gone, type Session } from './session.ts'

/** What a name of the plan may be, told by the number in it. */
type Possible = ReadonlySet<number>

/**
 * Somebody who renames the plan again and again. What was confirmed must be there; what was under way when the line broke
 * may be there or not; nothing else ever.
 */
export class Editing {
  readonly #session: Session
  #last = 0
  #possible: Possible = new Set([0])
  confirmed = 0
  readonly #witnesses = new Set<Set<number>>()
  readonly breaches: string[] = []

  constructor(session: Session) {
    this.#session = session
  }

  async work(until: AbortSignal): Promise<void> {
    while (!until.aborted) {
      try {
        await this.#edit()
      } catch (error) {
        if (!(error instanceof Gone)) this.#refused(error)
      }
      await pause(200)
    }
  }

  /** Sees that what is there is what may be there. */
  async look(): Promise<{ revision: number; found: number }> {
    const current = await this.#session.call((core) => core.plan.current())
    const found = Number(/^Plan (\d+)$/.exec(current?.plan.name ?? '')?.[1] ?? Number.NaN)
    if (!this.#possible.has(found))
      this.breaches.push(
        `The plan is named "${current?.plan.name}"; after what was confirmed it may be Plan ${[...this.#possible].join(' or ')}.`,
      )
    this.#now(new Set([found]))
    return { revision: current?.revision ?? 0, found }
  }

  async #edit(): Promise<void> {
    const { revision: base, found } = await this.look()
    this.#last += 1
    const next = this.#last
    const edit = { op: 'set' as const, path: ['name'], value: `Plan ${next}` }
    const token = `rename-to-${next}`
    this.#now(new Set([found, next]))
    try {
      await this.#session.call((core) => core.plan.edit({ base, edit, token }))
    } catch (error) {
      if (!(error instanceof Gone)) {
        // Refused: then nothing of it is there. What is may have been restored meanwhile.
        this.#now(new Set([...this.#possible].filter((one) => one !== next)))
        throw error
      }
      // Sent again under the same token, as the window does, it must not be done twice.
      const again = await this.#session.call((core) => core.plan.edit({ base, edit, token }))
      if (again.revision !== base + 1)
        this.breaches.push(`An edit of revision ${base}, sent twice, led to ${again.revision}.`)
    }
    this.confirmed += 1
    this.#now(new Set([next]))
  }

  #refused(error: unknown): void {
    const code = error instanceof HeadroomError ? error.code : ''
    if (code === 'DISK_FULL' || code === 'PLAN_CHANGED_ELSEWHERE') return
    this.breaches.push(`An edit was refused with: ${error instanceof Error ? error.message : String(error)}`)
  }

  #now(possible: Possible): void {
    this.#possible = possible
    for (const witness of this.#witnesses) for (const one of possible) witness.add(one)
  }

  /** Notes what may be there from now until the function it gives is called, which gives all of that. */
  witness(): () => Possible {
    const seen = new Set(this.#possible)
    this.#witnesses.add(seen)
    return () => {
      this.#witnesses.delete(seen)
      return seen
    }
  }

  /** The workspace is now what a copy of it was. */
  restored(copy: Possible): void {
    this.#now(copy)
  }
}
