import type { TFunction } from 'i18next'
import type { ChartColours } from './colours.ts'
import type { Threshold } from './parts.ts'
import type { TimeSeries } from './time-chart.tsx'
import { tipOf } from './tooltip.ts'

/** What the value axis must hold: the lines, their bands, and the thresholds. */
export function* valuesOf(series: readonly TimeSeries[], thresholds: readonly Threshold[]) {
  for (const one of series) {
    yield* one.avg
    if (one.min) yield* one.min
    if (one.max) yield* one.max
  }
  for (const threshold of thresholds) yield threshold.value
}

/** The tooltip of one moment: each line with its average and, where it has them, the extremes of its bucket. */
export function tooltipFor(
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

/** A line in words: its least, greatest and last value. */
export function summaryOf(one: TimeSeries, format: (value: number) => string, t: TFunction<'charts'>) {
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

/** Every bucket as a row, the lines side by side. */
export function tableOf(
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
