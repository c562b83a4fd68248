import type { Run } from '../../../shared/model/run.ts'
import type { Tone } from '../../ui/index.ts'

export function toneOfRun(state: Run['state']): Tone {
  if (state === 'succeeded') return 'good'
  if (state === 'failed') return 'bad'
  return state === 'running' ? 'neutral' : 'warn'
}

export function toneOfStep(state: Run['steps'][number]['state']): Tone {
  if (state === 'succeeded') return 'good'
  if (state === 'failed') return 'bad'
  return state === 'stopped' ? 'warn' : 'neutral'
}

/** A run that may still change by itself. */
export function isLive(run: Run): boolean {
  return run.state === 'running' || run.state === 'stopping'
}

export const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
