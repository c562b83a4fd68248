import { moneyColumn } from '../../shared/format/money.ts'
import { formatQuantity } from '../../shared/format/quantity.ts'
import type { Growth } from '../../shared/model/growth.ts'
import { HeadroomError } from '../../shared/model/problem.ts'
import type { Policy } from '../../shared/model/scenario.ts'
import { type Command, done, text, type Values } from './command.ts'
import { NO_PLAN } from './plan.ts'
import { numberOption, UsageError } from './usage-error.ts'

export const whatIf: Command = {
  words: ['what-if'],
  usage:
    'what-if [--present N] [--growth exponential|linear|logistic|drawn] [--rate R] [--per-month N] [--ceiling N] [--points 6=3000,12=9000] [--deviation D] [--months N] [--from STAGE] [--policy triggers|stay|cheapest] [--lead N] [--risk R] [--move 6=STAGE]... [--vat] [--paths N] [--seed N]',
  summary:
    'cost, use, overload and trigger months of a scenario (a rate of 0.1 is 10% a month), from a seeded simulation',
  options: {
    present: { type: 'string' },
    growth: { type: 'string' },
    rate: { type: 'string' },
    'per-month': { type: 'string' },
    ceiling: { type: 'string' },
    points: { type: 'string' },
    from: { type: 'string' },
    policy: { type: 'string' },
    lead: { type: 'string' },
    risk: { type: 'string' },
    move: { type: 'string', multiple: true },
    vat: { type: 'boolean' },
    months: { type: 'string', default: '24' },
    deviation: { type: 'string' },
    paths: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    stay: { type: 'boolean' },
  },
  positionals: { min: 0, max: 0 },
  async run({ core, terminal, values, signal }) {
    const current = await core.plan.current()
    if (!current) throw new HeadroomError(NO_PLAN)
    const { plan } = current
    const driver = plan.drivers.find((one) => one.primary) ?? plan.drivers[0]
    const given = (name: string, otherwise: number) => {
      const word = text(values, name)
      return word === undefined ? otherwise : numberOption(name, word)
    }
    const assumptions = {
      present: given('present', driver?.present ?? 0),
      growth: growthGiven(values, plan.growth),
      months: given('months', 24),
      stage: text(values, 'from'),
      paths: given('paths', 10_000),
      seed: given('seed', 1),
      policy: policyGiven(values),
      tax: values.vat === true,
    }
    const simulated = await core.plan.simulate(assumptions, { signal })
    const step = Math.max(1, Math.ceil(simulated.months / 12))
    const months = Array.from({ length: simulated.months }, (_, month) => month).filter((month) => month % step === 0)
    const { p10, p50, p90 } = simulated.cost
    const amount = moneyColumn(
      months.flatMap((month) => [p10[month], p50[month], p90[month]]),
      simulated.currency,
    )
    const money = (minor: number | undefined) => (minor === undefined ? '–' : amount(minor))
    const tightest = (month: number) =>
      simulated.utilisation
        .map(({ name, band }) => ({ name, use: band.p50[month] ?? 0 }))
        .reduce((most, one) => (one.use > most.use ? one : most), { name: '–', use: 0 })
    terminal.table([
      ['MONTH', (driver?.name ?? 'driver').toUpperCase(), 'COST P10', 'P50', 'P90', 'OVERLOADED', 'FULLEST (P50)'],
      ...months.map((month) => {
        const { name, use } = tightest(month)
        return [
          String(month),
          formatQuantity(Math.round(simulated.driver.p50[month] ?? 0), 'count'),
          money(simulated.cost.p10[month]),
          money(simulated.cost.p50[month]),
          money(simulated.cost.p90[month]),
          formatQuantity(simulated.overloadShare[month] ?? 0, 'ratio'),
          name === '–' ? name : `${name} ${formatQuantity(use, 'ratio')}`,
        ]
      }),
    ])
    const fires = simulated.triggers.filter(({ firedShare }) => firedShare > 0)
    if (fires.length > 0) terminal.say('Triggers:')
    for (const { name, firedShare, month } of fires) {
      terminal.say(
        `  ${name}: fires in ${formatQuantity(firedShare, 'ratio')} of paths, month ${month.p10 ?? '–'} / ${month.p50 ?? '–'} / ${month.p90 ?? '–'} (P10/P50/P90)`,
      )
    }
    if (simulated.notModelled.length > 0) terminal.say('Left out:')
    for (const { name, why } of simulated.notModelled) terminal.say(`  ${name}: ${why}`)
    return done(simulated)
  },
}

