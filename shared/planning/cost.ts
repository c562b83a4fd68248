import type { StageCost } from '../contract/contract.ts'
import type { Price } from '../model/catalogue.ts'
import type { LineItem } from '../model/line-item.ts'
import { minorDigits } from '../model/money.ts'
import type { Plan } from '../model/plan.ts'
import type { Stage } from '../model/stage.ts'
import { add, type Fraction, fractionOf, isWhole, multiply, roundHalfAway } from './fraction.ts'

/** The catalogue's entry for `provider/sku` (or `provider/sku@region`) in a currency, or null when it has none. */
export type PriceOf = (sku: string, currency: string) => Price | null
type CostLine = StageCost['lines'][number]

/** Hours billed in a month: a year of 365 days by 24 h, by 12, as the cloud providers' own price lists count. */
export const HOURS_PER_MONTH = 730
const ONE = fractionOf(1)

/**
 * The monthly cost of every stage, from its rows, beside what its source states.
 * Rules: an hourly price counts 730 times a month, a yearly one by twelfths, a one-off one in `onceMinor` only. Each row is
 * computed exactly (fractions, no binary floats) and rounded once, half away from zero, to the currency's minor unit; a
 * stage's sum is the sum of its rounded rows, so that what is shown adds up. A stage priced only relative to another one
 * gets one row computed from that stage's sum. `differs` compares the stated figure with the sum: they agree when one
 * lies within the other's range, and an open figure ("1000+") agrees with any sum that reaches it.
 */
export function stageCosts(plan: Plan, priceOf: PriceOf): StageCost[] {
  const done = new Map<string, StageCost>()
  return plan.stages.map((stage) => costOf(stage, plan, priceOf, done, new Set()))
}

function costOf(
  stage: Stage,
  plan: Plan,
  priceOf: PriceOf,
  done: Map<string, StageCost>,
  open: Set<string>,
): StageCost {
  const known = done.get(stage.id)
  if (known) return known
  open.add(stage.id)
  const lines = stage.lineItems.map((item) => lineOf(item, plan, priceOf))
  if (stage.relativeCost) {
    const over = stage.relativeCost.over
    const base = open.has(over) ? undefined : plan.stages.find((other) => other.id === over)
    lines.push(
      relativeLine(stage.relativeCost, base ?? null, base ? costOf(base, plan, priceOf, done, open) : null, plan),
    )
  }
  open.delete(stage.id)
  const cost: StageCost = {
    stage: stage.id,
    lines,
    perMonthMinor: sum(lines, 'perMonthMinor'),
    maxPerMonthMinor: sum(lines, 'maxPerMonthMinor'),
    onceMinor: sum(lines, 'onceMinor'),
    currency: plan.currency,
    ...comparison(stage, plan, lines),
  }
  done.set(stage.id, cost)
  return cost
}

const sum = (lines: CostLine[], key: 'perMonthMinor' | 'maxPerMonthMinor' | 'onceMinor'): number =>
  lines.reduce((total, line) => total + line[key], 0)

/** One row in minor units of the plan's currency; not priced when its SKU or its currency's rate is unknown. */
function lineOf(item: LineItem, plan: Plan, priceOf: PriceOf): CostLine {
  const line = {
    id: item.id,
    name: item.name,
    perMonthMinor: 0,
    maxPerMonthMinor: 0,
    onceMinor: 0,
    currency: plan.currency,
    note: item.note ?? null,
    priced: true,
  }
  const unpriced = (why: string): CostLine => ({
    ...line,
    priced: false,
    note: item.note ? `${why}; ${item.note}` : why,
  })

  let low: Fraction
  let high: Fraction
  let currency: string
  if ('sku' in item.price) {
    const found = skuAmount(item.price.sku, item, plan, priceOf)
    if (typeof found === 'string') return unpriced(found)
    low = found.amount
    high = found.amount
    currency = found.currency
  } else {
    const times = multiply(fractionOf(item.quantity), perMonth(item.per))
    low = multiply(fractionOf(item.price.amount), times)
    high = multiply(fractionOf(item.price.max ?? item.price.amount), times)
    currency = item.price.currency
  }
  const rate = currency === plan.currency ? ONE : rateOf(plan, currency)
  if (rate === null) return unpriced(`no exchange rate from ${currency} to ${plan.currency} in the plan`)
  const minor = (amount: Fraction): number =>
    roundHalfAway(multiply(multiply(amount, rate), fractionOf(10 ** minorDigits(plan.currency))))
  if (item.per === 'once') return { ...line, onceMinor: minor(high) }
  return { ...line, perMonthMinor: minor(low), maxPerMonthMinor: minor(high) }
}

function perMonth(per: LineItem['per']): Fraction {
  if (per === 'hour') return fractionOf(HOURS_PER_MONTH)
  if (per === 'year') return { over: 1n, under: 12n }
  return ONE
}

const rateOf = (plan: Plan, currency: string): Fraction | null =>
  plan.rates?.[currency] === undefined ? null : fractionOf(plan.rates[currency])

/**
 * What a catalogue entry costs a month for the row's quantity, or why it cannot be said. A row charged by the hour takes
 * the hourly price, any other the monthly one; each stands in for the other where only one is published. A price per unit
 * (GB-month, ...) is multiplied by the quantity; a free tier is taken off where it is a number.
 */
