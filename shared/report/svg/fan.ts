import type { Chart } from '../document.ts'
import { scaleText } from '../words.ts'
import {
  type Drawing,
  drawing,
  INK,
  line,
  type Point,
  polygon,
  polyline,
  rect,
  seriesColour,
  text,
  widthOf,
} from './draw.ts'
import { ticks } from './scale.ts'

const HEIGHT = 170
const BOTTOM = 22

/** Names with their colours in rows above a chart; returns where the chart may begin. */
function legend(to: Drawing, names: readonly string[]): number {
  if (names.length < 2) return 8
  let x = 0
  let y = 8
  for (const [index, name] of names.entries()) {
    const width = Math.min(widthOf(name), 200) + 26
    if (x > 0 && x + width > to.width) {
      x = 0
      y += 12
    }
    rect(to, x, y - 6, 8, 6, seriesColour(index))
    text(to, x + 12, y, name, { within: 200, colour: INK.text })
    x += width
  }
  return y + 14
}

const legendRows = (names: readonly string[], width: number): number => {
  const probe = drawing(width, 0)
  return legend(probe, names)
}

function monthAxis(
  to: Drawing,
  months: readonly string[],
  left: number,
  right: number,
  y: number,
): (month: number) => number {
  const last = Math.max(1, months.length - 1)
  const x = (month: number): number => left + ((right - left) * month) / last
  const step = Math.max(1, Math.ceil(months.length / 9))
  line(to, left, y, right, y, { colour: INK.faint })
  for (let month = 0; month < months.length; month += step) {
    line(to, x(month), y, x(month), y + 3, { colour: INK.faint })
    text(to, x(month), y + 12, months[month] ?? '', { anchor: x(month) > right - 16 ? 'end' : 'middle' })
  }
  return x
}

export function fanSvg(chart: Extract<Chart, { kind: 'fan' }>, width: number): Drawing {
  const names = chart.bands.map((one) => one.name)
  const top = legendRows(names, width)
  const to = drawing(width, HEIGHT + top - 8)
  legend(to, names)
  const bottom = to.height - BOTTOM
  const highest = Math.max(0, ...chart.bands.flatMap(({ p90 }) => p90))
  const lowest = Math.min(0, ...chart.bands.flatMap(({ p10 }) => p10))
  const marks = ticks(lowest, highest > lowest ? highest : lowest + 1)
  const [low = 0] = marks
  const high = marks.at(-1) ?? 1
  const left = Math.max(24, ...marks.map((one) => widthOf(scaleText(one, chart.scale)))) + 6
  const y = (value: number): number => bottom - ((value - low) / (high - low || 1)) * (bottom - top)
  for (const mark of marks) {
    line(to, left, y(mark), width, y(mark), { colour: INK.rule })
    text(to, left - 5, y(mark) + 2.5, scaleText(mark, chart.scale), { anchor: 'end' })
  }
  const x = monthAxis(to, chart.months, left, width, bottom)
  for (const [index, { p10, p90 }] of chart.bands.entries()) {
    const upper = p90.map((value, month): Point => [x(month), y(value)])
    const lower = p10.map((value, month): Point => [x(month), y(value)])
    polygon(to, [...upper, ...lower.reverse()], seriesColour(index), chart.bands.length > 1 ? 0.14 : 0.2)
  }
  for (const [index, { p50 }] of chart.bands.entries())
    polyline(
      to,
      p50.map((value, month): Point => [x(month), y(value)]),
      {
        colour: seriesColour(index),
        width: 1.5,
        ...(index > 0 ? { dash: DASHES[index % DASHES.length] as string } : {}),
      },
    )
  return to
}

/** Lines are told apart in a grey print too. */
const DASHES = ['', '6 2', '2 2', '8 2 2 2', '4 4'] as const

export function sharesSvg(chart: Extract<Chart, { kind: 'shares' }>, width: number): Drawing {
  const names = chart.parts.map((one) => one.name)
  const top = legendRows(names, width)
  const to = drawing(width, HEIGHT - 30 + top - 8)
  legend(to, names)
  const bottom = to.height - BOTTOM
  const left = 30
  const y = (share: number): number => bottom - share * (bottom - top)
  const last = Math.max(1, chart.months.length)
  const bar = (width - left) / last
  const below = new Float64Array(chart.months.length)
  for (const [index, { share }] of chart.parts.entries())
    for (let month = 0; month < chart.months.length; month += 1) {
      const value = share[month] ?? 0
      if (value === 0) continue
      const base = below[month] as number
      rect(
        to,
        left + month * bar,
        y(base + value),
        Math.max(0.4, bar - 0.6),
        y(base) - y(base + value),
        seriesColour(index),
        0.85,
      )
      below[month] = base + value
    }
  for (const share of [0, 0.5, 1])
    text(to, left - 5, y(share) + 2.5, scaleText(share, { kind: 'share' }), { anchor: 'end' })
  monthAxis(to, chart.months, left + bar / 2, width - bar / 2, bottom)
  return to
}
