import { parseDuration } from '../format/duration.ts'
import { type AlertRuleBody, AlertRuleBodySchema } from '../model/alert.ts'
import type { Condition } from '../model/condition.ts'
import type { Plan } from '../model/plan.ts'
import type { Limit, Stage } from '../model/stage.ts'
import { presentIndex } from '../planning/rules.ts'

type PlanRule = { id: string } & AlertRuleBody

/** The limits and the triggers of the plan's present stage as alert rules; ids begin with "plan:". */
export function planRules(plan: Plan): PlanRule[] {
  const stage = plan.stages[presentIndex(plan)]
  return stage === undefined ? [] : [...stage.limits.flatMap(limitRules), ...triggerRules(plan, stage)]
}

/** A limit's warning and its critical rule. */
function limitRules(limit: Limit): PlanRule[] {
  return (['critical', 'warning'] as const).flatMap((severity) => {
    const threshold = limit[severity]
    if (threshold === undefined) return []
    const { metric, labels = {}, op } = limit
    const body = AlertRuleBodySchema.parse({
      name: limit.name.slice(0, 100),
      test: { metric, labels, op, threshold, forMs: parseDuration(limit.for) },
      voice: { severity, action: limit.action.slice(0, 500), playbook: limit.playbook ?? null },
    })
    return [{ id: `plan:${limit.id}-${severity}`, ...body }]
  })
}

/**
 * A rule for each metric that fires a trigger by itself. They are off until the operator wants them: a trigger asks for a
 * decision and not for somebody to get up, and the verdict tells it in any case.
 */
function triggerRules(plan: Plan, stage: Stage): PlanRule[] {
  return stage.triggers.flatMap((trigger) => {
    const to = plan.stages.find(({ id }) => id === trigger.to)?.name
    const action = trigger.action ?? (to === undefined ? '' : `The plan leads to ${to}.`)
    return alone(trigger.when).flatMap((part, at) => {
      const longest = Math.min(parseDuration(trigger.for), LONGEST_MS)
      const body = AlertRuleBodySchema.safeParse({
        name: trigger.name.slice(0, 100),
        test: {
          ...{ metric: part.metric, labels: part.labels ?? {}, op: part.op, threshold: part.value, forMs: longest },
        },
        voice: {
          ...{ severity: trigger.direction === 'up' ? 'warning' : 'info', action: action.slice(0, 500) },
          enabled: false,
        },
      })
      return body.success ? [{ id: `plan:trigger-${trigger.id}${at === 0 ? '' : `-${at + 1}`}`, ...body.data }] : []
    })
  })
}

/** The longest time that a rule is judged over. */
const LONGEST_MS = 7 * 86_400_000

type MetricPart = Extract<Condition, { metric: string }>

/** The metrics of a condition that fire it by themselves: none is part of several that must all hold. */
function alone(condition: Condition): MetricPart[] {
  if ('any' in condition) return condition.any.flatMap(alone)
  if ('all' in condition) return condition.all.length === 1 ? condition.all.flatMap(alone) : []
  return 'metric' in condition && condition.across !== 'all' ? [condition] : []
}
