import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../shared/format/quantity.ts'
import { type ChartColours, faded } from './colours.ts'
import { ChartFrame, Legend } from './frame.tsx'
import { GRID, monthAxis, tooltipStyle, valueAxis } from './parts.ts'
import { tipOf } from './tooltip.ts'
import { useECharts } from './use-echarts.ts'

const SCALE = { min: 0, max: 1, interval: 0.25 }
const percent = (value: number) => formatQuantity(value, 'ratio', { digits: 0 })

/** Which share of the simulated paths holds which stage, month by month; the shares of a month add up to 1. */
export function StageShare(props: {
  title: string
  note?: string
  months: readonly string[]
  stages: readonly { name: string; share: readonly number[] }[]
  height?: number
  group?: string
  ariaSummary: string
}) {
  const { t } = useTranslation('charts')
  const { months, stages } = props
  const build = useCallback(
    (colours: ChartColours, width: number) => ({
      grid: GRID,
      xAxis: monthAxis(months, width, colours),
      yAxis: valueAxis(SCALE, percent, colours),
      tooltip: {
        ...tooltipStyle(colours),
        formatter: (items: unknown) => {
          const first = (Array.isArray(items) ? items[0] : items) as { dataIndex?: number } | undefined
          const index = first?.dataIndex ?? 0
          return tipOf(
            months[index] ?? '',
            stages.map((stage, which) => ({
              name: stage.name,
              value: formatQuantity(stage.share[index] ?? 0, 'ratio'),
              colour: colours.series[which % colours.series.length],
            })),
          )
        },
      },
      series: stages.map((stage, index) => {
        const colour = colours.series[index % colours.series.length] ?? colours.ink
        return {
          id: `stage ${index}`,
          type: 'line',
          stack: 'share',
          step: 'middle',
          name: stage.name,
          data: [...stage.share],
          symbol: 'none',
          lineStyle: { width: 1.25, color: colour },
          areaStyle: { color: faded(colour, 0.45), opacity: 1 },
          emphasis: { disabled: true },
        }
      }),
    }),
    [months, stages],
  )
  const { box, chart } = useECharts(build, props.group)
  return (
    <ChartFrame
      title={props.title}
      note={props.note}
      legend={
        <Legend
          items={stages.map((stage, index) => ({
            name: stage.name,
            colour: `var(--chart-${(index % 6) + 1})`,
            dash: 'none',
          }))}
        />
      }
      summary={props.ariaSummary}
      height={props.height ?? 160}
      box={box}
      chart={chart}
      format={percent}
      table={() => ({
        columns: [t('month'), ...stages.map((stage) => stage.name)],
        rows: months.map((month, index) => [month, ...stages.map((stage) => stage.share[index] ?? null)]),
      })}
    />
  )
}
