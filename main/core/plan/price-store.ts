import { type Price, PriceSchema, priceKey } from '../../../shared/model/catalogue.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { WritableDatabase } from '../workspace/index.ts'

/** An own price with the id by which it is changed and removed. */
export interface OwnPrice {
  id: string
  price: Price
}

/** The prices of a workspace beyond those that ship: own ones, and those taken over from providers' lists. */
export interface PriceStore {
  own(): OwnPrice[]
  /** Saves all or none. An id changes that price; one of the same key takes the place of the older. @throws OWN_PRICE_UNKNOWN */
  saveOwn(prices: readonly { id?: string; price: Price }[]): void
  /** @throws OWN_PRICE_UNKNOWN */
  removeOwn(id: string): void
  fetched(): Price[]
  /** Puts these entries beside or in place of what the source gave before. */
  apply(source: string, prices: readonly Price[], url: string): void
  /** Back to what ships. */
  revert(source: string): void
  refreshes(): { source: string; appliedAt: number; prices: number }[]
}

export function createPriceStore(database: WritableDatabase, now: () => number, newId: () => string): PriceStore {
  const whole = <T>(work: () => T): T => database.transaction(work).immediate()
  const read = (body: string): Price[] => {
    const parsed = PriceSchema.safeParse(JSON.parse(body))
    return parsed.success ? [parsed.data] : []
  }
  const unknown = (id: string): HeadroomError =>
    new HeadroomError({
      code: 'OWN_PRICE_UNKNOWN',
      fact: 'That price is gone from the workspace.',
      fix: 'Look at the list again: another window may have removed it.',
      field: 'id',
      value: id,
    })
  return {
    own: () =>
      database
        .prepare<[], { id: string; body: string }>('SELECT id, body FROM own_price ORDER BY saved_at, id')
        .all()
        .flatMap(({ id, body }) => read(body).map((price) => ({ id, price }))),
    saveOwn: (prices) =>
      whole(() => {
        for (const { id, price } of prices) {
          const key = priceKey(price)
          if (id !== undefined && database.prepare('DELETE FROM own_price WHERE id = ?').run(id).changes === 0)
            throw unknown(id)
          const row = database
            .prepare<[string], { id: string }>('SELECT id FROM own_price WHERE price_key = ?')
            .get(key)
          database
            .prepare(
              `INSERT INTO own_price (id, price_key, saved_at, body) VALUES (?, ?, ?, ?)
               ON CONFLICT (price_key) DO UPDATE SET saved_at = excluded.saved_at, body = excluded.body`,
            )
            .run(row?.id ?? id ?? `p-${newId().toLowerCase()}`, key, now(), JSON.stringify(price))
        }
      }),
    removeOwn(id) {
      if (database.prepare('DELETE FROM own_price WHERE id = ?').run(id).changes === 0) throw unknown(id)
    },
    fetched: () =>
      database
        .prepare<[], { body: string }>('SELECT body FROM fetched_price ORDER BY source, rowid')
        .all()
        .flatMap(({ body }) => read(body)),
    apply: (source, prices, url) =>
      whole(() => {
        const put = database.prepare(
          `INSERT INTO fetched_price (source, price_key, body) VALUES (?, ?, ?)
           ON CONFLICT (source, price_key) DO UPDATE SET body = excluded.body`,
        )
        for (const price of prices) put.run(source, priceKey(price), JSON.stringify(price))
        database
          .prepare(
            `INSERT INTO price_refresh (source, applied_at, url) VALUES (?, ?, ?)
             ON CONFLICT (source) DO UPDATE SET applied_at = excluded.applied_at, url = excluded.url`,
          )
          .run(source, now(), url)
      }),
    revert: (source) =>
      whole(() => {
        database.prepare('DELETE FROM fetched_price WHERE source = ?').run(source)
        database.prepare('DELETE FROM price_refresh WHERE source = ?').run(source)
      }),
    refreshes: () =>
      database
        .prepare<[], { source: string; appliedAt: number; prices: number }>(
          `SELECT source, applied_at AS appliedAt,
                  (SELECT count(*) FROM fetched_price WHERE fetched_price.source = price_refresh.source) AS prices
           FROM price_refresh`,
        )
        .all(),
  }
}
