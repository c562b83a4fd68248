import { type ChartColours, faded } from './colours.ts'
import type { Scale } from './scale.ts'

/** A level worth seeing: a limit, a target. `tone` decides the colour; the label says what it is. */
export interface Threshold {
  value: number
  label: string
  tone?: 'warn' | 'bad' | 'soft'
}

const toneColour = (colours: ChartColours, tone: Threshold['tone']) =>
  tone === 'bad' ? colours.bad : tone === 'soft' ? colours.soft : colours.warn

export function thresholdLines(thresholds: readonly Threshold[], colours: ChartColours) {
  return {
    silent: true,
    symbol: 'none',
    data: thresholds.map((threshold) => {
      const colour = toneColour(colours, threshold.tone)
      return {
        yAxis: threshold.value,
        lineStyle: { color: colour, width: 1.25, type: [5, 4] },
        label: {
          formatter: () => threshold.label,
          position: 'insideEndTop',
          color: colour,
          fontSize: 11,
          fontFamily: colours.font,
          distance: 5,
        },
      }
    }),
  }
}

export function tooltipStyle(colours: ChartColours) {
  return {
    trigger: 'axis',
    confine: true,
    transitionDuration: 0,
    backgroundColor: colours.panel,
    borderColor: colours.line,
    borderWidth: 1,
    padding: [8, 10],
    textStyle: { color: colours.ink, fontFamily: colours.font, fontSize: 12 },
    extraCssText: 'box-shadow: var(--shadow); border-radius: 8px;',
    axisPointer: { type: 'line', lineStyle: { color: colours.soft, width: 1, type: 'solid' } },
  }
}

export function valueAxis(scale: Scale, format: (value: number) => string, colours: ChartColours) {
  return {
    type: 'value',
    min: scale.min,
    max: scale.max,
    interval: scale.interval,
    axisLabel: { formatter: format, color: colours.soft, fontFamily: colours.font, fontSize: 11, margin: 8 },
    splitLine: { lineStyle: { color: colours.grid } },
    axisLine: { show: false },
    axisTick: { show: false },
  }
}

export function bottomAxisStyle(colours: ChartColours) {
  return {
    axisLine: { lineStyle: { color: colours.line } },
    axisTick: { show: false },
    splitLine: { show: false },
  }
}

/** An axis of month names, as many of them as the width has room for. */
export function monthAxis(months: readonly string[], width: number, colours: ChartColours) {
  return {
    type: 'category',
    data: months,
    boundaryGap: false,
    ...bottomAxisStyle(colours),
    axisLabel: {
      color: colours.soft,
      fontFamily: colours.font,
      fontSize: 11,
      interval: Math.max(0, Math.ceil(months.length / Math.max(2, Math.floor(width / 90))) - 1),
      hideOverlap: true,
      alignMinLabel: 'left',
      alignMaxLabel: 'right',
    },
  }
}

export const GRID = { left: 4, right: 10, top: 18, bottom: 2, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' }

/** Two stacked lines whose filled difference is the band from `low` to `high`. Both are invisible but for the fill. */
export function bandSeries(
  id: string,
  low: readonly (readonly [number | string, number | null])[],
  high: readonly (readonly [number | string, number | null])[],
  colour: string,
  opacity: number,
) {
  const line = {
    type: 'line',
    stack: `band ${id}`,
    stackStrategy: 'all',
    symbol: 'none',
    silent: true,
    lineStyle: { opacity: 0 },
    emphasis: { disabled: true },
  }
  const spread = high.map(([x, value], index) => {
    const floor = low[index]?.[1]
    return [x, value === null || floor === null || floor === undefined ? null : value - floor]
  })
  return [
    { ...line, id: `${id} low`, data: low, areaStyle: { opacity: 0 } },
    { ...line, id: `${id} high`, data: spread, areaStyle: { color: faded(colour, opacity), opacity: 1 } },
  ]
}
