import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChartColours } from './colours.ts'
import { ChartFrame } from './frame.tsx'
import { type MonthMark, monthMarks } from './month-marks.ts'
import { bandSeries, GRID, monthAxis, type Threshold, thresholdLines, tooltipStyle, valueAxis } from './parts.ts'
import { scaleFor } from './scale.ts'
import { tipOf } from './tooltip.ts'
import { useECharts } from './use-echarts.ts'

const NONE: readonly never[] = []

/**
 * A forecast by month: the middle path (P50) as a line, P10 to P90 as a band around it. `months` are the labels under
 * the axis; the arrays have one value for each. `unit: 'ratio'` keeps 0 to 100% in view.
 */
export function FanChart(props: {
  title: string
  note?: string
  hideTitle?: boolean
  months: readonly string[]
  p10: readonly number[]
  p50: readonly number[]
  p90: readonly number[]
  format: (value: number) => string
  /** For the axis, where it should be shorter than `format`. */
  formatTick?: (value: number) => string
  unit?: 'number' | 'ratio'
  /** The axis goes up to this at least, so that next to nothing looks like next to nothing. */
  atLeast?: number
  thresholds?: readonly Threshold[]
  marks?: readonly MonthMark[]
  height?: number
  group?: string
  /** Which of the series colours to draw with. */
  colour?: number
  ariaSummary?: string
}) {
  const { t } = useTranslation('charts')
  const {
    months,
    p10,
    p50,
    p90,
    format,
    formatTick = format,
    unit = 'number',
    thresholds = NONE,
    marks = NONE,
    colour = 0,
    atLeast = 0,
  } = props

  const build = useCallback(
    (colours: ChartColours, width: number) => {
      const drawn = colours.series[colour] ?? colours.ink
      const pairs = (values: readonly number[]) => months.map((month, index) => [month, values[index] ?? null] as const)
      const levels = thresholds.map((threshold) => threshold.value)
      const scale = scaleFor([...p10, ...p50, ...p90, ...levels, atLeast], unit)
      const lines = thresholdLines(thresholds, colours)
      const marked = monthMarks(marks, months.length, width, colours)
      return {
        grid: { ...GRID, top: GRID.top + marked.room },
        xAxis: monthAxis(months, width, colours),
        yAxis: valueAxis(scale, formatTick, colours),
        tooltip: {
          ...tooltipStyle(colours),
          formatter: (items: unknown) => {
            const first = (Array.isArray(items) ? items[0] : items) as { dataIndex?: number } | undefined
            const index = first?.dataIndex ?? 0
            const row = (name: string, values: readonly number[]) => ({
              name,
              value: format(values[index] ?? Number.NaN),
            })
            return tipOf(months[index] ?? '', [
              row(t('p90'), p90),
              { ...row(t('p50'), p50), colour: drawn },
              row(t('p10'), p10),
              ...marks.filter((mark) => mark.at === index).map((mark) => ({ name: mark.label, value: '' })),
            ])
          },
        },
        series: [
          ...bandSeries('fan', pairs(p10), pairs(p90), drawn, 0.2),
          {
            id: 'middle',
            type: 'line',
            name: t('p50'),
            data: pairs(p50),
            symbol: months.length === 1 ? 'circle' : 'none',
            lineStyle: { width: 2, color: drawn },
            color: drawn,
            emphasis: { disabled: true },
            markLine: { ...lines, data: [...lines.data, ...marked.data] },
          },
        ],
      }
    },
    [months, p10, p50, p90, format, formatTick, unit, thresholds, marks, colour, atLeast, t],
  )
  const { box, chart } = useECharts(build, props.group)
  const end = months.length - 1
  const text = (values: readonly number[], index: number) => format(values[index] ?? Number.NaN)
  const summary =
    props.ariaSummary ??
    `${props.title}. ${t('fanSummary', {
      firstMonth: months[0] ?? '',
      first: text(p50, 0),
      lastMonth: months[end] ?? '',
      last: text(p50, end),
      low: text(p10, end),
      high: text(p90, end),
    })}.`

  return (
    <ChartFrame
      title={props.title}
      note={props.note}
      hideTitle={props.hideTitle}
      summary={summary}
      height={props.height ?? 200}
      box={box}
      chart={chart}
      format={format}
      table={() => ({
        columns: [t('month'), t('p10'), t('p50'), t('p90')],
        rows: months.map((month, index) => [month, p10[index] ?? null, p50[index] ?? null, p90[index] ?? null]),
      })}
    />
  )
}
