import fc from 'fast-check'
import Papa from 'papaparse'
import { expect, it } from 'vitest'
import { stage, testPlan } from '../../test/fixtures/plan.ts'
import { assume, noPrice, REPORT_DAY } from '../../test/fixtures/report.ts'
import type { Plan } from '../model/plan.ts'
import type { Assumptions } from '../model/scenario.ts'
import { csvOf } from './csv.ts'
import { focusCsv, focusRows } from './focus.ts'
import { FOCUS_COLUMNS, type FocusRow } from './focus-columns.ts'
import { middlePath } from './middle-path.ts'

function rowsOf(plan: Plan, assumptions: Assumptions = assume(plan)) {
  const months = middlePath(plan, assumptions, noPrice)
  const rows = focusRows({
    plan,
    months,
    priceOf: noPrice,
    rates: assumptions.rates,
    scenario: 'Mine',
    start: REPORT_DAY,
  })
  return { months, rows }
}

/** Tenths of a minor unit of a currency with two digits, exactly. */
const tenths = (text: string | null): number => {
  const [whole = '0', rest = ''] = (text ?? '0').split('.')
  return Number(`${whole}${rest.padEnd(3, '0')}`)
}

/** The columns that version 1.2 of the specification makes mandatory, as its text lists them. */
const MANDATORY =
  'BilledCost BillingAccountId BillingAccountName BillingCurrency BillingPeriodEnd BillingPeriodStart ChargeCategory ChargeClass ChargeDescription ChargePeriodEnd ChargePeriodStart ContractedCost EffectiveCost InvoiceIssuerName ListCost PricingQuantity PricingUnit ProviderName PublisherName ServiceCategory ServiceName'.split(
    ' ',
  )
const NEVER_NULL = MANDATORY.filter(
  (name) =>
    !['BillingAccountName', 'ChargeClass', 'ChargeDescription', 'PricingQuantity', 'PricingUnit'].includes(name),
)

it('has every mandatory column of FOCUS 1.2, own ones with their prefix, and fills what may not be null', () => {
  const names = FOCUS_COLUMNS.map((one) => one.name as string)
  expect(MANDATORY.filter((name) => !names.includes(name))).toEqual([])
  expect(FOCUS_COLUMNS.filter(({ level }) => level === 'own').every(({ name }) => name.startsWith('x_'))).toBe(true)
  const { rows } = rowsOf(testPlan())
  const parsed = Papa.parse<Record<string, string>>(focusCsv(rows), { header: true, skipEmptyLines: true })
  expect(parsed.errors).toEqual([])
  expect(parsed.meta.fields).toEqual(names)
  expect(parsed.data).toHaveLength(12)
  for (const row of parsed.data) for (const name of NEVER_NULL) expect(row[name], name).not.toBe('')
  expect(parsed.data[0]).toMatchObject({
    BilledCost: '20.00',
    BillingCurrency: 'EUR',
    BillingPeriodStart: '2026-11-01T00:00:00Z',
    BillingPeriodEnd: '2026-12-01T00:00:00Z',
    ChargeCategory: 'Purchase',
    ChargeFrequency: 'Recurring',
    x_Scenario: 'Mine',
    x_StageId: 'small',
  })
})

const cents = fc.integer({ min: 0, max: 1_000_000 }).map((minor) => minor / 100)
const item = fc.record({
  amount: cents,
  more: fc.option(cents, { nil: null }),
  per: fc.constantFrom('hour', 'month', 'year', 'once'),
  quantity: fc.constantFrom(1, 3, 0.5, 'users / 700'),
  old: fc.option(cents, { nil: null }),
})

