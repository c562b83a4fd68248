import { numberText, parseNumber } from './parse-number.ts'

export interface OpenRange {
  min: number
  max: number | null
}

/**
 * A range as people type it: "1 to 3", "1-3", "1 – 3", "1..3", or one number for both ends; without an end "300+", "300 or more",
 * "from 300". Null when it is none; the ends are as typed, so the first may be the larger one.
 */
export function parseRange(text: string): OpenRange | null {
  const plain = text.trim()
  const open =
    /^(?:(?:from|ab)\s+)?(.+?)\s*(?:\+|or more|and more|and up|oder mehr|to …|to \.\.\.)$/i.exec(plain) ??
    /^(?:from|ab)\s+(.+)$/i.exec(plain)
  if (open) {
    const min = parseNumber(open[1] ?? '')
    if (min !== null) return { min, max: null }
  }
  const parts = plain.split(/\s*(?:\b(?:to|bis)\b|–|\.\.)\s*|(?<=\d)\s*-\s*(?=\d)/)
  if (parts.length > 2) return null
  const [min, max] = parts.map((part) => parseNumber(part))
  if (min === undefined || min === null || max === null) return null
  return { min, max: max ?? min }
}

/** A range as it is read back: "300", "300 to 400", "300+". */
export function rangeText({ min, max }: OpenRange): string {
  const from = numberText(min)
  return max === null ? `${from}+` : min === max ? from : `${from} to ${numberText(max)}`
}
