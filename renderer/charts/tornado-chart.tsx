import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { type ChartColours, faded } from './colours.ts'
import { ChartFrame, Legend } from './frame.tsx'
import { GRID, tooltipStyle } from './parts.ts'
import { scaleFor } from './scale.ts'
import { tipOf } from './tooltip.ts'
import { useECharts } from './use-echarts.ts'

/** What one assumption does: the outcome with it at the low and at the high end of its range, which are told in words. */
export interface TornadoRow {
  name: string
  lowEnd: string
  highEnd: string
  low: number
  high: number
}

const ROW_PX = 24
const EDGE_PX = 34

/**
 * Outcomes to either side of the base, the widest on top: how much of the result hangs on which assumption. The low end of
 * a range is drawn light and the high end full, whichever side they fall on.
 */
export function TornadoChart(props: {
  title: string
  note?: string
  rows: readonly TornadoRow[]
  base: number
  /** What the base is, for its line. */
  baseLabel: string
  format: (value: number) => string
  formatTick?: (value: number) => string
  ariaSummary: string
}) {
  const { t } = useTranslation('charts')
  const { rows, base, baseLabel, format, formatTick = format } = props
  const build = useCallback(
    (colours: ChartColours, width: number) => {
      const full = colours.series[0] ?? colours.ink
      // Bars start at the base: the axis counts from it, and its labels add it again.
      const scale = scaleFor(rows.flatMap((row) => [row.low - base, row.high - base]))
      const names = Math.min(230, Math.max(110, width * 0.3))
      const bar = (id: string, name: string, values: readonly number[], colour: string, border: string) => ({
        id,
        type: 'bar',
        name,
        data: values.map((value) => value - base),
        barWidth: 14,
        barGap: '-100%',
        itemStyle: { color: colour, borderColor: border, borderWidth: 1 },
        emphasis: { disabled: true },
      })
      const last = rows.map((row) => row.low)
      return {
        grid: { ...GRID, top: 22, right: 18 },
        xAxis: {
          type: 'value',
          min: scale.min,
          max: scale.max,
          interval: scale.interval,
          axisLabel: {
            formatter: (value: number) =>
              value === 0 ? formatTick(base) : `${value > 0 ? '+' : '−'}${formatTick(Math.abs(value))}`,
            color: colours.soft,
            fontFamily: colours.font,
            fontSize: 11,
            hideOverlap: true,
          },
          splitLine: { lineStyle: { color: colours.grid } },
          axisLine: { show: false },
          axisTick: { show: false },
        },
        yAxis: {
          type: 'category',
          inverse: true,
          data: rows.map((row) => row.name),
          axisLabel: {
            color: colours.ink,
            fontFamily: colours.font,
            fontSize: 12,
            width: names,
            overflow: 'truncate',
            interval: 0,
          },
          axisLine: { show: false },
          axisTick: { show: false },
        },
        tooltip: {
          ...tooltipStyle(colours),
          axisPointer: { type: 'shadow', shadowStyle: { color: faded(colours.soft, 0.08) } },
          formatter: (items: unknown) => {
            const first = (Array.isArray(items) ? items[0] : items) as { dataIndex?: number } | undefined
            const row = rows[first?.dataIndex ?? 0]
            if (!row) return ''
            return tipOf(row.name, [
              { name: t('tornadoLow', { value: row.lowEnd }), value: format(row.low), colour: faded(full, 0.35) },
              { name: t('tornadoHigh', { value: row.highEnd }), value: format(row.high), colour: full },
              { name: baseLabel, value: format(base) },
            ])
          },
        },
        series: [
          bar('low', t('lowEnd'), last, faded(full, 0.35), full),
          {
            ...bar(
              'high',
              t('highEnd'),
              rows.map((row) => row.high),
              full,
              full,
            ),
            markLine: {
              silent: true,
              symbol: 'none',
              data: [
                {
                  xAxis: 0,
                  lineStyle: { color: colours.ink, width: 1, type: 'solid' },
                  label: {
                    formatter: () => baseLabel,
                    position: 'start',
                    color: colours.ink,
                    fontFamily: colours.font,
                    fontSize: 11,
                  },
                },
              ],
            },
          },
        ],
      }
    },
    [rows, base, baseLabel, format, formatTick, t],
  )
  const { box, chart } = useECharts(build)
  return (
    <ChartFrame
      title={props.title}
      note={props.note}
      legend={
        <Legend
          items={[
            { name: t('lowEnd'), colour: 'color-mix(in srgb, var(--chart-1) 35%, var(--panel))', dash: 'none' },
            { name: t('highEnd'), colour: 'var(--chart-1)', dash: 'none' },
          ]}
        />
      }
      summary={props.ariaSummary}
      height={rows.length * ROW_PX + EDGE_PX + 10}
      box={box}
      chart={chart}
      format={format}
      table={() => ({
        columns: [t('assumption'), t('lowEnd'), t('atLow'), t('highEnd'), t('atHigh')],
        rows: rows.map((row) => [row.name, row.lowEnd, row.low, row.highEnd, row.high]),
      })}
    />
  )
}
