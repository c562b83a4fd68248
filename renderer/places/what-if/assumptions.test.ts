import { describe, expect, it } from 'vitest'
import { positionOf, usersAt } from './assumptions.ts'

describe('the slider of present users', () => {
  it('covers one to ten million by powers of ten', () => {
    expect(positionOf(1)).toBe(0)
    expect(positionOf(10_000_000)).toBe(1000)
    expect(usersAt(0)).toBe(1)
    expect(usersAt(1000)).toBe(10_000_000)
  })
  it('goes there and back within one step', () => {
    for (const users of [2, 37, 950, 25_000, 480_000, 7_000_000]) {
      expect(Math.abs(usersAt(positionOf(users)) / users - 1)).toBeLessThan(0.02)
    }
  })
  it('rests at its ends for zero and for more than it holds', () => {
    expect(positionOf(0)).toBe(0)
    expect(positionOf(1e9)).toBe(1000)
  })
})
