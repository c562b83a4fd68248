import { parseDuration } from '../format/duration.ts'
import { formatQuantity } from '../format/quantity.ts'
import type { FleetRunway } from '../model/forecast.ts'
import type { Simulation } from '../model/scenario.ts'
import { conditionWords } from '../planning/judge.ts'
import { seriesWords } from '../planning/metric-words.ts'
import { anonymiser } from './anonymous.ts'
import { type Block, heading, paragraph, type Row, table } from './document.ts'
import type { PlanReportInput } from './plan-input.ts'
import { howToRead } from './plan-summary.ts'
import { countText, dayText, monthText, plural, roughMoney, shareText } from './words.ts'

/** What it will cost and when: fans, the figures behind them, stages over time, triggers, measured runways. */
export function outlookBlocks(input: PlanReportInput): Block[] {
  const { plan, scenario, origin } = input
  const { simulation, assumptions } = scenario
  const { currency } = plan
  const start = assumptions.start ?? origin.at
  const months = Array.from({ length: simulation.months }, (_, month) => monthText(start, month))
  const driver = plan.drivers.find((one) => one.primary) ?? plan.drivers[0]
  return [
    heading(1, 'What it will cost, and when'),
    howToRead(input),
    {
      kind: 'chart',
      title: 'Cost a month',
      note: 'Line: P50. Band: P10 to P90.',
      chart: {
        kind: 'fan',
        months,
        scale: { kind: 'money', currency },
        bands: [{ name: 'Cost a month', ...simulation.cost }],
      },
    },
    table(
      [
        { title: 'Month', weight: 2 },
        { title: driver?.name ?? 'Driver', weight: 2, right: true },
        { title: 'P10', weight: 2, right: true },
        { title: 'P50', weight: 2, right: true },
        { title: 'P90', weight: 2, right: true },
        { title: 'All so far, P50', weight: 2, right: true },
        { title: 'Overloaded', weight: 2, right: true },
      ],
      sampledMonths(simulation.months).map((month) => ({
        cells: [
          months[month] ?? '',
          countText(simulation.driver.p50[month] ?? 0),
          roughMoney(simulation.cost.p10[month] ?? 0, currency),
          roughMoney(simulation.cost.p50[month] ?? 0, currency),
          roughMoney(simulation.cost.p90[month] ?? 0, currency),
          roughMoney(simulation.cumulativeCost.p50[month] ?? 0, currency),
          shareText(simulation.overloadShare[month] ?? 0),
        ],
      })),
      'No month is simulated.',
    ),
    ...savedBlocks(input),
    {
      kind: 'chart',
      title: 'Which stage the paths hold',
      note: 'Share of the paths, by month.',
      chart: {
        kind: 'shares',
        months,
        parts: shownShares(simulation.stageShare),
      },
    },
    heading(2, 'Dates of the triggers'),
    triggerTable(input, start),
    ...runwayBlocks(input),
  ]
}

/** Stages that a reader can still tell apart by colour; what is held less is taken together. */
const MOST_SHARES = 8

function shownShares(stages: Simulation['stageShare']): { name: string; share: readonly number[] }[] {
  const held = stages.filter(({ share }) => share.some((one) => one > 0))
  if (held.length <= MOST_SHARES) return held.map(({ name, share }) => ({ name, share }))
  const sum = (share: readonly number[]): number => share.reduce((all, one) => all + one, 0)
  const most = new Set([...held].sort((a, b) => sum(b.share) - sum(a.share)).slice(0, MOST_SHARES - 1))
  const rest = held.filter((one) => !most.has(one))
  return [
    ...held.filter((one) => most.has(one)).map(({ name, share }) => ({ name, share })),
    {
      name: plural(rest.length, 'other stage'),
      share: (rest[0]?.share ?? []).map((_, month) => rest.reduce((all, one) => all + (one.share[month] ?? 0), 0)),
    },
  ]
}

/** The present, the end, and enough between them to follow the line. */
export function sampledMonths(months: number): number[] {
  const step = Math.max(1, Math.ceil(months / 12))
  const list: number[] = []
  for (let month = 0; month < months - 1; month += step) list.push(month)
  // The last row stands alone where it would lie close to the one before.
  if ((list.at(-1) ?? -step) > months - 1 - step / 2) list.pop()
  return [...list, months - 1]
}

