import type { StageCost } from '../contract/contract.ts'
import { formatDuration, parseDuration } from '../format/duration.ts'
import { formatQuantity } from '../format/quantity.ts'
import type { LineItem } from '../model/line-item.ts'
import type { Stage } from '../model/stage.ts'
import { HOURS_PER_MONTH } from '../planning/cost.ts'
import { conditionWords } from '../planning/judge.ts'
import { unitOfMetric } from '../planning/metric-words.ts'
import { type Block, heading, list, paragraph, type Row, table } from './document.ts'
import type { PlanReportInput } from './plan-input.ts'
import { capacityWords, onceWords, statedWords } from './plan-ladder.ts'
import { countText, exactMoney, moneyRange, rangeText } from './words.ts'

/** Each stage on its own: what it is, every row of its costs, its rules, and what to know before it is entered. */
export function stageBlocks(input: PlanReportInput): Block[] {
  const { plan } = input
  return [
    heading(1, 'The stages in detail'),
    ...plan.stages.flatMap((stage, index) => oneStage(stage, index, input)),
    ...planBlocks(input),
  ]
}

function oneStage(stage: Stage, index: number, { plan, costs }: PlanReportInput): Block[] {
  const cost = costs.find((one) => one.stage === stage.id)
  const facts = [
    ['Carries', capacityWords(stage, plan)],
    ['Takes', stage.durationMonths ? rangeText(stage.durationMonths.min, stage.durationMonths.max, 'months') : ''],
    ['Kept at least', stage.minimumMonths ? rangeText(stage.minimumMonths, stage.minimumMonths, 'months') : ''],
    [
      'Downtime',
      stage.downtimeMinutes ? rangeText(stage.downtimeMinutes.min, stage.downtimeMinutes.max, 'minutes') : '',
    ],
    ['Effort', stage.effort === 'done' ? 'none, it is done' : (stage.effort ?? '').replace('-', ' ')],
    ['To enter it', onceWords(stage, cost, plan)],
    ['After', stage.after.map((id) => plan.stages.find((one) => one.id === id)?.name ?? id).join(', ')],
  ].filter(([, value]) => value !== '' && value !== '–')
  return [
    heading(2, `${index + 1}. ${stage.name}${stage.id === plan.stage ? ' (now)' : ''}`),
    paragraph(stage.objective),
    ...(facts.length === 0 ? [] : [paragraph(facts.map(([label, value]) => `${label}: ${value}.`).join(' '), true)]),
    costTable(stage, cost, plan.currency),
    ...ruleTables(stage, plan),
    ...told('Before it is entered', stage.prerequisites),
    ...told('Cannot be undone', stage.irreversible),
    ...told('Risks', stage.risks),
    ...told(
      'Work',
      stage.tasks.map(({ when, what, done }) => `${when}: ${what}${done ? ' (done)' : ''}`),
    ),
    ...told('Notes', stage.notes),
  ]
}

const told = (title: string, items: readonly string[]): Block[] =>
  items.length === 0 ? [] : [paragraph(`${title}:`), list(items)]

function costTable(stage: Stage, cost: StageCost | undefined, currency: string): Block {
  const lines = cost?.lines ?? []
  if (!cost || lines.length === 0)
    return paragraph(
      cost?.stated
        ? `No rows; its source states ${statedWords(cost, currency)} a month.`
        : 'The plan states no costs for it.',
      true,
    )
  const rows = lines.map((line): Row => {
    const item = stage.lineItems.find((one) => one.id === line.id)
    const value = line.quantity.value
    const amount = value === null ? '–' : countText(value)
    return {
      cells: [
        line.note ? `${line.name} (${line.note})` : line.name,
        line.quantity.formula === null ? amount : `${amount} = ${line.quantity.formula}`,
        priceWords(item, line),
        !line.priced
          ? 'no price'
          : line.onceMinor > 0
            ? `${exactMoney(line.onceMinor, currency)} once`
            : moneyRange(line.perMonthMinor, line.maxPerMonthMinor, currency),
      ],
      ...(line.priced ? {} : { as: 'soft' as const }),
    }
  })
  const sums: Row[] = [
    { cells: ['All a month', '', '', moneyRange(cost.perMonthMinor, cost.maxPerMonthMinor, currency)], as: 'total' },
  ]
  if (cost.tax)
    sums.push({
      cells: [`of it ${cost.tax.name}`, '', '', moneyRange(cost.tax.minor, cost.tax.maxMinor, currency)],
      as: 'soft',
    })
  for (const saved of cost.saved)
    sums.push({
      cells: [`saved by ${saved.lever}`, '', '', moneyRange(saved.minor, saved.maxMinor, currency)],
      as: 'soft',
    })
  if (cost.stated)
    sums.push({
      cells: [
        cost.differs ? 'stated by the source, which differs' : 'stated by the source',
        '',
        '',
        statedWords(cost, currency),
      ],
      as: 'soft',
    })
  return table(
    [
      { title: 'Row', weight: 5 },
      { title: 'Quantity', weight: 3, right: true },
      { title: 'Price', weight: 4 },
      { title: 'A month', weight: 3, right: true },
    ],
    [...rows, ...sums],
    '',
  )
}

