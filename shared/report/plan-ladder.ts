import type { StageCost } from '../contract/contract.ts'
import { formatAvailability } from '../format/availability.ts'
import type { Plan } from '../model/plan.ts'
import type { Stage } from '../model/stage.ts'
import { stageAvailability } from '../planning/availability.ts'
import { askedAvailability } from '../planning/derived.ts'
import { type Block, heading, paragraph, table } from './document.ts'
import type { PlanReportInput } from './plan-input.ts'
import { countText, exactMoney, moneyRange, monthText, plural, rangeText, shareText } from './words.ts'

export const costOfStage = (cost: StageCost | undefined, currency: string): string =>
  !cost || (cost.lines.length === 0 && !cost.stated)
    ? 'not stated'
    : moneyRange(cost.perMonthMinor, cost.maxPerMonthMinor, currency)

/** What a source states beside what its rows add up to. */
export function statedWords(cost: StageCost | undefined, currency: string): string {
  if (!cost?.stated) return '–'
  const { minor, maxMinor, open } = cost.stated
  const text = maxMinor === null ? exactMoney(minor, currency) : moneyRange(minor, maxMinor, currency)
  return `${text}${open ? ' or more' : ''}`
}

export function capacityWords(stage: Stage, plan: Plan): string {
  return (
    stage.capacity
      .map(({ driver, min, max }) => {
        const unit = plan.drivers.find((one) => one.id === driver)?.unit ?? driver
        return min === undefined && max !== null ? `up to ${countText(max)} ${unit}` : rangeText(min ?? 0, max, unit)
      })
      .join('; ') || '–'
  )
}

/** Every stage on one line, and the same as bars. */
export function ladderBlocks(input: PlanReportInput): Block[] {
  const { plan, costs, scenario, origin } = input
  const { simulation, assumptions } = scenario
  const start = assumptions.start ?? origin.at
  const present = assumptions.stage ?? plan.stage
  const costOf = (stage: Stage) => costs.find((one) => one.stage === stage.id)
  const unpriced = plan.stages.flatMap((stage) =>
    (costOf(stage)?.lines ?? []).flatMap((line) =>
      line.priced
        ? []
        : [`${stage.name}: ${line.name} has no price and counts as 0${line.note ? ` (${line.note})` : ''}.`],
    ),
  )
  const differing = plan.stages.flatMap((stage) => {
    const cost = costOf(stage)
    return cost?.differs && cost.difference ? [`${stage.name}: ${cost.difference}`] : []
  })
  return [
    heading(1, 'The ladder'),
    paragraph(
      `${plural(plan.stages.length, 'stage')}, from the smallest to the largest. The month says when most simulated paths hold a stage first.`,
    ),
    table(
      [
        { title: '', weight: 0, right: true },
        { title: 'Stage', weight: 4 },
        { title: 'Carries', weight: 3 },
        { title: 'A month', weight: 2, right: true },
        { title: 'Once', weight: 2, right: true },
        { title: 'Held from', weight: 2 },
        { title: 'Availability', weight: 0, right: true },
      ],
      plan.stages.map((stage, index) => {
        const cost = costOf(stage)
        const value = stageAvailability(stage).value
        return {
          cells: [
            String(index + 1),
            stage.id === present ? `${stage.name} (now)` : stage.name,
            capacityWords(stage, plan),
            costOfStage(cost, plan.currency),
            onceWords(stage, cost, plan),
            stage.id === present ? 'now' : heldFrom(stage, simulation.stageShare, start),
            value === null ? '–' : formatAvailability(value),
          ],
          ...(stage.id === present ? { as: 'present' as const } : {}),
        }
      }),
      'The plan has no stages.',
    ),
    ...(plan.stages.length > MOST_BARS ? [] : [costChart(input, present)]),
    ...(differing.length === 0
      ? []
      : [
          heading(2, 'Where a stated total is not what its rows add up to'),
          { kind: 'list' as const, items: differing },
        ]),
    ...(unpriced.length === 0 ? [] : [heading(2, 'Rows without a price'), { kind: 'list' as const, items: unpriced }]),
  ]
}

