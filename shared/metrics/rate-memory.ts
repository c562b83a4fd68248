import type { Labels } from '../model/metric.ts'
import { type ProbeOutput, type Reading, readingId } from './probe-output.ts'

/** The last value of each reading, with the host's uptime when it was taken. */
export interface RateMemory {
  bootId: string | null
  uptime: number | null
  entries: ReadonlyMap<string, { value: number; uptime: number }>
}

/** A container that is gone for this long, in seconds, is forgotten. */
const FORGOTTEN_AFTER_S = 26 * 3600

/** The memory after a round. Parts that were not asked this time keep their last value, so that their rate spans the gap. */
export function remember(before: RateMemory | null, output: ProbeOutput): RateMemory {
  const uptime = uptimeOf(output)
  const bootId = bootOf(output)
  if (uptime === null) return before ?? { bootId, uptime, entries: new Map() }
  const entries = new Map<string, { value: number; uptime: number }>()
  if (before !== null && isSameBoot(before, output))
    for (const [id, entry] of before.entries) if (uptime - entry.uptime <= FORGOTTEN_AFTER_S) entries.set(id, entry)
  for (const { key, labels, value } of output.readings) entries.set(readingId(key, labels), { value, uptime })
  return { bootId, uptime, entries }
}

/**
 * Counters of another boot say nothing. The boot id tells; where a kernel has none, an uptime that went back does. Neither
 * clock of the two machines matters.
 */
export function isSameBoot(before: RateMemory, now: ProbeOutput): boolean {
  const uptime = uptimeOf(now)
  if (before.uptime === null || uptime === null || uptime < before.uptime) return false
  const bootId = bootOf(now)
  return before.bootId === null || bootId === null || before.bootId === bootId
}

function uptimeOf(output: ProbeOutput): number | null {
  return output.readings.find(({ key }) => key === 'uptime_seconds')?.value ?? null
}
function bootOf(output: ProbeOutput): string | null {
  return output.readings.find(({ key }) => key === 'boot')?.labels.id ?? null
}

/** What a counter grew by, over how many seconds of the host's uptime. */
export interface Growth {
  by: number
  seconds: number
}

/** The readings of one round by key, and what they were before. */
export class Readings {
  readonly #byKey = new Map<string, Reading[]>()
  readonly #byId = new Map<string, number>()
  readonly #before: RateMemory | null
  readonly #uptime: number | null

  constructor(output: ProbeOutput, before: RateMemory | null) {
    for (const reading of output.readings) {
      const list = this.#byKey.get(reading.key)
      if (list) list.push(reading)
      else this.#byKey.set(reading.key, [reading])
      this.#byId.set(readingId(reading.key, reading.labels), reading.value)
    }
    this.#before = before !== null && isSameBoot(before, output) ? before : null
    this.#uptime = uptimeOf(output)
  }
  all(key: string): readonly Reading[] {
    return this.#byKey.get(key) ?? []
  }
  value(key: string, labels: Labels = {}): number | null {
    return this.#byId.get(readingId(key, labels)) ?? null
  }
  /** The distinct values of a label, in the order they came. */
  names(key: string, label: string): string[] {
    return [...new Set(this.all(key).flatMap((reading) => reading.labels[label] ?? []))]
  }
  earlier(key: string, labels: Labels = {}): number | null {
    return this.#before?.entries.get(readingId(key, labels))?.value ?? null
  }
  /** The labels under which a key was seen before, in this boot. */
  earlierIds(key: string): string[] {
    return [...(this.#before?.entries.keys() ?? [])].filter((id) => id.startsWith(`${key}\n`))
  }
  /** Null where the counter is new, is not there, went back, or no time has passed. */
  growth(key: string, labels: Labels = {}): Growth | null {
    const now = this.value(key, labels)
    const entry = this.#before?.entries.get(readingId(key, labels))
    if (now === null || entry === undefined || this.#uptime === null) return null
    const seconds = this.#uptime - entry.uptime
    return now < entry.value || seconds <= 0 ? null : { by: now - entry.value, seconds }
  }
  perSecond(key: string, labels: Labels = {}): number | null {
    const growth = this.growth(key, labels)
    return growth === null ? null : growth.by / growth.seconds
  }
}
