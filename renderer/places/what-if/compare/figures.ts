import type { TFunction } from 'i18next'
import { formatLocale } from '../../../../shared/format/locale.ts'
import { formatMoney, formatQuantity } from '../../../../shared/format/quantity.ts'
import type { Compared, Comparison, Pair } from '../../../../shared/model/comparison.ts'
import { minorDigits } from '../../../../shared/model/money.ts'
import { pairFrom } from '../../../../shared/planning/paired.ts'
import type { ChartTable } from '../../../charts/index.ts'
import { monthName } from '../reading.ts'

/** A figure of one scenario in words: the figure itself, then what is said of it. */
export interface Cell {
  main: string
  details: string[]
  tone?: 'good' | 'warn' | 'bad'
}
export interface FigureRow {
  id: string
  name: string
  cells: Cell[]
}
export interface FigureGroup {
  id: string
  name: string
  rows: FigureRow[]
}

type T = TFunction<'compare'>

/** A share, which is never said to be none where it is a little. */
export const percent = (share: number) => (share > 0 && share < 0.0005 ? '<0.1%' : formatQuantity(share, 'ratio'))
const precise = (share: number) => formatQuantity(share, 'ratio', { digits: share > 0.99 ? 3 : 1 })

/** Sums of years to the cent would claim more than a forecast knows; small ones keep their cents. */
export function moneyWords(currency: string) {
  const rough = (minor: number) => {
    const large = Math.abs(minor) >= 1000 * 10 ** minorDigits(currency)
    return Math.round(large ? Number(minor.toPrecision(4)) : minor)
  }
  const plain = (minor: number) => formatMoney({ minor: rough(minor), currency })
  const signed = (minor: number) => (minor > 0 ? `+${plain(minor)}` : minor < 0 ? `−${plain(-minor)}` : plain(0))
  /** Small amounts, such as the cost of one user, keep three figures. */
  const fine = (minor: number) =>
    Math.abs(minor) >= 10 ** minorDigits(currency) || minor === 0
      ? plain(minor)
      : new Intl.NumberFormat(formatLocale(), { style: 'currency', currency, maximumSignificantDigits: 3 }).format(
          minor / 10 ** minorDigits(currency),
        )
  return { plain, signed, fine }
}

/** For axes: "€1.2K". */
export function shortMoney(currency: string): (minor: number) => string {
  const compact = new Intl.NumberFormat(formatLocale(), {
    style: 'currency',
    currency,
    notation: 'compact',
    minimumFractionDigits: 0,
    maximumFractionDigits: 1,
  })
  const scale = 10 ** minorDigits(currency)
  return (minor) => compact.format(minor / scale)
}