/** More bars than this do not fit on a page; the table has the same figures. */
const MOST_BARS = 34

function costChart({ plan, costs }: PlanReportInput, present: string): Block {
  return {
    kind: 'chart',
    title: 'What a stage costs a month',
    chart: {
      kind: 'bars',
      scale: { kind: 'money', currency: plan.currency },
      bars: plan.stages.map((stage) => {
        const cost = costs.find((one) => one.stage === stage.id)
        return {
          name: stage.name,
          low: cost?.perMonthMinor ?? 0,
          high: cost?.maxPerMonthMinor ?? 0,
          ...(stage.id === present ? { present: true } : {}),
          ...(cost && cost.lines.length > 0 ? {} : { missing: 'no costs stated' }),
        }
      }),
    },
  }
}

/** The rows charged once, and what the move itself costs, in its own currency. */
export function onceWords(stage: Stage, cost: StageCost | undefined, plan: Plan): string {
  const parts: string[] = []
  if (cost && cost.onceMinor > 0) parts.push(exactMoney(cost.onceMinor, plan.currency))
  const move = stage.migrationCost
  if (move && move.amount > 0)
    parts.push(
      `${new Intl.NumberFormat('en', { style: 'currency', currency: move.currency }).format(move.amount)} to move`,
    )
  if (move?.hours) parts.push(`${plural(move.hours, 'hour')}`)
  return parts.join(' + ') || '–'
}

function heldFrom(
  stage: Stage,
  shares: PlanReportInput['scenario']['simulation']['stageShare'],
  start: number,
): string {
  const share = shares.find((one) => one.stage === stage.id)?.share ?? []
  const most = share.findIndex((one) => one > 0.5)
  if (most >= 0) return monthText(start, most)
  const highest = Math.max(0, ...share)
  return highest === 0 ? 'not reached' : `at most ${shareText(highest)} of paths`
}

/** What each stage can promise beside what is asked. */
export function availabilityBlocks({ plan }: PlanReportInput): Block[] {
  const asked = askedAvailability(plan.needs)
  const computed = plan.stages.map((stage) => ({ stage, of: stageAvailability(stage) }))
  const assumed = [...new Set(computed.flatMap(({ of }) => of.assumed))]
  return [
    heading(1, 'Availability'),
    paragraph(
      asked === null
        ? 'The plan states no availability that is asked for. Each figure is computed from the topology of its stage.'
        : `${formatAvailability(asked)} is asked for. Each figure is computed from the topology of its stage: nodes in a row must all be up, nodes that stand in for each other need not.`,
    ),
    table(
      [
        { title: 'Stage', weight: 4 },
        { title: 'Computed', weight: 0, right: true },
        { title: 'Down a month', weight: 0, right: true },
        { title: 'Meets it', weight: 0 },
        { title: 'What costs most', weight: 5 },
      ],
      computed.map(({ stage, of }) => {
        const worst = of.parts[0]
        return {
          cells: [
            stage.name,
            of.value === null ? '–' : formatAvailability(of.value),
            of.value === null ? '–' : `${countText(of.downtimeMinutesPerMonth)} min`,
            asked === null || of.value === null ? '–' : of.value >= asked ? 'yes' : 'no',
            of.value === null
              ? (of.unknown ?? 'it cannot be computed')
              : worst && worst.costMinutes > 0
                ? `${worst.name}: ${countText(worst.costMinutes)} min a month${worst.assumed ? ', assumed' : ''}`
                : '–',
          ],
          ...(stage.id === plan.stage ? { as: 'present' as const } : {}),
        }
      }),
      'The plan has no stages.',
    ),
    ...(assumed.length === 0 ? [] : [heading(2, 'Assumed for it'), { kind: 'list' as const, items: assumed }]),
  ]
}
