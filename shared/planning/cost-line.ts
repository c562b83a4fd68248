import type { StageCost } from '../contract/contract.ts'
import type { LeverName } from '../model/line-item.ts'
import type { Plan } from '../model/plan.ts'
import { canGiveUp, exactAmount, sizeOf } from './cost-amount.ts'
import { isPriced, type PricedRow, type Pricing, type Row } from './cost-row.ts'
import { type Fraction, multiply, roundHalfAway, toNumber } from './fraction.ts'

export type CostLine = StageCost['lines'][number]

/** A line, and its amounts as the prices are stated: neither tax nor levers, for the comparison with a stated total. */
export interface ComputedLine {
  line: CostLine
  asStated: { low: number; high: number }
}

const bare = (id: string, name: string, plan: Plan): CostLine => ({
  id,
  name,
  perMonthMinor: 0,
  maxPerMonthMinor: 0,
  onceMinor: 0,
  currency: plan.currency,
  note: null,
  priced: true,
  quantity: { value: 1, formula: null },
  unitPrice: null,
  rate: null,
  taxMinor: 0,
  maxTaxMinor: 0,
  grandfathered: null,
  sizedTo: null,
  saved: [],
})

export { bare as bareLine }

const joined = (...parts: (string | null | undefined)[]): string | null =>
  parts.filter((part) => part !== null && part !== undefined && part !== '').join('; ') || null

/** @param held true while the present stage was never left, so that old prices are kept */
export function lineOf(row: Row, state: Float64Array, plan: Plan, pricing: Pricing, held: boolean): ComputedLine {
  const { item } = row
  const line = bare(item.id, item.name, plan)
  const formula = typeof item.quantity === 'string' ? item.quantity : null
  const unpriced = (why: string): ComputedLine => ({
    line: {
      ...line,
      quantity: { value: formula === null ? Number(item.quantity) : null, formula },
      priced: false,
      note: joined(why, item.note),
    },
    asStated: { low: 0, high: 0 },
  })
  if (!isPriced(row)) return unpriced(row.why)
  const listedLow = leveredOf(row, 'low', state)
  const listedHigh = row.high === row.low ? listedLow : leveredOf(row, 'high', state)
  if (!listedLow || !listedHigh)
    return unpriced(
      `its quantity has no value: ${formula ?? row.of?.row.item.quantity} divides by 0 or leaves a function's range`,
    )
  const shown = pricing.tax ? row.tax.gross : row.tax.net
  const minor = (amount: Fraction, factor: Fraction = shown): number => roundHalfAway(multiply(amount, factor))
  // An old price is given up only for levers under which even the upper end costs less.
  const old = held && row.old ? exactAmount(row, 'old', state, false) : null
  const kept = old !== null && !(canGiveUp(row) && minor(listedHigh.paid) < minor(old))
  const low = kept ? { ...listedLow, chain: [], paid: old } : listedLow
  const high = kept ? { ...listedHigh, chain: [], paid: old } : listedHigh
  const perMonth = minor(low.paid)
  const maxPerMonth = minor(high.paid)
  if (!Number.isSafeInteger(maxPerMonth)) return unpriced('it costs more than can be counted')
  const once = item.per === 'once'
  const taxed = pricing.tax === true && plan.vat !== undefined
  const { charge } = row
  return {
    line: {
      ...line,
      perMonthMinor: once ? 0 : perMonth,
      maxPerMonthMinor: once ? 0 : maxPerMonth,
      onceMinor: once ? maxPerMonth : 0,
      note: joined(...row.notes, sizeNote(row, kept ? null : state), item.note),
      quantity: { value: row.quantity.at(state), formula },
      unitPrice:
        charge && row.price
          ? {
              amount: charge.amount,
              currency: row.price.currency,
              per: charge.per,
              unit: charge.unit,
              free: toNumber(charge.tariff.free),
            }
          : null,
      rate: row.rate,
      taxMinor: taxed ? perMonth - minor(low.paid, row.tax.net) : 0,
      maxTaxMinor: taxed ? maxPerMonth - minor(high.paid, row.tax.net) : 0,
      grandfathered: kept ? { listMinor: minor(low.listed), maxListMinor: minor(high.listed) } : null,
      sizedTo: kept ? null : (sizeOf(row, state)?.price.sku ?? null),
      saved: low.chain.map(({ lever, before, after }, index) => {
        const top = high.chain[index] ?? { before, after }
        return { lever, minor: minor(before) - minor(after), maxMinor: minor(top.before) - minor(top.after) }
      }),
    },
    asStated: once
      ? { low: 0, high: 0 }
      : {
          low: roundHalfAway(kept ? low.paid : low.listed),
          high: roundHalfAway(kept ? high.paid : high.listed),
        },
  }
}

/** Exact amounts of one end of a row's price, as stated: the list price, what each lever made of it, and what is paid. */
interface Amounts {
  listed: Fraction
  chain: { lever: LeverName; before: Fraction; after: Fraction }[]
  paid: Fraction
}

function leveredOf(row: PricedRow, which: 'low' | 'high', state: Float64Array): Amounts | null {
  const listed = exactAmount(row, which, state, false)
  const sized = exactAmount(row, which, state, true)
  if (!listed || !sized) return null
  const chain: Amounts['chain'] = []
  let paid = listed
  const act = (lever: LeverName, after: Fraction): void => {
    chain.push({ lever, before: paid, after })
    paid = after
  }
  if (row.sizes || row.of?.row.sizes) act('right-sized', sized)
  for (const { lever, left } of row.factors) act(lever, multiply(sized, left))
  return { listed, chain, paid }
}

function sizeNote(row: PricedRow, state: Float64Array | null): string | null {
  const size = state && sizeOf(row, state)
  if (!size || !row.sizes) return null
  const { price } = size
  const { own } = row.sizes
  const disk =
    price.diskGb !== null && own.diskGb !== null && price.diskGb < own.diskGb
      ? `; its disk of ${price.diskGb} GB instead of ${own.diskGb} GB is not judged`
      : ''
  return `right-sized to ${price.provider}/${price.sku} (${price.vcpu} vCPU, ${price.ramGb} GB)${disk}`
}
