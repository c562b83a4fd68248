import type { Edit } from '../../../../shared/model/edit.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import type { FitRow, FitTerms } from '../../../../shared/model/provider-fit.ts'
import type { Stage } from '../../../../shared/model/stage.ts'

/** Stands for a row that is not there yet; no id of a plan has a space. */
export const NEW_ROW = 'new row'

/** The row that was chosen, else the one that reads like a server, else a new one. */
export function rowFor(stage: Stage, wanted: string | null): string {
  const rows = stage.lineItems
  if (wanted === NEW_ROW || rows.some(({ id }) => id === wanted)) return wanted ?? NEW_ROW
  const server = rows.find(({ id, name }) => /\b(server|vps|vm|droplet|instance|node)s?\b/i.test(`${id} ${name}`))
  return server?.id ?? NEW_ROW
}

/**
 * The edit that puts a found plan on a row: its SKU with the region, how many, and by the month or the hour. A price in a
 * currency that the plan has no rate for brings the rate it was compared at, so that the row is not left without a price.
 */
export function editFor(
  plan: Plan,
  stageId: string,
  item: string,
  row: FitRow,
  terms: FitTerms,
): { edit: Edit; rate: number | null; per: 'month' | 'hour' } {
  const { price, nodes } = row
  const per = terms.billing === 'hourly' && price.hourly !== null ? 'hour' : price.monthly === null ? 'hour' : 'month'
  const sku = `${price.provider}/${price.sku}@${price.region}`
  const reason = `${price.provider}/${price.sku} taken from the comparison of providers`
  const rate = missingRate(plan, price.currency, terms)
  const withRate: Edit[] = rate === null ? [] : [{ op: 'set', path: ['rates', price.currency], value: rate }]
  if (item !== NEW_ROW) {
    const at = ['stages', stageId, 'lineItems', item]
    const old = plan.stages.find(({ id }) => id === stageId)?.lineItems.find(({ id }) => id === item)
    return {
      ...{ rate, per },
      edit: {
        op: 'all',
        reason,
        edits: [
          ...withRate,
          { op: 'set', path: [...at, 'price'], value: { sku } },
          { op: 'set', path: [...at, 'quantity'], value: nodes },
          { op: 'set', path: [...at, 'per'], value: per },
          // Kept from another price, it would make this one look cheaper or dearer than it is.
          ...(['grandfathered', 'vatIncluded', 'of'] as const).flatMap((name): Edit[] =>
            old?.[name] === undefined ? [] : [{ op: 'unset', path: [...at, name] }],
          ),
        ],
      },
    }
  }
  const taken = new Set(plan.stages.find(({ id }) => id === stageId)?.lineItems.map(({ id }) => id))
  const value = {
    id: freeId(price.provider, taken),
    name: `${price.provider} ${price.sku}`,
    price: { sku },
    per,
    quantity: nodes,
  }
  return {
    ...{ rate, per },
    edit: {
      op: 'all',
      reason,
      edits: [...withRate, { op: 'insert', path: ['stages', stageId, 'lineItems'], value }],
    },
  }
}

function missingRate(plan: Plan, currency: string, terms: FitTerms): number | null {
  if (currency === plan.currency || plan.rates?.[currency] !== undefined) return null
  const into = currency === terms.currency ? 1 : terms.rates[currency]
  const own = plan.currency === terms.currency ? 1 : terms.rates[plan.currency]
  return into === undefined || own === undefined ? null : into / own
}

function freeId(provider: string, taken: ReadonlySet<string>): string {
  const base = /^[a-z]/.test(provider) ? `${provider}-server` : `p-${provider}-server`
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? base : `${base}-${number}`
    if (!taken.has(id)) return id
  }
}
