import { intervalOf, type Service } from '../../../shared/model/service.ts'

/** The dear parts of the probe (sizes, statements, restarts, replicas, units, states of sockets) come once in this time. */
export const SLOW_EVERY_MS = 60_000
/** A round comes a little early or late by its jitter; a part that is due by then is not put off by a whole round. */
const EARLY = 0.9

/** When each service of a host and its dear parts were asked last. A clock that was set back makes everything due. */
export class Due {
  readonly #asked = new Map<string, number>()

  services(services: readonly Service[], now: number): Service[] {
    return services.filter((service) => this.#isDue(`service ${service.id}`, intervalOf(service), now))
  }
  slow(now: number): boolean {
    return this.#isDue('slow', SLOW_EVERY_MS, now)
  }
  noteServices(services: readonly Service[], now: number): void {
    for (const { id } of services) this.#asked.set(`service ${id}`, now)
  }
  noteSlow(now: number): void {
    this.#asked.set('slow', now)
  }

  #isDue(part: string, everyMs: number, now: number): boolean {
    const asked = this.#asked.get(part)
    return asked === undefined || now < asked || now - asked >= everyMs * EARLY
  }
}
