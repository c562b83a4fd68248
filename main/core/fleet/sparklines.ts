import type { Sparkline } from '../../../shared/contract/fleet.ts'
import type { SeriesSlice } from '../../../shared/model/metric.ts'

/** Several slices of one window as a single line: the highest value of each step of the window. */
export function highestOf(
  hostId: string,
  metric: string,
  slices: readonly SeriesSlice[],
  window: { from: number; to: number; points: number },
): Sparkline {
  const only = slices.length === 1 ? slices[0] : undefined
  if (only) return { hostId, metric, at: only.at, avg: only.avg }
  const stepMs = Math.max(1, (window.to - window.from) / window.points)
  const steps = new Map<number, number | null>()
  for (const slice of slices)
    slice.at.forEach((at, i) => {
      const step = Math.floor((at - window.from) / stepMs)
      const value = slice.avg[i] ?? null
      const before = steps.get(step) ?? null
      steps.set(step, value === null ? before : before === null ? value : Math.max(before, value))
    })
  const inOrder = [...steps].sort(([a], [b]) => a - b)
  return {
    hostId,
    metric,
    at: inOrder.map(([step]) => window.from + step * stepMs),
    avg: inOrder.map(([, value]) => value),
  }
}
