import { createHash } from 'node:crypto'
import { problemOf } from '../../../shared/model/problem.ts'
import type { Preview } from '../../../shared/model/run.ts'
import type { Playbook } from '../../../shared/playbook/schema.ts'
import type { Environment } from '../environment.ts'
import type { Hosts } from '../hosts/index.ts'
import { canonical } from './journal.ts'
import type { LoadedPlaybook } from './loader.ts'
import { handlerOf } from './steps/index.ts'
import { emptyPlan, type PlanContext, type StepPlan } from './steps/step.ts'
import type { ResolvedValues } from './values.ts'

export interface Planned {
  preview: Preview
  plans: StepPlan[]
  hostIds: string[]
}

export function planContext(hosts: Hosts, environment: Environment, values: ResolvedValues): PlanContext {
  const names = new Map(hosts.list().map(({ id, name }) => [id, name]))
  return { hosts, environment, values, hostName: (id) => names.get(id) ?? id }
}

/**
 * What a playbook would do with these values, found out by reading only. What stops it is in `problems`, never thrown.
 * The hash covers the file, the parameters and every command, so a run that starts on it does what was shown.
 */
export async function planPlaybook(
  loaded: LoadedPlaybook & { playbook: Playbook },
  values: ResolvedValues,
  context: PlanContext,
): Promise<Planned> {
  const { playbook } = loaded
  const plans: StepPlan[] = []
  for (const step of playbook.steps) {
    try {
      plans.push(await handlerOf(step).plan(step, context))
    } catch (error) {
      const problem = problemOf(error)
      if (problem.code === 'INTERNAL') context.environment.log.error({ err: error, step: step.id }, 'planning failed')
      plans.push({ ...emptyPlan(), problems: [problem] })
    }
  }
  const hostIds = [...new Set(plans.flatMap((plan) => plan.hostIds))]
  const problems = plans.flatMap((plan) => plan.problems)
  const seen = new Set<string>()
  const preview: Preview = {
    hash: createHash('sha256')
      .update(
        canonical({
          source: loaded.source,
          parameters: values.shown,
          steps: plans.map(({ commands, alreadyDone, facts }) => ({ commands, alreadyDone, facts })),
        }),
      )
      .digest('hex'),
    playbookId: playbook.id,
    name: playbook.name,
    parameters: values.shown,
    steps: playbook.steps.map((step, index) => {
      const plan = plans[index] as StepPlan
      return {
        index,
        id: step.id,
        name: values.plain(step.name),
        kind: step.kind,
        hostNames: plan.hostIds.map(context.hostName),
        alreadyDone: plan.alreadyDone,
        commands: plan.commands,
        notes: plan.notes,
        irreversible: plan.irreversible,
      }
    }),
    problems: problems.filter((problem) => {
      const key = `${problem.code} ${problem.fact}`
      if (seen.has(key)) return false
      seen.add(key)
      return true
    }),
    warnings: plans.flatMap((plan) => plan.warnings),
    downtime: plans.find((plan) => plan.downtime !== null)?.downtime ?? playbook.downtime ?? 'none stated',
    irreversible: playbook.irreversible,
    effects: [...playbook.effects, ...plans.flatMap((plan) => plan.effects)],
  }
  return { preview, plans, hostIds }
}
