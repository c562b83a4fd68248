import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { placeLabels, rowsOf } from './mark-rows.ts'

const long = 'to Several VPS with managed data'

describe('labels of marks', () => {
  it('share a row where they have room, and stand in the middle of their marks', () => {
    const labels = placeLabels(
      [
        { at: 0.2, label: 'to A' },
        { at: 0.8, label: 'to B' },
      ],
      700,
    )
    expect(labels).toEqual([
      { row: 0, align: 'center' },
      { row: 0, align: 'center' },
    ])
    expect(rowsOf(labels)).toBe(1)
  })
  it('take another row beside a near one', () => {
    const near = [0.5, 0.52, 0.54].map((at) => ({ at, label: long }))
    expect(placeLabels(near, 700).map((one) => one?.row)).toEqual([0, 1, 2])
    expect(rowsOf(placeLabels(near, 700))).toBe(3)
  })
  it('go without words where there is no row left', () => {
    const many = [0.5, 0.51, 0.52, 0.53].map((at) => ({ at, label: long }))
    expect(placeLabels(many, 700).at(-1)).toBeNull()
  })
  it('grow inwards at the ends', () => {
    expect(
      placeLabels(
        [
          { at: 0, label: long },
          { at: 1, label: long },
        ],
        700,
      ).map((one) => one?.align),
    ).toEqual(['left', 'right'])
  })
  it('never overlap in a row', () => {
    const mark = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), label: fc.string({ maxLength: 40 }) })
    fc.assert(
      fc.property(fc.array(mark, { maxLength: 12 }), fc.integer({ min: 200, max: 1200 }), (unsorted, width) => {
        const marks = unsorted.toSorted((a, b) => a.at - b.at)
        const spans = placeLabels(marks, width).flatMap((placed, index) => {
          const { at = 0, label = '' } = marks[index] ?? {}
          if (!placed) return []
          const size = label.length * 6.2
          const shift = { left: 0, center: size / 2, right: size }[placed.align]
          return [{ row: placed.row, from: at * width - shift, to: at * width - shift + size }]
        })
        for (const [index, one] of spans.entries())
          for (const other of spans.slice(index + 1))
            if (one.row === other.row) expect(one.to <= other.from || other.to <= one.from).toBe(true)
      }),
    )
  })
})
