import { formatAvailability } from '../format/availability.ts'
import type { Compared, Comparison, Sensitivity } from '../model/comparison.ts'
import type { Plan } from '../model/plan.ts'
import type { ComparisonPart } from '../model/report.ts'
import { pairFrom } from '../planning/paired.ts'
import { assumptionRows } from './assumption-words.ts'
import { type Block, heading, list, paragraph, type Report, table } from './document.ts'
import type { Origin } from './plan-input.ts'
import { sensitivityBlocks } from './tornado-blocks.ts'
import {
  countText,
  dayText,
  fineMoney,
  monthText,
  plural,
  roughMoney,
  roughRange,
  shareText,
  signedMoney,
} from './words.ts'

export interface ComparisonReportInput {
  origin: Origin
  plan: Plan
  comparison: Comparison
  /** Of the base. */
  sensitivity: Sensitivity | null
  parts: readonly ComparisonPart[]
}

/** Scenarios side by side as a document to hand on: which costs least in words first, then the figures, then what they rest on. */
export function comparisonReport(input: ComparisonReportInput): Report {
  const { origin, plan, comparison, parts } = input
  const day = dayText(origin.at)
  const base = comparison.scenarios.find((one) => one.key === comparison.base)
  const last = monthText(comparison.start, comparison.months - 1)
  return {
    title: `${plan.name}: ${plural(comparison.scenarios.length, 'scenario')} compared`,
    subtitle: comparison.scenarios.map((one) => one.name).join(' · '),
    facts: [
      { label: 'Report of', value: day },
      { label: 'Workspace', value: origin.workspace },
      { label: 'Months', value: `${monthText(comparison.start, 0)} to ${last}` },
      { label: 'Held against', value: base?.name ?? '–' },
    ],
    running: { name: `${plan.name}, scenarios`, day, maker: `Headroom ${origin.version}` },
    at: origin.at,
    blocks: [
      heading(1, 'In short'),
      inShort(comparison),
      ...figures(comparison),
      paragraph(
        `All scenarios are run on the same ${countText(comparison.paths)} paths (seed ${comparison.seed}), so that a difference is due to them alone. P50 is the middle path; 80% of the paths lie between P10 and P90. Amounts are in ${comparison.currency}.`,
        true,
      ),
      ...(parts.includes('charts') ? charts(comparison) : []),
      ...(parts.includes('moves') ? moves(comparison) : []),
      ...(parts.includes('sensitivity') ? sensitivityBlocks(input.sensitivity, 1, base?.name ?? null) : []),
      ...(parts.includes('assumptions') ? assumptionsOf(comparison, plan) : []),
    ],
  }
}

/** The cheapest in the middle, by how much and on how many paths, and what speaks against it. */
function inShort(comparison: Comparison): Block {
  const { scenarios, currency, months } = comparison
  const cheapest = scenarios.reduce<Compared | null>(
    (least, one) => (least === null || one.total.p50 < least.total.p50 ? one : least),
    null,
  )
  if (!cheapest) return paragraph('No scenario was compared.')
  const others = scenarios.filter((one) => one !== cheapest)
  const lines = others.map((one) => {
    const pair = pairFrom(comparison, cheapest.key, one.key)
    if (!pair || (pair.cheaper === 0 && pair.dearer === 0)) return `${one.name} costs the same on every path.`
    const less =
      pair.total.p50 === 0
        ? 'as much as'
        : `${roughMoney(Math.abs(pair.total.p50), currency)} ${pair.total.p50 < 0 ? 'less' : 'more'} than`
    return `It costs ${less} ${one.name} in the middle, and less than it on ${shareText(pair.cheaper)} of the paths.`
  })
  const { overload, availability, irreversible, guardRails } = cheapest
  if (overload.share > 0) lines.push(`On ${shareText(overload.share)} of its paths it is overloaded in some month.`)
  if (availability.missesFrom !== null && availability.asked !== null)
    lines.push(
      `From ${monthText(comparison.start, availability.missesFrom)} on it cannot meet the ${formatAvailability(availability.asked)} that is asked for.`,
    )
  for (const move of irreversible)
    lines.push(`It moves to ${move.name} in ${monthText(comparison.start, move.month)}, which cannot be undone.`)
  const argues = guardRails.filter(({ state }) => state === 'argues').length
  if (argues > 0) lines.push(`${plural(argues, 'guard rail argues', 'guard rails argue')} against one of its moves.`)
  return {
    kind: 'verdict',
    label: 'Cheapest in the middle',
    tone: overload.share > 0.05 || availability.missesFrom !== null ? 'warn' : 'good',
    headline: `${cheapest.name} costs least: ${roughMoney(cheapest.total.p50, currency)} in ${plural(months, 'month')} (80%: ${roughRange(cheapest.total.p10, cheapest.total.p90, currency)}).`,
    lines,
  }
}

