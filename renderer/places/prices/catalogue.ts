import { DAY_MS } from '../../../shared/format/duration.ts'
import type { Price } from '../../../shared/model/catalogue.ts'

/** From here on a price is old and marked; from the second on it is stale. The same for every provider. */
export const OLD_AFTER_DAYS = 90
export const STALE_AFTER_DAYS = 180

export const ORIGINS = ['shipped', 'fetched', 'own'] as const
export type Origin = (typeof ORIGINS)[number]
export const FRESHNESS = ['fresh', 'old', 'stale', 'undated'] as const
export type Freshness = (typeof FRESHNESS)[number]

export interface Filter {
  text: string
  providers: readonly string[]
  kind: string | null
  region: string | null
  currency: string | null
  origin: Origin | null
  freshness: Freshness | null
  leastVcpu: number | null
  leastRamGb: number | null
  mostAmount: number | null
  cpu: 'shared' | 'dedicated' | null
  architecture: 'x86' | 'arm' | null
}
export const NO_FILTER: Filter = {
  text: '',
  providers: [],
  kind: null,
  region: null,
  currency: null,
  origin: null,
  freshness: null,
  leastVcpu: null,
  leastRamGb: null,
  mostAmount: null,
  cpu: null,
  architecture: null,
}

export const SORT_KEYS = [
  'provider',
  'kind',
  'sku',
  'region',
  'vcpu',
  'ramGb',
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

export function freshnessOf(price: Price, now: number): Freshness {
  const age = ageInDays(price, now)
  if (age === null) return 'undated'
  return age > STALE_AFTER_DAYS ? 'stale' : age > OLD_AFTER_DAYS ? 'old' : 'fresh'
}

export const originOf = (price: Price): Origin => price.origin ?? 'shipped'

/** What it costs a month in its own currency: an hourly price for a month of 730 hours; null for a price by use. */
export const monthOf = (price: Price): number | null =>
  price.monthly ?? (price.hourly === null ? null : price.hourly * 730)

/** The prices that hold every part of the filter; each word of the text must occur somewhere in the entry. */
export function filterPrices(prices: readonly Price[], filter: Filter, now: number): Price[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
  return prices.filter((price) => {
    const is = (wanted: string | null, value: string | undefined) => wanted === null || wanted === value
    const least = (wanted: number | null, value: number | null) =>
      wanted === null || (value !== null && value >= wanted)
    if (filter.providers.length > 0 && !filter.providers.includes(price.provider)) return false
    if (!is(filter.kind, price.kind) || !is(filter.region, price.region) || !is(filter.currency, price.currency))
      return false
    if (!is(filter.origin, originOf(price)) || !is(filter.freshness, freshnessOf(price, now))) return false
    if (!is(filter.cpu, price.cpu) || !is(filter.architecture, price.architecture)) return false
    if (!least(filter.leastVcpu, price.vcpu) || !least(filter.leastRamGb, price.ramGb)) return false
    const month = monthOf(price)
    if (filter.mostAmount !== null && (month === null || month > filter.mostAmount)) return false
    const text =
      `${price.provider}/${price.sku} ${price.kind} ${price.region} ${price.source} ${price.note ?? ''}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

const CONFIDENCE = { none: 0, low: 1, medium: 2, high: 3 }

/** One for all: localeCompare with options makes its own for every pair, which thousands of prices feel. */
const byWords = new Intl.Collator(undefined, { numeric: true })

/** Sorted by one column; entries without a value come last in either direction. Equal ones keep their order. */
export function sortPrices(prices: readonly Price[], sort: Sort, now: number): Price[] {
  const turn = sort.descending ? -1 : 1
  return [...prices].sort((a, b) => {
    const left = sortValue(a, sort.key, now)
    const right = sortValue(b, sort.key, now)
    if (left === right) return 0
    if (left === null) return 1
    if (right === null) return -1
    if (typeof left === 'string' && typeof right === 'string') return turn * byWords.compare(left, right)
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
