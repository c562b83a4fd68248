import type { Comparison, Condition } from '../../model/condition.ts'
import type { Plan } from '../../model/plan.ts'

export interface PlanThreshold {
  op: Comparison
  value: number
  severity: 'warning' | 'critical'
  words: string
}

/** The values that the present stage and the plan's alerts watch a metric for, whatever its labels. */
export function thresholdsOf(plan: Plan, metric: string): PlanThreshold[] {
  const stage = plan.stages.find(({ id }) => id === plan.stage) ?? plan.stages[0]
  const found: PlanThreshold[] = []
  const add = (op: Comparison, value: number, severity: PlanThreshold['severity'], name: string) => {
    if (!found.some((one) => one.op === op && one.value === value))
      found.push({ op, value, severity, words: `${name}: ${op} ${value} (${severity})` })
  }
  for (const limit of stage?.limits ?? []) {
    if (limit.metric !== metric) continue
    if (limit.warning !== undefined) add(limit.op, limit.warning, 'warning', limit.name)
    if (limit.critical !== undefined) add(limit.op, limit.critical, 'critical', limit.name)
  }
  for (const alert of plan.alerts) {
    if (!alert.when || (alert.stage !== undefined && alert.stage !== stage?.id)) continue
    for (const leaf of metricsOf(alert.when))
      if (leaf.metric === metric)
        add(leaf.op, leaf.value, alert.severity === 'critical' ? 'critical' : 'warning', alert.name)
  }
  for (const trigger of stage?.triggers ?? [])
    for (const leaf of metricsOf(trigger.when))
      if (leaf.metric === metric && trigger.direction === 'up') add(leaf.op, leaf.value, 'warning', trigger.name)
  return found
}

function metricsOf(condition: Condition): Extract<Condition, { metric: string }>[] {
  if ('metric' in condition) return [condition]
  if ('all' in condition) return condition.all.flatMap(metricsOf)
  if ('any' in condition) return condition.any.flatMap(metricsOf)
  return []
}
