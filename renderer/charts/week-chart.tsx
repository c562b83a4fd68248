import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { locale } from '../app/words/locale.ts'
import { type ChartColours, faded } from './colours.ts'
import { ChartFrame, DASHES, dashText, Legend } from './frame.tsx'
import { bottomAxisStyle, GRID, type Threshold, thresholdLines, tooltipStyle, valueAxis } from './parts.ts'
import { scaleFor } from './scale.ts'
import { tipOf } from './tooltip.ts'
import { useECharts } from './use-echarts.ts'

const DAY_MINUTES = 1440
const WEEK_MINUTES = 7 * DAY_MINUTES
const NONE: readonly never[] = []

/** A line over the week; `step` keeps each value until the next one. */
export interface WeekSeries {
  name: string
  values: readonly number[]
  step?: boolean
}

/** A stretch of the week, in minutes from its beginning. */
export interface WeekShade {
  from: number
  to: number
  tone: 'warn' | 'bad'
  /** True: nearly all of it; drawn darker. */
  strong: boolean
}

/**
 * Values through a week that starts on Monday 00:00 UTC, one for each `bucketMinutes`. Shaded stretches say what the note
 * says of them; the tooltip names them too, so that colour is not the only sign.
 */
export function WeekChart(props: {
  title: string
  note?: string
  series: readonly WeekSeries[]
  bucketMinutes: number
  format: (value: number) => string
  formatTick?: (value: number) => string
  unit?: 'number' | 'ratio' | 'count' | 'bytes'
  thresholds?: readonly Threshold[]
  shades?: readonly WeekShade[]
  shadeWords?: Readonly<Record<WeekShade['tone'], string>>
  height?: number
  group?: string
}) {
  const { t } = useTranslation('charts')
  const { series, bucketMinutes, format, formatTick = format, unit = 'number', shadeWords } = props
  const { thresholds = NONE, shades = NONE } = props
  const days = useMemo(dayNames, [])
  const clock = useCallback((minute: number) => clockText(days, minute), [days])

  const build = useCallback(
    (colours: ChartColours, width: number) => {
      const scale = scaleFor([...series.flatMap((one) => one.values), ...thresholds.map((one) => one.value)], unit)
      return {
        grid: GRID,
        xAxis: {
          type: 'value',
          min: 0,
          max: WEEK_MINUTES,
          interval: DAY_MINUTES,
          ...bottomAxisStyle(colours),
          splitLine: { show: true, lineStyle: { color: colours.grid } },
          axisLabel: {
            formatter: (minute: number) => (minute < WEEK_MINUTES ? (days[minute / DAY_MINUTES] ?? '') : ''),
            align: 'left',
            color: colours.soft,
            fontFamily: colours.font,
            fontSize: 11,
            hideOverlap: true,
            ...(width < 260 ? { interval: DAY_MINUTES * 2 } : {}),
          },
        },
        yAxis: valueAxis(scale, formatTick, colours),
        tooltip: {
          ...tooltipStyle(colours),
          formatter: (items: unknown) => {
            const first = (Array.isArray(items) ? items[0] : items) as { axisValue?: number } | undefined
            const minute = Number(first?.axisValue ?? 0)
            const bucket = Math.min(Math.floor(minute / bucketMinutes), (series[0]?.values.length ?? 1) - 1)
            const inside = shades.find((one) => minute >= one.from && minute < one.to)
            return tipOf(clock(bucket * bucketMinutes), [
              ...series.map((one, index) => ({
                name: one.name,
                value: format(one.values[bucket] ?? Number.NaN),
                colour: colours.series[index % colours.series.length],
              })),
              ...(inside && shadeWords ? [{ name: shadeWords[inside.tone], value: '' }] : []),
            ])
          },
        },
        series: series.map((one, index) => {
          const colour = colours.series[index % colours.series.length] ?? colours.ink
          return {
            id: `line ${index}`,
            type: 'line',
            name: one.name,
            data: one.values.map((value, bucket) => [bucket * bucketMinutes, value]),
            symbol: 'none',
            step: one.step ? 'end' : false,
            color: colour,
            lineStyle: { width: 1.5, color: colour, type: DASHES[index % DASHES.length] },
            emphasis: { disabled: true },
            ...(index === 0
              ? {
                  markLine: thresholdLines(thresholds, colours),
                  markArea: {
                    silent: true,
                    data: shades.map((shade) => [
                      {
                        xAxis: shade.from,
                        itemStyle: {
                          color: faded(shade.tone === 'bad' ? colours.bad : colours.warn, shade.strong ? 0.2 : 0.09),
                        },
                      },
                      { xAxis: shade.to },
                    ]),
                  },
                }
              : {}),
          }
        }),
      }
    },
    [series, thresholds, shades, shadeWords, unit, bucketMinutes, format, formatTick, days, clock],
  )
  const { box, chart } = useECharts(build, props.group)
  const summary = [props.title, ...series.map((one) => summaryOf(one, format, (values) => t('summary', values)))].join(
    '. ',
  )

  return (
    <ChartFrame
      title={props.title}
      note={props.note}
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
      height={props.height ?? 180}
      box={box}
      chart={chart}
      format={format}
      table={() => ({
        columns: [t('time'), ...series.map((one) => one.name)],
        rows: (series[0]?.values ?? []).map((_, bucket) => [
          clock(bucket * bucketMinutes),
          ...series.map((one) => one.values[bucket] ?? null),
        ]),
      })}
    />
  )
}

/** The days' names from Monday on, in the user's language. */
function dayNames(): string[] {
  const name = new Intl.DateTimeFormat(locale(), { weekday: 'short', timeZone: 'UTC' })
  // 5 January 1970 was a Monday.
  return Array.from({ length: 7 }, (_, day) => name.format((4 + day) * DAY_MINUTES * 60_000))
}

function clockText(days: readonly string[], minute: number): string {
  const inDay = minute % DAY_MINUTES
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  return `${days[Math.floor(minute / DAY_MINUTES) % 7] ?? ''} ${two(inDay / 60)}:${two(inDay % 60)} UTC`
}

function summaryOf(
  { name, values }: WeekSeries,
  format: (value: number) => string,
  words: (values: { name: string; low: string; high: string; last: string }) => string,
): string {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return words({ name, low: format(low), high: format(high), last: format(values.at(-1) ?? Number.NaN) })
}
