import * as z from 'zod'
import type { WritableDatabase } from '../workspace/index.ts'
import { decodeTimes, encodeTimes } from './block-codec.ts'

const ClockRow = z.object({ id: z.number(), n: z.number(), data: z.instanceof(Buffer) })
/** Clocks this small are as well kept inside the block itself. */
const SMALL_BYTES = 24
const KEPT = 256

/**
 * The times of rounds, kept once for all series that were measured in them: beside the values of a series, its times would
 * take more room than they do.
 */
export class Clocks {
  readonly #statements
  readonly #decoded = new Map<number, Float64Array>()
  readonly #bySpan = new Map<string, { id: number | null; at: Float64Array }>()

  constructor(database: WritableDatabase) {
    this.#statements = {
      find: database.prepare('SELECT id, n, data FROM clock WHERE to_at = ? AND from_at = ? AND n = ?'),
      insert: database
        .prepare(`
          INSERT INTO clock (from_at, to_at, n, data)
          VALUES (CAST(? AS INTEGER), CAST(? AS INTEGER), CAST(? AS INTEGER), ?) RETURNING id`)
        .pluck(),
      read: database.prepare('SELECT id, n, data FROM clock WHERE id = ?'),
      drop: database.prepare('DELETE FROM clock WHERE to_at < ?'),
    }
  }

  /** The clock of these times, made where there is none yet; null where the block had better keep them itself. */
  idFor(at: Float64Array): number | null {
    const [from, to] = [at[0] as number, at.at(-1) as number]
    const key = `${from} ${to} ${at.length}`
    const kept = this.#bySpan.get(key)
    if (kept && sameTimes(kept.at, at)) return kept.id
    const data = encodeTimes(at)
    const id = data.length <= SMALL_BYTES ? null : (this.#stored(from, to, at.length, data) ?? null)
    remember(this.#bySpan, key, { id, at: at.slice() })
    return id
  }

  times(id: number): Float64Array | undefined {
    const kept = this.#decoded.get(id)
    if (kept) return kept
    const row = ClockRow.optional().parse(this.#statements.read.get(id))
    if (!row) return undefined
    const at = decodeTimes(row.data, row.n)
    remember(this.#decoded, id, at)
    return at
  }

  /** Clocks go with the blocks of their time; a block ends when its clock does. */
  prune(before: number): void {
    this.#statements.drop.run(before)
    this.forgetCached()
  }

  /** After a transaction that was rolled back, clocks may be remembered that are not on disk. */
  forgetCached(): void {
    this.#bySpan.clear()
    this.#decoded.clear()
  }

  #stored(from: number, to: number, n: number, data: Buffer): number {
    for (const row of this.#statements.find.all(to, from, n)) {
      const clock = ClockRow.parse(row)
      if (clock.data.equals(data)) return clock.id
    }
    return z.number().parse(this.#statements.insert.get(from, to, n, data))
  }
}

function sameTimes(a: Float64Array, b: Float64Array): boolean {
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false
  return true
}

function remember<K, V>(cache: Map<K, V>, key: K, value: V): void {
  if (cache.size >= KEPT) cache.delete(cache.keys().next().value as K)
  cache.set(key, value)
}
