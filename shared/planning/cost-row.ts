import type { Price } from '../model/catalogue.ts'
import type { LineItem } from '../model/line-item.ts'
import { minorDigits } from '../model/money.ts'
import type { Plan } from '../model/plan.ts'
import type { Levers } from '../model/scenario.ts'
import type { Stage } from '../model/stage.ts'
import { capNote, capped } from './cost-cap.ts'
import { type Quantity, quantityOf } from './cost-quantity.ts'
import { type Charge, chargeOf, findPrice, HOURS_PER_MONTH, type PriceOf, shareOf } from './cost-sku.ts'
import { flatTariff, ONE, scaleTariff, type Tariff, tariffAmount } from './cost-tariff.ts'
import { noRate, type Rates, rateInto, statedRates } from './currency.ts'
import { FormulaError } from './formula.ts'
import { type Fraction, fractionOf, multiply, order, toNumber } from './fraction.ts'
import { type LeverFactor, leverFactors } from './levers.ts'
import { type Size, type Utilisation, utilisationOf } from './right-size.ts'
import { type TaxFactors, taxFactors, taxNote } from './tax.ts'

/** How prices are shown and what is pulled to lower them. Left out: net of tax, no lever, the plan's own rates. */
export interface Pricing {
  levers?: Levers | undefined
  tax?: boolean | undefined
  rates?: Rates | undefined
}

/** A row whose price is known. Tariffs are in minor units of the plan's currency, a month or once, as the price is stated. */
export interface PricedRow {
  item: LineItem
  quantity: Quantity
  low: Tariff
  high: Tariff
  /** The old price that it keeps while the present stage is not left. */
  old: Tariff | null
  /** Its price is this share of another row's. */
  of: { row: PricedRow; share: Fraction } | null
  /** Smaller sizes of its SKU, cheapest first, when right-sizing acts on it. */
  sizes: { list: Size[]; use: Utilisation; target: number; own: Price } | null
  factors: LeverFactor[]
  /** How many times its monthly cap all hours of a month would cost; 1 where none is reached. */
  over: Fraction
  tax: TaxFactors
  price: Price | null
  charge: Charge | null
  /** The rate its price was converted at; null when it is in the plan's currency. */
  rate: number | null
  notes: string[]
}
export interface UnpricedRow {
  item: LineItem
  why: string
}
export type Row = PricedRow | UnpricedRow
export const isPriced = (row: Row): row is PricedRow => 'quantity' in row

interface Context {
  stage: Stage
  plan: Plan
  priceOf: PriceOf
  pricing: Pricing
  rates: Rates
}

/** The rows of a stage in its order. One whose price cannot be told says why; nothing is guessed. */
export function rowsOf(stage: Stage, plan: Plan, priceOf: PriceOf, pricing: Pricing): Row[] {
  const context: Context = { stage, plan, priceOf, pricing, rates: statedRates(plan, pricing.rates) }
  const rows = new Map<LineItem, Row>()
  const shares: { item: LineItem; price: Price; share: number }[] = []
  for (const item of stage.lineItems) {
    const found = 'sku' in item.price ? findPrice(item.price.sku, plan, context.rates, priceOf) : null
    const share = found !== null && typeof found !== 'string' ? shareOf(found) : null
    if (share !== null) shares.push({ item, price: found as Price, share })
    else rows.set(item, typeof found === 'string' ? { item, why: found } : rowOf(item, found, context))
  }
  const own = [...rows.values()]
  for (const { item, price, share } of shares) rows.set(item, shareRow(item, price, share, own, context))
  return stage.lineItems.map((item) => rows.get(item) as Row)
}

function rowOf(item: LineItem, price: Price | null, context: Context): Row {
  const { plan, rates, pricing } = context
  const quantity = readQuantity(item, plan)
  if (typeof quantity === 'string') return { item, why: quantity }
  const charge = price && 'sku' in item.price ? chargeOf(item.price.sku, price, item.per) : null
  if (typeof charge === 'string') return { item, why: charge }
  const currency = price?.currency ?? ('sku' in item.price ? plan.currency : item.price.currency)
  const rate = rateInto(plan, currency, rates)
  if (rate === null) return { item, why: noRate(plan, currency) }
  const scale = multiply(rate, minorScale(plan))
  const { low, high, over, note } = charge
    ? { low: charge.tariff, high: charge.tariff, over: charge.over, note: charge.note }
    : typedTariffs(item)
  const old = oldTariff(item, low, context)
  if (typeof old === 'string') return { item, why: old }
  const included = item.vatIncluded ?? (price ? price.vatIncluded : false)
  const notes = [note, taxNote(plan.vat, included, pricing.tax ?? false)]
  const lowScaled = scaleTariff(low, scale)
  const row: PricedRow = {
    item,
    quantity,
    low: lowScaled,
    high: high === low ? lowScaled : scaleTariff(high, scale),
    old,
    of: null,
    sizes: null,
    factors: leverFactors(item, pricing.levers ?? {}, over),
    over,
    tax: taxFactors(plan.vat, included),
    price,
    charge,
    rate: currency === plan.currency ? null : toNumber(rate),
    notes: notes.filter((one) => one !== null),
  }
  if (price && pricing.levers?.rightSized && item.levers?.includes('right-sized'))
    rightSize(row, price, pricing.levers.rightSized.target, scale, context)
  return row
}

