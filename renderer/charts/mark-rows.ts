/** A label above a chart: the row it stands in, counted from the chart up, and the side of its mark that it grows to. */
export interface PlacedLabel {
  row: number
  align: 'left' | 'center' | 'right'
}

const CHAR_PX = 6.2
const GAP_PX = 10
/** More rows than these would leave little of the chart. */
const ROWS = 3

/**
 * Puts labels of marks, whose places are 0..1 of the width in order, into rows in which none overlaps another. A label at
 * an end grows inwards. Null for one that no row has room for: its mark stays, and the months under the pointer tell it.
 */
export function placeLabels(
  marks: readonly { at: number; label: string }[],
  width: number,
): readonly (PlacedLabel | null)[] {
  const ends = new Array<number>(ROWS).fill(Number.NEGATIVE_INFINITY)
  return marks.map(({ at, label }) => {
    const size = label.length * CHAR_PX
    const x = at * width
    const align = x + size / 2 > width ? 'right' : x - size / 2 < 0 ? 'left' : 'center'
    const from = align === 'left' ? x : align === 'right' ? x - size : x - size / 2
    const row = ends.findIndex((end) => from >= end + GAP_PX)
    if (row < 0) return null
    ends[row] = from + size
    return { row, align }
  })
}

/** How many rows the labels take. */
export const rowsOf = (labels: readonly (PlacedLabel | null)[]): number =>
  labels.reduce((most, label) => Math.max(most, label === null ? 0 : label.row + 1), 0)
