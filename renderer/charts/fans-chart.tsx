import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChartColours } from './colours.ts'
import { ChartFrame, DASHES, dashText, Legend } from './frame.tsx'
import { type MonthMark, monthMarks } from './month-marks.ts'
import { bandSeries, GRID, monthAxis, tooltipStyle, valueAxis } from './parts.ts'
import { scaleFor } from './scale.ts'
import { tipOf } from './tooltip.ts'
import { useECharts } from './use-echarts.ts'

/** One of several forecasts by month: its middle path and the band that holds 80% of the paths. */
export interface Fan {
  name: string
  p10: readonly number[]
  p50: readonly number[]
  p90: readonly number[]
}

const NONE: readonly never[] = []

/** Several forecasts on one scale. Lines differ in colour and dash; bands overlap, so the tooltip and the table tell them apart. */
export function FansChart(props: {
  title: string
  note?: string
  months: readonly string[]
  fans: readonly Fan[]
  format: (value: number) => string
  formatTick?: (value: number) => string
  /** Months worth seeing, such as those of break-even. `at` is an index into `months`. */
  marks?: readonly MonthMark[]
  height?: number
  group?: string
  /** True where a chart of the same lines beside it has the legend. */
  hideLegend?: boolean
  ariaSummary: string
}) {
  const { t } = useTranslation('charts')
  const { months, fans, format, formatTick = format, marks = NONE } = props

  const build = useCallback(
    (colours: ChartColours, width: number) => {
      const pairs = (values: readonly number[]) => months.map((month, index) => [month, values[index] ?? null] as const)
      const scale = scaleFor(fans.flatMap((fan) => [...fan.p10, ...fan.p90]))
      const colourOf = (index: number) => colours.series[index % colours.series.length] ?? colours.ink
      const marked = monthMarks(marks, months.length, width, colours)
      return {
        grid: { ...GRID, top: GRID.top + marked.room },
        xAxis: monthAxis(months, width, colours),
        yAxis: valueAxis(scale, formatTick, colours),
        tooltip: {
          ...tooltipStyle(colours),
          formatter: (items: unknown) => {
            const first = (Array.isArray(items) ? items[0] : items) as { dataIndex?: number } | undefined
            const at = first?.dataIndex ?? 0
            return tipOf(
              months[at] ?? '',
              fans.map((fan, index) => ({
                name: fan.name,
                value: t('fanTip', {
                  middle: format(fan.p50[at] ?? Number.NaN),
                  low: format(fan.p10[at] ?? Number.NaN),
                  high: format(fan.p90[at] ?? Number.NaN),
                }),
                colour: colourOf(index),
              })),
            )
          },
        },
        series: fans.flatMap((fan, index) => [
          ...bandSeries(`fan ${index}`, pairs(fan.p10), pairs(fan.p90), colourOf(index), fans.length > 3 ? 0.1 : 0.15),
          {
            id: `middle ${index}`,
            type: 'line',
            name: fan.name,
            data: pairs(fan.p50),
            symbol: months.length === 1 ? 'circle' : 'none',
            lineStyle: { width: 2, color: colourOf(index), type: DASHES[index % DASHES.length] },
            color: colourOf(index),
            emphasis: { disabled: true },
            ...(index > 0
              ? {}
              : {
                  markLine: {
                    silent: true,
                    symbol: 'none',
                    data: marked.data,
                  },
                }),
          },
        ]),
      }
    },
    [months, fans, format, formatTick, marks, t],
  )
  const { box, chart } = useECharts(build, props.group)
  const legend = useMemo(
    () =>
      fans.map((fan, index) => ({ name: fan.name, colour: `var(--chart-${(index % 6) + 1})`, dash: dashText(index) })),
    [fans],
  )
  return (
    <ChartFrame
      title={props.title}
      note={props.note}
      legend={props.hideLegend ? undefined : <Legend items={legend} />}
      summary={props.ariaSummary}
      height={props.height ?? 240}
      box={box}
      chart={chart}
      format={format}
      table={() => ({
        columns: [
          t('month'),
          ...fans.flatMap((fan) => [`${fan.name} ${t('p10')}`, `${fan.name} ${t('p50')}`, `${fan.name} ${t('p90')}`]),
        ],
        rows: months.map((month, at) => [
          month,
          ...fans.flatMap((fan) => [fan.p10[at] ?? null, fan.p50[at] ?? null, fan.p90[at] ?? null]),
        ]),
      })}
    />
  )
}
