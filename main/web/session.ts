import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const ATTEMPTS = 10
const WINDOW_MS = 60_000

export type Entry = { kind: 'let-in'; session: string } | { kind: 'wrong' } | { kind: 'too-many' }

/**
 * Who may use the web host: a browser that has opened a one-time link holds a session from then on. Wrong tokens are
 * counted over a minute, for everybody together, since all callers share the loopback address.
 */
export class Sessions {
  readonly #now: () => number
  readonly #sessions = new Set<string>()
  #token: string | null = null
  #failures: number[] = []

  constructor(now: () => number) {
    this.#now = now
  }

  /** A new one-time token; the one before it, if unused, no longer works. */
  newToken(): string {
    const token = randomBytes(32).toString('base64url')
    this.#token = digest(token)
    return token
  }

  enter(token: string): Entry {
    const since = this.#now() - WINDOW_MS
    this.#failures = this.#failures.filter((at) => at > since)
    if (this.#failures.length >= ATTEMPTS) return { kind: 'too-many' }
    if (this.#token === null || !same(digest(token), this.#token)) {
      this.#failures.push(this.#now())
      return { kind: 'wrong' }
    }
    this.#token = null
    const session = randomBytes(32).toString('base64url')
    this.#sessions.add(digest(session))
    return { kind: 'let-in', session }
  }

  /** True for a session that was handed out. Only digests are kept and looked up, so that timing tells nothing. */
  knows(session: string | undefined): boolean {
    return session !== undefined && this.#sessions.has(digest(session))
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function same(left: string, right: string): boolean {
  return timingSafeEqual(Buffer.from(left), Buffer.from(right))
}
