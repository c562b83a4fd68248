import { formatMoney, formatQuantity } from '../../../../shared/format/quantity.ts'
import { minorDigits } from '../../../../shared/model/money.ts'
import type { Cell } from '../../../../shared/model/reference.ts'

/** A number in a column's unit: "€12.50", "40%", "512 MB". */
export function numberText(value: number, unit: string, currency: string): string {
  if (unit === 'money') return formatMoney({ minor: Math.round(value * 10 ** minorDigits(currency)), currency })
  if (unit === 'ratio') return formatQuantity(value, 'ratio')
  const tiny = value !== 0 && Math.abs(value) < 0.01
  const number = formatQuantity(value, 'count', tiny ? { digits: 4 } : {})
  return unit === '' ? number : `${number} ${unit}`
}

/** A stated or computed cell; "300 or more" has no end. */
export function cellText(
  cell: Cell | { min: number; max: number | null },
  unit: string,
  currency: string,
  words: { range: (low: string, high: string) => string; from: (low: string) => string },
): string {
  if (typeof cell === 'string') return cell
  if (typeof cell === 'number') return numberText(cell, unit, currency)
  const low = numberText(cell.min, unit, currency)
  if (cell.max === null) return words.from(low)
  const high = numberText(cell.max, unit, currency)
  return low === high ? low : words.range(low, high)
}
