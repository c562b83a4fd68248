import { DAY_MS } from '../../../shared/format/duration.ts'
import type { Price } from '../../../shared/model/catalogue.ts'

/** A price older than this is marked stale, whoever published it. */
export const STALE_AFTER_DAYS = 90

export interface Filter {
  text: string
  provider: string | null
  kind: string | null
  staleOnly: boolean
}

export const SORT_KEYS = [
  'provider',
  'kind',
  'sku',
  'region',
  'monthly',
  'hourly',
  'age',
  'confidence',
  'source',
] as const
export type SortKey = (typeof SORT_KEYS)[number]
export interface Sort {
  key: SortKey
  descending: boolean
}

/** The day a price was last known to hold: when it was checked, else when it was published; null where neither is known. */
export function dateOf(price: Price): string | null {
  return price.verifiedAt ?? price.asOf
}

/** Whole days since that day ("2026-04" counts from its first day); null for an undated price. */
export function ageInDays(price: Price, now: number): number | null {
  const date = dateOf(price)
  const at = date === null ? Number.NaN : Date.parse(date)
  return Number.isNaN(at) ? null : Math.max(0, Math.floor((now - at) / DAY_MS))
}

export function isStale(price: Price, now: number): boolean {
  const age = ageInDays(price, now)
  return age === null || age > STALE_AFTER_DAYS
}

/** The prices that hold every part of the filter; each word of the text must occur somewhere in the entry. */
export function filterPrices(prices: readonly Price[], filter: Filter, now: number): Price[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
  return prices.filter((price) => {
    if (filter.provider !== null && price.provider !== filter.provider) return false
    if (filter.kind !== null && price.kind !== filter.kind) return false
    if (filter.staleOnly && !isStale(price, now)) return false
    const text =
      `${price.provider} ${price.kind} ${price.sku} ${price.region} ${price.source} ${price.note ?? ''}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

const CONFIDENCE = { none: 0, low: 1, medium: 2, high: 3 }

/** Sorted by one column; entries without a value come last in either direction. Equal ones keep their order. */
export function sortPrices(prices: readonly Price[], sort: Sort, now: number): Price[] {
  const turn = sort.descending ? -1 : 1
  return [...prices].sort((a, b) => {
    const left = sortValue(a, sort.key, now)
    const right = sortValue(b, sort.key, now)
    if (left === right) return 0
    if (left === null) return 1
    if (right === null) return -1
    if (typeof left === 'string' && typeof right === 'string')
      return turn * left.localeCompare(right, undefined, { numeric: true })
    return turn * (Number(left) - Number(right))
  })
}

function sortValue(price: Price, key: SortKey, now: number): string | number | null {
  switch (key) {
    case 'monthly':
      return price.monthly
    case 'hourly':
      return price.hourly ?? price.perUnit?.price ?? null
    case 'age':
      return ageInDays(price, now)
    case 'confidence':
      return CONFIDENCE[price.confidence]
    default:
      return price[key]
  }
}
