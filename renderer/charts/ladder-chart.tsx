import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../shared/format/quantity.ts'
import { type ChartColours, faded } from './colours.ts'
import { ChartFrame, Legend } from './frame.tsx'
import { GRID, monthAxis, tooltipStyle } from './parts.ts'
import { tipOf } from './tooltip.ts'
import { useECharts } from './use-echarts.ts'

/** A rung: a stage with a figure of it for each month, and the months in which it cannot be held. */
export interface Rung {
  name: string
  /** Share of paths in which it is overloaded, by month. */
  risk: readonly number[]
  cost: readonly number[]
}

const RUNG_PX = 34

/** Which rung is held in which month, as steps over the months in which each rung passes the limit, which are shaded. */
export function LadderChart(props: {
  title: string
  note?: string
  months: readonly string[]
  /** From the bottom up. */
  rungs: readonly Rung[]
  /** By month, an index into `rungs`. */
  held: readonly number[]
  limit: number
  money: (value: number) => string
  ariaSummary: string
}) {
  const { t } = useTranslation('charts')
  const { months, rungs, held, limit, money } = props
  const build = useCallback(
    (colours: ChartColours, width: number) => {
      const line = colours.series[0] ?? colours.ink
      const top = rungs.length - 0.5
      return {
        grid: { ...GRID, top: 10 },
        xAxis: monthAxis(months, width, colours),
        yAxis: {
          type: 'value',
          min: -0.5,
          max: top,
          interval: 0.5,
          axisLabel: {
            // Ticks fall on halves; names stand at whole numbers.
            formatter: (value: number) => (Number.isInteger(value) ? (rungs[value]?.name ?? '') : ''),
            color: colours.ink,
            fontFamily: colours.font,
            fontSize: 12,
            width: Math.min(240, Math.max(110, width * 0.3)),
            overflow: 'truncate',
          },
          // Lines stand between the rungs alone.
          splitLine: { lineStyle: { color: [colours.grid, 'transparent'] } },
          axisLine: { show: false },
          axisTick: { show: false },
        },
        tooltip: {
          ...tooltipStyle(colours),
          formatter: (items: unknown) => {
            const first = (Array.isArray(items) ? items[0] : items) as { dataIndex?: number } | undefined
            const at = first?.dataIndex ?? 0
            return tipOf(
              months[at] ?? '',
              [...rungs.entries()].reverse().map(([index, rung]) => ({
                name: index === held[at] ? t('rungHeld', { name: rung.name }) : rung.name,
                value: t('rungTip', {
                  cost: money(rung.cost[at] ?? Number.NaN),
                  risk: percent(rung.risk[at] ?? 0),
                }),
                ...(index === held[at] ? { colour: line } : {}),
              })),
            )
          },
        },
        series: [
          {
            id: 'held',
            type: 'line',
            step: 'end',
            name: t('held'),
            data: months.map((month, at) => [month, held[at] ?? null]),
            symbol: months.length === 1 ? 'circle' : 'none',
            lineStyle: { width: 4, color: line, cap: 'round', join: 'round' },
            color: line,
            emphasis: { disabled: true },
            z: 5,
            markArea: {
              silent: true,
              itemStyle: { color: faded(colours.bad, 0.13) },
              data: rungs.flatMap((rung, index) =>
                stretches(rung.risk, limit).map(([from, to]) => [
                  { xAxis: from, yAxis: index - 0.46 },
                  { xAxis: to, yAxis: index + 0.46 },
                ]),
              ),
            },
          },
        ],
      }
    },
    [months, rungs, held, limit, money, t],
  )
  const { box, chart } = useECharts(build)
  return (
    <ChartFrame
      title={props.title}
      note={props.note}
      legend={
        <Legend
          items={[
            { name: t('held'), colour: 'var(--chart-1)', dash: 'none' },
            {
              name: t('overLimit', { limit: percent(limit) }),
              colour: 'color-mix(in srgb, var(--bad) 40%, var(--panel))',
              dash: 'none',
            },
          ]}
        />
      }
      summary={props.ariaSummary}
      height={Math.max(3, rungs.length) * RUNG_PX + 36}
      box={box}
      chart={chart}
      format={(value, column) => (column === 0 ? String(value) : percent(value))}
      table={() => ({
        columns: [t('month'), t('held'), ...rungs.map((rung) => t('riskOf', { name: rung.name }))],
        rows: months.map((month, at) => [
          month,
          rungs[held[at] ?? -1]?.name ?? null,
          ...rungs.map((rung) => rung.risk[at] ?? null),
        ]),
      })}
    />
  )
}

const percent = (value: number) => formatQuantity(value, 'ratio')

/** First and last months, as indexes, of the stretches in which a risk passes the limit; one of a single month reaches to the next. */
function stretches(risk: readonly number[], limit: number): [number, number][] {
  const found: [number, number][] = []
  for (const [month, share] of risk.entries()) {
    if (share <= limit) continue
    const last = found.at(-1)
    if (last && last[1] === month) last[1] = Math.min(month + 1, risk.length - 1)
    else found.push([month, Math.min(month + 1, risk.length - 1)])
  }
  return found
}
