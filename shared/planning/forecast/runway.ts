import type { Comparison } from '../../model/condition.ts'
import type { Forecast } from './model.ts'

/**
 * When a forecast reaches a threshold. `at` is the first step whose point forecast is there; `earliest` and `latest` are the
 * first steps where the near and the far edge of the band are: the marginal band of each step, not whole paths, so that
 * `earliest` is no later and `latest` no earlier than a path-wise range would say. Null where that does not happen within
 * the horizon.
 */
export type Runway =
  | { kind: 'past'; threshold: number; at: number }
  | { kind: 'dated'; threshold: number; at: number | null; earliest: number; latest: number | null; until: number }
  | { kind: 'beyond'; threshold: number; until: number }

/** `op` is the direction in which the threshold is crossed. Nothing is said beyond the forecast's own horizon (`until`). */
export function runway(forecast: Forecast, threshold: number, op: Comparison = '>='): Runway {
  const rising = op === '>' || op === '>='
  // What has to be above a threshold is not there while it lies on it: no swap is not over "no swap".
  const there = (value: number): boolean =>
    op === '>' ? value > threshold : op === '<' ? value < threshold : rising ? value >= threshold : value <= threshold
  if (there(forecast.last.value)) return { kind: 'past', threshold, at: forecast.last.at }
  const first = (values: readonly number[]): number | null => {
    const step = values.findIndex(there)
    return step < 0 ? null : (forecast.at[step] as number)
  }
  const until = forecast.at.at(-1) as number
  const earliest = first(rising ? forecast.high : forecast.low)
  if (earliest === null) return { kind: 'beyond', threshold, until }
  return {
    kind: 'dated',
    threshold,
    at: first(forecast.point),
    earliest,
    latest: first(rising ? forecast.low : forecast.high),
    until,
  }
}
