import type { Playbook, Step } from '../../../shared/playbook/schema.ts'

/**
 * The playbook as a rehearsal runs it. A database is copied beside the target into one of its own name, compared and
 * dropped, without stopping writes and without leading an application over. Everything else is done as it stands, so it
 * wants servers to be named on which it may be done.
 */
export function rehearsed(playbook: Playbook): Playbook {
  return { ...playbook, steps: playbook.steps.map(rehearsedStep) }
}

function rehearsedStep(step: Step): Step {
  if (step.kind !== 'postgres-move') return step
  const { cutover: _none, ...rest } = step
  return { ...rest, throwaway: true }
}
