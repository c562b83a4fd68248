import { parseDuration } from '../format/duration.ts'
import { type AlertRuleBody, AlertRuleBodySchema } from '../model/alert.ts'
import type { Plan } from '../model/plan.ts'
import { presentIndex } from '../planning/rules.ts'

/** The limits of the plan's present stage as alert rules, a warning and a critical one of each; ids begin with "plan:". */
export function planRules(plan: Plan): ({ id: string } & AlertRuleBody)[] {
  const stage = plan.stages[presentIndex(plan)]
  return (stage?.limits ?? []).flatMap((limit) =>
    (['critical', 'warning'] as const).flatMap((severity) => {
      const threshold = limit[severity]
      if (threshold === undefined) return []
      const body = AlertRuleBodySchema.parse({
        name: limit.name.slice(0, 100),
        test: {
          metric: limit.metric,
          labels: limit.labels ?? {},
          op: limit.op,
          threshold,
          forMs: parseDuration(limit.for),
        },
        voice: { severity, action: limit.action.slice(0, 500), playbook: limit.playbook ?? null },
      })
      return [{ id: `plan:${limit.id}-${severity}`, ...body }]
    }),
  )
}
