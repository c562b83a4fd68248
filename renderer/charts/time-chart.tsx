import { useCallback, useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { DAY_MS, formatDuration } from '../../shared/format/duration.ts'
import { formatQuantity } from '../../shared/format/quantity.ts'
import type { Unit } from '../../shared/model/metric.ts'
import { type ChartColours, faded } from './colours.ts'
import { attachCrosshair } from './crosshair.ts'
import { ChartFrame, DASHES, dashText, Legend } from './frame.tsx'
import { gapsOf } from './gaps.ts'
import { nearestIndex } from './nearest.ts'
import { bandSeries, bottomAxisStyle, GRID, type Threshold, thresholdLines, tooltipStyle, valueAxis } from './parts.ts'
import { scaleFor } from './scale.ts'
import { summaryOf, tableOf, tooltipFor, valuesOf } from './time-chart-words.ts'
import { attachTimeGestures, type TimeWindow } from './time-gestures.ts'
import { timeLabels } from './time-labels.ts'
import { useECharts } from './use-echarts.ts'

/** Half of a letter's width under a chart, px. */
const HALF_LETTER = 3.2

/** One measured line: `at` epoch milliseconds, null a gap. `min` and `max` are drawn as a band behind the average. */
export interface TimeSeries {
  name: string
  at: readonly number[]
  avg: readonly (number | null)[]
  min?: readonly (number | null)[]
  max?: readonly (number | null)[]
}

/** A stretch of time worth seeing, such as the one an alert is about. */
export interface Highlight extends TimeWindow {
  label: string
}

/**
 * Measured series over time. Gaps stay gaps; a stretch in which nothing at all was measured is shaded and says how long
 * it lasted. `from` and `to` fix the axis, so that missing data at its ends shows too. Charts with the
 * same `group` share a crosshair. With `onWindow`, dragging picks a stretch, dragging with Shift moves along, and the wheel
 * does with Shift or Ctrl; `moving` is true as long as the hand is on it. `ariaSummary` replaces the summary in words that is
 * otherwise made from the values.
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
  highlight?: Highlight | undefined
  onWindow?: ((window: TimeWindow, moving: boolean) => void) | undefined
  ariaSummary?: string
  locale?: string
}) {
  const { t } = useTranslation('charts')
  const { series, unit, from, to, locale, highlight, onWindow } = props
  const thresholds = useMemo(
    () => (props.threshold === undefined ? [] : 'value' in props.threshold ? [props.threshold] : [...props.threshold]),
    [props.threshold],
  )
  const format = useCallback((value: number) => formatQuantity(value, unit, { locale }), [unit, locale])
  const start = from ?? Math.min(...series.map((one) => one.at[0] ?? Number.POSITIVE_INFINITY))
  const end = to ?? Math.max(...series.map((one) => one.at.at(-1) ?? Number.NEGATIVE_INFINITY))
  const labels = useMemo(() => timeLabels(Math.max(0, end - start), locale), [start, end, locale])
  const gaps = useMemo(() => gapsOf(series), [series])
  /** Where a hand has moved the axis to, ahead of what was read for it. */
  const held = useRef<TimeWindow | null>(null)

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
                  data: [
                    ...gaps.map((gap) => [
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
                    ...(highlight ? [highlightArea(highlight, colours)] : []),
                  ],
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
          ...(Number.isFinite(start) && Number.isFinite(end)
            ? { min: held.current?.from ?? start, max: held.current?.to ?? end }
            : {}),
          ...bottomAxisStyle(colours),
          splitNumber: Math.max(2, Math.floor(width / 130)),
          ...(end - start > 2 * DAY_MS ? { minInterval: DAY_MS } : {}),
          axisLabel: {
            // A label whose half would hang over the edge is left out.
            formatter: (at: number) => {
              const shown = held.current ?? { from: start, to: end }
              const room = ((shown.to - at) / (shown.to - shown.from)) * width + GRID.right
              const label = labels.tick(at)
              return room < label.length * HALF_LETTER ? '' : label
            },
            color: colours.soft,
            fontFamily: colours.font,
            fontSize: 11,
            hideOverlap: true,
            // Labels that only just miss each other read as one.
            textMargin: [0, 6],
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
    [series, thresholds, unit, start, end, labels, gaps, format, t, highlight],
  )
  const { box, chart } = useECharts(build)
  const now = useRef({ series, format, start, end, onWindow })
  useEffect(() => {
    now.current = { series, format, start, end, onWindow }
    if (held.current?.from === start && held.current.to === end) held.current = null
  })
  const { group } = props
  useEffect(() => {
    if (group === undefined || !box.current) return
    return attachCrosshair(box.current, chart, group, (at) => readingAt(now.current.series, at, now.current.format))
  }, [group, box, chart])
  const moves = onWindow !== undefined
  useEffect(() => {
    if (!moves || !box.current) return
    return attachTimeGestures(box.current, chart, {
      window: () => held.current ?? { from: now.current.start, to: now.current.end },
      show(window) {
        held.current = window
        chart.current?.setOption({ xAxis: { min: window.from, max: window.to } }, { lazyUpdate: false })
      },
      tell: (window, moving) => now.current.onWindow?.(window, moving),
    })
  }, [moves, box, chart])

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

function highlightArea(highlight: Highlight, colours: ChartColours) {
  const colour = colours.series[0] ?? colours.ink
  return [
    {
      xAxis: highlight.from,
      itemStyle: { color: faded(colour, 0.12), borderColor: faded(colour, 0.7), borderWidth: 1 },
      label: {
        show: true,
        formatter: () => highlight.label,
        position: 'insideBottom',
        color: colours.ink,
        fontFamily: colours.font,
        fontSize: 11,
      },
    },
    { xAxis: highlight.to },
  ]
}

/** The values of the first lines at a time, for the crosshair of another chart; none where nothing was measured near it. */
function readingAt(series: readonly TimeSeries[], at: number, format: (value: number) => string): string {
  return series
    .slice(0, 3)
    .flatMap((one) => {
      const index = nearestIndex(one.at, at)
      const value = index === null ? null : (one.avg[index] ?? null)
      return value === null ? [] : [format(value)]
    })
    .join(' · ')
}
