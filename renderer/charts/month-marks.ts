import type { ChartColours } from './colours.ts'
import { placeLabels, rowsOf } from './mark-rows.ts'

/** A month worth seeing, such as the median month a trigger fires. `at` is an index into the months. */
export interface MonthMark {
  at: number
  label: string
}

/** A row of labels above the chart. */
const ROW_PX = 14
/** About what the labels of the value axis take of the width. */
const AXIS_PX = 52

/** Dotted lines at marked months with their labels above the chart, and how much room these take there, in pixels. */
export function monthMarks(given: readonly MonthMark[], months: number, width: number, colours: ChartColours) {
  const marks = given.toSorted((a, b) => a.at - b.at)
  const last = Math.max(1, months - 1)
  const labels = placeLabels(
    marks.map(({ at, label }) => ({ at: at / last, label })),
    width - AXIS_PX,
  )
  return {
    room: rowsOf(labels) * ROW_PX,
    data: marks.map((mark, index) => ({
      xAxis: mark.at,
      lineStyle: { color: colours.soft, width: 1, type: [2, 3] },
      label: {
        show: labels[index] !== null,
        formatter: () => mark.label,
        position: 'end',
        distance: 4 + (labels[index]?.row ?? 0) * ROW_PX,
        color: colours.ink,
        fontFamily: colours.font,
        fontSize: 11,
        align: labels[index]?.align ?? 'center',
      },
    })),
  }
}
