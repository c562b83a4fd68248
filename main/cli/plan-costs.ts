import type { CoreClient } from '../../shared/contract/client.ts'
import type { StageCost } from '../../shared/contract/contract.ts'
import type { CostsQuery } from '../../shared/contract/costs.ts'
import { type MoneyText, moneyColumn } from '../../shared/format/money.ts'
import { nearest } from '../../shared/format/nearest.ts'
import { formatQuantity } from '../../shared/format/quantity.ts'
import type { Plan } from '../../shared/model/plan.ts'
import { HeadroomError } from '../../shared/model/problem.ts'
import type { Levers } from '../../shared/model/scenario.ts'
import { type Command, done, text, type Values } from './command.ts'
import { numberOption, UsageError } from './usage-error.ts'

export const planCosts: Command = {
  words: ['plan', 'costs'],
  usage:
    'plan costs [STAGE] [--tax] [--at DRIVER=N ...] [--rate CUR=N ...] [--reserved SHARE:DISCOUNT] [--spot SHARE:DISCOUNT] [--hours N] [--right-size TARGET] [--yearly DISCOUNT]',
  summary:
    'what every stage costs, or one stage row by row: with VAT, at other driver values and exchange rates, under levers (0.3 is 30%)',
  options: {
    tax: { type: 'boolean' },
    at: { type: 'string', multiple: true },
    rate: { type: 'string', multiple: true },
    reserved: { type: 'string' },
    spot: { type: 'string' },
    hours: { type: 'string' },
    'right-size': { type: 'string' },
    yearly: { type: 'string' },
  },
  positionals: { min: 0, max: 1 },
  async run({ core, terminal, values, positionals }) {
    const query = queryOf(values)
    const [{ costs, gaps }, plan] = [await core.costs.stages(query), await planOf(core)]
    const [wanted] = positionals
    const stage = wanted === undefined ? null : known(plan, wanted)
    const shown = costs.filter((cost) => stage === null || cost.stage === stage.id)
    if (stage) for (const cost of shown) terminal.table(rowsTable(cost))
    else terminal.table(stagesTable(plan, shown))
    for (const cost of shown) for (const line of remarks(plan, cost)) terminal.say(line)
    const open = gaps.filter((gap) => stage === null || gap.stage === stage.id || gap.stage === null)
    if (open.length > 0) terminal.say('Left open:')
    for (const gap of open) terminal.say(`  ${gap.fact} ${gap.fix}`)
    return done({ costs: shown, gaps: open })
  },
}

async function planOf(core: CoreClient): Promise<Plan> {
  const current = await core.plan.current()
  if (!current) throw new TypeError('costs were given without a plan')
  return current.plan
}

function known(plan: Plan, id: string): Plan['stages'][number] {
  const stage = plan.stages.find((one) => one.id === id)
  if (stage) return stage
  const ids = plan.stages.map((one) => one.id)
  const near = nearest(id, ids)
  throw new HeadroomError({
    code: 'UNKNOWN_STAGE',
    fact: `The plan has no stage "${id}".`,
    fix: `${near ? `Did you mean "${near}"? ` : ''}Choose one of: ${ids.join(', ')}.`,
    field: 'stage',
    value: id,
  })
}

function range(low: number, high: number, money: MoneyText): string {
  return low === high ? money(low) : `${money(low)} to ${money(high)}`
}

function stagesTable(plan: Plan, costs: readonly StageCost[]): string[][] {
  const taxed = costs.some((cost) => cost.tax)
  const levers = costs[0]?.saved.map(({ lever }) => lever) ?? []
  const header = [
    '',
    'STAGE',
    'A MONTH',
    'ONCE',
    ...(taxed ? ['OF WHICH TAX'] : []),
    ...levers.map((lever) => `SAVED ${lever.toUpperCase()}`),
  ]
  const column = (amounts: (cost: StageCost) => readonly (number | undefined)[]) =>
    moneyColumn(costs.flatMap(amounts), plan.currency)
  const monthly = column((cost) => [cost.perMonthMinor, cost.maxPerMonthMinor])
  const once = column((cost) => [cost.onceMinor])
  const tax = column((cost) => [cost.tax?.minor, cost.tax?.maxMinor])
  const saved = column((cost) => cost.saved.flatMap(({ minor, maxMinor }) => [minor, maxMinor]))
  const rows = plan.stages.map((stage) => {
    const cost = costs.find((one) => one.stage === stage.id)
    if (!cost) return ['', stage.name, '–', '–']
    const empty = cost.lines.length === 0
    return [
      stage.id === plan.stage ? '→' : '',
      stage.name,
      empty ? '–' : range(cost.perMonthMinor, cost.maxPerMonthMinor, monthly),
      cost.onceMinor === 0 ? '–' : range(cost.onceMinor, cost.onceMinor, once),
      ...(taxed ? [range(cost.tax?.minor ?? 0, cost.tax?.maxMinor ?? 0, tax)] : []),
      ...cost.saved.map((one) => range(Math.min(one.minor, one.maxMinor), Math.max(one.minor, one.maxMinor), saved)),
    ]
  })
  return [header, ...rows]
}

