import { CheckWindow } from '../../../shared/metrics/check-window.ts'
import { stored } from '../../../shared/metrics/derive.ts'
import type { DerivedSample } from '../../../shared/metrics/sample.ts'
import { intervalOf, type ServiceOf } from '../../../shared/model/service.ts'
import type { Hosts } from '../hosts/index.ts'
import { askedHere, checkHere } from './laptop-checks.ts'

type Checked = ServiceOf<'http'> | ServiceOf<'tls'>

export interface CheckerDependencies {
  hosts: Pick<Hosts, 'list' | 'services'>
  now: () => number
  random: () => number
  everyMs: () => number
  record(hostId: string, at: number, samples: DerivedSample[]): Promise<unknown>
  log(error: unknown): void
}

interface Entry {
  service: Checked
  window: CheckWindow
  dueAt: number
  running: Promise<void> | null
  problem: string | null
}

/** At most so many checks at once, so that waking up with hundreds of addresses floods no network. */
const AT_ONCE = 32

/**
 * The HTTP and TLS checks that this computer makes by itself, each at its own interval and whatever the state of its server:
 * a site is looked at even when nobody can log in. `look` starts what is due; each address has at most one check under way.
 */
export class Checker {
  readonly #given: CheckerDependencies
  readonly #entries = new Map<string, Entry>()
  readonly #ending = new AbortController()
  #running = 0

  constructor(given: CheckerDependencies) {
    this.#given = given
  }

  look(): void {
    this.#track()
    for (const [key, entry] of this.#entries)
      if (entry.running === null && entry.dueAt <= this.#given.now() && this.#running < AT_ONCE)
        void this.#start(key, entry)
  }

  /** Makes every check of a host now; joins those under way. */
  async checkNow(hostId: string): Promise<void> {
    this.#track()
    const mine = [...this.#entries].filter(([key]) => key.startsWith(`${hostId}\n`))
    await Promise.all(mine.map(([key, entry]) => entry.running ?? this.#start(key, entry)))
  }

  /** What is wrong with a host's checks, as "name: why". */
  problems(hostId: string): string[] {
    return [...this.#entries].flatMap(([key, { service, problem }]) =>
      key.startsWith(`${hostId}\n`) && problem !== null ? [`${service.name}: ${problem}`] : [],
    )
  }

  async close(): Promise<void> {
    this.#ending.abort()
    await Promise.allSettled([...this.#entries.values()].map(({ running }) => running ?? Promise.resolve()))
  }

  /** A check whose settings changed begins anew; the first comes within a quarter of its interval. */
  #track(): void {
    const wanted = new Set<string>()
    for (const { id } of this.#given.hosts.list())
      for (const service of this.#given.hosts.services.list(id)) {
        if (!askedHere(service)) continue
        const key = `${id}\n${service.id}`
        wanted.add(key)
        const known = this.#entries.get(key)
        if (known && (known.service === service || JSON.stringify(known.service) === JSON.stringify(service))) continue
        const dueAt = this.#given.now() + Math.min(15_000, this.#everyMs(service) / 4) * this.#given.random()
        this.#entries.set(key, { service, window: new CheckWindow(), dueAt, running: null, problem: null })
      }
    for (const key of this.#entries.keys()) if (!wanted.has(key)) this.#entries.delete(key)
  }

  #everyMs(service: Checked): number {
    return intervalOf(service) || this.#given.everyMs()
  }

  #start(key: string, entry: Entry): Promise<void> {
    const hostId = key.slice(0, key.indexOf('\n'))
    const { now, hosts, record, log } = this.#given
    this.#running += 1
    // A laptop that slept makes up for nothing: the next check is one interval after this one began.
    entry.dueAt = now() + this.#everyMs(entry.service)
    const run = async () => {
      try {
        const secret = await hosts.services.secret(hostId, entry.service.id)
        const result = await checkHere(entry.service, secret, entry.window, now, this.#ending.signal)
        if (this.#ending.signal.aborted || this.#entries.get(key) !== entry) return
        entry.problem = result.problem
        if (result.samples.length > 0) await record(hostId, now(), stored(result.samples))
      } catch (error) {
        log(error)
      } finally {
        this.#running -= 1
        entry.running = null
      }
    }
    entry.running = run()
    return entry.running
  }
}