/** Scenarios that stand beside each other in one table; with more, the figures stand in several. */
const BESIDE = 4

function figures(comparison: Comparison): Block[] {
  const { scenarios, currency, months, start } = comparison
  const end = months - 1
  const month = (index: number | null): string => (index === null ? 'later' : monthText(start, index))
  const range = (p10: number, p50: number, p90: number): string =>
    p10 === p90 ? roughMoney(p50, currency) : `${roughMoney(p50, currency)} (${roughRange(p10, p90, currency)})`
  const at = (band: Compared['cost'], index: number): string =>
    range(band.p10[index] ?? 0, band.p50[index] ?? 0, band.p90[index] ?? 0)
  const rows: [string, (one: Compared) => string][] = [
    [`All ${plural(months, 'month')}`, ({ total }) => range(total.p10, total.p50, total.p90)],
    ['Against the base', (one) => againstBase(one, comparison)],
    ['Break-even', (one) => breakEvenWords(one, comparison)],
    ['First month', ({ cost }) => at(cost, 0)],
    ['Last month', ({ cost }) => at(cost, end)],
    [`Last month, one of ${comparison.driver.unit}`, ({ perDriver }) => fineMoney(perDriver.p50[end] ?? 0, currency)],
    [
      'Moves, once',
      ({ migration }) => `${roughMoney(migration.minor, currency)}, ${plural(Math.round(migration.hours), 'hour')}`,
    ],
    ['Overloaded in some month', ({ overload }) => `${shareText(overload.share)} of paths`],
    [
      'Worst month',
      ({ overload: { worst } }) =>
        worst === null
          ? 'none'
          : `${month(worst.month)}: ${shareText(worst.share)} of paths, ${countText(Math.round(worst.minutes))} min at P90`,
    ],
    [
      'First trigger',
      ({ triggers }) => {
        const first = triggers.find((one) => !one.down)
        return first === undefined ? 'none' : `${month(first.month.p50)}: ${first.name}`
      },
    ],
    ['Availability', ({ availability }) => availabilityWords(availability, month)],
    [
      'Cannot be undone',
      ({ irreversible }) => irreversible.map((move) => `${move.name}, ${month(move.month)}`).join('; ') || 'nothing',
    ],
    ['Guard rails against it', ({ guardRails }) => String(guardRails.filter(({ state }) => state === 'argues').length)],
  ]
  const blocks: Block[] = [heading(1, 'The figures')]
  for (let from = 0; from < scenarios.length; from += BESIDE) {
    const beside = scenarios.slice(from, from + BESIDE)
    blocks.push(
      table(
        [
          { title: 'Figure', weight: 3 },
          ...beside.map((one) => ({ title: one.key === comparison.base ? `${one.name} (base)` : one.name, weight: 4 })),
        ],
        rows.map(([name, of]) => ({ cells: [name, ...beside.map(of)] })),
        '',
      ),
    )
  }
  return blocks
}

function againstBase(one: Compared, comparison: Comparison): string {
  if (one.key === comparison.base) return 'is the base'
  const pair = pairFrom(comparison, one.key, comparison.base)
  if (!pair) return '–'
  if (pair.cheaper === 0 && pair.dearer === 0) return 'the same on every path'
  const money = (minor: number): string => signedMoney(minor, comparison.currency)
  const range = pair.total.p10 === pair.total.p90 ? '' : ` (${money(pair.total.p10)} to ${money(pair.total.p90)})`
  return `${money(pair.total.p50)}${range}; cheaper on ${shareText(pair.cheaper)} of paths`
}

function breakEvenWords(one: Compared, comparison: Comparison): string {
  const pair = one.key === comparison.base ? null : pairFrom(comparison, one.key, comparison.base)
  if (!pair || pair.breakEven.cheaperFirst === null) return '–'
  const base = comparison.scenarios.find(({ key }) => key === comparison.base)
  const first = pair.breakEven.cheaperFirst === 'a' ? one.name : (base?.name ?? 'the base')
  if (pair.breakEven.share === 0) return `never; ${first} stays the cheaper one`
  const { p50 } = pair.breakEven.month
  if (p50 === null) return `on ${shareText(pair.breakEven.share)} of paths only; ${first} is cheaper at first`
  return `${monthText(comparison.start, p50)}, on ${shareText(pair.breakEven.share)} of paths; until then ${first} is cheaper`
}

