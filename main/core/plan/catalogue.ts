import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { type Price, PriceSchema, priceKey } from '../../../shared/model/catalogue.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import { type PriceOf, sizesIn } from '../../../shared/planning/cost-sku.ts'

const CatalogueSchema = z.strictObject({ format: z.literal('headroom/prices@1'), prices: z.array(z.unknown()).min(1) })
const EntrySchema = z.strictObject(PriceSchema.shape)
const read = new Map<string, Price[]>()

/**
 * The price facts that ship with the product, `<resources>/catalogue/prices.json`, in the file's order. Read once a process.
 * @throws HeadroomError CATALOGUE_INVALID; `details` has one entry a fault and names provider, SKU and region
 */
export function loadCatalogue(resourcesFolder: string): Price[] {
  const known = read.get(resourcesFolder)
  if (known) return known
  const path = join(resourcesFolder, 'catalogue', 'prices.json')
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw invalid(path, { file: cause instanceof Error ? cause.message : String(cause) }, cause)
  }
  const prices = parseCatalogue(text, path)
  read.set(resourcesFolder, prices)
  return prices
}

/** The same from text; `path` is for the messages. */
export function parseCatalogue(text: string, path: string): Price[] {
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch (cause) {
    throw invalid(path, { file: `is not JSON: ${cause instanceof Error ? cause.message : String(cause)}` }, cause)
  }
  const outer = CatalogueSchema.safeParse(raw)
  if (!outer.success) throw invalid(path, { file: z.prettifyError(outer.error) }, outer.error)
  const faults: Record<string, string> = {}
  const prices: Price[] = []
  const seen = new Map<string, number>()
  for (const [index, entry] of outer.data.prices.entries()) {
    const result = EntrySchema.safeParse(entry)
    if (!result.success) {
      faults[nameOf(entry, index)] = result.error.issues
        .map((issue) => `${issue.path.join('.') || 'entry'}: ${issue.message}`)
        .join('; ')
      continue
    }
    const key = priceKey(result.data)
    const other = seen.get(key)
    if (other !== undefined) faults[nameOf(entry, index)] = `is the same SKU, region and currency as entry ${other + 1}`
    seen.set(key, index)
    prices.push(result.data)
  }
  if (Object.keys(faults).length > 0) throw invalid(path, faults)
  return prices
}

function nameOf(entry: unknown, index: number): string {
  const { provider, sku, region } = (entry ?? {}) as Record<string, unknown>
  return `entry ${index + 1} (${[provider, sku, region].map((part) => (typeof part === 'string' ? part : '?')).join(', ')})`
}

function invalid(path: string, details: Record<string, string>, cause?: unknown): HeadroomError {
  const [first] = Object.entries(details)
  return new HeadroomError(
    {
      code: 'CATALOGUE_INVALID',
      fact: `The price catalogue ${path} cannot be used: ${first ? `${first[0]} ${first[1]}` : 'it is empty'}.`,
      fix: 'Correct the entries named, or install the app again.',
      value: path,
      details,
    },
    cause === undefined ? undefined : { cause },
  )
}

/**
 * Looks up `provider/sku` or `provider/sku@region` (the region's words, or their beginning) in a currency. Where a SKU has
 * several regions and none is named, the first entry of the file that has an amount is taken.
 */
export function priceOf(prices: readonly Price[]): PriceOf {
  const bySku = new Map<string, Price[]>()
  for (const price of prices) {
    const key = `${price.provider}/${price.sku} ${price.currency}`
    bySku.set(key, [...(bySku.get(key) ?? []), price])
  }
  const find = (sku: string, currency: string): Price | null => {
    const at = sku.lastIndexOf('@')
    const name = at < 0 ? sku : sku.slice(0, at)
    const region = at < 0 ? null : sku.slice(at + 1)
    const found = (bySku.get(`${name} ${currency}`) ?? []).filter(
      (price) => region === null || price.region.startsWith(region),
    )
    return found.find(hasAmount) ?? found[0] ?? null
  }
  return Object.assign(find, { sizes: sizesIn(prices) })
}

const hasAmount = (price: Price): boolean =>
  price.monthly !== null || price.hourly !== null || price.perUnit?.price != null
