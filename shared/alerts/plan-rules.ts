import { parseDuration } from '../format/duration.ts'
import { type AlertRuleBody, AlertRuleBodySchema, type Answer } from '../model/alert.ts'
import type { Plan } from '../model/plan.ts'
import type { Step } from '../model/reference.ts'
import { leaves } from '../planning/judge.ts'
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

/**
 * What answers an alert on a metric: the rule's own playbook, then the plan's emergency runbooks that speak of the metric,
 * or all of them where none does, and playbooks that their steps name.
 */
export function answersTo(
  alert: { metric: string; playbook: string | null },
  plan: Pick<Plan, 'runbooks'> | null,
  playbooks: ReadonlyMap<string, string>,
): Answer[] {
  const found: Answer[] = []
  const addPlaybook = (id: string | null | undefined) => {
    if (!id || !playbooks.has(id) || found.some((one) => one.kind === 'playbook' && one.id === id)) return
    found.push({ kind: 'playbook', id, name: playbooks.get(id) ?? id })
  }
  addPlaybook(alert.playbook)
  const emergency = plan?.runbooks.filter(({ kind }) => kind === 'emergency') ?? []
  const speaking = emergency.filter(
    ({ when }) => when && leaves(when).some((leaf) => 'metric' in leaf && leaf.metric === alert.metric),
  )
  for (const runbook of speaking.length > 0 ? speaking : emergency) {
    found.push({ kind: 'runbook', id: runbook.id, name: runbook.title, steps: runbook.steps.map(stepOf) })
    for (const step of runbook.steps) addPlaybook(step.playbook)
  }
  return found
}

const stepOf = (step: Step) => ({
  id: step.id,
  text: step.text,
  commands: step.commands,
  caution: step.caution ?? null,
})
