export interface TimedValue {
  at: number
  value: number
}

export type Duplicates = 'mean' | 'last' | 'sum'

interface Bucket {
  n: number
  at: number
  value: number
}

/**
 * Takes any number of timed values in any order and keeps at most `most` of them: exactly, as long as they are no more;
 * after that as means of equal stretches of time, which double whenever they become too many. Values of one time are
 * joined as asked, once values are averaged only where they follow each other.
 */
export class BoundedPoints {
  readonly #most: number
  readonly #duplicates: Duplicates
  #exact: TimedValue[] | null = []
  #buckets = new Map<number, Bucket>()
  #width = 0
  #pending: { at: number; value: number; n: number } | null = null
  duplicates = 0
  unsorted = 0

  constructor(most: number, duplicates: Duplicates) {
    this.#most = most
    this.#duplicates = duplicates
  }

  /** Milliseconds of one stretch, or null while every value is kept. */
  get bucketMs(): number | null {
    return this.#exact ? null : this.#width
  }

  /** What was special about the value: `again` for the time of the one before, `back` for an earlier one. */
  add(at: number, value: number): 'again' | 'back' | null {
    const last = this.#pending
    if (last && last.at === at) {
      this.duplicates += 1
      last.n += 1
      last.value = joined(this.#duplicates, last.value, value, last.n)
      return 'again'
    }
    if (last) this.#keep(last)
    this.#pending = { at, value, n: 1 }
    if (!last || at > last.at) return null
    this.unsorted += 1
    return 'back'
  }

  /** All values, oldest first. */
  end(): TimedValue[] {
    if (this.#pending) this.#keep(this.#pending)
    this.#pending = null
    if (this.#exact) return this.#withoutDuplicates(this.#exact.sort((a, b) => a.at - b.at))
    return [...this.#buckets]
      .sort(([a], [b]) => a - b)
      .map(([, bucket]) => ({ at: Math.round(bucket.at), value: bucket.value }))
  }

  #withoutDuplicates(sorted: TimedValue[]): TimedValue[] {
    const kept: (TimedValue & { n: number })[] = []
    for (const { at, value } of sorted) {
      const last = kept.at(-1)
      if (last && last.at === at) {
        this.duplicates += 1
        last.n += 1
        last.value = joined(this.#duplicates, last.value, value, last.n)
      } else kept.push({ at, value, n: 1 })
    }
    return kept.map(({ at, value }) => ({ at, value }))
  }

  #keep({ at, value }: TimedValue): void {
    if (this.#exact) {
      this.#exact.push({ at, value })
      if (this.#exact.length > this.#most) this.#toBuckets(this.#exact)
      return
    }
    this.#toBucket(at, { n: 1, at, value })
    if (this.#buckets.size <= this.#most) return
    const finer = this.#buckets
    this.#width *= 2
    this.#buckets = new Map()
    for (const [index, bucket] of finer) this.#merge(Math.floor(index / 2), bucket)
  }

  #toBuckets(exact: readonly TimedValue[]): void {
    let first = Number.POSITIVE_INFINITY
    let last = Number.NEGATIVE_INFINITY
    for (const { at } of exact) {
      if (at < first) first = at
      if (at > last) last = at
    }
    this.#exact = null
    this.#width = Math.max(1, Math.ceil((last - first) / this.#most))
    for (const { at, value } of exact) this.#toBucket(at, { n: 1, at, value })
  }

  #toBucket(at: number, part: Bucket): void {
    this.#merge(Math.floor(at / this.#width), part)
  }

  #merge(index: number, part: Bucket): void {
    const bucket = this.#buckets.get(index)
    if (!bucket) {
      this.#buckets.set(index, part)
      return
    }
    bucket.n += part.n
    bucket.at += ((part.at - bucket.at) * part.n) / bucket.n
    bucket.value += ((part.value - bucket.value) * part.n) / bucket.n
  }
}

function joined(how: Duplicates, so: number, more: number, n: number): number {
  return how === 'last' ? more : how === 'sum' ? so + more : so + (more - so) / n
}