/** Everything that the table says, in words and in the order it says it. */
export function figuresOf(comparison: Comparison, t: T): FigureGroup[] {
  const { scenarios, currency, months } = comparison
  const { plain, signed, fine } = moneyWords(currency)
  const end = months - 1
  const month = (index: number) => monthName(comparison.start, Math.round(index))
  const range = (low: number, high: number, words = plain) => t('range', { low: words(low), high: words(high) })
  const base = scenarios.find((one) => one.key === comparison.base)
  const at = (values: readonly number[], index: number) => values[index] ?? 0
  const band = (one: { p10: number[]; p50: number[]; p90: number[] }, index: number, words = plain): Cell => ({
    main: words(at(one.p50, index)),
    details: at(one.p10, index) === at(one.p90, index) ? [] : [range(at(one.p10, index), at(one.p90, index), words)],
  })
  const row = (id: string, name: string, cell: (one: Compared) => Cell): FigureRow => ({
    id,
    name,
    cells: scenarios.map(cell),
  })
  const against = (one: Compared): Pair | null => (base ? pairFrom(comparison, one.key, base.key) : null)

  return [
    {
      id: 'cost',
      name: t('group.cost'),
      rows: [
        row('total', t('row.total', { months }), ({ total }) => ({
          main: plain(total.p50),
          details: total.p10 === total.p90 ? [] : [range(total.p10, total.p90)],
        })),
        row('difference', t('row.difference'), (one) => differenceCell(against(one), t, signed)),
        row('breakEven', t('row.breakEven'), (one) => breakEvenCell(against(one), one, base, comparison, t)),
        row('first', t('row.first'), (one) => band(one.cost, 0)),
        row('last', t('row.last'), (one) => band(one.cost, end)),
        row('perDriver', t('row.perDriver', { driver: comparison.driver.unit }), (one) =>
          band(one.perDriver, end, fine),
        ),
      ],
    },
    {
      id: 'moves',
      name: t('group.moves'),
      rows: [
        row('stages', t('row.stages'), (one) => {
          const [first, ...later] = stagesInOrder(one)
          return {
            main: first?.name ?? '',
            details: later.map((stage) => t('from', { name: stage.name, month: month(stage.from) })),
          }
        }),
        row('once', t('row.once'), (one) => ({ main: plain(one.migration.minor), details: [] })),
        row('hours', t('row.hours'), (one) => ({
          main: t('hours', { hours: formatQuantity(one.migration.hours, 'count') }),
          details: [],
        })),
        row('irreversible', t('row.irreversible'), (one) =>
          one.irreversible.length === 0
            ? { main: '–', details: [] }
            : {
                main: one.irreversible
                  .map((move) => {
                    const most = Math.max(0, ...(one.stages.find(({ stage }) => stage === move.stage)?.share ?? []))
                    const words = { name: move.name, month: month(move.month), share: percent(most) }
                    return most > 0.5 ? t('from', words) : t('fromOn', words)
                  })
                  .join('; '),
                details: one.irreversible.flatMap((move) => move.what),
                tone: 'warn',
              },
        ),
      ],
    },
    {
      id: 'load',
      name: t('group.load'),
      rows: [
        row('overload', t('row.overload'), ({ overload }) => ({
          main: overload.share === 0 ? t('never') : t('ofPaths', { share: percent(overload.share) }),
          details: [],
          tone: overload.share === 0 ? 'good' : overload.share > 0.05 ? 'bad' : 'warn',
        })),
        row('worst', t('row.worst'), ({ overload: { worst } }) =>
          worst === null
            ? { main: '–', details: [] }
            : {
                main: t('worstMonth', { month: month(worst.month), share: percent(worst.share) }),
                details: [t('worstMinutes', { minutes: minutesText(worst.minutes, t) })],
              },
        ),
        row('minutes', t('row.minutes'), ({ overload: { minutesPerMonth: minutes } }) => ({
          main:
            minutes.p90 === 0
              ? minutesText(0, t)
              : t('minutesRange', {
                  middle: minutesText(minutes.p50, t),
                  low: minutesText(minutes.p10, t),
                  high: minutesText(minutes.p90, t),
                }),
          details: [],
        })),
        row('trigger', t('row.trigger'), ({ triggers }) => {
          const first = triggers.find((one) => !one.down)
          return first === undefined
            ? { main: t('noTrigger'), details: [] }
            : {
                main: first.month.p50 === null ? t('laterThan', { month: month(end) }) : month(first.month.p50),
                details: [first.name, t('ofPaths', { share: percent(first.firedShare) })],
              }
        }),
      ],
    },
    {
      id: 'availability',
      name: t('group.availability'),
      rows: [
        row('availability', t('row.availability'), ({ availability }) => {
          const [first, ...later] = availability.stages.map((stage) => ({
            text: stage.value === null ? t('notComputed') : precise(stage.value),
            name: stage.name,
          }))
          return {
            main: first === undefined ? '–' : `${first.text} ${first.name}`,
            details: later.map((one) => `${one.text} ${one.name}`),
          }
        }),
        row('meets', t('row.meets'), (one) => availabilityCell(one, t, month)),
      ],
    },
    {
      id: 'rules',
      name: t('group.rules'),
      rows: [
        row('rails', t('row.rails'), ({ guardRails }) => ({
          main: guardRails.length === 0 ? '–' : String(guardRails.length),
          details: guardRails.map((rail) => {
            const words = t('argues', { name: rail.name, month: month(rail.month), text: rail.text })
            return rail.state === 'unknown' ? `${words} (${t('cannotJudge')})` : `${words} ${rail.why}`
          }),
          ...(guardRails.some((rail) => rail.state === 'argues') ? { tone: 'warn' as const } : {}),
        })),
        ...(scenarios.some((one) => one.notes.length > 0)
          ? [row('notes', t('row.notes'), ({ notes }) => ({ main: notes.length === 0 ? '–' : '', details: notes }))]
          : []),
      ],
    },
  ]
}

/** Minutes up to ten hours, hours beyond. */
const minutesText = (minutes: number, t: T): string =>
  minutes < 600
    ? t('minutes', { minutes: formatQuantity(Math.round(minutes), 'count') })
    : t('hours', { hours: formatQuantity(Math.round(minutes / 60), 'count') })

/** Stages by the first month in which most paths hold them, those that no majority ever holds left out. */
function stagesInOrder({ stages }: Compared): { name: string; from: number }[] {
  return stages
    .map((stage) => ({ name: stage.name, from: stage.share.findIndex((share) => share > 0.5) }))
    .filter((one) => one.from >= 0)
    .sort((a, b) => a.from - b.from)
}

function differenceCell(pair: Pair | null, t: T, signed: (minor: number) => string): Cell {
  if (pair === null) return { main: t('isBase'), details: [] }
  const { total, cheaper, dearer } = pair
  if (cheaper === 0 && dearer === 0) return { main: t('same'), details: [] }
  return {
    main: signed(total.p50),
    details: [
      ...(total.p10 === total.p90 ? [] : [t('range', { low: signed(total.p10), high: signed(total.p90) })]),
      `${t('row.cheaper')}: ${t('ofPaths', { share: percent(cheaper) })}`,
    ],
    ...(total.p90 < 0 ? { tone: 'good' as const } : total.p10 > 0 ? { tone: 'bad' as const } : {}),
  }
}

