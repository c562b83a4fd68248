import { CsvRows, DELIMITERS } from '../format/csv-rows.ts'
import { type Price, priceKey } from '../model/catalogue.ts'
import { type OwnPriceInput, OwnPriceInputSchema } from '../model/own-price.ts'
import { HeadroomError } from '../model/problem.ts'
import { checkOwnPrice, faultsOfOwnPrice, ownInputOf } from './own-price.ts'

export const OWN_PRICES_FORMAT = 'headroom/own-prices@1'
const COLUMNS = Object.keys(OwnPriceInputSchema.shape) as (keyof OwnPriceInput)[]
const NUMBERS = new Set<string>([
  ...['vcpu', 'ramGb', 'diskGb', 'trafficTb', 'monthly', 'hourly', 'unitPrice', 'freeUnits'],
])
const MOST_ROWS = 20_000

/** One line (CSV) or entry (JSON) of a file: the price it is, or what is wrong with it. `place` is "line 3" or "entry 3". */
export interface OwnPriceRow {
  place: string
  price: Price | null
  faults: { field: string; value: string; fact: string; fix: string }[]
}

/**
 * Reads own prices from CSV (a header with the field names, in any order; comma, semicolon, tab or bar) or from JSON.
 * @throws HeadroomError PRICE_FILE_INVALID when it is neither, has no prices, or has columns that nobody knows
 */
export function readOwnPrices(text: string, today: string): OwnPriceRow[] {
  const trimmed = text.replace(/^\uFEFF/, '').trimStart()
  if (trimmed === '') throw invalid('The file is empty.')
  const rows = /^[[{]/.test(trimmed) ? fromJson(trimmed) : fromCsv(text)
  if (rows.length === 0) throw invalid('The file has no prices.')
  if (rows.length > MOST_ROWS) throw invalid(`The file has ${rows.length} prices, more than ${MOST_ROWS}.`)
  const seen = new Map<string, string>()
  return rows.map(({ place, raw, unread }) => {
    const parsed = OwnPriceInputSchema.safeParse(raw)
    if (!parsed.success || unread.length > 0) {
      const issues = parsed.success
        ? []
        : parsed.error.issues.map((issue) => ({
            field: issue.path.join('.') || String((issue as { keys?: string[] }).keys?.[0] ?? ''),
            value: String((raw as Record<string, unknown>)[String(issue.path[0])] ?? ''),
            fact: `${issue.message}.`,
            fix: 'Correct it in the file.',
          }))
      return { place, price: null, faults: [...unread, ...issues] }
    }
    const faults = faultsOfOwnPrice(parsed.data)
    if (faults.length > 0) return { place, price: null, faults }
    const price = checkOwnPrice(parsed.data, today)
    const other = seen.get(priceKey(price))
    seen.set(priceKey(price), place)
    return other === undefined
      ? { place, price, faults: [] }
      : {
          place,
          price: null,
          faults: [
            {
              field: 'sku',
              value: price.sku,
              fact: `It is the same provider, kind, SKU, region and currency as ${other}.`,
              fix: 'Keep one of them.',
            },
          ],
        }
  })
}

/** Own prices as a file that `readOwnPrices` reads back to the same prices. */
export function writeOwnPrices(prices: readonly Price[], format: 'csv' | 'json'): string {
  const inputs = prices.map(ownInputOf)
  if (format === 'json') return `${JSON.stringify({ format: OWN_PRICES_FORMAT, prices: inputs }, null, 2)}\n`
  const cell = (value: unknown): string => {
    const text = value === null || value === undefined ? '' : String(value)
    // A spreadsheet would run what begins like a formula.
    const safe = /^[=+\-@\t]/.test(text) && typeof value === 'string' ? `'${text}` : text
    return /[",\n\r;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  const lines = inputs.map((input) => COLUMNS.map((column) => cell(input[column])).join(','))
  return `${[COLUMNS.join(','), ...lines].join('\r\n')}\r\n`
}

interface Raw {
  place: string
  raw: unknown
  unread: OwnPriceRow['faults']
}

function fromJson(text: string): Raw[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw invalid(`The file is not JSON: ${error instanceof Error ? error.message : String(error)}.`)
  }
  const list = Array.isArray(value) ? value : (value as { format?: unknown; prices?: unknown }).prices
  if (!Array.isArray(list)) throw invalid('The file has no list "prices".')
  return list.map((raw: unknown, index) => ({ place: `entry ${index + 1}`, raw, unread: [] }))
}

function fromCsv(text: string): Raw[] {
  const head = text.slice(0, text.search(/[\r\n]|$/))
  const delimiter = [...DELIMITERS].sort((a, b) => head.split(b).length - head.split(a).length)[0] ?? ','
  const reader = new CsvRows(delimiter)
  const [header, ...rows] = [...reader.push(text), ...reader.end()]
  if (reader.overlong) throw invalid(`The row in line ${reader.overlong.line} has no end; a quote is not closed.`)
  const names = (header?.cells ?? []).map((name) => name.trim())
  const unknown = names.filter((name) => !COLUMNS.includes(name as keyof OwnPriceInput))
  const missing = (['sku', 'currency'] as const).filter((name) => !names.includes(name))
  if (unknown.length > 0 || missing.length > 0)
    throw invalid(
      unknown.length > 0
        ? `The first line has columns that are not known: ${unknown.map((name) => `"${name}"`).join(', ')}.`
        : `The first line lacks the column ${missing.join(' and ')}.`,
    )
  return rows.map(({ line, cells }) => {
    const unread: Raw['unread'] = []
    const raw: Record<string, unknown> = {}
    for (const [index, name] of names.entries()) {
      const cell = (cells[index] ?? '').trim().replace(/^'(?=[=+\-@])/, '')
      if (cell === '') continue
      if (NUMBERS.has(name)) {
        const value = Number(cell.replace(/^(-?\d+),(\d+)$/, delimiter === ',' ? '$1,$2' : '$1.$2'))
        if (Number.isNaN(value))
          unread.push({ field: name, value: cell, fact: `"${cell}" is no number.`, fix: 'Write it as 1234.56.' })
        else raw[name] = value
      } else if (name === 'vatIncluded') raw[name] = /^(true|yes|1)$/i.test(cell)
      else raw[name] = cell
    }
    if (raw.sku === undefined) raw.sku = ''
    if (raw.currency === undefined) raw.currency = ''
    return { place: `line ${line}`, raw, unread }
  })
}

function invalid(fact: string): HeadroomError {
  return new HeadroomError({
    code: 'PRICE_FILE_INVALID',
    fact,
    fix: `Give a CSV whose first line has names of: ${COLUMNS.join(', ')}; or a JSON file with a list "prices".`,
    field: 'text',
  })
}
