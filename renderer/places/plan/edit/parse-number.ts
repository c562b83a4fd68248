import type { Problem } from '../../../../shared/model/problem.ts'

/**
 * A number as people type it: "1,000.5", "1 000", "12,5", "30%" (0.3), "8e9", "2k", "1.5M". Null when it is none.
 * A comma before exactly three digits groups thousands; before any other number of digits it is a decimal comma.
 */
export function parseNumber(text: string): number | null {
  const bare = text.trim().replace(/[\s_ ’']/g, '')
  const grouped = /^-?\d{1,3}(,\d{3})+(\.\d+)?/.test(bare)
    ? bare.replaceAll(',', '')
    : bare.replace(/^(-?\d+),(\d+)/, '$1.$2')
  const match = /^(-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(%|k|M|G)?$/.exec(grouped)
  if (!match) return null
  const scale = { '%': 100, k: 1e3, M: 1e6, G: 1e9 }[match[2] ?? '']
  const value = Number(match[1])
  if (scale === undefined) return value
  return match[2] === '%' ? Number((value / scale).toPrecision(15)) : Number((value * scale).toPrecision(15))
}

export function notANumber(text: string): Problem {
  return {
    code: 'NOT_A_NUMBER',
    fact: `“${text}” is no number.`,
    fix: 'Write digits, such as 1250 or 12.5.',
    value: text,
  }
}
