import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { moneyColumn, quotedAmount } from './money.ts'

describe('a column of amounts', () => {
  it('drops decimals only where none is needed', () => {
    const whole = moneyColumn([1100, 637_00], 'USD')
    expect([whole(1100), whole(63_700)]).toEqual(['$11', '$637'])
    const mixed = moneyColumn([1100, 637, null, undefined], 'USD')
    expect([mixed(1100), mixed(637), mixed(0)]).toEqual(['$11.00', '$6.37', '$0.00'])
  })
  it('knows currencies without minor units, and with three digits of them', () => {
    expect(moneyColumn([1500, 7], 'JPY')(1500)).toBe('¥1,500')
    expect(moneyColumn([1500], 'KWD')(2000).replace(/\s/g, ' ')).toBe('KWD 2.000')
  })
  it('never rounds an amount away that it was not told of, and has no minus zero', () => {
    expect(moneyColumn([1100], 'EUR')(637)).toBe('€6.37')
    expect(moneyColumn([1100], 'EUR')(-0.2)).toBe('€0')
  })
  it('writes all of its amounts with the same number of decimals', () => {
    const decimals = (text: string) => /\.(\d+)$/.exec(text)?.[1]?.length ?? 0
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 1 }),
        fc.constantFrom('EUR', 'USD', 'JPY', 'KWD'),
        (minors, currency) => {
          const text = moneyColumn(minors, currency)
          expect(new Set(minors.map((minor) => decimals(text(minor)))).size).toBe(1)
        },
      ),
    )
  })
})

it('a quoted amount keeps what its list quotes, and at least the minor digits', () => {
  expect(quotedAmount(5, 'EUR')).toBe('€5.00')
  expect(quotedAmount(0.0000166667, 'USD')).toBe('$0.0000167')
  expect(quotedAmount(0.0068, 'USD')).toBe('$0.0068')
  expect(quotedAmount(700, 'JPY')).toBe('¥700')
})
