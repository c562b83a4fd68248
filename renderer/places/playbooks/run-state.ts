import type { Host } from '../../../shared/model/host.ts'
import type { Problem } from '../../../shared/model/problem.ts'
import type { Run } from '../../../shared/model/run.ts'
import { locale } from '../../app/words/locale.ts'
import type { Tone } from '../../ui/index.ts'

/** A run as people call it: one that a person has to see to waits, and is not merely stopped. */
export const stateOfRun = (run: Pick<Run, 'state' | 'waiting'>): Run['state'] | 'waiting' =>
  run.waiting ? 'waiting' : run.state

export function toneOfRun(state: Run['state'] | 'waiting'): Tone {
  if (state === 'succeeded') return 'good'
  if (state === 'failed') return 'bad'
  return state === 'running' ? 'neutral' : 'warn'
}

export function toneOfStep(state: ReturnType<typeof stateOfStep>): Tone {
  if (state === 'succeeded') return 'good'
  if (state === 'failed') return 'bad'
  return state === 'stopped' || state === 'interrupted' || state === 'waiting' ? 'warn' : 'neutral'
}

type StepState = Run['steps'][number]['state']

type ShownState = StepState | 'interrupted' | 'unchanging'

/** A step as it is: nothing is known to go on in a run that was interrupted. */
export const stateOfStep = (run: Run, step: Run['steps'][number]): ShownState | 'waiting' =>
  run.waiting?.step === step.id ? 'waiting' : stateOnHost(run, step, step.state)

/** The same for one server of a step. Where a run was taken back past a step that changes nothing, nothing of it was. */
export function stateOnHost(run: Run, step: Run['steps'][number], state: StepState): ShownState {
  if (state === 'undone' && step.undo === 'nothing') return 'unchanging'
  return run.state === 'interrupted' && state === 'running' ? 'interrupted' : state
}

/** Whether a problem asks for a secret of the run itself. A server's own password is given on that server's page instead. */
export function asksRunSecret(run: Run, problem: Problem): boolean {
  return problem.code === 'SECRET_NEEDED' && problem.field !== undefined && problem.field in run.parameters
}

/** Whether a run stands still because a secret of its own was refused: another one may be right. */
export function refusedRunSecret(run: Run): Problem | null {
  const { problem, parameters } = run
  if (problem?.field === undefined || parameters[problem.field] !== `[${problem.field}]`) return null
  return isLive(run) || run.state === 'succeeded' ? null : problem
}

/** A run's servers by name; what was removed since has none any more. */
export function hostNamesOf(run: Run, hosts: readonly Host[], removed: string): string {
  return run.hostIds.map((id) => hosts.find((host) => host.id === id)?.name ?? removed).join(', ')
}

/** A run that may still change by itself. */
export function isLive(run: Run): boolean {
  return run.state === 'running' || run.state === 'stopping'
}

export const dateTime = (at: number): string =>
  new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'medium' }).format(at)
