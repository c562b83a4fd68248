import type { StageCost } from '../contract/contract.ts'
import type { Price } from '../model/catalogue.ts'
import type { LineItem } from '../model/line-item.ts'
import { minorDigits } from '../model/money.ts'
import type { Plan } from '../model/plan.ts'
import { HOURS_PER_MONTH, type PriceOf } from '../planning/cost.ts'
import { findPrice } from '../planning/cost-sku.ts'
import { type Rates, statedRates } from '../planning/currency.ts'
import { csvOf } from './csv.ts'
import { FOCUS_COLUMNS, type FocusRow, SERVICE_CATEGORIES } from './focus-columns.ts'
import type { MiddleMonth } from './middle-path.ts'
import { monthStart } from './words.ts'

export interface FocusInput {
  plan: Plan
  months: readonly MiddleMonth[]
  priceOf: PriceOf
  rates: Rates | undefined
  scenario: string | null
  /** Month 0 is the calendar month of this moment, UTC epoch milliseconds. */
  start: number
}

/** What a reader of the file should know and cannot see in it. */
export const FOCUS_NOTES = [
  'Columns follow FOCUS 1.2. The charges are planned, not invoiced: one row for each line item and month of the middle path, on which nothing is left to chance.',
  'Where a price is a range, the costs are its middle; x_CostLow and x_CostHigh are its ends.',
  'Prices by the year are spread over twelve months, as everywhere in the plan.',
] as const

/**
 * The costs of a path as rows after FOCUS 1.2: one for each line item of the held stage and month, one for each part of them
 * that is tax, and one for each move that is paid. The rows of a month add up to the stage's computed cost, exactly; a middle
 * of a range may have half a minor unit.
 */
export function focusRows(input: FocusInput): FocusRow[] {
  return input.months.flatMap((month) => [
    ...month.cost.lines.flatMap((line) => {
      const item = month.stage.lineItems.find((one) => one.id === line.id) ?? null
      // What is paid once is paid when the stage is entered; the present one was entered long ago.
      if (line.onceMinor !== 0 && !month.entered) return []
      if (item?.per === 'once' && !month.entered) return []
      return lineRows(line, item, month, input)
    }),
    ...(month.migrationMinor === 0 ? [] : [moveRow(month, input)]),
  ])
}

/** The rows as RFC 4180 text with a head. */
export const focusCsv = (rows: readonly FocusRow[]): string =>
  csvOf(
    FOCUS_COLUMNS.map((one) => one.name),
    rows.map((row) => FOCUS_COLUMNS.map((one) => ({ text: row[one.name], number: 'numeric' in one }))),
  )

type CostLine = StageCost['lines'][number]
/** Twice the amount in minor units, so that a middle is whole. */
type Doubled = number