/** The price of one, in its own currency, and where it comes from. */
function priceWords(item: LineItem | undefined, line: StageCost['lines'][number]): string {
  if (!item) return '–'
  const amount = (value: number, currency: string): string =>
    new Intl.NumberFormat('en', { style: 'currency', currency, maximumFractionDigits: 6 }).format(value)
  const at = line.rate === null ? '' : `, at ${countText(line.rate)}`
  const per = { hour: `an hour (× ${HOURS_PER_MONTH})`, month: 'a month', year: 'a year', once: 'once', use: '' }
  if ('sku' in item.price) {
    const unit = line.unitPrice
    const words = unit
      ? `${amount(unit.amount, unit.currency)} ${unit.per === 'use' ? `each ${unit.unit ?? 'unit'}` : per[unit.per]}, `
      : ''
    return `${words}${line.sizedTo ?? item.price.sku}${at}`
  }
  if ('tiers' in item.price) {
    const { tiers, currency, free, unit } = item.price
    const first = tiers[0]
    return `${first ? amount(first.amount, currency) : '–'} each ${unit}${tiers.length > 1 ? `, ${tiers.length} tiers` : ''}${free > 0 ? `, ${countText(free)} free` : ''}${at}`
  }
  const { amount: low, max, currency } = item.price
  return `${amount(low, currency)}${max === undefined ? '' : ` to ${amount(max, currency)}`} ${per[item.per]}, stated${at}`
}

function ruleTables(stage: Stage, plan: PlanReportInput['plan']): Block[] {
  const limits = stage.limits.map((limit): Row => {
    const unit = unitOfMetric(limit.metric)
    const value = (one: number | undefined) => (one === undefined ? '–' : `${limit.op} ${formatQuantity(one, unit)}`)
    return {
      cells: [
        limit.name,
        value(limit.warning),
        value(limit.critical),
        formatDuration(parseDuration(limit.for)),
        limit.action,
      ],
    }
  })
  const triggers = stage.triggers.map((trigger): Row => {
    const to = plan.stages.find((one) => one.id === trigger.to)
    return {
      cells: [
        trigger.name,
        conditionWords(trigger.when, parseDuration(trigger.for), plan),
        to ? to.name : trigger.direction === 'up' ? 'the next stage' : 'the stage before',
      ],
    }
  })
  return [
    ...(triggers.length === 0
      ? []
      : [
          table(
            [
              { title: 'Trigger', weight: 3 },
              { title: 'When', weight: 5 },
              { title: 'Leads to', weight: 3 },
            ],
            triggers,
            '',
          ),
        ]),
    ...(limits.length === 0
      ? []
      : [
          table(
            [
              { title: 'Limit', weight: 3 },
              { title: 'Warning', weight: 0, right: true },
              { title: 'Critical', weight: 0, right: true },
              { title: 'For', weight: 0 },
              { title: 'What then', weight: 5 },
            ],
            limits,
            '',
          ),
        ]),
  ]
}

/** Guard rails, decisions and milestones, which belong to no single stage. */
function planBlocks({ plan }: PlanReportInput): Block[] {
  const name = (id: string): string => plan.stages.find((one) => one.id === id)?.name ?? id
  const blocks: Block[] = []
  if (plan.guardRails.length > 0)
    blocks.push(
      heading(2, 'Guard rails'),
      table(
        [
          { title: 'Rule', weight: 6 },
          { title: 'Against moving to', weight: 3 },
          { title: 'As long as', weight: 3 },
        ],
        plan.guardRails.map((rail) => ({
          cells: [
            rail.text,
            rail.against.map(name).join(', ') || 'any stage',
            rail.when ? conditionWords(rail.when, 0, plan) : 'always',
          ],
        })),
        '',
      ),
    )
  if (plan.decisionPoints.length > 0)
    blocks.push(
      heading(2, 'Decisions to take'),
      list(
        plan.decisionPoints.map((one) =>
          typeof one === 'string' ? one : `${one.text}${one.before ? ` (before ${name(one.before)})` : ''}`,
        ),
      ),
    )
  if (plan.milestones.length > 0)
    blocks.push(
      heading(2, 'Milestones'),
      list(plan.milestones.map((one) => `${one.name} (${name(one.stage)})${one.done ? ', done' : ''}`)),
    )
  return blocks
}
