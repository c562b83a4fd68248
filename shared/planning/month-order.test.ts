import fc from 'fast-check'
import { expect, it } from 'vitest'
import { rankOf } from './bands.ts'
import { monthOrder } from './month-order.ts'
import { selectByCuts, selectFromRuns } from './run-selection.ts'
import { sortRun } from './sort-run.ts'

const value = fc.oneof(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.integer({ min: 0, max: 3 }))

it('selects from sorted lists what sorting them together finds', () => {
  fc.assert(
    fc.property(fc.array(fc.array(value, { minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 5 }), (lists) => {
      const runs = lists.map((list) => list.toSorted((a, b) => a - b))
      const all = runs.flat().toSorted((a, b) => a - b)
      for (const rank of all.keys()) {
        const lengths = runs.map((run) => run.length)
        expect(selectFromRuns({ lengths, valueAt: (run, index) => runs[run]?.[index] as number }, rank)).toBe(all[rank])
      }
    }),
  )
})

it('finds by cuts alone where values differ, and gives up where many are equal', () => {
  const firstFrom = (run: readonly number[], value: number, low: number, high: number): number =>
    low + run.slice(low, high).filter((one) => one < value).length
  const select = (runs: number[][], rank: number) =>
    selectByCuts(
      { lengths: runs.map((run) => run.length), valueAt: (run, index) => runs[run]?.[index] as number },
      rank,
      (run, value, low, high) => firstFrom(runs[run] as number[], value, low, high),
    )
  const thirds = [0, 1, 2].map((part) => Array.from({ length: 40 }, (_, i) => 3 * i + part))
  expect(Array.from({ length: 120 }, (_, rank) => select(thirds, rank))).toEqual([...Array(120).keys()])
  expect(select([Array(20).fill(1), Array(20).fill(1)], 10)).toBeNull()
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
        rises: {
          figure: (group: number, x: number) => (group + 1) * Math.sqrt(x),
          cut: (group: number, y: number) => (y / (group + 1)) ** 2,
        },
        falls: {
          figure: (group: number, x: number) => (group + 1) / (1 + x),
          cut: (group: number, y: number) => (group + 1) / y - 1,
        },
      }
      for (const [name, { figure, cut }] of Object.entries(figures)) {
        const sorted = paths.map(([group, x]) => figure(group, x)).toSorted((a, b) => a - b)
        const expected = [0.1, 0.5, 0.9].map((share) => sorted[rankOf(share, sorted.length)])
        expect(order.band(figure, name === 'rises')).toEqual(expected)
        expect(order.band(figure, name === 'rises', cut)).toEqual(expected)
        // A cut that is wrong costs time and no digit.
        for (const wrong of [0, 1, Number.NaN, Number.POSITIVE_INFINITY])
          expect(order.band(figure, name === 'rises', (group, y) => cut(group, y) * wrong)).toEqual(expected)
        expect(order.band(figure, name === 'rises', (group, y) => cut(group, y) * 1.01)).toEqual(expected)
      }
    }),
  )
})