it('adds up to the computed cost of the held stage, exactly, with tax, levers, ranges, old prices and moves', () => {
  fc.assert(
    fc.property(
      fc.array(item, { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: 0, max: 1000 }),
      (items, tax, lever, moving) => {
        const lineItems = items.map(({ amount, more, per, quantity, old }, index) => ({
          id: `i${index}`,
          name: `Item ${index}`,
          price: { amount, ...(more === null ? {} : { max: amount + more }), currency: 'EUR' },
          per,
          // What is paid once is simulated at the drivers' present values, whenever it is paid.
          quantity: per === 'once' && typeof quantity === 'string' ? 2 : quantity,
          levers: ['reserved'],
          ...(old === null ? {} : { grandfathered: { amount: old, currency: 'EUR' } }),
        }))
        const plan = testPlan({
          vat: { rate: 0.19 },
          stages: [
            stage('small', 2, 1, { lineItems }),
            stage('large', 8, 2, { lineItems, migrationCost: { amount: moving, currency: 'EUR' } }),
          ],
        })
        const assumptions = assume(plan, {
          tax,
          levers: lever ? { reserved: { share: 0.5, discount: 0.3 } } : {},
          policy: { kind: 'fixed', moves: [{ month: 2, stage: 'large' }] },
          months: 4,
        })
        const { months, rows } = rowsOf(plan, assumptions)
        expect(months.map((one) => one.stage.id)).toEqual(['small', 'small', 'large', 'large'])
        for (const month of months) {
          const own = rows.filter((row) => row.x_Month === String(month.index))
          const sum = own.reduce((all, row) => all + tenths(row.BilledCost), 0)
          const { perMonthMinor, maxPerMonthMinor, onceMinor } = month.cost
          const once = month.entered ? 10 * (onceMinor + month.migrationMinor) : 0
          expect(sum).toBe(5 * (perMonthMinor + maxPerMonthMinor) + once)
          expect(month.migrationMinor).toBe(month.entered ? moving * 100 : 0)
          // The simulation counts in floats: within a minor unit a row.
          expect(Math.abs(sum / 10 - month.simulatedMinor)).toBeLessThanOrEqual(own.length + 1)
          const taxed = own
            .filter((row) => row.ChargeCategory === 'Tax')
            .reduce((all, row) => all + tenths(row.BilledCost), 0)
          const stated = month.cost.tax
          expect(taxed).toBe(
            stated ? 5 * (stated.minor + stated.maxMinor) + (month.entered ? 10 * stated.onceMinor : 0) : 0,
          )
        }
      },
    ),
    { numRuns: 60 },
  )
})

it('lists before levers and old prices what is billed after them', () => {
  const plan = testPlan({
    stages: [
      stage('small', 2, 1, {
        lineItems: [
          { id: 'a', name: 'A', price: { amount: 100, currency: 'EUR' }, per: 'hour', levers: ['reserved'] },
          {
            id: 'b',
            name: 'B',
            price: { amount: 50, currency: 'EUR' },
            per: 'month',
            grandfathered: { amount: 30, currency: 'EUR' },
          },
        ],
      }),
    ],
  })
  const { rows } = rowsOf(plan, assume(plan, { months: 1, levers: { reserved: { share: 1, discount: 0.25 } } }))
  const costs = (row: FocusRow | undefined) => [row?.ListCost, row?.ContractedCost, row?.BilledCost, row?.EffectiveCost]
  expect(costs(rows[0])).toEqual(['73000.00', '73000.00', '54750.00', '54750.00'])
  expect(rows[0]).toMatchObject({
    ChargeCategory: 'Usage',
    PricingQuantity: '730',
    PricingUnit: 'Hours',
    PricingCategory: 'Other',
  })
  expect(costs(rows[1])).toEqual(['50.00', '30.00', '30.00', '30.00'])
})

it('counts a row without a price as 0 and says so', () => {
  const plan = testPlan({
    stages: [
      stage('small', 2, 1, { lineItems: [{ id: 'x', name: 'X', price: { sku: 'nobody/nothing' }, per: 'month' }] }),
    ],
  })
  expect(rowsOf(plan).rows[0]).toMatchObject({ BilledCost: '0.00', x_Priced: 'false', SkuId: 'nobody/nothing' })
})

it('writes RFC 4180 that no spreadsheet takes for a formula', () => {
  const words = (text: string) => ({ text, number: false })
  expect(
    csvOf(
      ['a', 'b'],
      [
        [words('=1+1'), words('say "hi", you')],
        [{ text: '-1.5', number: true }, words('@x')],
      ],
    ),
  ).toBe('a,b\r\n\'=1+1,"say ""hi"", you"\r\n-1.5,\'@x\r\n')
  fc.assert(
    fc.property(fc.string(), (text) => {
      const [row] = Papa.parse<string[]>(csvOf(['a', 'b'], [[words(text), words('end')]]), {
        delimiter: ',',
      }).data.slice(1)
      expect(row).toHaveLength(2)
      expect(row?.[0]).not.toMatch(/^[=+\-@]/)
    }),
  )
})
