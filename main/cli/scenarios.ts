import { formatMoney, formatQuantity } from '../../shared/format/quantity.ts'
import type { Compared, Comparison } from '../../shared/model/comparison.ts'
import { minorDigits } from '../../shared/model/money.ts'
import type { Plan } from '../../shared/model/plan.ts'
import { HeadroomError } from '../../shared/model/problem.ts'
import type { Assumptions } from '../../shared/model/scenario.ts'
import { pairFrom } from '../../shared/planning/paired.ts'
import { type Call, type Command, done, text } from './command.ts'
import { numberOption, percentOption } from './usage-error.ts'

/** Names that stand for the plan's own assumptions under one rule for changing stage. */
const VARIANTS: Readonly<Record<string, Assumptions['policy']>> = {
  stay: { kind: 'stay' },
  triggers: { kind: 'triggers', leadMonths: 1 },
  cheapest: { kind: 'cheapest', riskLimit: 0.05, leadMonths: 1 },
}

export const compare: Command = {
  words: ['compare'],
  usage: 'compare SCENARIO... [--months N] [--paths N] [--seed N] [--sla PERCENT]',
  summary: 'scenarios side by side, held against the first: kept ones by name, or stay, triggers, cheapest',
  options: {
    months: { type: 'string' },
    paths: { type: 'string' },
    seed: { type: 'string' },
    sla: { type: 'string' },
  },
  positionals: { min: 1, max: 40 },
  async run({ core, terminal, positionals, values, signal }) {
    const plan = await planOf(core)
    const scenarios = await scenariosNamed(core, plan, positionals)
    const given = (name: string) => {
      const word = text(values, name)
      return word === undefined ? {} : { [name]: numberOption(name, word) }
    }
    const sla = text(values, 'sla')
    const comparison = await core.scenarios.compare(
      {
        scenarios,
        ...given('months'),
        ...given('paths'),
        ...given('seed'),
        ...(sla === undefined ? {} : { sla: shareOf(percentOption('sla', sla)) }),
      },
      { signal },
    )
    terminal.table(table(comparison))
    for (const one of comparison.scenarios) for (const line of remarks(one)) terminal.say(`${one.name}: ${line}`)
    terminal.say(
      `${comparison.paths} paths, seed ${comparison.seed}, ${comparison.months} months, the same paths for all.`,
    )
    return done(comparison)
  },
}

export const cheapestPath: Command = {
  words: ['cheapest-path'],
  usage: 'cheapest-path [--risk PERCENT] [--lead MONTHS] [--months N] [--hourly-rate AMOUNT] [--paths N] [--seed N]',
  summary: 'the stages to hold month by month at least expected cost, within a risk of overload; what binds',
  options: {
    risk: { type: 'string', default: '5' },
    lead: { type: 'string', default: '1' },
    months: { type: 'string', default: '36' },
    'hourly-rate': { type: 'string' },
    paths: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
  },
  positionals: { min: 0, max: 0 },
  async run({ core, terminal, values, signal }) {
    const plan = await planOf(core)
    const number = (name: string) => numberOption(name, text(values, name) ?? '')
    const rate = text(values, 'hourly-rate')
    const policy = {
      kind: 'cheapest' as const,
      riskLimit: shareOf(percentOption('risk', text(values, 'risk') ?? '5')),
      leadMonths: number('lead'),
    }
    const path = await core.scenarios.cheapestPath(
      {
        assumptions: {
          ...ownAssumptions(plan, policy),
          months: number('months'),
          paths: number('paths'),
          seed: number('seed'),
        },
        ...(rate === undefined
          ? {}
          : { hourlyRateMinor: Math.round(numberOption('hourly-rate', rate) * 10 ** minorDigits(plan.currency)) }),
      },
      { signal },
    )
    const money = (minor: number) => formatMoney({ minor: Math.round(minor), currency: path.currency })
    const nameOf = (id: string) => plan.stages.find((stage) => stage.id === id)?.name ?? id
    terminal.say(
      `${path.feasible ? 'Within' : 'No path stays within'} ${percent(path.riskLimit)} risk a month${path.feasible ? '' : '; the one that passes it least'}: ${money(path.total.minor)} in ${path.months} months.`,
    )
    terminal.say(`  month 0: ${nameOf(path.held[0] ?? '')}`)
    for (const move of path.moves) {
      const why =
        move.why === 'limit'
          ? `staying would overload ${move.fullest?.capacity ?? 'it'} in ${percent(move.fullest?.share ?? 0)} of paths`
          : move.why === 'cheaper'
            ? 'it costs less from here on'
            : 'so that what comes after can be entered in time'
      terminal.say(`  month ${move.month}: ${nameOf(move.to)}, ${why}`)
    }
    for (const one of path.binding)
      terminal.say(
        `  binds: ${one.kind}, ${one.relieves ? 'keeps it over the limit' : `costs ${money(one.savesMinor)}`}`,
      )
    terminal.table([
      ['ONE STAGE FROM THE START', 'TOTAL', 'AGAINST THE PATH', 'MONTHS OVER'],
      ...path.fixed.map((one) => [
        one.open === null ? one.name : `${one.name} (${one.open})`,
        money(one.totalMinor),
        signed(one.differenceMinor, money),
        String(one.monthsOver),
      ]),
    ])
    for (const one of path.left) terminal.say(`Not considered: ${one.name}. ${one.why}`)
    for (const note of path.notes) terminal.say(note)
    return done(path)
  },
}

