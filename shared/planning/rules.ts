import type { StageCost } from '../contract/contract.ts'
import { parseDuration } from '../format/duration.ts'
import type { Condition } from '../model/condition.ts'
import type { Plan } from '../model/plan.ts'
import type { Limit, Stage } from '../model/stage.ts'
import type { Judgement } from '../model/verdict.ts'
import { derivedLimit, firstAvailable } from './derived.ts'
import { type Evidence, type Judged, judge, leaves } from './judge.ts'

/** A rule of the plan as judged, with what the verdict needs of it beside the judgement. */
export interface JudgedRule {
  judgement: Judgement
  /** What was seen, as the beginning of a sentence. */
  fact: string
  /** Whether a metric it looks at had a value fresh enough to tell of now. */
  seen: boolean
  /** The metrics and drivers it looks at, and the availability asked for where it looks at that. */
  looksAt: { metrics: string[]; drivers: string[]; availability: number | null }
}

export const presentIndex = (plan: Plan): number =>
  Math.max(
    0,
    plan.stages.findIndex((stage) => stage.id === plan.stage),
  )

/** Every rule that speaks of the present stage: its limits, triggers and stated capacities, and the plan's guard rails. */
export function judgeRules(plan: Plan, evidence: Evidence): JudgedRule[] {
  const at = presentIndex(plan)
  const stage = plan.stages[at] as Stage
  return [
    ...stage.limits.flatMap((limit) => judgeLimit(limit, evidence)),
    ...stage.triggers.map((trigger) => {
      const { id, name, direction } = trigger
      const beside = plan.stages[direction === 'up' ? at + 1 : at - 1]?.id
      const stated = trigger.to ?? beside ?? null
      return ruleOf(trigger.when, parseDuration(trigger.for), evidence, {
        id,
        origin: 'trigger',
        name,
        direction,
        severity: direction === 'up' ? 'warning' : 'info',
        action: trigger.action ?? null,
        playbook: null,
        toStage: direction === 'up' ? availableStage(plan, at, stated, trigger.when, evidence) : stated,
      })
    }),
    ...stage.capacity.flatMap((capacity) => {
      if (capacity.max === null) return []
      const driver = plan.drivers.find((one) => one.id === capacity.driver)
      return ruleOf({ driver: capacity.driver, op: '>', value: capacity.max }, 0, evidence, {
        id: `capacity-${capacity.driver}`,
        origin: 'capacity',
        name: `Stated capacity of ${stage.name}: ${driver?.name ?? capacity.driver}`,
        direction: 'up',
        severity: 'warning',
        action: capacity.note ?? null,
        playbook: null,
        toStage: plan.stages[at + 1]?.id ?? null,
      })
    }),
    ...plan.guardRails.flatMap((rail) =>
      rail.when
        ? ruleOf(rail.when, 0, evidence, {
            id: rail.id,
            origin: 'guard-rail',
            name: rail.text,
            direction: 'against',
            severity: 'info',
            action: null,
            playbook: null,
            toStage: null,
          })
        : [],
    ),
  ]
}

/**
 * Where an up trigger leads that fired because the present stage's availability is under what is asked: the stated stage
 * when its own computed availability meets that, else the first stage above that does. Any other trigger, and one that no
 * stage can satisfy, leads where the plan says.
 */
function availableStage(
  plan: Plan,
  at: number,
  stated: string | null,
  when: Condition,
  evidence: Evidence,
): string | null {
  let asked = 0
  for (const part of leaves(when)) {
    if (!('derived' in part) || part.derived !== 'availability' || judge(part, 0, evidence).state !== 'fired') continue
    const limit = derivedLimit(part, evidence.needs)
    if (typeof limit === 'number') asked = Math.max(asked, limit)
  }
  if (asked === 0) return stated
  const named = plan.stages.findIndex((one) => one.id === stated)
  const meets = named > at && firstAvailable(plan, named - 1, asked)?.id === stated
  return meets ? stated : (firstAvailable(plan, at, asked)?.id ?? stated)
}

/** The conditions that judgeRules judges, with how long each must hold. */
export function ruleConditions(plan: Plan): { condition: Condition; sustainMs: number }[] {
  const stage = plan.stages[presentIndex(plan)] as Stage
  return [
    ...stage.limits.flatMap(({ metric, labels, op, critical, warning, for: held }) =>
      [critical, warning].flatMap((value) =>
        value === undefined ? [] : [{ condition: { metric, labels, op, value }, sustainMs: parseDuration(held) }],
      ),
    ),
    ...stage.triggers.map((trigger) => ({ condition: trigger.when, sustainMs: parseDuration(trigger.for) })),
    ...plan.guardRails.flatMap(({ when }) => (when ? [{ condition: when, sustainMs: 0 }] : [])),
  ]
}

type Identity = Pick<Judgement, 'id' | 'origin' | 'name' | 'direction' | 'severity' | 'action' | 'playbook' | 'toStage'>

function ruleOf(condition: Condition, sustainMs: number, evidence: Evidence, identity: Identity): JudgedRule {
  const { fact, seen, ...judged }: Judged = judge(condition, sustainMs, evidence)
  const parts = leaves(condition)
  return {
    judgement: { ...identity, ...judged },
    fact,
    seen,
    looksAt: {
      metrics: parts.flatMap((part) => ('metric' in part ? part.metric : [])),
      drivers: parts.flatMap((part) => ('driver' in part ? part.driver : [])),
      availability: parts.reduce<number | null>((most, part) => {
        if (!('derived' in part) || part.derived !== 'availability') return most
        const limit = derivedLimit(part, evidence.needs)
        return typeof limit === 'number' ? Math.max(most ?? 0, limit) : most
      }, null),
    },
  }
}

/** A limit's warning and critical values are two rules, `<id>-warning` and `<id>-critical`. */
function judgeLimit(limit: Limit, evidence: Evidence): JudgedRule[] {
  return (['critical', 'warning'] as const).flatMap((severity) => {
    const value = limit[severity]
    if (value === undefined) return []
    const condition = { metric: limit.metric, labels: limit.labels, op: limit.op, value }
    return ruleOf(condition, parseDuration(limit.for), evidence, {
      id: `${limit.id}-${severity}`,
      origin: 'limit',
      name: limit.name,
      direction: 'fix',
      severity,
      action: limit.action,
      playbook: limit.playbook ?? null,
      toStage: null,
    })
  })
}

/** The computed monthly cost of a stage, or null where the plan prices nothing of it. */
export function pricedCost(costs: readonly StageCost[] | undefined, stage: string): StageCost | null {
  const cost = costs?.find((one) => one.stage === stage)
  return cost?.lines.some((line) => line.priced) ? cost : null
}