function readQuantity(item: LineItem, plan: Plan): Quantity | string {
  try {
    return quantityOf(item.quantity, plan)
  } catch (error) {
    if (error instanceof FormulaError) return `quantity: ${error.problem.fact}`
    throw error
  }
}

const minorScale = (plan: Plan): Fraction => fractionOf(10 ** minorDigits(plan.currency))

/** A typed price, a month or once, in its own currency: the low and the high end of a stated range. */
function typedTariffs({ price, per }: LineItem): { low: Tariff; high: Tariff; over: Fraction; note: string | null } {
  if ('sku' in price) throw new TypeError('a SKU is priced by the catalogue')
  if ('tiers' in price) {
    const tiers = price.tiers.map(({ upTo, amount }) => ({
      upTo: upTo === null ? null : fractionOf(upTo),
      rate: fractionOf(amount),
    }))
    const low = { free: fractionOf(price.free), tiers }
    return { low, high: low, over: ONE, note: null }
  }
  const times = perMonth(per)
  const cap = per === 'hour' ? price.cap : undefined
  const low = capped(multiply(fractionOf(price.amount), times), cap)
  const high = price.max === undefined ? low : capped(multiply(fractionOf(price.max), times), cap)
  const tariff = flatTariff(low.month)
  return {
    low: tariff,
    high: high === low ? tariff : flatTariff(high.month),
    // Of a range the end that is further above its cap counts, so that hours off never save too much.
    over: high.over,
    note: cap !== undefined && order(high.over, ONE) > 0 ? capNote(cap, price.currency) : null,
  }
}

function perMonth(per: LineItem['per']): Fraction {
  if (per === 'hour') return fractionOf(HOURS_PER_MONTH)
  if (per === 'year') return { over: 1n, under: 12n }
  return ONE
}

/** The old price of one unit, for the same time as the row's; free units stay free. */
function oldTariff(item: LineItem, { free }: Tariff, { plan, rates, stage }: Context): Tariff | null | string {
  if (!item.grandfathered || stage.id !== plan.stage || item.per === 'once') return null
  const { amount, currency } = item.grandfathered
  const rate = rateInto(plan, currency, rates)
  if (rate === null) return noRate(plan, currency)
  return flatTariff(multiply(multiply(fractionOf(amount), perMonth(item.per)), multiply(rate, minorScale(plan))), free)
}

/** A row whose SKU costs a share of a server, such as a backup. */
function shareRow(item: LineItem, price: Price, share: number, rows: readonly Row[], context: Context): Row {
  const { plan, pricing } = context
  const sku = 'sku' in item.price ? item.price.sku : ''
  const percent = `${toNumber(multiply(fractionOf(share), fractionOf(100)))}% of a server's price`
  if (item.per === 'once' || item.per === 'year') return { item, why: `${sku} is ${percent}: charge it by the month` }
  const quantity = readQuantity(item, plan)
  if (typeof quantity === 'string') return { item, why: quantity }
  const servers = rows.filter(
    (row) => isPriced(row) && row.price?.provider === price.provider && row.price.vcpu !== null,
  )
  const base =
    item.of === undefined
      ? servers.length === 1
        ? servers[0]
        : undefined
      : rows.find((row) => row.item.id === item.of)
  if (!base) return { item, why: `${sku} is ${percent}: name the server's row with "of"` }
  if (!isPriced(base)) return { item, why: `${sku} is ${percent}, and ${base.item.name} has no price` }
  if (base.item.per === 'once') return { item, why: `${sku} is ${percent}, and ${base.item.name} is paid once` }
  return {
    ...base,
    item,
    quantity,
    of: { row: base, share: fractionOf(share) },
    sizes: null,
    factors: leverFactors(item, pricing.levers ?? {}, base.over),
    price,
    charge: null,
    notes: [`${percent.replace("a server's price", base.item.name)}`],
  }
}

/** Gives the row the cheaper sizes of its family, as long as the plan knows how far it is used. */
function rightSize(row: PricedRow, own: Price, target: number, scale: Fraction, context: Context): void {
  const { plan, stage, priceOf } = context
  if (own.vcpu === null || own.ramGb === null) {
    row.notes.push('not right-sized: the catalogue states no size for it')
    return
  }
  const use = utilisationOf(plan, stage)
  if (!use.cores && !use.memory) {
    row.notes.push('not right-sized: the plan states no demand and supply of cores or memory for this stage')
    return
  }
  const { vcpu, ramGb } = own
  const monthly = (tariff: Tariff): Fraction => tariffAmount(tariff, ONE)
  const list = (priceOf.sizes?.(own) ?? [])
    .flatMap((price) => {
      const charge = chargeOf(price.sku, price, row.item.per)
      if (typeof charge === 'string' || charge.unit !== null || price.vcpu === null || price.ramGb === null) return []
      return [
        { price, tariff: scaleTariff(charge.tariff, scale), cores: price.vcpu / vcpu, memory: price.ramGb / ramGb },
      ]
    })
    .filter((size) => order(monthly(size.tariff), monthly(row.low)) < 0)
    .sort((a, b) => order(monthly(a.tariff), monthly(b.tariff)))
  if (list.length > 0) row.sizes = { list, use, target, own }
  else row.notes.push('not right-sized: the catalogue has no cheaper size of its family')
}
