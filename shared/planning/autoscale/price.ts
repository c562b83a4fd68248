import type { Plan } from '../../model/plan.ts'
import { type PriceOf, stageCosts } from '../cost.ts'

/** What one unit of a stage's cost row costs a month, in minor units with fractions; or why that cannot be said. */
export interface UnitPrice {
  monthMinor: number | null
  unknown: string | null
}

/** Priced in bulk and divided again, so that an hourly price keeps its fractions of a cent. */
const BULK = 1000

/** The price of one more of a row that is charged for time, such as a node. */
export function unitPrice(plan: Plan, stageId: string, lineItem: string, priceOf: PriceOf): UnitPrice {
  const stage = plan.stages.find((one) => one.id === stageId)
  const item = stage?.lineItems.find((one) => one.id === lineItem)
  if (!stage || !item) return { monthMinor: null, unknown: `${stage?.name ?? stageId} has no cost row "${lineItem}".` }
  if (item.per === 'once' || item.per === 'use')
    return { monthMinor: null, unknown: `${item.name} is not charged for the time it runs.` }
  const bulk = { ...stage, lineItems: [{ ...item, quantity: BULK }], relativeCost: undefined, statedTotal: undefined }
  const line = stageCosts({ ...plan, stages: [bulk] }, priceOf)[0]?.lines[0]
  if (!line?.priced) return { monthMinor: null, unknown: line?.note ?? `${item.name} has no price.` }
  return { monthMinor: (line.perMonthMinor + line.maxPerMonthMinor) / 2 / BULK, unknown: null }
}

/** The unit price of every row of a stage, by the row's id. */
export function unitPrices(plan: Plan, stageId: string, priceOf: PriceOf): Record<string, UnitPrice> {
  const rows = plan.stages.find((one) => one.id === stageId)?.lineItems ?? []
  return Object.fromEntries(rows.map((row) => [row.id, unitPrice(plan, stageId, row.id, priceOf)]))
}
