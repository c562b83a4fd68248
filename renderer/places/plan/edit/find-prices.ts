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
 * "8gb", "160 disk") asks for at least that much. Those in a currency the plan can count come first, then the cheapest.
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
  return found.sort((a, b) => far(a) - far(b) || monthly(a) - monthly(b))
}
