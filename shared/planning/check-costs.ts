import { nearest } from '../format/nearest.ts'
import type { LineItem } from '../model/line-item.ts'
import type { Plan } from '../model/plan.ts'
import type { Stage } from '../model/stage.ts'
import { type CheckTools, type Path, unique } from './check-tools.ts'
import { formulaNames } from './cost-quantity.ts'
import { FormulaError, namesOf, parseFormula } from './formula.ts'

/** Above these a figure is a slip of the keyboard, such as a missing decimal point. */
const DEAREST = 1e9
const MOST = 1e15

/** The currencies that the runtime knows, which are those of ISO 4217. */
const CURRENCIES: readonly string[] = Intl.supportedValuesOf('currency')

/** What the currencies, rates and tax of a plan have wrong. */
export function checkMoney(plan: Plan, { say }: CheckTools): void {
  real(plan.currency, ['currency'], 'value', say)
  for (const [currency, rate] of Object.entries(plan.rates ?? {})) {
    const path = ['rates', currency]
    real(currency, path, 'key', say)
    if (currency === plan.currency) say(path, `${currency} is the plan's own currency; leave it out`, 'key')
    else if (rate < 1e-7 || rate > 1e7)
      say(
        path,
        `one ${currency} would be worth ${rate} ${plan.currency}; write what one ${currency} is worth in ${plan.currency}`,
      )
  }
}

function real(currency: string, path: Path, at: 'value' | 'key', say: CheckTools['say']): void {
  if (CURRENCIES.includes(currency)) return
  const near = nearest(currency, ['EUR', 'USD', 'GBP', 'CHF', 'JPY', 'SEK', 'NOK', 'DKK', 'PLN', 'CAD', 'AUD', 'INR'])
  say(path, `"${currency}" is no currency of ISO 4217${near ? `; did you mean "${near}"?` : ''}`, at)
}

/** What the costs of a stage have wrong. */
export function checkCosts(stage: Stage, path: Path, plan: Plan, tools: CheckTools): void {
  const { say } = tools
  unique(stage.lineItems, (item) => item.id, [...path, 'lineItems'], 'id', say)
  const rows = stage.lineItems.map((item) => item.id)
  for (const [at, item] of stage.lineItems.entries()) checkRow(item, [...path, 'lineItems', at], rows, plan, tools)
  for (const key of ['statedTotal', 'migrationCost'] as const) {
    const money = stage[key]
    if (!money) continue
    checkAmount(money.amount, [...path, key, 'amount'], say)
    checkCurrency(money.currency, [...path, key, 'currency'], plan, say)
  }
  const { statedTotal, relativeCost } = stage
  if (statedTotal?.max !== undefined && statedTotal.max < statedTotal.amount)
    say([...path, 'statedTotal', 'max'], `is less than amount (${statedTotal.amount})`)
  if (relativeCost && relativeCost.max !== null && relativeCost.max < relativeCost.min)
    say([...path, 'relativeCost', 'max'], `is less than min (${relativeCost.min})`)
  if (relativeCost && relativeCost.min < -1) say([...path, 'relativeCost', 'min'], 'would make the cost negative')
}

function checkRow(item: LineItem, path: Path, rows: readonly string[], plan: Plan, tools: CheckTools): void {
  const { say, known } = tools
  const price = [...path, 'price']
  checkQuantity(item, [...path, 'quantity'], plan, say)
  checkLevers(item, path, say)
  if (item.grandfathered) {
    checkAmount(item.grandfathered.amount, [...path, 'grandfathered', 'amount'], say)
    checkCurrency(item.grandfathered.currency, [...path, 'grandfathered', 'currency'], plan, say)
    if (item.per === 'once') say([...path, 'grandfathered'], 'what is paid once has no old price to keep')
  }
  if (item.of !== undefined) {
    if (item.of === item.id) say([...path, 'of'], 'is the row itself')
    else known([...path, 'of'], 'row', item.of, rows)
    if (!('sku' in item.price)) say([...path, 'of'], "stands only beside a SKU that costs a share of a server's price")
  }
  if ('sku' in item.price) {
    if (item.per === 'year' || item.per === 'once') say([...path, 'per'], 'a SKU is priced by the month or the hour')
    if (!/^[^/]+\/.+$/.test(item.price.sku)) say([...price, 'sku'], 'write provider/sku, such as hetzner/cx33')
    return
  }
  checkCurrency(item.price.currency, [...price, 'currency'], plan, say)
  if ('tiers' in item.price) {
    if (item.per !== 'use') say([...path, 'per'], 'a price with tiers is charged by use; write per: use')
    checkTiers(item.price.tiers, [...price, 'tiers'], say)
    return
  }
  if (item.per === 'use')
    say(
      [...path, 'per'],
      'a price by use has a unit and tiers; write per: month, or { unit, tiers, currency } as the price',
    )
  checkAmount(item.price.amount, [...price, 'amount'], say)
  if (item.price.max !== undefined) checkAmount(item.price.max, [...price, 'max'], say)
  const { cap } = item.price
  if (cap !== undefined) checkAmount(cap, [...price, 'cap'], say)
  if (cap !== undefined && item.per !== 'hour')
    say([...price, 'cap'], 'only a price by the hour has a monthly cap; charge it by the hour or leave the cap out')
  if (item.price.max !== undefined && item.price.max < item.price.amount)
    say([...price, 'max'], `is less than amount (${item.price.amount})`)
}

function checkAmount(amount: number, path: Path, say: CheckTools['say']): void {
  if (amount < 0) say(path, 'a price cannot be negative')
  else if (amount > DEAREST) say(path, `${amount} is above a billion; look at the decimal point and the currency`)
}

function checkCurrency(currency: string, path: Path, plan: Plan, say: CheckTools['say']): void {
  if (currency === plan.currency) return
  real(currency, path, 'value', say)
  if (plan.rates === undefined || !Object.hasOwn(plan.rates, currency))
    say(path, `the plan counts in ${plan.currency} and has no rate for ${currency}; add one under rates`)
}

function checkQuantity({ quantity }: LineItem, path: Path, plan: Plan, say: CheckTools['say']): void {
  if (typeof quantity === 'number') {
    if (quantity > MOST) say(path, `${quantity} is more than can be meant`)
    return
  }
  try {
    const used = namesOf(parseFormula(quantity, formulaNames(plan)))
    const twice = used.find(
      (name) => plan.drivers.some((one) => one.id === name) && plan.demand.some((one) => one.resource === name),
    )
    if (twice !== undefined) say(path, `"${twice}" is a driver and a demand resource; give one of them another name`)
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error
    say(path, error.message)
  }
}

function checkTiers(
  tiers: readonly { upTo: number | null; amount: number }[],
  path: Path,
  say: CheckTools['say'],
): void {
  let before = 0
  for (const [at, { upTo, amount }] of tiers.entries()) {
    checkAmount(amount, [...path, at, 'amount'], say)
    const last = at === tiers.length - 1
    if (last && upTo !== null) say([...path, at, 'upTo'], 'the last tier has no end; write null')
    else if (!last && upTo === null) say([...path, at, 'upTo'], 'only the last tier has no end')
    else if (upTo !== null && upTo <= before) say([...path, at, 'upTo'], `is not above the tier before it (${before})`)
    before = upTo ?? before
  }
}

function checkLevers({ levers = [] }: LineItem, path: Path, say: CheckTools['say']): void {
  for (const [at, lever] of levers.entries()) {
    if (levers.indexOf(lever) < at) say([...path, 'levers', at], `"${lever}" is there twice`)
  }
}
