import { HeadroomError } from '../../../../shared/model/problem.ts'
import type { PlanContext } from './step.ts'

/** Where a step takes its file from; just one of them is stated. */
interface Sources {
  text?: string | undefined
  from?: string | undefined
  artifact?: string | undefined
}

/**
 * The text of a file made of the plan, where a step names one; null where it names none. The plan is read anew at the
 * review and in the run, so a plan that changed between them stops the run as any other change does.
 * @throws TEMPLATE_SOURCE where the step states none of text, from and artifact, or several; UNKNOWN_ARTIFACT, ARTIFACT_OPEN
 */
export function artifactText(step: Sources, context: PlanContext): string | null {
  const stated = [step.text, step.from, step.artifact].filter((source) => source !== undefined)
  if (stated.length !== 1)
    throw new HeadroomError({
      code: 'TEMPLATE_SOURCE',
      fact: `The step needs one of text, from and artifact, and has ${stated.length}.`,
      fix: 'Write the file into the playbook, name the file that holds it, or name a file made of the plan.',
      field: 'text',
    })
  if (step.artifact === undefined) return null
  const reference = context.values.plain(step.artifact)
  if (context.artifact) return context.artifact(reference)
  throw new HeadroomError({
    code: 'NO_PLAN',
    fact: `There is no plan here that "${reference}" could be made of.`,
    fix: 'Choose a blueprint in Plan first.',
    field: 'artifact',
    value: reference,
  })
}
