import type { TFunction } from 'i18next'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { DAY_MS, formatDuration } from '../../shared/format/duration.ts'
import { formatQuantity } from '../../shared/format/quantity.ts'
import type { Unit } from '../../shared/model/metric.ts'
import type { ChartColours } from './colours.ts'
import { ChartFrame, DASHES, dashText, Legend } from './frame.tsx'
import { gapsOf } from './gaps.ts'
import { bandSeries, bottomAxisStyle, GRID, type Threshold, thresholdLines, tooltipStyle, valueAxis } from './parts.ts'
import { scaleFor } from './scale.ts'
import { timeLabels } from './time-labels.ts'
import { tipOf } from './tooltip.ts'
import { useECharts } from './use-echarts.ts'

/** One measured line: `at` epoch milliseconds, null a gap. `min` and `max` are drawn as a band behind the average. */
export interface TimeSeries {
  name: string
  at: readonly number[]
  avg: readonly (number | null)[]
  min?: readonly (number | null)[]
  max?: readonly (number | null)[]
}

/**
 * Measured series over time. Gaps stay gaps; a stretch in which nothing at all was measured is shaded and says how long
 * it lasted. `from` and `to` fix the axis, so that missing data at its ends shows too. `group` shares the crosshair.
 * `ariaSummary` replaces the summary in words that is otherwise made from the values.
 */
export function TimeChart(props: {
  title: string
  note?: string
  hideTitle?: boolean
  series: readonly TimeSeries[]
  unit: Unit
  threshold?: Threshold | readonly Threshold[]
  height?: number
  group?: string
  from?: number
  to?: number
  ariaSummary?: string
  locale?: string
}) {
  const { t } = useTranslation('charts')
  const { series, unit, from, to, locale } = props
  const thresholds = useMemo(
    () => (props.threshold === undefined ? [] : 'value' in props.threshold ? [props.threshold] : [...props.threshold]),
    [props.threshold],
  )
  const format = useCallback((value: number) => formatQuantity(value, unit, { locale }), [unit, locale])
  const start = from ?? Math.min(...series.map((one) => one.at[0] ?? Number.POSITIVE_INFINITY))
  const end = to ?? Math.max(...series.map((one) => one.at.at(-1) ?? Number.NEGATIVE_INFINITY))
  const labels = useMemo(() => timeLabels(Math.max(0, end - start), locale), [start, end, locale])
  const gaps = useMemo(() => gapsOf(series), [series])

  const build = useCallback(
    (colours: ChartColours, width: number) => {
      const scale = scaleFor(valuesOf(series, thresholds), unit)
      const gapWidth = (gap: { from: number; to: number }) => ((gap.to - gap.from) / (end - start)) * width
      const lines = series.flatMap((one, index) => {
        const colour = colours.series[index % colours.series.length] ?? colours.ink
        const pairs = (values: readonly (number | null)[]) => one.at.map((at, i) => [at, values[i] ?? null] as const)
        const line = {
          id: `line ${index}`,
          type: 'line',
          name: one.name,
          data: pairs(one.avg),
          symbol: 'none',
          connectNulls: false,
          color: colour,
          lineStyle: { width: 1.75, color: colour, type: DASHES[index % DASHES.length] },
          emphasis: { disabled: true },
          sampling: 'minmax',
          ...(index === 0
            ? {
                markLine: thresholdLines(thresholds, colours),
                markArea: {
                  silent: true,
                  itemStyle: { color: colours.grid },
                  data: gaps.map((gap) => [
                    {
                      xAxis: gap.from,
                      label: {
                        show: gapWidth(gap) > 80,
                        formatter: () => t('noDataFor', { duration: formatDuration(gap.to - gap.from) }),
                        position: 'insideBottom',
                        color: colours.soft,
                        fontFamily: colours.font,
                        fontSize: 11,
                      },
                    },
                    { xAxis: gap.to },
                  ]),
                },
              }
            : {}),
        }
        return one.min && one.max
          ? [...bandSeries(`${index}`, pairs(one.min), pairs(one.max), colour, 0.18), line]
          : [line]
      })
      return {
        grid: GRID,
        xAxis: {
          type: 'time',
          ...(Number.isFinite(start) && Number.isFinite(end) ? { min: start, max: end } : {}),
          ...bottomAxisStyle(colours),
          splitNumber: Math.max(2, Math.floor(width / 130)),
          ...(end - start > 2 * DAY_MS ? { minInterval: DAY_MS } : {}),
          axisLabel: {
            formatter: (at: number) => labels.tick(at),
            color: colours.soft,
            fontFamily: colours.font,
            fontSize: 11,
            hideOverlap: true,
          },
        },
        yAxis: valueAxis(scale, format, colours),
        tooltip: {
          ...tooltipStyle(colours),
          formatter: (items: unknown) => tooltipFor(items, series, colours, labels.full, format, t('noData')),
        },
        series: lines,
      }
    },
    [series, thresholds, unit, start, end, labels, gaps, format, t],
  )
  const { box, chart } = useECharts(build, props.group)

  const empty = series.every((one) => one.avg.every((value) => value === null))
  const summary =
    props.ariaSummary ??
    (empty
      ? `${props.title}. ${t('nothingMeasured')}`
      : [
          props.title,
          ...series.map((one) => summaryOf(one, format, t)),
          ...thresholds.map((threshold) => t('summaryThreshold', { label: threshold.label })),
          ...(gaps.length > 0 ? [t('summaryGaps', { count: gaps.length })] : []),
        ].join('. '))

  return (
    <ChartFrame
      title={props.title}
      note={props.note}
      hideTitle={props.hideTitle}
      legend={
        series.length > 1 ? (
          <Legend
            items={series.map((one, index) => ({
              name: one.name,
              colour: `var(--chart-${(index % 6) + 1})`,
              dash: dashText(index),
            }))}
          />
        ) : undefined
      }
      summary={summary}
      height={props.height ?? 160}
      box={box}
      chart={chart}
      format={format}
      table={() => tableOf(series, labels.full, t('time'), t('lowest'), t('highest'))}
    />
  )
}

