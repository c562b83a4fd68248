import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nearestIndex } from './nearest.ts'

test('no other time is nearer', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 1 }),
      fc.double({ noNaN: true, min: 0, max: 1000 }),
      (list, at) => {
        const times = list.toSorted((a, b) => a - b)
        const index = nearestIndex(times, at)
        const inside = at >= (times[0] as number) && at <= (times.at(-1) as number)
        if (index === null) return !inside
        return inside && times.every((other) => Math.abs(other - at) >= Math.abs((times[index] as number) - at))
      },
    ),
  )
})

test('there is none in an empty list', () => {
  expect(nearestIndex([], 3)).toBeNull()
})
