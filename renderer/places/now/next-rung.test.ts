import { expect, it } from 'vitest'
import { arrivalOf } from './next-rung.ts'

const start = Date.UTC(2026, 0, 1)
const month = (p10: number | null, p50: number | null, p90: number | null) => ({ p10, p50, p90 })
const trigger = (id: string, stage: string, to: string | null, months: ReturnType<typeof month>) => ({
  ...{ id, stage, to, name: id, firedShare: 1 },
  month: months,
})

it('is when the first trigger of the present stage leads to the next one', () => {
  const triggers = [
    trigger('late', 'a', 'b', month(9, 12, 20)),
    trigger('users', 'a', 'b', month(2, 5, null)),
    trigger('other', 'a', 'c', month(1, 1, 1)),
    trigger('above', 'b', 'b', month(0, 0, 0)),
  ]
  expect(arrivalOf({ triggers }, 'a', 'b', start)).toEqual({ earliest: Date.UTC(2026, 2, 1), latest: null })
})

it('is nothing where no path leads there', () => {
  expect(arrivalOf({ triggers: [trigger('x', 'a', 'b', month(null, null, null))] }, 'a', 'b', start)).toBeNull()
  expect(arrivalOf({ triggers: [] }, 'a', 'b', start)).toBeNull()
})
