import type { Price } from '../model/catalogue.ts'
import { freeUnits } from './cost-free-tier.ts'
import { toNumber } from './fraction.ts'

/** What a provider sells beside a plan, in the plan's region and currency; null where the catalogue has no price for it. */
export interface PlanExtras {
  volume: { perGb: number; price: Price } | null
  traffic: { perByte: number; price: Price } | null
  /** Bytes a month that the traffic's price has free, once. */
  freeTraffic: number
}

const GB_OF: Readonly<Record<string, number>> = { 'GB-month': 1, 'GiB-month': 1.073741824, 'TB-month': 1000 }
const BYTES_OF: Readonly<Record<string, number>> = { GB: 1e9, GiB: 2 ** 30, TB: 1e12, TiB: 2 ** 40 }
const OUT = /overage|egress|transfer/i
const EVERYWHERE = new Set(['all', 'global', 'most regions'])

/** Looked up once for each provider, kind, region and currency of a list of prices. */
const known = new WeakMap<readonly Price[], Map<string, PlanExtras>>()

/**
 * The cheapest volume and the cheapest outgoing traffic of the plan's provider. A database's disk is the provider's database
 * storage. Regions are the same when they share a name before any bracket.
 */
export function extrasOf(prices: readonly Price[], plan: Price): PlanExtras {
  let byPlan = known.get(prices)
  if (!byPlan) {
    byPlan = new Map()
    known.set(prices, byPlan)
  }
  const key = JSON.stringify([plan.provider, plan.kind, plan.region, plan.currency])
  let extras = byPlan.get(key)
  if (!extras) {
    extras = find(prices, plan)
    byPlan.set(key, extras)
  }
  return extras
}

function find(prices: readonly Price[], plan: Price): PlanExtras {
  const extras: PlanExtras = { volume: null, traffic: null, freeTraffic: 0 }
  for (const price of prices) {
    const { perUnit } = price
    if (price.provider !== plan.provider || price.currency !== plan.currency || perUnit?.price == null) continue
    if (price.goneAt !== undefined || !sameArea(price.region, plan.region)) continue
    const gb = GB_OF[perUnit.unit]
    const storage =
      plan.kind === 'compute' ? price.kind === 'volume' : price.kind === plan.kind && /storage|disk/i.test(price.sku)
    if (storage && gb !== undefined && perUnit.price / gb < (extras.volume?.perGb ?? Infinity))
      extras.volume = { perGb: perUnit.price / gb, price }
    const bytes = BYTES_OF[perUnit.unit]
    if (price.kind === 'traffic' && OUT.test(price.sku) && bytes !== undefined) {
      const perByte = perUnit.price / bytes
      if (perByte < (extras.traffic?.perByte ?? Infinity)) {
        const free = freeUnits(perUnit.freeTier, perUnit.unit)
        extras.traffic = { perByte, price }
        extras.freeTraffic = free === null ? 0 : toNumber(free) * bytes
      }
    }
  }
  return extras
}

export function sameArea(a: string, b: string): boolean {
  if (a === b || EVERYWHERE.has(a) || EVERYWHERE.has(b)) return true
  const [first, second] = [namesOf(a), namesOf(b)]
  return first.some((name) => second.includes(name))
}
const namesOf = (region: string): string[] =>
  region
    .replace(/\(.*$/, '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
