import type { Run } from '../../../shared/model/run.ts'
import type { Tone } from '../../ui/index.ts'

export function toneOfRun(state: Run['state']): Tone {
  if (state === 'succeeded') return 'good'
  if (state === 'failed') return 'bad'
  return state === 'running' ? 'neutral' : 'warn'
}

export function toneOfStep(state: ReturnType<typeof stateOfStep>): Tone {
  if (state === 'succeeded') return 'good'
  if (state === 'failed') return 'bad'
  return state === 'stopped' || state === 'interrupted' ? 'warn' : 'neutral'
}

/** A step as it is: nothing is known to go on in a run that was interrupted. */
export function stateOfStep(run: Run, step: Run['steps'][number]): Run['steps'][number]['state'] | 'interrupted' {
  return run.state === 'interrupted' && step.state === 'running' ? 'interrupted' : step.state
}

/** A run that may still change by itself. */
export function isLive(run: Run): boolean {
  return run.state === 'running' || run.state === 'stopping'
}

export const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
