import { describe, expect, it } from 'vitest'
import type { Run } from '../../../shared/model/run.ts'
import { stateOfStep, toneOfStep } from './run-state.ts'

type Step = Run['steps'][number]

describe('stateOfStep', () => {
  const run = (state: Run['state']) => ({ state }) as Run
  const step = (state: Step['state']) => ({ state }) as Step

  it('does not call a step of an interrupted run running', () => {
    expect(stateOfStep(run('interrupted'), step('running'))).toBe('interrupted')
    expect(toneOfStep('interrupted')).toBe('warn')
  })

  it('leaves every other state as it is', () => {
    expect(stateOfStep(run('running'), step('running'))).toBe('running')
    expect(stateOfStep(run('interrupted'), step('succeeded'))).toBe('succeeded')
    expect(stateOfStep(run('interrupted'), step('pending'))).toBe('pending')
  })
})
