import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scaleFor } from './scale.ts'

describe('scaleFor', () => {
  it('shows ratios as 0 to 100% while they stay inside', () => {
    expect(scaleFor([0.03, 0.4], 'ratio')).toEqual({ min: 0, max: 1, interval: 0.25 })
  })
  it('grows over 100% when a ratio does', () => {
    expect(scaleFor([0.5, 1.3], 'ratio')).toEqual({ min: 0, max: 1.5, interval: 0.5 })
  })
  it('steps bytes by powers of two', () => {
    expect(scaleFor([3.5 * 1024 ** 3], 'bytes')).toEqual({ min: 0, max: 4 * 1024 ** 3, interval: 1024 ** 3 })
  })
  it('steps counts by whole numbers', () => {
    expect(scaleFor([1], 'count').interval).toBe(1)
  })
  it('never splits a byte', () => {
    expect(scaleFor([null], 'bytes').interval).toBe(1)
    expect(scaleFor([1], 'bytes_per_second').interval).toBe(1)
  })
  it('gives an axis even when all is zero or missing', () => {
    expect(scaleFor([null, undefined])).toEqual({ min: 0, max: 1, interval: 0.25 })
  })
  it('holds every value, with few ticks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e12, max: 1e12, noNaN: true }), { minLength: 1 }),
        fc.constantFrom('number', 'bytes', 'count', 'ratio'),
        (values, unit) => {
          const scale = scaleFor(values, unit as 'number')
          const slack = (scale.max - scale.min) * 1e-6
          for (const value of values) {
            expect(value).toBeGreaterThanOrEqual(scale.min - slack)
            expect(value).toBeLessThanOrEqual(scale.max + slack)
          }
          expect((scale.max - scale.min) / scale.interval).toBeLessThanOrEqual(7)
        },
      ),
    )
  })
})