function lineRows(line: CostLine, item: LineItem | null, month: MiddleMonth, input: FocusInput): FocusRow[] {
  const { plan } = input
  const once = line.onceMinor !== 0
  const gross: Doubled = once ? 2 * line.onceMinor : line.perMonthMinor + line.maxPerMonthMinor
  const tax: Doubled = once ? 2 * line.maxTaxMinor : line.taxMinor + line.maxTaxMinor
  const net = gross - tax
  const share = gross === 0 ? 1 : net / gross
  const saved: Doubled = line.saved.reduce((sum, one) => sum + one.minor + one.maxMinor, 0)
  const listGross: Doubled = line.grandfathered
    ? line.grandfathered.listMinor + line.grandfathered.maxListMinor
    : gross + saved
  // Before tax a list price is known to the part that tax has in what is paid.
  const list = tax === 0 ? listGross : listGross === gross ? net : Math.round(listGross * share)
  const price = priceOfItem(item, plan, input)
  const kind = price?.kind ?? null
  const provider = price?.provider ?? 'Not stated'
  const sku =
    item && 'sku' in item.price
      ? line.sizedTo
        ? `${provider}/${line.sizedTo}`
        : item.price.sku
      : `${plan.id}/${month.stage.id}/${line.id}`
  const { quantity, unit } = pricing(line, item)
  const usage = item?.per === 'hour' || item?.per === 'use'
  const category = usage ? 'Usage' : 'Purchase'
  const frequency = once ? 'One-Time' : usage ? 'Usage-Based' : 'Recurring'
  const low = once ? line.onceMinor - line.maxTaxMinor : line.perMonthMinor - line.taxMinor
  const high = once ? line.onceMinor - line.maxTaxMinor : line.maxPerMonthMinor - line.maxTaxMinor
  const row: FocusRow = {
    ...common(month, input),
    BilledCost: amount(net, plan.currency),
    ContractedCost: amount(line.grandfathered ? net : list, plan.currency),
    EffectiveCost: amount(net, plan.currency),
    ListCost: amount(list, plan.currency),
    ChargeCategory: category,
    ChargeDescription: `${line.name}, ${month.stage.name}${line.priced ? '' : ' (without a price)'}`,
    ChargeFrequency: frequency,
    PricingCategory: line.saved.some((one) => one.minor !== 0 || one.maxMinor !== 0) ? 'Other' : 'Standard',
    PricingQuantity: quantity,
    PricingUnit: unit,
    InvoiceIssuerName: provider,
    ProviderName: provider,
    PublisherName: provider,
    RegionId: price?.region ?? null,
    RegionName: price?.region ?? null,
    ResourceId: `${plan.id}/${month.stage.id}/${line.id}`,
    ResourceName: line.name,
    ResourceType: kind ?? 'line item',
    ServiceCategory: (kind && SERVICE_CATEGORIES[kind]) ?? 'Other',
    ServiceName: kind ? `${provider} ${kind}` : line.name,
    SkuId: sku,
    SkuPriceId: `${sku}/${price ? `${price.region}/` : ''}${line.unitPrice?.currency ?? statedCurrency(item) ?? plan.currency}`,
    x_CostHigh: amount(2 * high, plan.currency),
    x_CostLow: amount(2 * low, plan.currency),
    x_Note: line.note,
    x_Priced: String(line.priced),
    x_Rate: line.rate === null ? null : decimal(line.rate),
  }
  if (tax === 0) return [row]
  const taxAmount = amount(tax, plan.currency)
  return [
    row,
    {
      ...row,
      BilledCost: taxAmount,
      ContractedCost: taxAmount,
      EffectiveCost: taxAmount,
      ListCost: taxAmount,
      ChargeCategory: 'Tax',
      ChargeDescription: `${month.cost.tax?.name ?? 'Tax'} on ${line.name}, ${month.stage.name}`,
      ChargeFrequency: once ? 'One-Time' : 'Recurring',
      PricingCategory: null,
      PricingQuantity: null,
      PricingUnit: null,
      SkuId: null,
      SkuPriceId: null,
      x_CostHigh: amount(2 * line.maxTaxMinor, plan.currency),
      x_CostLow: amount(2 * (once ? line.maxTaxMinor : line.taxMinor), plan.currency),
    },
  ]
}

/** What moving to the stage itself costs, as its plan states it. */
function moveRow(month: MiddleMonth, input: FocusInput): FocusRow {
  const { plan } = input
  const cost = amount(2 * month.migrationMinor, plan.currency)
  const id = `${plan.id}/${month.stage.id}/move`
  return {
    ...common(month, input),
    BilledCost: cost,
    ContractedCost: cost,
    EffectiveCost: cost,
    ListCost: cost,
    ChargeCategory: 'Purchase',
    ChargeDescription: `Moving to ${month.stage.name}`,
    ChargeFrequency: 'One-Time',
    PricingCategory: 'Standard',
    PricingQuantity: '1',
    PricingUnit: 'Units',
    InvoiceIssuerName: 'Not stated',
    ProviderName: 'Not stated',
    PublisherName: 'Not stated',
    RegionId: null,
    RegionName: null,
    ResourceId: id,
    ResourceName: `Move to ${month.stage.name}`,
    ResourceType: 'migration',
    ServiceCategory: 'Migration',
    ServiceName: 'Migration',
    SkuId: id,
    SkuPriceId: `${id}/${month.stage.migrationCost?.currency ?? plan.currency}`,
    x_CostHigh: cost,
    x_CostLow: cost,
    x_Note: null,
    x_Priced: 'true',
    x_Rate: null,
  }
}

