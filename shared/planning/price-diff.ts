import { type Price, priceKey } from '../model/catalogue.ts'
import type { PriceChange } from '../model/price-refresh.ts'

/** What a list has that is not in use, has at another price, or has no longer. */
export interface PriceDiff {
  added: Price[]
  changed: PriceChange[]
  gone: Price[]
  same: number
  /** The list's entries as they would be in use: with what the older entry knows and the list does not say. */
  merged: Price[]
}

/**
 * Compares a provider's list with the prices in use that it speaks for. An entry is changed when an amount is; one that
 * differs only in its date counts as the same.
 */
export function diffPrices(
  inUse: readonly Price[],
  listed: readonly Price[],
  covers: (price: Price) => boolean,
): PriceDiff {
  const known = new Map(inUse.map((price) => [priceKey(price), price]))
  const diff: PriceDiff = { added: [], changed: [], gone: [], same: 0, merged: [] }
  const seen = new Set<string>()
  for (const price of listed) {
    const key = priceKey(price)
    if (seen.has(key)) continue
    seen.add(key)
    const before = known.get(key)
    const after = before ? withOlderFacts(price, before) : price
    diff.merged.push(after)
    if (before === undefined || before.goneAt !== undefined) diff.added.push(after)
    else if (sameAmounts(before, after)) diff.same += 1
    else diff.changed.push({ before, after, ratio: ratioOf(before, after) })
  }
  for (const price of inUse)
    if (price.goneAt === undefined && covers(price) && hasAmount(price) && !seen.has(priceKey(price)))
      diff.gone.push(price)
  diff.changed.sort((a, b) => Math.abs(b.ratio ?? 0) - Math.abs(a.ratio ?? 0))
  return diff
}

/** The first amount of the month, the hour or the unit. */
export const amountOf = (price: Price): number | null => price.monthly ?? price.hourly ?? price.perUnit?.price ?? null
const hasAmount = (price: Price): boolean => amountOf(price) !== null

function withOlderFacts(price: Price, older: Price): Price {
  return {
    ...price,
    vcpu: price.vcpu ?? older.vcpu,
    ramGb: price.ramGb ?? older.ramGb,
    diskGb: price.diskGb ?? older.diskGb,
    trafficTb: price.trafficTb ?? older.trafficTb,
    ...(price.cpu === undefined && older.cpu !== undefined && { cpu: older.cpu }),
    ...(price.architecture === undefined && older.architecture !== undefined && { architecture: older.architecture }),
  }
}

/** An amount that only one of the two states is no change as long as they agree on another. */
function sameAmounts(before: Price, after: Price): boolean {
  const pairs = [
    [before.monthly, after.monthly],
    [before.hourly, after.hourly],
    [before.perUnit?.price ?? null, after.perUnit?.price ?? null],
  ] as const
  const both = pairs.filter(([a, b]) => a !== null && b !== null)
  return both.length > 0 && both.every(([a, b]) => a === b)
}

function ratioOf(before: Price, after: Price): number | null {
  for (const of of [
    (price: Price) => price.monthly,
    (price: Price) => price.hourly,
    (price: Price) => price.perUnit?.price ?? null,
  ]) {
    const [a, b] = [of(before), of(after)]
    if (a !== null && b !== null && a > 0 && a !== b) return b / a - 1
  }
  return null
}
