import { ZERO } from './cost-tariff.ts'
import { type Fraction, fractionOf } from './fraction.ts'

const MULTIPLIERS: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, b: 1e9 }
const AMOUNT = /^(?:first\s+)?(\d+(?:[.,]\d+)*)\s*([kmb](?![a-z]))?\s*(.*)$/i

/**
 * The free units of a catalogue's price, in that price's own unit, or null when its words say a free tier that depends on
 * something else ("20 TB/server in EU", "250 GB on Pro") and so cannot be taken off. "10M/month" beside a price for
 * "1M operations" is 10 units; "10 GB-month" beside GB-month is 10.
 */
export function freeUnits(freeTier: number | string | null, unit: string): Fraction | null {
  if (freeTier === null) return ZERO
  if (typeof freeTier === 'number') return fractionOf(freeTier)
  const text = freeTier.trim()
  if (/^(none|no|0)?$/i.test(text)) return ZERO
  const priced = words(unit)
  const stated = AMOUNT.exec(text)
  if (!stated) return null
  const [, digits = '', multiplier = '', rest = ''] = stated
  if (digits.includes(',')) return null
  const name = rest
    .replace(/\(account[- ]wide\)/i, '')
    .replace(/(\/|\bper\s+|\ba\s+)month\b/i, '')
    .trim()
  const count = fractionOf(Number(digits) * (MULTIPLIERS[multiplier.toLowerCase()] ?? 1))
  if (!sameUnit(name, priced.name)) return null
  // A bare "1M" says which unit is meant only where the price itself counts in such multiples.
  if (name === '' && (priced.per === 1 || multiplier === '')) return null
  return { over: count.over, under: count.under * BigInt(priced.per) }
}

/** "1M operations" is a million of "operations"; "GB-month" is one of "gb". */
function words(unit: string): { per: number; name: string } {
  const [, digits = '1', multiplier = '', name = ''] =
    /^(\d+)?\s*([km](?![a-z]))?\s*(.*)$/i.exec(unit.replace(/\(.*\)/, '').trim()) ?? []
  return { per: Number(digits) * (MULTIPLIERS[multiplier.toLowerCase()] ?? 1), name: bare(name) }
}

const bare = (name: string): string =>
  name
    .toLowerCase()
    .replace(/-month$/, '')
    .trim()

/** "series" is "active series"; nothing is any unit. */
function sameUnit(name: string, priced: string): boolean {
  const said = bare(name)
  return said === '' || said === priced || priced.endsWith(` ${said}`)
}