function breakEvenCell(
  pair: Pair | null,
  one: Compared,
  base: Compared | undefined,
  comparison: Comparison,
  t: T,
): Cell {
  if (pair === null || base === undefined) return { main: '–', details: [] }
  const { share, month, cheaperFirst } = pair.breakEven
  if (cheaperFirst === null) return { main: '–', details: [] }
  const first = cheaperFirst === 'a' ? one.name : base.name
  if (share === 0) return { main: '–', details: [t('evenNever', { first })] }
  const name = (index: number | null) =>
    index === null
      ? t('laterThan', { month: monthName(comparison.start, comparison.months - 1) })
      : monthName(comparison.start, index)
  if (month.p50 === null) return { main: '–', details: [t('evenSeldom', { share: percent(share) })] }
  const exact = month.p10 === month.p90
  return {
    main: name(month.p50),
    details: [
      exact
        ? t('evenAlways', { first, month: name(month.p50) })
        : t('evenRange', { first, month: name(month.p50), early: name(month.p10), late: name(month.p90) }),
      ...(share < 1 ? [t('evenShare', { share: percent(share) })] : []),
    ],
  }
}

function availabilityCell({ availability }: Compared, t: T, month: (index: number) => string): Cell {
  const { asked, stages, missesFrom } = availability
  if (asked === null) return { main: t('notAsked'), details: [] }
  if (missesFrom !== null) {
    const failing = stages.filter((one) => one.meets === false)
    const worst = Math.min(...failing.map((one) => one.value ?? 1))
    return {
      main: t('misses', { asked: precise(asked), value: precise(worst), month: month(missesFrom) }),
      details: [],
      tone: 'bad',
    }
  }
  const unknown = stages.filter((one) => one.meets === null)
  if (unknown.length > 0)
    return {
      main: t('partly', { asked: precise(asked), names: unknown.map((one) => one.name).join(', ') }),
      details: unknown.flatMap((one) => one.why ?? []),
      tone: 'warn',
    }
  return { main: t('meets', { asked: precise(asked) }), details: [], tone: 'good' }
}

/** The same table for a spreadsheet: numbers as numbers where a figure is one, with every range in columns of rows of its own. */
export function figuresTable(comparison: Comparison, t: T): ChartTable {
  const { scenarios, currency } = comparison
  const scale = 10 ** minorDigits(currency)
  const end = comparison.months - 1
  const base = scenarios.find((one) => one.key === comparison.base)
  const numbers: [string, (one: Compared) => number | string | null][] = [
    ...(['p10', 'p50', 'p90'] as const).flatMap((p): [string, (one: Compared) => number | null][] => {
      const P = p.toUpperCase()
      return [
        [`${t('row.total', { months: comparison.months })} ${P} (${currency})`, (one) => one.total[p] / scale],
        [
          `${t('row.difference')} ${P} (${currency})`,
          (one) => (base ? (pairFrom(comparison, one.key, base.key)?.total[p] ?? 0) / scale : null),
        ],
        [`${t('row.first')} ${P} (${currency})`, (one) => (one.cost[p][0] ?? 0) / scale],
        [`${t('row.last')} ${P} (${currency})`, (one) => (one.cost[p][end] ?? 0) / scale],
        [
          `${t('row.perDriver', { driver: comparison.driver.unit })} ${P} (${currency})`,
          (one) => (one.perDriver[p][end] ?? 0) / scale,
        ],
      ]
    }),
    [`${t('row.once')} (${currency})`, (one) => one.migration.minor / scale],
    [`${t('row.hours')} (h)`, (one) => one.migration.hours],
    [`${t('row.overload')} (0..1)`, (one) => one.overload.share],
    [`${t('row.minutes')} P50 (min)`, (one) => one.overload.minutesPerMonth.p50],
    [`${t('row.minutes')} P90 (min)`, (one) => one.overload.minutesPerMonth.p90],
  ]
  const words = figuresOf(comparison, t)
    .flatMap((group) => group.rows)
    .filter((row) =>
      ['breakEven', 'stages', 'irreversible', 'worst', 'trigger', 'availability', 'meets', 'rails', 'notes'].includes(
        row.id,
      ),
    )
  return {
    columns: [t('figure'), ...scenarios.map((one) => one.name)],
    rows: [
      ...numbers.map(([name, value]) => [name, ...scenarios.map(value)]),
      ...words.map((row) => [row.name, ...row.cells.map((cell) => [cell.main, ...cell.details].join('; '))]),
    ],
  }
}
