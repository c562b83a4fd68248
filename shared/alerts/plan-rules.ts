import { parseDuration } from '../format/duration.ts'
import { type AlertRuleBody, AlertRuleBodySchema } from '../model/alert.ts'
import type { Condition } from '../model/condition.ts'
import type { Plan } from '../model/plan.ts'
import type { Limit, Stage } from '../model/stage.ts'
import { measuredPart } from '../planning/measured-part.ts'
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
 * The ways in which a trigger fires on what is measured, each a rule; what the plan states of drivers and needs is put in as
 * it stands today. They are off until the operator wants them: a trigger asks for a decision and not for somebody to get up,
 * and the verdict tells it in any case.
 */
function triggerRules(plan: Plan, stage: Stage): PlanRule[] {
  return stage.triggers.flatMap((trigger) => {
    const to = plan.stages.find(({ id }) => id === trigger.to)?.name
    const part = measuredPart(trigger.when, plan)
    if (part.kind === 'settled') return []
    const stated = part.stated.length === 0 ? '' : `While ${part.stated.join(' and ')}, as stated. `
    const action = `${stated}${trigger.action ?? (to === undefined ? '' : `The plan leads to ${to}.`)}`
    const forMs = Math.min(parseDuration(trigger.for), LONGEST_MS)
    // Metrics that fire by themselves come first, so that a rule keeps its number when a combination is added.
    const ways = waysToFire(part.condition).sort((a, b) => Number(a.length > 1) - Number(b.length > 1))
    return ways.flatMap(([lead, ...also], at) => {
      if (lead === undefined) return []
      const body = AlertRuleBodySchema.safeParse({
        name: trigger.name.slice(0, 100),
        test: {
          ...{ metric: lead.metric, labels: lead.labels ?? {}, op: lead.op, threshold: lead.value, forMs },
          also: also.map(({ metric, labels = {}, op, value, across }) => ({
            ...{ metric, labels, op, threshold: value, on: 'any', every: across === 'all' },
          })),
        },
        voice: {
          ...{ severity: trigger.direction === 'up' ? 'warning' : 'info', action: action.trim().slice(0, 500) },
          enabled: false,
        },
      })
      return body.success ? [{ id: `plan:trigger-${trigger.id}${at === 0 ? '' : `-${at + 1}`}`, ...body.data }] : []
    })
  })
}

/** The longest time that a rule is judged over. */
const LONGEST_MS = 7 * 86_400_000
/** A condition with more ways to fire than this, or longer ones, stays with the verdict alone. */
const MOST_WAYS = 16
const MOST_PARTS = 9

type MetricPart = Extract<Condition, { metric: string }>

/**
 * The ways in which a condition on metrics holds, each a list of metrics that hold together. A verdict takes every metric's
 * own time, so that "(a or b) and c" is "a and c" or "b and c". The first of each is a metric that one series alone can fire;
 * where every series must hold it, one of them leads and all of them are asked besides.
 */
function waysToFire(condition: Condition): MetricPart[][] {
  const ways = combinations(condition)
  if (ways.length > MOST_WAYS) return []
  return ways.flatMap((way) => {
    const lead = way.find(({ across }) => across !== 'all')
    const ordered = lead ? [lead, ...way.filter((one) => one !== lead)] : [way[0] as MetricPart, ...way]
    return ordered.length > MOST_PARTS ? [] : [ordered]
  })
}

function combinations(condition: Condition): MetricPart[][] {
  if ('any' in condition) return condition.any.flatMap(combinations)
  if ('all' in condition)
    return condition.all
      .map(combinations)
      .reduce((ways, more) => ways.slice(0, MOST_WAYS + 1).flatMap((way) => more.map((one) => [...way, ...one])), [
        [],
      ] as MetricPart[][])
  return 'metric' in condition ? [[condition]] : []
}
