import fc from 'fast-check'
import { expect, it } from 'vitest'
import { rankOf } from './bands.ts'
import { monthOrder, selectFromRuns } from './month-order.ts'
import { sortRun } from './sort-run.ts'

const value = fc.oneof(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.integer({ min: 0, max: 3 }))

it('selects from sorted lists what sorting them together finds', () => {
  fc.assert(
    fc.property(fc.array(fc.array(value, { minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 5 }), (lists) => {
      const runs = lists.map((list) => list.toSorted((a, b) => a - b))
      const all = runs.flat().toSorted((a, b) => a - b)
      for (const rank of all.keys()) {
        const lengths = runs.map((run) => run.length)
        expect(selectFromRuns(lengths, rank, (run, index) => runs[run]?.[index] as number)).toBe(all[rank])
      }
    }),
  )
})

it('sorts what the engine sorts, of any spread', () => {
  const scattered = fc.double({ min: 0, max: 1e300, noNaN: true })
  const list = fc.oneof(
    fc.array(value, { minLength: 1, maxLength: 400 }),
    fc.array(scattered, { minLength: 65, maxLength: 300 }),
    fc.integer({ min: 65, max: 400 }).map((n) => Array.from({ length: n }, (_, i) => 1000 + Math.sin(i) * 1e-9)),
  )
  fc.assert(
    fc.property(list, fc.nat(10), (values, offset) => {
      const whole = Float64Array.from([...Array.from({ length: offset }, () => 7), ...values, 5])
      sortRun(whole, offset, offset + values.length, new Float64Array(whole.length))
      expect([...whole.subarray(offset, offset + values.length)]).toEqual([...Float64Array.from(values).sort()])
      expect(whole.at(-1)).toBe(5)
      expect([...whole.subarray(0, offset)].every((one) => one === 7)).toBe(true)
    }),
  )
})

it('finds the band of a figure that rises or falls with the driver within each group', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(3), value), { minLength: 1, maxLength: 300 }), (paths) => {
      const groups = Uint32Array.from(paths, ([group]) => group)
      const order = monthOrder(paths.length)(
        groups,
        4,
        Float64Array.from(paths, ([, x]) => x),
      )
      const figures = {
        rises: (group: number, x: number) => (group + 1) * Math.sqrt(x),
        falls: (group: number, x: number) => (group + 1) / (1 + x),
      }
      for (const [name, figure] of Object.entries(figures)) {
        const sorted = paths.map(([group, x]) => figure(group, x)).toSorted((a, b) => a - b)
        const expected = [0.1, 0.5, 0.9].map((share) => sorted[rankOf(share, sorted.length)])
        expect(order.band(figure, name === 'rises')).toEqual(expected)
      }
    }),
  )
})
