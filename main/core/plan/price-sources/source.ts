import type * as z from 'zod'
import type { Price } from '../../../../shared/model/catalogue.ts'

/** A price list of a provider, read over its public interface when the operator asks for it. */
export interface PriceSource {
  id: string
  /** The provider as catalogue entries name it. */
  provider: string
  name: string
  /** Scheme and host; nothing else is ever asked. */
  origin: string
  /** True where the list is only given to an account; `tokenHelp` says which rights the token needs. */
  needsToken: boolean
  tokenHelp: string | null
  /** The part of the list that is read, where there are several: the first is the default. */
  regions: readonly string[]
  /** Whether the list speaks for an entry: one that it covers and does not have is gone. */
  covers(price: Price, region: string): boolean
  read(ask: Ask): Promise<Listing>
}

/** What a list holds. `skipped` counts what it has that is no plan of a server, such as what is withdrawn. */
export interface Listing {
  prices: Price[]
  skipped: { why: string; count: number }[]
}

/** One refresh's way to its provider. Paths begin at the source's origin. */
export interface Ask {
  region: string
  /** The day, such as 2026-11-21. */
  today: string
  /** @throws PRICE_... see price-reader.ts; PRICE_SHAPE_CHANGED where the answer does not fit the schema */
  json<T>(path: string, schema: z.ZodType<T>): Promise<T>
  /** A large text in pieces, in the memory of one piece. */
  text(path: string): AsyncIterable<string>
}

/** Pages that one refresh reads at most: far more than any list has, so that a list that never ends does. */
export const MOST_PAGES = 60

/** An entry read from a list today. */
export function listed(
  today: string,
  source: string,
  facts: Pick<Price, 'provider' | 'sku' | 'region' | 'currency'> & Partial<Price>,
): Price {
  return {
    kind: 'compute',
    vcpu: null,
    ramGb: null,
    diskGb: null,
    trafficTb: null,
    monthly: null,
    hourly: null,
    perUnit: null,
    asOf: today,
    verifiedAt: today,
    vatIncluded: false,
    confidence: 'high',
    source,
    note: null,
    origin: 'fetched',
    ...facts,
  }
}

/** Counts by reason, in the order in which the reasons came. */
export class Skipped {
  readonly #counts = new Map<string, number>()
  add(why: string): void {
    this.#counts.set(why, (this.#counts.get(why) ?? 0) + 1)
  }
  list(): Listing['skipped'] {
    return [...this.#counts].map(([why, count]) => ({ why, count }))
  }
}
