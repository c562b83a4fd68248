import type { ServiceOf } from '../model/service.ts'
import { type DerivedSample, sample } from './sample.ts'

/** One look at a web address. `firstByteMs` is null where no answer came; `why` then says so. */
export interface HttpCheck {
  at: number
  status: number | null
  firstByteMs: number | null
  why: string | null
}

/** How many checks a window has: at four a minute, five minutes. Percentiles are by nearest rank, so p95 is the 19th of 20. */
export const WINDOW_CHECKS = 20
/** An older check says nothing of the present any more. */
const WINDOW_MS = 3_600_000
const MEDIAN_NEEDS = 5

/** The checks of one address from one place, newest last, and what they come to. */
export class CheckWindow {
  #checks: HttpCheck[] = []

  add(check: HttpCheck): void {
    this.#checks = [...this.#checks, check]
      .filter(({ at }) => Math.abs(check.at - at) <= WINDOW_MS)
      .slice(-WINDOW_CHECKS)
  }

  samples(service: ServiceOf<'http'>, from: 'host' | 'laptop'): DerivedSample[] {
    const last = this.#checks.at(-1)
    if (last === undefined) return []
    const labels = { url: service.url, from }
    const times = this.#checks.flatMap(({ firstByteMs }) => (firstByteMs === null ? [] : [firstByteMs]))
    const wrong = this.#checks.filter((check) => !isRight(service, check)).length
    return [
      ...sample('http_up', isRight(service, last) ? 1 : 0, labels),
      ...sample('http_status', last.status, labels),
      ...sample('http_response_ms', last.firstByteMs, labels),
      ...sample('http_response_p50_ms', times.length >= MEDIAN_NEEDS ? nearestRank(times, 0.5) : null, labels),
      ...sample('http_response_p95_ms', times.length >= WINDOW_CHECKS ? nearestRank(times, 0.95) : null, labels),
      ...sample('http_error_ratio', wrong / this.#checks.length, labels),
    ]
  }
}

export function isRight({ expect }: ServiceOf<'http'>, { status }: Pick<HttpCheck, 'status'>): boolean {
  if (status === null) return false
  return expect.length > 0 ? expect.includes(status) : status >= 200 && status < 400
}

function nearestRank(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.ceil(share * sorted.length) - 1] ?? null
}