const GROWTHS = ['exponential', 'linear', 'logistic', 'drawn'] as const
const POLICIES = ['triggers', 'stay', 'cheapest'] as const

function oneOf<Word extends string>(name: string, word: string, words: readonly Word[]): Word {
  const found = words.find((one) => one === word)
  if (found === undefined) throw new UsageError(`--${name} is one of ${words.join(', ')}, not "${word}".`)
  return found
}

/** "6=3000" as its two halves. */
function monthAnd(name: string, pair: string): [number, string] {
  const [month = '', value] = pair.split('=')
  if (value === undefined) throw new UsageError(`--${name} needs MONTH=VALUE, not "${pair}".`)
  return [numberOption(name, month), value]
}

/** The plan's own growth unless options say otherwise; a field without an option is the plan's where it has it. */
function growthGiven(values: Values, own: Growth): Growth {
  const kindWord = text(values, 'growth')
  const needed = (name: string, from: string): number => {
    const word = text(values, name)
    const kept = own as unknown as Record<string, unknown>
    if (word !== undefined) return numberOption(name, word)
    if (typeof kept[from] === 'number') return kept[from]
    throw new UsageError(`This kind of growth needs --${name}.`)
  }
  const deviationWord = text(values, 'deviation')
  const deviation = deviationWord === undefined ? own.deviation : numberOption('deviation', deviationWord)
  const kinds = { rate: 'exponential', 'per-month': 'linear', ceiling: 'logistic', points: 'drawn' } as const
  const implied = (['points', 'ceiling', 'per-month', 'rate'] as const).find((name) => text(values, name) !== undefined)
  // `--rate` alone goes with the kinds that have a rate.
  const keeps = implied === 'rate' && own.kind === 'logistic'
  const kind =
    kindWord !== undefined
      ? oneOf('growth', kindWord, GROWTHS)
      : implied === undefined || keeps
        ? own.kind
        : kinds[implied]
  switch (kind) {
    case 'exponential':
      return { kind, monthlyRate: needed('rate', 'monthlyRate'), deviation }
    case 'linear':
      return { kind, perMonth: needed('per-month', 'perMonth'), deviation }
    case 'logistic':
      return { kind, monthlyRate: needed('rate', 'monthlyRate'), ceiling: needed('ceiling', 'ceiling'), deviation }
    case 'drawn': {
      const word = text(values, 'points')
      if (word === undefined && own.kind === 'drawn') return { ...own, deviation }
      if (word === undefined) throw new UsageError('This kind of growth needs --points, such as 6=3000,12=9000.')
      const points = word.split(',').map((pair) => {
        const [month, value] = monthAnd('points', pair)
        return { month, value: numberOption('points', value) }
      })
      return { kind, points, deviation }
    }
    case 'pieces':
      return { ...own, deviation }
  }
}

function policyGiven(values: Values): Policy {
  const moves = Array.isArray(values.move) ? values.move : []
  if (moves.length > 0) {
    return {
      kind: 'fixed',
      moves: moves.map((pair) => {
        const [month, stage] = monthAnd('move', String(pair))
        return { month, stage }
      }),
    }
  }
  const lead = text(values, 'lead')
  const leadMonths = lead === undefined ? 1 : numberOption('lead', lead)
  const kind = values.stay === true ? 'stay' : oneOf('policy', text(values, 'policy') ?? 'triggers', POLICIES)
  if (kind === 'stay') return { kind }
  if (kind === 'triggers') return { kind, leadMonths }
  const risk = text(values, 'risk')
  return { kind, riskLimit: risk === undefined ? 0.05 : numberOption('risk', risk), leadMonths }
}