function availabilityWords(availability: Compared['availability'], month: (index: number) => string): string {
  const { asked, stages, missesFrom } = availability
  const known = stages.flatMap((one) => (one.value === null ? [] : [one.value]))
  const lowest = known.length === 0 ? 'not computed' : formatAvailability(Math.min(...known))
  if (asked === null) return `${lowest} at the lowest; none is asked for`
  if (missesFrom !== null) return `misses ${formatAvailability(asked)} from ${month(missesFrom)}, ${lowest}`
  return stages.some((one) => one.meets === null)
    ? `${lowest} at the lowest; not computed for all stages`
    : `meets ${formatAvailability(asked)}, ${lowest} at the lowest`
}

function charts(comparison: Comparison): Block[] {
  const { scenarios, currency, start } = comparison
  const months = Array.from({ length: comparison.months }, (_, month) => monthText(start, month))
  const money = { kind: 'money' as const, currency }
  return [
    heading(1, 'Over time'),
    {
      kind: 'chart',
      title: 'Cost, all months so far',
      note: 'Line: P50. Band: P10 to P90.',
      chart: {
        kind: 'fan',
        months,
        scale: money,
        bands: scenarios.map((one) => ({ name: one.name, ...one.cumulative })),
      },
    },
    {
      kind: 'chart',
      title: 'Cost a month',
      note: 'Line: P50. Band: P10 to P90.',
      chart: { kind: 'fan', months, scale: money, bands: scenarios.map((one) => ({ name: one.name, ...one.cost })) },
    },
    ...(scenarios.some(({ overload }) => overload.share > 0)
      ? [
          {
            kind: 'chart' as const,
            title: 'Paths that are overloaded',
            chart: {
              kind: 'fan' as const,
              months,
              scale: { kind: 'share' as const },
              bands: scenarios.map(({ name, overload: { byMonth } }) => ({
                name,
                p10: byMonth,
                p50: byMonth,
                p90: byMonth,
              })),
            },
          },
        ]
      : []),
  ]
}

/** Of each scenario: what it holds when, what it cannot take back, and what argues against it. */
function moves({ scenarios, start }: Comparison): Block[] {
  return [
    heading(1, 'Moves, and what speaks against them'),
    ...scenarios.flatMap((one): Block[] => [
      heading(2, one.name),
      table(
        [
          { title: 'Stage', weight: 4 },
          { title: 'From', weight: 2 },
          { title: 'Availability', weight: 2, right: true },
          { title: 'Meets what is asked', weight: 3 },
        ],
        one.availability.stages.map((stage) => ({
          cells: [
            stage.name,
            monthText(start, stage.from),
            stage.value === null ? '–' : formatAvailability(stage.value),
            stage.meets === null ? (stage.why ?? '–') : stage.meets ? 'yes' : 'no',
          ],
        })),
        'It holds no stage.',
      ),
      ...(one.triggers.length === 0
        ? []
        : [
            table(
              [
                { title: 'Trigger', weight: 5 },
                { title: 'P10', weight: 0 },
                { title: 'P50', weight: 0 },
                { title: 'P90', weight: 0 },
                { title: 'Paths', weight: 0, right: true },
              ],
              one.triggers.map(({ name, month, firedShare }) => ({
                cells: [
                  name,
                  ...[month.p10, month.p50, month.p90].map((index) =>
                    index === null ? 'later' : monthText(start, index),
                  ),
                  shareText(firedShare),
                ],
              })),
              '',
            ),
          ]),
      ...told(
        'Cannot be undone',
        one.irreversible.flatMap((move) =>
          move.what.map((what) => `${move.name}, ${monthText(start, move.month)}: ${what}`),
        ),
      ),
      ...told(
        'Guard rails',
        one.guardRails.map(
          (rail) =>
            `${monthText(start, rail.month)}, ${rail.name}: ${rail.text} ${rail.state === 'unknown' ? 'It cannot be judged. ' : ''}${rail.why}`,
        ),
      ),
      ...told('Changed or left out to run it', one.notes),
      ...told(
        'Not simulated',
        one.notModelled.map(({ name, why }) => `${name}: ${why}`),
      ),
    ]),
  ]
}

const told = (title: string, items: readonly string[]): Block[] =>
  items.length === 0 ? [] : [paragraph(`${title}:`), list(items)]

function assumptionsOf({ scenarios }: Comparison, plan: Plan): Block[] {
  return [
    heading(1, 'What the scenarios assume'),
    ...scenarios.flatMap((one) => [
      heading(2, one.name),
      table(
        [
          { title: 'What', weight: 2 },
          { title: 'Assumed', weight: 7 },
        ],
        assumptionRows(one.assumptions, plan),
        '',
      ),
    ]),
  ]
}