type Common = Pick<
  FocusRow,
  | 'BillingAccountId'
  | 'BillingAccountName'
  | 'BillingCurrency'
  | 'BillingPeriodStart'
  | 'BillingPeriodEnd'
  | 'ChargePeriodStart'
  | 'ChargePeriodEnd'
  | 'ChargeClass'
  | 'Tags'
  | 'x_Month'
  | 'x_DriverValue'
  | 'x_Scenario'
  | 'x_StageId'
  | 'x_StageName'
>

function common(month: MiddleMonth, { plan, scenario, start }: FocusInput): Common {
  const from = moment(monthStart(start, month.index))
  const to = moment(monthStart(start, month.index + 1))
  const driver = plan.drivers.find((one) => one.primary) ?? plan.drivers[0]
  return {
    BillingAccountId: plan.id,
    BillingAccountName: plan.name,
    BillingCurrency: plan.currency,
    BillingPeriodStart: from,
    BillingPeriodEnd: to,
    ChargePeriodStart: from,
    ChargePeriodEnd: to,
    ChargeClass: null,
    Tags: JSON.stringify({ stage: month.stage.id }),
    x_Month: String(month.index),
    x_DriverValue: driver ? decimal(month.drivers[driver.id] ?? 0) : null,
    x_Scenario: scenario,
    x_StageId: month.stage.id,
    x_StageName: month.stage.name,
  }
}

/** 2026-11-01T00:00:00Z, as the specification writes a moment. */
const moment = (at: number): string => new Date(at).toISOString().replace('.000', '')

function priceOfItem(item: LineItem | null, plan: Plan, { priceOf, rates }: FocusInput): Price | null {
  if (!item || !('sku' in item.price)) return null
  const found = findPrice(item.price.sku, plan, statedRates(plan, rates), priceOf)
  return typeof found === 'string' ? null : found
}

const statedCurrency = (item: LineItem | null): string | null =>
  item && !('sku' in item.price) ? item.price.currency : null

/** How much is priced, and in which unit: hours of all units together, months, years, or units of a price by use. */
function pricing(line: CostLine, item: LineItem | null): { quantity: string; unit: string } {
  const value = line.quantity.value ?? 0
  const per = line.unitPrice?.per ?? item?.per ?? 'month'
  if (per === 'hour') return { quantity: decimal(value * HOURS_PER_MONTH), unit: 'Hours' }
  if (per === 'use') {
    const unit = line.unitPrice?.unit ?? (item && 'tiers' in item.price ? item.price.unit : 'Units')
    return { quantity: decimal(value), unit }
  }
  if (per === 'once') return { quantity: decimal(value), unit: 'Units' }
  return { quantity: decimal(value), unit: item?.per === 'year' && !line.unitPrice ? 'Unit-Years' : 'Unit-Months' }
}

/** A doubled amount of minor units as a decimal of the currency: 2505 of EUR is "12.525". */
function amount(doubled: Doubled, currency: string): string {
  const digits = minorDigits(currency)
  const size = Math.abs(doubled)
  const half = size % 2 === 1 ? '5' : ''
  const minor = String(Math.floor(size / 2)).padStart(digits + 1, '0')
  const whole = digits === 0 ? minor : minor.slice(0, -digits)
  const rest = `${digits === 0 ? '' : minor.slice(-digits)}${half}`
  return `${doubled < 0 ? '-' : ''}${whole}${rest === '' ? '' : `.${rest}`}`
}

/** Plain decimals, never powers of ten. */
function decimal(value: number): string {
  if (!Number.isFinite(value)) return '0'
  const short = Number(value.toPrecision(12))
  return short.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 20 })
}