function savedBlocks({ scenario, plan }: PlanReportInput): Block[] {
  const { saved, months } = scenario.simulation
  if (saved.length === 0) return []
  const end = months - 1
  const sum = (values: readonly number[]) => values.reduce((all, one) => all + one, 0)
  return [
    heading(2, 'What the levers save'),
    table(
      [
        { title: 'Lever', weight: 3 },
        { title: 'First month', weight: 2, right: true },
        { title: 'Last month', weight: 2, right: true },
        { title: 'All months', weight: 2, right: true },
      ],
      saved.map(({ lever, minor }) => ({
        cells: [
          lever,
          roughMoney(minor[0] ?? 0, plan.currency),
          roughMoney(minor[end] ?? 0, plan.currency),
          roughMoney(sum(minor), plan.currency),
        ],
      })),
      '',
    ),
  ]
}

function triggerTable({ plan, scenario }: PlanReportInput, start: number): Block {
  const { simulation } = scenario
  const month = (value: number | null): string => (value === null ? 'later' : monthText(start, value))
  const order = (value: number | null): number => value ?? Number.MAX_SAFE_INTEGER
  const rows = [...simulation.triggers]
    .filter(({ firedShare }) => firedShare > 0)
    .sort(
      (a, b) =>
        order(a.month.p50) - order(b.month.p50) ||
        order(a.month.p10) - order(b.month.p10) ||
        b.firedShare - a.firedShare,
    )
    .map((trigger): Row => {
      const stage = plan.stages.find((one) => one.id === trigger.stage)
      const stated = stage?.triggers.find((one) => one.id === trigger.id)
      const to = plan.stages.find((one) => one.id === trigger.to)
      return {
        cells: [
          stated ? `${trigger.name}: ${conditionWords(stated.when, parseDuration(stated.for), plan)}` : trigger.name,
          `${stage?.name ?? trigger.stage}${to ? ` to ${to.name}` : ''}`,
          month(trigger.month.p10),
          month(trigger.month.p50),
          month(trigger.month.p90),
          shareText(trigger.firedShare),
        ],
      }
    })
  return table(
    [
      { title: 'Trigger', weight: 5 },
      { title: 'Of, and to', weight: 4 },
      { title: 'P10', weight: 0 },
      { title: 'P50', weight: 0 },
      { title: 'P90', weight: 0 },
      { title: 'Paths', weight: 0, right: true },
    ],
    rows,
    `No trigger fires on any path until ${monthText(start, simulation.months - 1)}.`,
  )
}

/** The soonest first; more would bury them. */
const MOST_RUNWAYS = 25

function runwayBlocks({ runways, hidden, origin }: PlanReportInput): Block[] {
  const say = anonymiser(hidden)
  const dated = runways.filter(({ runway }) => runway?.kind === 'dated' || runway?.kind === 'past')
  const shown = dated.slice(0, MOST_RUNWAYS)
  const head = heading(2, 'Runways of what is measured')
  if (runways.length === 0)
    return [head, paragraph('No server is measured yet, or its series are too short to be forecast.', true)]
  if (shown.length === 0)
    return [
      head,
      paragraph(
        `None of the ${countText(runways.length)} measured series reaches a limit of the plan within what its history supports.`,
      ),
    ]
  const until = Math.max(origin.at, ...shown.map(({ runway }) => (runway?.kind === 'dated' ? runway.until : origin.at)))
  return [
    head,
    {
      kind: 'chart',
      title: 'When measured series reach their limits',
      note: 'Mark: middle course. Line: the 80% band of the forecast.',
      chart: {
        kind: 'spans',
        from: origin.at,
        to: until,
        spans: shown.map((one) => {
          const { runway } = one
          if (runway?.kind !== 'dated')
            return { name: nameOf(one, say), early: origin.at, middle: origin.at, late: origin.at }
          return { name: nameOf(one, say), early: runway.earliest, middle: runway.at, late: runway.latest }
        }),
      },
    },
    table(
      [
        { title: 'Series', weight: 4 },
        { title: 'Limit', weight: 0, right: true },
        { title: 'Reached', weight: 3 },
        { title: 'Between', weight: 4 },
        { title: 'What then', weight: 4 },
      ],
      shown.map((one): Row => {
        const { runway } = one
        const limit = formatQuantity(one.threshold, one.unit)
        if (runway?.kind !== 'dated') return { cells: [nameOf(one, say), limit, 'already', '–', one.name] }
        return {
          cells: [
            nameOf(one, say),
            limit,
            runway.at === null ? `not on the middle course by ${dayText(runway.until)}` : dayText(runway.at),
            `${dayText(runway.earliest)} and ${runway.latest === null ? 'later' : dayText(runway.latest)}`,
            one.name,
          ],
        }
      }),
      '',
    ),
    ...(dated.length > shown.length
      ? [paragraph(`${countText(dated.length - shown.length)} more lie later and are left out.`, true)]
      : []),
  ]
}

const nameOf = (one: FleetRunway, say: (text: string) => string): string =>
  `${seriesWords(one.metric, one.labels)}, ${say(one.hostName)}`
