import type { Comparison } from '../../../shared/model/condition.ts'
import type { ThresholdRunway } from '../../../shared/model/forecast.ts'
import type { Labels, Series } from '../../../shared/model/metric.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { leaves } from '../../../shared/planning/judge.ts'

/** A value worth a date, and whose it is. */
export type Threshold = Omit<ThresholdRunway, 'runway' | 'words'> & { metric: string; labels?: Labels | undefined }

/** The share of a disk, its inodes or its connections at which it takes no more. */
const FULL: Readonly<Record<string, string>> = {
  disk_used_ratio: 'Disk full',
  inode_used_ratio: 'No inodes left',
}

/** The limits and up-triggers of the plan's present stage that look at metrics, and what fills up by nature. */
export function thresholdsOf(plan: Plan | null): Threshold[] {
  const at = plan?.stages.findIndex((one) => one.id === plan.stage) ?? -1
  const stage = plan?.stages[Math.max(0, at)]
  const full = Object.entries(FULL).map(
    ([metric, name]): Threshold => ({
      ...{ origin: 'full', id: metric, name, severity: 'critical', toStage: null, op: '>=', threshold: 1, metric },
    }),
  )
  if (!plan || !stage) return full
  const limits = stage.limits.flatMap((limit) =>
    (['warning', 'critical'] as const).flatMap((severity): Threshold[] => {
      const threshold = limit[severity]
      if (threshold === undefined) return []
      const { id, name, metric, labels, op } = limit
      return [{ origin: 'limit', id, name, severity, toStage: null, op, threshold, metric, labels }]
    }),
  )
  const triggers = stage.triggers.flatMap((trigger) => {
    if (trigger.direction !== 'up') return []
    const toStage = trigger.to ?? plan.stages[Math.max(0, at) + 1]?.id ?? null
    return leaves(trigger.when).flatMap((part): Threshold[] => {
      if (!('metric' in part)) return []
      const { metric, labels, op, value } = part
      const { id, name } = trigger
      return [{ origin: 'trigger', id, name, severity: 'warning', toStage, op, threshold: value, metric, labels }]
    })
  })
  const seen = new Set<string>()
  return [...triggers, ...limits, ...full].filter((one) => {
    const key = JSON.stringify([one.origin, one.id, one.severity, one.metric, one.labels ?? {}, one.op, one.threshold])
    return !seen.has(key) && seen.add(key)
  })
}

export const isRising = (op: Comparison): boolean => op === '>' || op === '>='

export function looksAt(threshold: Threshold, series: Pick<Series, 'metric' | 'labels'>): boolean {
  const labels = Object.entries(threshold.labels ?? {})
  return threshold.metric === series.metric && labels.every(([name, value]) => series.labels[name] === value)
}