function* valuesOf(series: readonly TimeSeries[], thresholds: readonly Threshold[]) {
  for (const one of series) {
    yield* one.avg
    if (one.min) yield* one.min
    if (one.max) yield* one.max
  }
  for (const threshold of thresholds) yield threshold.value
}

function tooltipFor(
  items: unknown,
  series: readonly TimeSeries[],
  colours: ChartColours,
  time: (at: number) => string,
  format: (value: number) => string,
  noData: string,
) {
  const list = (Array.isArray(items) ? items : [items]) as {
    seriesId?: string
    dataIndex?: number
    axisValue?: number
  }[]
  const at = Number(list[0]?.axisValue)
  const rows = list.flatMap((item) => {
    const index = Number(/^line (\d+)$/.exec(item.seriesId ?? '')?.[1] ?? Number.NaN)
    const one = series[index]
    if (!one || item.dataIndex === undefined) return []
    const avg = one.avg[item.dataIndex] ?? null
    const min = one.min?.[item.dataIndex] ?? null
    const max = one.max?.[item.dataIndex] ?? null
    const range = min !== null && max !== null && min !== max ? ` (${format(min)} – ${format(max)})` : ''
    return [
      {
        name: one.name,
        value: avg === null ? noData : `${format(avg)}${range}`,
        colour: colours.series[index % colours.series.length],
      },
    ]
  })
  return tipOf(time(at), rows)
}

function summaryOf(one: TimeSeries, format: (value: number) => string, t: TFunction<'charts'>) {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  let last: number | null = null
  one.avg.forEach((value, index) => {
    if (value === null) return
    low = Math.min(low, one.min?.[index] ?? value)
    high = Math.max(high, one.max?.[index] ?? value)
    last = value
  })
  if (last === null) return `${one.name}: ${t('noData')}`
  return t('summary', { name: one.name, low: format(low), high: format(high), last: format(last) })
}

function tableOf(
  series: readonly TimeSeries[],
  time: (at: number) => string,
  timeWord: string,
  lowest: string,
  highest: string,
) {
  const columns = [timeWord]
  for (const one of series) {
    columns.push(one.name)
    if (one.min && one.max) columns.push(`${one.name}, ${lowest}`, `${one.name}, ${highest}`)
  }
  const times = [...new Set(series.flatMap((one) => [...one.at]))].sort((a, b) => a - b)
  const indexes = series.map((one) => new Map(one.at.map((at, index) => [at, index])))
  const rows = times.map((at) => {
    const row: (string | number | null)[] = [time(at)]
    series.forEach((one, which) => {
      const index = indexes[which]?.get(at)
      const pick = (values: readonly (number | null)[]) => (index === undefined ? null : (values[index] ?? null))
      row.push(pick(one.avg))
      if (one.min && one.max) row.push(pick(one.min), pick(one.max))
    })
    return row
  })
  return { columns, rows }
}
