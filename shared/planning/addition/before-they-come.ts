import type { AdditionCheck, AdditionRow } from '../../model/addition.ts'
import type { Condition } from '../../model/condition.ts'
import type { Plan } from '../../model/plan.ts'
import { judge, leaves } from '../judge.ts'
import type { Projection } from './projection.ts'

type First = AdditionCheck['first'][number]

/**
 * What to do before they come: free changes that help with what is over, what its limits say, the plan's own steps for an
 * onboarding with those that hold now, and, where no such step tests under load, that test.
 */
export function beforeTheyCome(plan: Plan, over: readonly AdditionRow[], projection: Projection): First[] {
  const metrics = new Set(over.flatMap((row) => (row.source ? [row.source.metric] : metricsOf(row, plan))))
  for (const demand of plan.demand) if (demand.metric && metrics.has(demand.metric)) metrics.add(demand.resource)
  const free = plan.optimisations
    .filter((one) => !one.applied && one.helps.some((name) => metrics.has(name)))
    .map(
      (one): First => ({
        ...{ kind: 'optimise', text: one.name, detail: [one.cost, one.effect].join('. ') },
        ...{ playbook: one.playbook ?? null, fired: true },
      }),
    )
  const acts = over.flatMap((row): First[] =>
    row.action === null || row.origin === 'capacity'
      ? []
      : [{ kind: 'act', text: row.action, detail: row.why, playbook: row.playbook, fired: true }],
  )
  const now = projection.evidence(0)
  const holds = (when: Condition | undefined): boolean => when !== undefined && judge(when, 0, now).state === 'fired'
  const steps = plan.runbooks
    .filter(({ when }) => when && leaves(when).some((part) => 'need' in part && part.need === 'onboarding'))
    .flatMap(({ title, steps }) =>
      steps.map(
        (step): First => ({
          ...{ kind: 'runbook', text: step.text, detail: [title, ...step.commands].join(' · ') },
          ...{ playbook: step.playbook ?? null, fired: holds(step.when) },
        }),
      ),
    )
  const isTested = steps.some(({ text, detail }) => /\bload\b/i.test(`${text} ${detail}`))
  const test: First = {
    ...{ kind: 'load-test', text: 'Test under load before they come', playbook: null, fired: false },
    detail: 'Paste the output of ab, wrk, hey or k6 into What-if, Fit, to see what the present machines carry.',
  }
  const all = [...free, ...acts, ...steps, ...(isTested ? [] : [test])]
  return all.filter((one, at) => all.findIndex((other) => other.text === one.text) === at)
}

/** The metrics of a row that rests on the plan's figures. */
function metricsOf(row: AdditionRow, plan: Plan): string[] {
  return plan.demand.flatMap(({ metric, resource }) => (row.id === `supply-${resource}` && metric ? [metric] : []))
}
