import { formatAvailability } from '../format/availability.ts'
import type { Judgement, Verdict } from '../model/verdict.ts'
import { stageAvailability } from '../planning/availability.ts'
import { askedAvailability } from '../planning/derived.ts'
import { anonymiser } from './anonymous.ts'
import { type Block, type Figure, heading, list, paragraph, type Tone, table } from './document.ts'
import type { PlanReportInput } from './plan-input.ts'
import {
  countText,
  dayText,
  exactMoney,
  fineMoney,
  moneyRange,
  monthText,
  plural,
  roughMoney,
  roughRange,
  shareText,
} from './words.ts'

const TONES: Record<Verdict['kind'], Tone> = {
  stay: 'good',
  optimise: 'warn',
  move: 'warn',
  downgrade: 'warn',
  'fix-now': 'bad',
  'cannot-judge': 'plain',
}

const LABELS: Record<Verdict['kind'], string> = {
  stay: 'Verdict: stay',
  optimise: 'Verdict: optimise first',
  move: 'Verdict: move',
  downgrade: 'Verdict: move down',
  'fix-now': 'Verdict: fix it now',
  'cannot-judge': 'Verdict: cannot be judged',
}

/** The verdict in words with its evidence, or that there is none. */
export function verdictBlocks({ verdict, hidden, parts }: PlanReportInput): Block[] {
  if (!verdict || !parts.includes('verdict')) return []
  const say = anonymiser(hidden)
  const byDay = verdict.by === undefined ? [] : [`It should be done by ${dayText(verdict.by)}.`]
  const fired = verdict.judgements.filter(({ state }) => state === 'fired' || state === 'pending')
  return [
    {
      kind: 'verdict',
      label: LABELS[verdict.kind],
      tone: TONES[verdict.kind],
      headline: say(verdict.headline),
      lines: [...verdict.reasons.map(say), ...byDay],
    },
    ...(fired.length === 0
      ? []
      : [
          heading(2, 'Rules that speak for it'),
          table(
            [
              { title: 'Rule', weight: 3 },
              { title: 'Condition', weight: 3 },
              { title: 'Evidence', weight: 5 },
              { title: 'State', weight: 0 },
            ],
            fired.map((rule) => ({ cells: [rule.name, rule.condition, say(rule.why), STATES[rule.state]] })),
            '',
          ),
        ]),
    ...(verdict.optimisations.length === 0
      ? []
      : [
          heading(2, 'What helps before money is spent'),
          table(
            [
              { title: 'Measure', weight: 2 },
              { title: 'Cost', weight: 1 },
              { title: 'Effect', weight: 3 },
              { title: 'How', weight: 4 },
            ],
            verdict.optimisations.map(({ name, cost, effect, how }) => ({ cells: [name, cost, effect, how] })),
            '',
          ),
        ]),
    ...(verdict.unknown.length === 0 || verdict.kind === 'cannot-judge'
      ? []
      : [heading(2, 'What could not be judged'), list(verdict.unknown.map(say))]),
  ]
}

const STATES: Record<Judgement['state'], string> = {
  fired: 'holds',
  pending: 'not yet long enough',
  clear: 'does not hold',
  unknown: 'no data',
}

/** The figures that a reader looks for first. */
export function keyFigures(input: PlanReportInput): Block {
  const { plan, costs, scenario } = input
  const { simulation, assumptions } = scenario
  const { currency } = plan
  const end = simulation.months - 1
  const start = assumptions.start ?? input.origin.at
  const present = plan.stages.find((one) => one.id === (assumptions.stage ?? plan.stage))
  const cost = costs.find((one) => one.stage === present?.id)
  const driver = plan.drivers.find((one) => one.primary) ?? plan.drivers[0]
  const at = (values: readonly number[], month: number): number => values[month] ?? 0
  const items: Figure[] = [
    {
      label: 'Now, a month',
      value: cost ? moneyRange(cost.perMonthMinor, cost.maxPerMonthMinor, currency) : '–',
      note: present?.name ?? '',
    },
    {
      label: `${monthText(start, end)}, a month`,
      value: roughMoney(at(simulation.cost.p50, end), currency),
      note: `80%: ${roughRange(at(simulation.cost.p10, end), at(simulation.cost.p90, end), currency)}`,
    },
    {
      label: `All ${plural(simulation.months, 'month')}`,
      value: roughMoney(at(simulation.cumulativeCost.p50, end), currency),
      note: `80%: ${roughRange(at(simulation.cumulativeCost.p10, end), at(simulation.cumulativeCost.p90, end), currency)}`,
    },
    {
      label: `Cost of one ${singular(driver?.unit ?? 'unit')}`,
      value: fineMoney(at(simulation.costPerDriver.p50, end), currency),
      note: `a month, ${monthText(start, end)}; now ${fineMoney(at(simulation.costPerDriver.p50, 0), currency)}`,
    },
    {
      label: driver?.name ?? 'Driver',
      value: `${countText(at(simulation.driver.p50, 0))} to ${countText(at(simulation.driver.p50, end))}`,
      note: `${monthText(start, end)}, 80%: ${countText(at(simulation.driver.p10, end))} to ${countText(at(simulation.driver.p90, end))}`,
    },
  ]
  const trigger = simulation.triggers
    .filter(({ to, month }) => to !== null && month.p50 !== null)
    .sort((a, b) => (a.month.p50 as number) - (b.month.p50 as number))[0]
  items.push(
    trigger
      ? { label: 'First trigger', value: monthText(start, trigger.month.p50 as number), note: trigger.name }
      : { label: 'First trigger', value: 'none', note: `in half of the paths by ${monthText(start, end)}` },
  )
  const asked = askedAvailability(plan.needs)
  const value = present ? stageAvailability(present).value : null
  items.push({
    label: 'Availability now',
    value: value === null ? 'not computed' : formatAvailability(value),
    note: asked === null ? 'none is asked for' : `${formatAvailability(asked)} asked`,
  })
  const overloaded = Math.max(0, ...simulation.overloadShare)
  const worst = simulation.overloadShare.indexOf(overloaded)
  items.push({
    label: 'Overload, worst month',
    value: `${shareText(overloaded)} of paths`,
    note: overloaded === 0 ? `in no month until ${monthText(start, end)}` : monthText(start, worst),
  })
  return { kind: 'figures', items }
}

const singular = (unit: string): string => (/[^s]s$/.test(unit) ? unit.slice(0, -1) : unit)

/** What stands beside every figure of money, once. */
export function moneyBasis({ plan, scenario, costs }: PlanReportInput): string {
  const { tax, levers } = scenario.assumptions
  const vat = costs.find((one) => one.tax)?.tax
  const taxed = tax && vat ? `with ${vat.name} of ${shareText(vat.rate)}` : 'without tax'
  const pulled = Object.keys(levers).length === 0 ? '' : ', after the levers named under Assumptions'
  return `Amounts are in ${plan.currency}, ${taxed}${pulled}. A month has 730 hours.`
}

export const howToRead = (input: PlanReportInput): Block => {
  const { simulation } = input.scenario
  const end = simulation.months - 1
  const error = simulation.costStandardError[end] ?? 0
  return paragraph(
    `Figures of the future come from ${countText(simulation.paths)} simulated paths over ${plural(simulation.months, 'month')} (seed ${simulation.seed}). P50 is the middle path's figure: half of the paths lie below it. 80% of the paths lie between P10 and P90. The mean cost of the last month is known to ± ${exactMoney(error, simulation.currency)} (one Monte-Carlo standard error).`,
    true,
  )
}
