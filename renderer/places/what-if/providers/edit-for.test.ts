import { describe, expect, it } from 'vitest'
import { FitTermsSchema } from '../../../../shared/model/provider-fit.ts'
import { editPlan } from '../../../../shared/planning/check-edit.ts'
import { fitProviders } from '../../../../shared/planning/provider-fit.ts'
import { catalogueEntry, pricedPlan, pricedRow } from '../../../../test/fixtures/priced-plan.ts'
import { editFor, NEW_ROW, rowFor } from './edit-for.ts'

const terms = FitTermsSchema.parse({ currency: 'EUR', margin: 0, mostNodes: 2, rates: { USD: 0.9 } })
const none = { ram: null, disk: null, traffic: null, connections: null }
const load = {
  name: 'x',
  resources: { ...none, cores: { value: 4, statistic: 'p95' as const, source: '', means: 1, meanMs: 1, coverage: 1 } },
}
const found = (currency: string) => {
  const price = catalogueEntry({
    kind: 'compute',
    sku: 's',
    region: 'eu (a/b)',
    vcpu: 2,
    ramGb: 4,
    monthly: 5,
    hourly: null,
    currency,
    vatIncluded: false,
  })
  const [row] = fitProviders([price], load, terms).rows
  if (!row) throw new Error('nothing fits')
  return row
}

describe('using a found plan', () => {
  it('sets SKU, count and term of the row, and drops what belonged to the old price', () => {
    const plan = pricedPlan([
      { lineItems: [pricedRow({ grandfathered: { amount: 1, currency: 'EUR' }, per: 'year' })] },
    ])
    const { edit, rate } = editFor(plan, 's0', 'row', found('EUR'), terms)
    expect(rate).toBeNull()
    expect(editPlan(plan, edit).plan.stages[0]?.lineItems).toEqual([
      { id: 'row', name: 'Row', price: { sku: 'p/s@eu (a/b)' }, quantity: 2, per: 'month' },
    ])
  })
  it('brings the rate along where the plan has none, and makes a row where there is none', () => {
    const plan = pricedPlan([{ lineItems: [pricedRow({ id: 'p-server' })] }])
    const { edit, rate } = editFor(plan, 's0', NEW_ROW, found('USD'), terms)
    expect(rate).toBe(0.9)
    const after = editPlan(plan, edit).plan
    expect(after.rates).toEqual({ USD: 0.9 })
    expect(after.stages[0]?.lineItems[1]).toMatchObject({
      id: 'p-server-2',
      price: { sku: 'p/s@eu (a/b)' },
      quantity: 2,
    })
  })
  it('begins at the row compared with, else at one that reads like a server', () => {
    const [stage] = pricedPlan([
      { lineItems: [pricedRow({ id: 'dns' }), pricedRow({ id: 'app', name: 'App server' })] },
    ]).stages
    if (!stage) throw new Error('no stage')
    expect(rowFor(stage, 'dns')).toBe('dns')
    expect(rowFor(stage, 'gone')).toBe('app')
    expect(rowFor(stage, NEW_ROW)).toBe(NEW_ROW)
    expect(rowFor({ ...stage, lineItems: [] }, null)).toBe(NEW_ROW)
  })
})