function rowsTable(cost: StageCost): string[][] {
  const money = moneyColumn(
    cost.lines.flatMap(({ onceMinor, perMonthMinor, maxPerMonthMinor }) => [
      onceMinor,
      perMonthMinor,
      maxPerMonthMinor,
    ]),
    cost.currency,
  )
  const rows = cost.lines.map((line) => {
    const amount =
      line.onceMinor > 0
        ? `${range(line.onceMinor, line.onceMinor, money)} once`
        : range(line.perMonthMinor, line.maxPerMonthMinor, money)
    const { value, formula } = line.quantity
    const count = value === null ? '–' : formatQuantity(value, 'count')
    return [
      line.name,
      formula === null ? count : `${count} = ${formula}`,
      line.priced ? amount : 'no price',
      line.note ?? '',
    ]
  })
  const total = ['Sum a month', '', range(cost.perMonthMinor, cost.maxPerMonthMinor, money), '']
  return [['ITEM', 'QUANTITY', 'A MONTH', 'NOTE'], ...rows, total]
}

/** Rows without a price, a stated total that differs, old prices that are kept. */
function remarks(plan: Plan, cost: StageCost): string[] {
  const name = plan.stages.find((stage) => stage.id === cost.stage)?.name ?? cost.stage
  const said = cost.lines.flatMap((line) => {
    if (!line.priced) return [`${name}: ${line.name} is not counted: ${line.note ?? 'it has no price'}`]
    const { grandfathered: old } = line
    return old
      ? [
          `${name}: ${line.name} keeps its old price; today's is ${range(old.listMinor, old.maxListMinor, moneyColumn([old.listMinor, old.maxListMinor], line.currency))}`,
        ]
      : []
  })
  return cost.difference === null ? said : [...said, `${name}: ${cost.difference}`]
}

function queryOf(values: Values): CostsQuery {
  const share = (name: 'reserved' | 'spot'): { share: number; discount: number } | undefined => {
    const word = text(values, name)
    if (word === undefined) return undefined
    const parts = word.split(':')
    if (parts.length !== 2) throw new UsageError(`--${name} takes SHARE:DISCOUNT, such as 0.5:0.3; it got "${word}".`)
    return { share: numberOption(name, parts[0] ?? ''), discount: numberOption(name, parts[1] ?? '') }
  }
  const single = (name: string): number | undefined => {
    const word = text(values, name)
    return word === undefined ? undefined : numberOption(name, word)
  }
  const [hours, target, yearly] = [single('hours'), single('right-size'), single('yearly')]
  const levers: Levers = {
    reserved: share('reserved'),
    spot: share('spot'),
    scheduled: hours === undefined ? undefined : { hoursPerWeek: hours },
    rightSized: target === undefined ? undefined : { target },
    yearly: yearly === undefined ? undefined : { discount: yearly },
  }
  return { levers, tax: values.tax === true, rates: pairs(values, 'rate'), at: pairs(values, 'at') }
}

/** `--at users=500 --at tenants=3`. */
function pairs(values: Values, name: string): Record<string, number> {
  const words = values[name]
  const list = Array.isArray(words) ? words.filter((word) => typeof word === 'string') : []
  return Object.fromEntries(
    list.map((word) => {
      const [key = '', value = '', ...rest] = word.split('=')
      if (key === '' || value === '' || rest.length > 0)
        throw new UsageError(
          `--${name} takes NAME=NUMBER, such as ${name === 'at' ? 'users=500' : 'USD=0.92'}; it got "${word}".`,
        )
      return [key, numberOption(name, value)]
    }),
  )
}
