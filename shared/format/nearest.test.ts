import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editDistance, nearest } from './nearest.ts'

describe('nearest', () => {
  it('finds the word meant', () => {
    expect(nearest('lineitems', ['lineItems', 'limits'])).toBe('lineItems')
    expect(nearest('metrc', ['metric', 'driver'])).toBe('metric')
    expect(nearest('nmae', ['name', 'id'])).toBe('name')
  })
  it('finds none for a word that resembles none, or for signs', () => {
    expect(nearest('colour', ['name', 'id'])).toBeNull()
    expect(nearest('==', ['>=', '<='])).toBeNull()
    expect(nearest('x', [])).toBeNull()
  })
})

describe('editDistance', () => {
  it('counts a swap of neighbours once', () => expect(editDistance('ab', 'ba')).toBe(1))
  it('is symmetric, zero for equal texts only, and at most the longer length', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        const distance = editDistance(a, b)
        expect(distance).toBe(editDistance(b, a))
        expect(distance === 0).toBe(a === b)
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length))
      }),
    )
  })
})
