import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type OwnPriceInput, OwnPriceInputSchema } from '../model/own-price.ts'
import { HeadroomError } from '../model/problem.ts'
import { checkOwnPrice, faultsOfOwnPrice, ownInputOf } from './own-price.ts'
import { readOwnPrices, writeOwnPrices } from './own-price-file.ts'
import { PRICE_KINDS, PRICE_UNITS } from './price-vocabulary.ts'

const TODAY = '2026-11-21'
const input = (change: Partial<OwnPriceInput> = {}): OwnPriceInput =>
  OwnPriceInputSchema.parse({ sku: 'metal-1', currency: 'EUR', monthly: 39, ...change })

function refused(change: Partial<OwnPriceInput>): { field?: string; value?: string; fact: string; fix: string } {
  try {
    checkOwnPrice(input(change), TODAY)
  } catch (error) {
    expect(error).toBeInstanceOf(HeadroomError)
    expect((error as HeadroomError).code).toBe('OWN_PRICE_INVALID')
    return (error as HeadroomError).problem
  }
  throw new Error('nothing was refused')
}

describe('an own price', () => {
  it('becomes an entry of the catalogue, of the day it was typed', () => {
    expect(checkOwnPrice(input({ vcpu: 8, ramGb: 64, note: 'quote 17' }), TODAY)).toMatchObject({
      provider: 'own',
      kind: 'compute',
      sku: 'metal-1',
      region: 'all',
      monthly: 39,
      asOf: TODAY,
      origin: 'own',
      source: 'own',
      note: 'quote 17',
    })
  })
  it.each([
    [{ monthly: -1 }, 'monthly', '-1'],
    [{ hourly: 2e9 }, 'hourly', '2000000000'],
    [{ ramGb: -4 }, 'ramGb', '-4'],
    [{ currency: 'EURO' }, 'currency', 'EURO'],
    [{ currency: 'XQQ' }, 'currency', 'XQQ'],
    [{ kind: 'compte' }, 'kind', 'compte'],
    [{ unit: 'GB-moth', unitPrice: 1 }, 'unit', 'GB-moth'],
    [{ unitPrice: 1 }, 'unit', ''],
    [{ unit: 'GB-month' }, 'unitPrice', ''],
    [{ monthly: null }, 'monthly', ''],
    [{ sku: '' }, 'sku', ''],
    [{ sku: 'a@b' }, 'sku', 'a@b'],
    [{ provider: 'My Host' }, 'provider', 'My Host'],
    [{ region: '' }, 'region', ''],
    [{ asOf: '2026-02-30' }, 'asOf', '2026-02-30'],
    [{ link: 'javascript:alert(1)' }, 'link', 'javascript:alert(1)'],
  ] as [Partial<OwnPriceInput>, string, string][])('with %o is refused at %s', (change, field, value) => {
    expect(refused(change)).toMatchObject({ field, value })
  })
  it('says which word was meant', () => {
    expect(refused({ kind: 'compte' }).fix).toContain('Did you mean "compute"?')
    expect(refused({ unit: 'GB-moth', unitPrice: 1 }).fix).toContain('Did you mean "GB-month"?')
  })
  it('names every field at fault', () => {
    expect(faultsOfOwnPrice(input({ monthly: -1, currency: '' })).map(({ field }) => field)).toEqual([
      'monthly',
      'currency',
    ])
  })
})

const amount = fc.option(fc.integer({ min: 0, max: 1e7 }).map((value) => value / 10_000))
const anyPrice = fc
  .record({
    sku: fc.stringMatching(/^[a-z0-9 ="';,+-]{1,20}$/).filter((text) => text.trim() !== ''),
    region: fc.constantFrom('all', 'eu-central (a/b)', 'x'),
    kind: fc.constantFrom(...PRICE_KINDS),
    currency: fc.constantFrom('EUR', 'USD', 'JPY'),
    monthly: fc.integer({ min: 0, max: 100_000 }),
    hourly: amount,
    vcpu: amount,
    unit: fc.option(fc.constantFrom(...PRICE_UNITS)),
    note: fc.option(fc.stringMatching(/^[a-z"',;\n ]{1,30}$/).filter((text) => text.trim() !== '')),
  })
  .map((part) =>
    checkOwnPrice(
      input({
        ...part,
        unitPrice: part.unit === null ? null : 0.5,
        sku: part.sku.trim().replace(/^[=+'-]+/, 'x'),
        note: part.note?.trim() ?? null,
      }),
      TODAY,
    ),
  ) // prettier-ignore

describe('a file of own prices', () => {
  it.each(['csv', 'json'] as const)('as %s is read back to what was written', (format) => {
    fc.assert(
      fc.property(anyPrice, (price) => {
        const [row] = readOwnPrices(writeOwnPrices([price], format), '2000-01-01')
        expect(row?.faults).toEqual([])
        expect(row?.price).toEqual(price)
      }),
    )
  })
  it('names the line, the field and the value at fault, and reads the others', () => {
    const rows = readOwnPrices(
      'sku;currency;monthly\r\na;EUR;3,50\r\nb;EUR;-2\r\nc;EUR;cheap\r\n\r\na;EUR;4\r\n',
      TODAY,
    )
    expect(
      rows.map(({ place, price, faults }) => [place, price?.monthly ?? null, faults[0]?.field, faults[0]?.value]),
    ).toEqual([
      ['line 2', 3.5, undefined, undefined],
      ['line 3', null, 'monthly', '-2'],
      ['line 4', null, 'monthly', 'cheap'],
      ['line 6', null, 'sku', 'a'],
    ])
  })
  it.each([
    ['', 'empty'],
    ['sku,price\na,1\n', '"price"'],
    ['monthly,currency\n1,EUR\n', 'lacks the column sku'],
    ['{"format":"x"}', 'no list'],
    ['{', 'not JSON'],
    ['sku,currency\n', 'no prices'],
  ])('%j is refused', (text, words) => {
    expect(() => readOwnPrices(text, TODAY)).toThrow(words)
  })
  it('does not let a spreadsheet run a name', () => {
    const price = { ...checkOwnPrice(input(), TODAY), note: '=HYPERLINK("x")' }
    expect(writeOwnPrices([price], 'csv')).toContain(`"'=HYPERLINK(""x"")"`)
  })
  it('puts a form back together from an entry', () => {
    const price = checkOwnPrice(input({ unit: 'GB-month', unitPrice: 0.1, freeUnits: 10 }), TODAY)
    expect(checkOwnPrice(ownInputOf(price), TODAY)).toEqual(price)
  })
})
