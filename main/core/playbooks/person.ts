import { HeadroomError } from '../../../shared/model/problem.ts'
import type { Run } from '../../../shared/model/run.ts'
import type { Environment } from '../environment.ts'

/** Who acts: the user of the operating system, and the program they act through. */
export interface Person {
  user: string
  instance: string
}

export const personOf = ({ env, face, user }: Pick<Environment, 'env' | 'face' | 'user'>): Person => ({
  user: user ?? env.USER ?? env.LOGNAME ?? env.USERNAME ?? 'unknown',
  instance: `headroom ${face}, process ${process.pid}`,
})

/** The approval that a run waits for. NOT_WAITING, APPROVAL_MISMATCH */
export function checkApproval(run: Run, stepId: string, typed: string): NonNullable<Run['waiting']> {
  const { waiting } = run
  if (waiting?.kind !== 'approve' || waiting.step !== stepId)
    throw new HeadroomError({
      code: 'NOT_WAITING',
      fact: waiting ? `The run waits at the step "${waiting.step}", for something else.` : 'The run waits for nobody.',
      fix: 'Look at the run again.',
      field: 'stepId',
      value: stepId,
    })
  if (waiting.type === null || typed === waiting.type) return waiting
  throw new HeadroomError({
    code: 'APPROVAL_MISMATCH',
    fact: `"${typed}" was typed where "${waiting.type}" is due.`,
    fix: `Type ${waiting.type} to agree, or stop here.`,
    field: 'typed',
    value: typed,
  })
}

/** The step that a person skips: the first that is to come. SKIP_REASON, RUN_GOING_ON, STEP_NOT_NEXT */
export function checkSkip(run: Run, stepId: string, reason: string): Run['steps'][number] {
  if (reason.trim() === '')
    throw new HeadroomError({
      code: 'SKIP_REASON',
      fact: 'A step is skipped only with a reason, which the journal keeps.',
      fix: 'Say why it is not needed.',
      field: 'reason',
    })
  if (run.state !== 'failed' && run.state !== 'stopped')
    throw new HeadroomError({
      code: 'RUN_GOING_ON',
      fact: `The run is ${run.state}, so its steps cannot be skipped now.`,
      fix: run.state === 'interrupted' ? 'Stop it first, so that nothing of the step goes on.' : 'Stop it first.',
    })
  const next = run.steps.find(({ state }) => state !== 'succeeded' && state !== 'skipped')
  if (next?.id === stepId) return next
  throw new HeadroomError({
    code: 'STEP_NOT_NEXT',
    fact: next ? `The next step is "${next.id}"; only that one can be skipped.` : 'No step is to come.',
    fix: 'Skip the steps one by one, each with its reason.',
    field: 'stepId',
    value: stepId,
  })
}

/** The step down to which a run is undone, as its index. STEP_NOT_FOUND, RUN_GOING_ON, UNDO_IRREVERSIBLE, NOTHING_TO_UNDO */
export function checkUndo(run: Run, stepId: string): number {
  const index = run.steps.findIndex(({ id }) => id === stepId)
  if (index < 0)
    throw new HeadroomError({
      code: 'STEP_NOT_FOUND',
      fact: `The run has no step "${stepId}".`,
      fix: `Its steps are ${run.steps.map(({ id }) => id).join(', ')}.`,
      field: 'stepId',
      value: stepId,
    })
  if (run.state === 'running' || run.state === 'stopping' || run.state === 'interrupted')
    throw new HeadroomError({
      code: 'RUN_GOING_ON',
      fact: `The run is ${run.state}.`,
      fix: 'Stop it first, then undo it.',
    })
  const did = run.steps
    .slice(index)
    .filter(
      ({ state, hosts }) =>
        state === 'succeeded' || state === 'failed' || hosts.some((one) => one.state === 'succeeded'),
    )
  const stuck = did.filter(({ undo, state }) => undo === 'irreversible' && state !== 'skipped').at(-1)
  if (stuck)
    throw new HeadroomError({
      code: 'UNDO_IRREVERSIBLE',
      fact: `The step "${stuck.name}" (${stuck.id}) cannot be undone, so the run cannot be taken back past it.`,
      fix: `Undo down to a step after it, or put things right by hand.`,
      field: 'stepId',
      value: stuck.id,
    })
  if (did.length > 0) return index
  throw new HeadroomError({
    code: 'NOTHING_TO_UNDO',
    fact: 'None of these steps has done anything that is still in place.',
    fix: 'There is nothing to do.',
    field: 'stepId',
  })
}
