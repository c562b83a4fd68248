import type { Chart } from '../document.ts'
import { scaleText, shortDayText } from '../words.ts'
import { type Drawing, drawing, INK, line, polygon, rect, text, widthOf } from './draw.ts'

const ROW = 17
const NAMES = 150

/** One bar a stage; the part between the low and the high end of a range is paler. */
export function barsSvg(chart: Extract<Chart, { kind: 'bars' }>, width: number): Drawing {
  const to = drawing(width, chart.bars.length * ROW + 4)
  const words = chart.bars.map(
    ({ low, high, missing }) =>
      missing ??
      (low === high
        ? scaleText(low, chart.scale)
        : `${scaleText(low, chart.scale)} to ${scaleText(high, chart.scale)}`),
  )
  const room = width - NAMES - 8 - Math.max(30, ...words.map((one) => widthOf(one))) - 6
  const highest = Math.max(1, ...chart.bars.map(({ high }) => high))
  for (const [index, { name, low, high, present, missing }] of chart.bars.entries()) {
    const y = index * ROW + 3
    text(to, NAMES, y + 8.5, name, { anchor: 'end', within: NAMES, colour: INK.text, bold: present === true })
    const start = NAMES + 8
    const end = start + (room * high) / highest
    if (missing === undefined) {
      rect(to, start, y, Math.max(0.8, (room * low) / highest), ROW - 6, present ? INK.accent : INK.accentSoft)
      if (high > low)
        rect(to, start + (room * low) / highest, y, (room * (high - low)) / highest, ROW - 6, INK.accentPale)
    }
    text(to, (missing === undefined ? end : start) + 5, y + 8.5, words[index] ?? '', {
      colour: missing === undefined ? INK.text : INK.faint,
    })
  }
  line(to, NAMES + 8, 0, NAMES + 8, to.height, { colour: INK.faint })
  return to
}

/** Dates as marks on lines from the earliest to the latest. */
export function spansSvg(chart: Extract<Chart, { kind: 'spans' }>, width: number): Drawing {
  const to = drawing(width, chart.spans.length * ROW + 20)
  const left = 210
  const right = width - 8
  const span = Math.max(1, chart.to - chart.from)
  const x = (at: number | null): number =>
    at === null ? right : left + ((right - left) * Math.min(span, Math.max(0, at - chart.from))) / span
  const bottom = chart.spans.length * ROW + 4
  for (let mark = 0; mark <= 4; mark += 1) {
    const at = chart.from + (span * mark) / 4
    line(to, x(at), 0, x(at), bottom, { colour: INK.rule })
    text(to, x(at), bottom + 11, mark === 0 ? 'now' : shortDayText(at), {
      anchor: mark === 0 ? 'start' : mark === 4 ? 'end' : 'middle',
    })
  }
  for (const [index, { name, early, middle, late }] of chart.spans.entries()) {
    const y = index * ROW + ROW / 2
    text(to, left - 8, y + 3, name, { anchor: 'end', within: left - 8, colour: INK.text })
    line(to, x(early), y, x(late), y, { colour: INK.accentSoft, width: 4 })
    const at = x(middle)
    if (middle !== null)
      polygon(
        to,
        [
          [at, y - 4.5],
          [at + 4.5, y],
          [at, y + 4.5],
          [at - 4.5, y],
        ],
        INK.accent,
      )
    if (late === null) text(to, right, y - 3, 'later', { anchor: 'end', size: 6 })
  }
  return to
}

/** The total at either end of each assumption's range, around the total as it is. */
export function tornadoSvg(chart: Extract<Chart, { kind: 'tornado' }>, width: number): Drawing {
  const to = drawing(width, chart.rows.length * (ROW + 3) + 18)
  const left = NAMES + 50
  const right = width - 50
  const values = [chart.base, ...chart.rows.flatMap(({ low, high }) => [low.value, high.value])]
  const lowest = Math.min(...values)
  const highest = Math.max(...values)
  const x = (value: number): number => left + ((right - left) * (value - lowest)) / (highest - lowest || 1)
  const bottom = chart.rows.length * (ROW + 3) + 3
  for (const [index, { name, low, high }] of chart.rows.entries()) {
    const y = index * (ROW + 3) + 4
    text(to, NAMES - 8, y + 8.5, name, { anchor: 'end', within: NAMES - 8, colour: INK.text })
    for (const [end, colour] of [
      [low, '#c9772b'],
      [high, INK.accent],
    ] as const) {
      const from = Math.min(x(chart.base), x(end.value))
      rect(to, from, y, Math.abs(x(end.value) - x(chart.base)), ROW - 6, colour, 0.8)
    }
    // Where both ends move the total the same way, the second label would lie on the first.
    const [first, second] = x(low.value) <= x(high.value) ? [low, high] : [high, low]
    text(to, Math.min(x(first.value), x(chart.base)) - 4, y + 8.5, first.label, { anchor: 'end', size: 7 })
    text(to, Math.max(x(second.value), x(chart.base)) + 4, y + 8.5, second.label, { size: 7 })
  }
  line(to, x(chart.base), 0, x(chart.base), bottom, { colour: INK.soft, width: 0.8 })
  text(to, x(chart.base), bottom + 10, scaleText(chart.base, chart.scale), { anchor: 'middle', colour: INK.text })
  return to
}
