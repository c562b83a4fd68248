import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChartColours } from './colours.ts'
import { ChartFrame, dashText, Legend } from './frame.tsx'
import { bandSeries, bottomAxisStyle, GRID, tooltipStyle, valueAxis } from './parts.ts'
import { scaleFor } from './scale.ts'
import { timeLabels } from './time-labels.ts'
import { tipOf } from './tooltip.ts'
import { useECharts } from './use-echarts.ts'

/** What was measured. `muted` ones were left out of the fit. */
export interface FitPoint {
  x: number
  y: number
  muted?: boolean
}
/** A curve through them, with its own band and, lighter, one for single measurements. */
export interface FitCurve {
  x: number
  y: number
  low?: number
  high?: number
  bandLow?: number
  bandHigh?: number
}

/**
 * Measured points with the curve fitted through them, its interval, and where there is one another curve to compare with.
 * `time` reads x as epoch milliseconds. `mark` is an x worth seeing, such as where throughput peaks.
 */
export function FitChart(props: {
  title: string
  note?: string
  time?: boolean
  points: readonly FitPoint[]
  curve: readonly FitCurve[]
  other?: { name: string; curve: readonly { x: number; y: number }[] } | undefined
  mark?: { x: number; label: string } | undefined
  names: { x: string; points: string; curve: string; band: string; muted?: string }
  formatX: (x: number) => string
  formatY: (y: number) => string
  formatTick?: (y: number) => string
  formatTickX?: ((x: number) => string) | undefined
  height?: number
  summary: string
}) {
  const { t } = useTranslation('charts')
  const { points, curve, other, mark, names, time = false, formatX, formatY } = props
  const { formatTick = formatY, formatTickX } = props
  const muted = useMemo(() => points.filter((point) => point.muted), [points])
  const first = Math.min(...[...points, ...curve].map((point) => point.x))
  const last = Math.max(...[...points, ...curve].map((point) => point.x))
  const labels = useMemo(() => timeLabels(Math.max(0, last - first)), [first, last])

  const build = useCallback(
    (colours: ChartColours, width: number) => {
      const [ink = colours.ink, second = colours.ink] = colours.series
      const yScale = scaleFor([
        ...points.map((point) => point.y),
        ...curve.map((point) => point.y),
        ...curve.map((point) => Math.min(point.bandHigh ?? point.high ?? point.y, 2.5 * point.y)),
      ])
      const xScale = scaleFor([last], 'number', Math.max(2, Math.floor(width / 110)))
      const band = (
        id: string,
        low: (point: FitCurve) => number | undefined,
        high: (point: FitCurve) => number | undefined,
        opacity: number,
      ) =>
        curve.some((point) => high(point) !== undefined)
          ? bandSeries(
              id,
              curve.map((point) => [point.x, low(point) ?? null] as const),
              curve.map((point) => [point.x, Math.min(high(point) ?? point.y, yScale.max)] as const),
              ink,
              opacity,
            )
          : []
      const scatter = (id: string, data: readonly FitPoint[], style: object) => ({
        id,
        type: 'scatter',
        data: data.map((point) => [point.x, point.y]),
        symbolSize: points.length > 300 ? 3 : 6,
        silent: true,
        ...style,
      })
      return {
        grid: { ...GRID, top: mark ? 30 : GRID.top, right: 16 },
        xAxis: time
          ? {
              type: 'time',
              min: first,
              max: last,
              ...bottomAxisStyle(colours),
              splitNumber: Math.max(2, Math.floor(width / 130)),
              axisLabel: {
                formatter: (at: number) => formatTickX?.(at) ?? labels.tick(at),
                color: colours.soft,
                fontFamily: colours.font,
                fontSize: 11,
                hideOverlap: true,
              },
            }
          : { ...valueAxis(xScale, formatTickX ?? formatX, colours), ...bottomAxisStyle(colours) },
        yAxis: valueAxis(yScale, formatTick, colours),
        tooltip: {
          ...tooltipStyle(colours),
          formatter: (items: unknown) => {
            const item = (Array.isArray(items) ? items[0] : items) as { axisValue?: number } | undefined
            const at = Number(item?.axisValue)
            const near = nearestTo(curve, at)
            const point = nearestTo(points, at)
            const reach = (last - first) / 60
            return tipOf(near ? formatX(near.x) : '', [
              ...(point && Math.abs(point.x - at) <= reach ? [{ name: names.points, value: formatY(point.y) }] : []),
              ...(near ? [{ name: names.curve, value: formatY(near.y), colour: ink }] : []),
              ...(near?.low !== undefined && near.high !== undefined
                ? [{ name: names.band, value: `${formatY(near.low)} – ${formatY(near.high)}` }]
                : []),
              ...(other
                ? [{ name: other.name, value: formatY(nearestTo(other.curve, at)?.y ?? Number.NaN), colour: second }]
                : []),
            ])
          },
        },
        series: [
          ...band(
            'single',
            (point) => point.bandLow,
            (point) => point.bandHigh,
            0.1,
          ),
          ...band(
            'interval',
            (point) => point.low,
            (point) => point.high,
            0.2,
          ),
          scatter(
            'points',
            points.filter((point) => !point.muted),
            {
              itemStyle: { color: colours.soft, opacity: points.length > 300 ? 0.5 : 0.85 },
            },
          ),
          scatter('muted', muted, {
            symbol: 'circle',
            symbolSize: 8,
            itemStyle: { color: 'transparent', borderColor: colours.warn, borderWidth: 1.75 },
          }),
          {
            id: 'curve',
            type: 'line',
            data: curve.map((point) => [point.x, point.y]),
            symbol: 'none',
            color: ink,
            lineStyle: { width: 2, color: ink },
            emphasis: { disabled: true },
            ...(mark
              ? {
                  markLine: {
                    silent: true,
                    symbol: 'none',
                    data: [
                      {
                        xAxis: mark.x,
                        lineStyle: { color: colours.warn, width: 1.25, type: [5, 4] },
                        label: {
                          formatter: () => mark.label,
                          position: 'end',
                          color: colours.ink,
                          fontFamily: colours.font,
                          fontSize: 11,
                          align: mark.x > last * 0.75 ? 'right' : mark.x < last * 0.25 ? 'left' : 'center',
                        },
                      },
                    ],
                  },
                }
              : {}),
          },
          ...(other
            ? [
                {
                  id: 'other',
                  type: 'line',
                  data: other.curve.map((point) => [point.x, point.y]),
                  symbol: 'none',
                  color: second,
                  lineStyle: { width: 1.75, color: second, type: [6, 3] },
                  emphasis: { disabled: true },
                },
              ]
            : []),
        ],
      }
    },
    [points, curve, other, mark, names, time, first, last, labels, muted, formatX, formatY, formatTick, formatTickX],
  )
  const { box, chart } = useECharts(build)

  return (
    <ChartFrame
      title={props.title}
      note={props.note}
      legend={
        <Legend
          items={[
            { name: names.curve, colour: 'var(--chart-1)', dash: 'none' },
            ...(other ? [{ name: other.name, colour: 'var(--chart-2)', dash: dashText(1) }] : []),
            { name: names.points, colour: 'var(--soft)', dash: '2 4' },
            ...(muted.length > 0 && names.muted ? [{ name: names.muted, colour: 'var(--warn)', dash: '2 4' }] : []),
          ]}
        />
      }
      summary={props.summary}
      height={props.height ?? 260}
      box={box}
      chart={chart}
      format={(value) => formatY(value)}
      table={() => ({
        columns: [names.x, names.points, names.curve, t('lowest'), t('highest')],
        rows: (points.length > 0 ? points : curve).map((point) => {
          const near = nearestTo(curve, point.x)
          return [
            formatX(point.x),
            points.length > 0 ? point.y : null,
            near?.y ?? null,
            near?.low ?? null,
            near?.high ?? null,
          ]
        }),
      })}
    />
  )
}

function nearestTo<T extends { x: number }>(list: readonly T[], x: number): T | null {
  let best: T | null = null
  for (const one of list) if (best === null || Math.abs(one.x - x) < Math.abs(best.x - x)) best = one
  return best
}
