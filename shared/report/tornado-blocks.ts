import type { Sensitivity } from '../model/comparison.ts'
import { type Block, heading, paragraph, table } from './document.ts'
import { countText, plural, roughMoney, shareText, signedMoney } from './words.ts'

const MOST_BARS = 10

/** What the total hangs on: each assumption alone at either end of its range. */
export function sensitivityBlocks(sensitivity: Sensitivity | null, level: 1 | 2, of: string | null): Block[] {
  if (!sensitivity || sensitivity.rows.length === 0) return []
  const { currency, base, rows, months } = sensitivity
  const moving = rows.filter(({ total }) => total.low !== base.total || total.high !== base.total)
  const still = rows.length - moving.length
  return [
    heading(level, of === null ? 'What the total hangs on' : `What the total of ${of} hangs on`),
    paragraph(
      `P50 of all ${plural(months, 'month')} together is ${roughMoney(base.total, currency)}. Each assumption is moved alone, to the low and the high end of its range.${still > 0 ? ` ${plural(still, 'more changes', 'more change')} nothing and ${still === 1 ? 'is' : 'are'} left out.` : ''}`,
    ),
    ...(moving.length === 0
      ? []
      : [
          {
            kind: 'chart' as const,
            title: `P50 of all ${plural(months, 'month')}`,
            chart: {
              kind: 'tornado' as const,
              scale: { kind: 'money' as const, currency },
              base: base.total,
              rows: moving.slice(0, MOST_BARS).map((row) => ({
                name: row.name,
                low: { label: valueWords(row.low, row.unit), value: row.total.low },
                high: { label: valueWords(row.high, row.unit), value: row.total.high },
              })),
            },
          },
          table(
            [
              { title: 'Assumption', weight: 4 },
              { title: 'Now', weight: 2, right: true },
              { title: 'Low', weight: 2, right: true },
              { title: 'Total', weight: 2, right: true },
              { title: 'High', weight: 2, right: true },
              { title: 'Total', weight: 2, right: true },
            ],
            moving.map((row) => ({
              cells: [
                row.name,
                valueWords(row.value, row.unit),
                valueWords(row.low, row.unit),
                signedMoney(row.total.low - base.total, currency),
                valueWords(row.high, row.unit),
                signedMoney(row.total.high - base.total, currency),
              ],
            })),
            '',
          ),
        ]),
  ]
}

function valueWords(value: number, unit: Sensitivity['rows'][number]['unit']): string {
  switch (unit) {
    case 'ratio':
      return value < 0 ? `−${shareText(-value)}` : shareText(value)
    case 'factor':
      return `× ${Number(value.toPrecision(3))}`
    case 'months':
      return plural(value, 'month')
    case 'hours':
      return plural(value, 'hour')
    case 'rate':
      return String(Number(value.toPrecision(4)))
    case 'count':
      return Math.abs(value) < 1 ? String(Number(value.toPrecision(3))) : countText(value)
  }
}
