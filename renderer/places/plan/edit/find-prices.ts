import type { Price } from '../../../../shared/model/catalogue.ts'

const SIZES: Readonly<Record<string, 'vcpu' | 'ramGb' | 'diskGb'>> = {
  vcpu: 'vcpu',
  vcpus: 'vcpu',
  cpu: 'vcpu',
  cores: 'vcpu',
  core: 'vcpu',
  gb: 'ramGb',
  ram: 'ramGb',
  disk: 'diskGb',
  ssd: 'diskGb',
}

/**
 * Prices that a search means: each word must be part of provider, SKU, kind, region or note; a number with a unit ("4 vcpu",
 * "8gb", "160 disk") asks for at least that much. Own prices come first, then those in a
 * currency the plan can count, then the cheapest; what its provider no longer offers comes last.
 */
export function findPrices(prices: readonly Price[], text: string, currencies: readonly string[]): Price[] {
  const words: string[] = []
  const least: { size: 'vcpu' | 'ramGb' | 'diskGb'; value: number }[] = []
  const plain = text
    .toLowerCase()
    .replace(/(\d+(?:\.\d+)?)\s*(vcpus?|cpu|cores?|gb|ram|disk|ssd)\b/g, (_all, value, unit) => {
      const size = SIZES[String(unit)]
      if (size) least.push({ size, value: Number(value) })
      return ' '
    })
  words.push(...plain.split(/\s+/).filter((word) => word !== ''))
  const found = prices.filter((price) => {
    const hay = `${price.provider}/${price.sku} ${price.kind} ${price.region} ${price.note ?? ''}`.toLowerCase()
    return words.every((word) => hay.includes(word)) && least.every(({ size, value }) => (price[size] ?? -1) >= value)
  })
  const monthly = (price: Price) =>
    price.monthly ?? (price.hourly === null ? (price.perUnit?.price ?? Infinity) : price.hourly * 730)
  const far = (price: Price) => (currencies.includes(price.currency) ? 0 : 1)
  const gone = (price: Price) => (price.goneAt === undefined ? 0 : 1)
  const listed = (price: Price) => (price.origin === 'own' ? 0 : 1)
  return found.sort(
    (a, b) => gone(a) - gone(b) || listed(a) - listed(b) || far(a) - far(b) || byAmount(monthly(a), monthly(b)),
  )
}

/** Two that have no amount are equal; a difference of infinities would be no number, and leave the order to chance. */
const byAmount = (a: number, b: number): number => (a === b ? 0 : a - b)

/** How a plan names a price: with its region where the same SKU has a price in another one. */
export function skuName(price: Price, prices: readonly Price[]): string {
  const several = prices.some(
    (other) => other.sku === price.sku && other.provider === price.provider && other.region !== price.region,
  )
  return `${price.provider}/${price.sku}${several ? `@${price.region}` : ''}`
}