/** The scenarios that words stand for: kept ones by name or id, or the plan's own assumptions under a rule. SCENARIO_UNKNOWN. */
export async function scenariosNamed(
  core: Call['core'],
  plan: Plan,
  words: readonly string[],
): Promise<{ key: string; name: string; assumptions: Assumptions }[]> {
  const { scenarios: kept } = await core.scenarios.list()
  return words.map((word) => {
    const found = kept.find((one) => one.name.toLowerCase() === word.toLowerCase() || one.id === word)
    if (found) return { key: found.id, name: found.name, assumptions: found.assumptions }
    const policy = VARIANTS[word]
    if (policy) return { key: word, name: word, assumptions: ownAssumptions(plan, policy) }
    throw new HeadroomError({
      code: 'SCENARIO_UNKNOWN',
      fact: `There is no scenario "${word}".`,
      fix: `Choose from: ${[...Object.keys(VARIANTS), ...kept.map((one) => `"${one.name}"`)].join(', ')}.`,
      field: 'scenarios',
      value: word,
    })
  })
}

export async function planOf(core: Call['core']): Promise<Plan> {
  const current = await core.plan.current()
  if (current) return current.plan
  throw new HeadroomError({
    code: 'NO_PLAN',
    fact: 'This workspace has no plan yet.',
    fix: 'Choose a blueprint with `headroom plan choose ID`; `headroom plan list` names them.',
  })
}

function ownAssumptions(plan: Plan, policy: Assumptions['policy']): Assumptions {
  const driver = plan.drivers.find((one) => one.primary) ?? plan.drivers[0]
  return {
    present: driver?.present ?? 0,
    growth: plan.growth,
    months: 36,
    paths: 10_000,
    seed: 1,
    policy,
    levers: {},
    tax: false,
  }
}

/** Percent as a share; 99.9 / 100 is a little more than 0.999, which would ask for more. */
export const shareOf = (percents: number): number => Number((percents / 100).toFixed(9))
const percent = (share: number): string => formatQuantity(share, 'ratio')
const signed = (minor: number, money: (minor: number) => string): string =>
  minor > 0 ? `+${money(minor)}` : minor < 0 ? `-${money(-minor)}` : money(0)

/** What one user costs may be a fraction of a cent, and keeps three figures. */
function ofOne(minor: number, currency: string): string {
  const scale = 10 ** minorDigits(currency)
  if (minor === 0 || Math.abs(minor) >= scale) return formatMoney({ minor: Math.round(minor), currency })
  return new Intl.NumberFormat('en', { style: 'currency', currency, maximumSignificantDigits: 3 }).format(minor / scale)
}

function table(comparison: Comparison): string[][] {
  const money = (minor: number) => formatMoney({ minor: Math.round(minor), currency: comparison.currency })
  const end = comparison.months - 1
  const rows: [string, (one: Compared) => string][] = [
    ['total P50', (one) => money(one.total.p50)],
    ['total P10 to P90', (one) => `${money(one.total.p10)} to ${money(one.total.p90)}`],
    [
      'against the first',
      (one) => {
        const pair = pairFrom(comparison, one.key, comparison.base)
        return pair ? signed(pair.total.p50, money) : '–'
      },
    ],
    ['break-even, month', (one) => String(pairFrom(comparison, one.key, comparison.base)?.breakEven.month.p50 ?? '–')],
    ['last month P50', (one) => money(one.cost.p50[end] ?? 0)],
    [`last month / ${comparison.driver.unit}`, (one) => ofOne(one.perDriver.p50[end] ?? 0, comparison.currency)],
    ['moves, once', (one) => money(one.migration.minor)],
    ['moves, hours', (one) => formatQuantity(one.migration.hours, 'count')],
    ['overloaded, paths', (one) => percent(one.overload.share)],
    ['worst month', (one) => (one.overload.worst ? String(one.overload.worst.month) : '–')],
    ['first trigger, month', (one) => String(one.triggers.find((rule) => !rule.down)?.month.p50 ?? '–')],
    [
      'misses availability from',
      ({ availability }) => (availability.missesFrom === null ? '–' : `month ${availability.missesFrom}`),
    ],
  ]
  return [
    ['', ...comparison.scenarios.map((one) => one.name.toUpperCase())],
    ...rows.map(([name, of]) => [name, ...comparison.scenarios.map(of)]),
  ]
}

function remarks(one: Compared): string[] {
  return [
    ...one.notes,
    ...one.irreversible.map((move) => `cannot be undone, month ${move.month}: ${move.name}. ${move.what.join(' ')}`),
    ...one.guardRails.map(
      (rail) =>
        `month ${rail.month}, ${rail.name}: ${rail.text}${rail.state === 'unknown' ? ' (cannot be judged)' : ''} ${rail.why}`,
    ),
  ]
}
