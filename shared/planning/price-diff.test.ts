import fc from 'fast-check'
import { expect, it } from 'vitest'
import { catalogueEntry } from '../../test/fixtures/priced-plan.ts'
import { priceKey } from '../model/catalogue.ts'
import { diffPrices } from './price-diff.ts'

const anyPrice = fc
  .record({
    sku: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    region: fc.constantFrom('eu', 'us'),
    monthly: fc.option(fc.integer({ min: 0, max: 50 })),
    hourly: fc.option(fc.integer({ min: 1, max: 50 })),
    diskGb: fc.option(fc.integer({ min: 1, max: 9 })),
  })
  .filter(({ monthly, hourly }) => monthly !== null || hourly !== null)
  .map((parts) => catalogueEntry({ currency: 'EUR', perUnit: null, ...parts }))
const list = fc.uniqueArray(anyPrice, { selector: priceKey, maxLength: 8 })
const all = () => true

it('counts every listed entry once, as new, changed or the same, and the others in use as gone', () => {
  fc.assert(
    fc.property(list, list, (inUse, listed) => {
      const { added, changed, gone, same, merged } = diffPrices(inUse, listed, all)
      expect(added.length + changed.length + same).toBe(listed.length)
      expect(merged.map(priceKey)).toEqual(listed.map(priceKey))
      expect(gone.length + changed.length + same).toBe(inUse.length)
    }),
  )
})
it('finds nothing more to change once it was taken over', () => {
  fc.assert(
    fc.property(list, list, (inUse, listed) => {
      const { merged } = diffPrices(inUse, listed, all)
      expect(diffPrices(merged, listed, all)).toMatchObject({ added: [], changed: [], gone: [], same: listed.length })
    }),
  )
})
it('keeps what the list does not say, speaks only for what the list covers, and leaves what is gone already', () => {
  const old = catalogueEntry({ sku: 'a', diskGb: 40, monthly: 5, hourly: null, perUnit: null })
  const other = catalogueEntry({ sku: 'z', monthly: 1 })
  const away = catalogueEntry({ sku: 'y', monthly: 1, goneAt: '2026-01-01' })
  const diff = diffPrices([old, other, away], [{ ...old, diskGb: null, monthly: 6 }], ({ sku }) => sku !== 'z')
  expect(diff.merged[0]?.diskGb).toBe(40)
  expect(diff.gone).toEqual([])
  expect(diff.changed[0]?.ratio).toBeCloseTo(0.2)
})