function skuAmount(
  sku: string,
  item: LineItem,
  plan: Plan,
  priceOf: PriceOf,
): { amount: Fraction; currency: string } | string {
  let price = priceOf(sku, plan.currency)
  for (const other of Object.keys(plan.rates ?? {})) price ??= priceOf(sku, other)
  if (price === null) return `no price for ${sku} in ${plan.currency}`
  if (item.per === 'year' || item.per === 'once')
    return `${sku} is priced by the month or hour, not ${item.per === 'once' ? 'once' : 'by the year'}`
  const hourly = price.hourly === null ? null : multiply(fractionOf(price.hourly), fractionOf(HOURS_PER_MONTH))
  const monthly = price.monthly === null ? null : fractionOf(price.monthly)
  const amount = item.per === 'hour' ? (hourly ?? monthly) : (monthly ?? hourly)
  const quantity = fractionOf(item.quantity)
  if (amount !== null) return { amount: multiply(amount, quantity), currency: price.currency }
  if (price.perUnit?.price == null || price.perUnit.unit.startsWith('percent'))
    return `${sku} has no amount in the catalogue`
  const free = typeof price.perUnit.freeTier === 'number' ? price.perUnit.freeTier : 0
  return {
    amount: multiply(fractionOf(price.perUnit.price), fractionOf(Math.max(0, item.quantity - free))),
    currency: price.currency,
  }
}

/** The row of a stage whose cost its source states as a share on top of another stage. */
function relativeLine(
  relative: NonNullable<Stage['relativeCost']>,
  base: Stage | null,
  cost: StageCost | null,
  plan: Plan,
): CostLine {
  const share = `${percent(relative.min)}${relative.max === null || relative.max === relative.min ? '' : ` to ${percent(relative.max)}`}`
  const over = base?.name ?? relative.over
  const name = relative.min === 0 && (relative.max ?? 0) === 0 ? `As ${over}` : `${over} plus ${share}`
  const line = { id: 'relative-cost', name, onceMinor: 0, currency: plan.currency }
  if (!cost || cost.lines.length === 0 || cost.lines.every((one) => !one.priced)) {
    return { ...line, perMonthMinor: 0, maxPerMonthMinor: 0, priced: false, note: `the cost of ${over} is not known` }
  }
  const scaled = (minor: number, ratio: number): number =>
    roundHalfAway(multiply(fractionOf(minor), add(ONE, fractionOf(ratio))))
  return {
    ...line,
    perMonthMinor: scaled(cost.perMonthMinor, relative.min),
    maxPerMonthMinor: scaled(cost.maxPerMonthMinor, relative.max ?? relative.min),
    priced: true,
    note: relative.max === null ? 'at least; the source gives no upper figure' : null,
  }
}

function comparison(stage: Stage, plan: Plan, lines: CostLine[]): Pick<StageCost, 'stated' | 'differs' | 'difference'> {
  const total = stage.statedTotal
  if (!total) return { stated: null, differs: false, difference: null }
  const rate = total.currency === plan.currency ? ONE : rateOf(plan, total.currency)
  if (rate === null) {
    return {
      stated: null,
      differs: true,
      difference: `stated in ${total.currency}, for which the plan has no exchange rate to ${plan.currency}`,
    }
  }
  const scale = multiply(rate, fractionOf(10 ** minorDigits(plan.currency)))
  const minor = (amount: number): number => roundHalfAway(multiply(fractionOf(amount), scale))
  const open = total.open ?? false
  const stated = { minor: minor(total.amount), maxMinor: total.max === undefined ? null : minor(total.max), open }
  if (lines.length === 0) return { stated, differs: false, difference: null }

  const low = sum(lines, 'perMonthMinor')
  const high = sum(lines, 'maxPerMonthMinor')
  const top = open ? Number.POSITIVE_INFINITY : (stated.maxMinor ?? stated.minor)
  const agrees = (stated.minor <= low && high <= top) || (low <= stated.minor && top <= high)
  const unpriced = lines.filter((line) => !line.priced)
  if (agrees && unpriced.length === 0) return { stated, differs: false, difference: null }
  const said = `${open ? 'at least' : 'about'} ${moneyRange(stated.minor, stated.maxMinor ?? stated.minor, plan.currency)}`
  const rows = moneyRange(low, high, plan.currency)
  const gap = unpriced.length > 0 ? ` (without ${unpriced.map((line) => line.name).join(', ')}: no price)` : ''
  return { stated, differs: true, difference: `stated ${said}, rows add up to ${rows}${gap}` }
}

function moneyRange(low: number, high: number, currency: string): string {
  return low === high ? money(low, currency) : `${money(low, currency)} to ${money(high, currency)}`
}

/** "€40.83", and "€50" for a whole amount, in English words for sentences of evidence. */
function money(minor: number, currency: string): string {
  const digits = minorDigits(currency)
  const whole = minor % 10 ** digits === 0
  return new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    minimumFractionDigits: whole ? 0 : digits,
    maximumFractionDigits: digits,
  }).format(minor / 10 ** digits)
}

function percent(ratio: number): string {
  const share = multiply(fractionOf(ratio), fractionOf(100))
  return `${isWhole(share) ? share.over / share.under : roundHalfAway(multiply(share, fractionOf(10))) / 10}%`
}
