import { describe, expect, it } from 'vitest'
import type { Host } from '../../../shared/model/host.ts'
import type { Run } from '../../../shared/model/run.ts'
import {
  asksRunSecret,
  hostNamesOf,
  refusedRunSecret,
  stateOfRun,
  stateOfStep,
  toneOfRun,
  toneOfStep,
} from './run-state.ts'

type Step = Run['steps'][number]

describe('stateOfStep', () => {
  const run = (state: Run['state']) => ({ state, waiting: null }) as Run
  const step = (state: Step['state']) => ({ state, id: 'a' }) as Step

  it('does not call a step of an interrupted run running', () => {
    expect(stateOfStep(run('interrupted'), step('running'))).toBe('interrupted')
    expect(toneOfStep('interrupted')).toBe('warn')
  })

  it('says where a person is waited for', () => {
    const waiting = { ...run('stopped'), waiting: { step: 'a', kind: 'approve', text: 'Well?', type: null } } as Run
    expect(stateOfStep(waiting, step('pending'))).toBe('waiting')
    expect(stateOfRun(waiting)).toBe('waiting')
    expect(toneOfRun('waiting')).toBe('warn')
  })

  it('leaves every other state as it is', () => {
    expect(stateOfStep(run('running'), step('running'))).toBe('running')
    expect(stateOfStep(run('interrupted'), step('succeeded'))).toBe('succeeded')
    expect(stateOfStep(run('interrupted'), step('pending'))).toBe('pending')
  })

  it('a step that changes nothing was not taken back, though the run was', () => {
    expect(stateOfStep(run('stopped'), { ...step('undone'), undo: 'nothing' })).toBe('unchanging')
    expect(stateOfStep(run('stopped'), { ...step('undone'), undo: 'yes' })).toBe('undone')
  })
})

describe('asksRunSecret', () => {
  const run = { parameters: { source_password: '(secret)' } } as unknown as Run
  const problem = (code: string, field: string) => ({ code, fact: '', fix: '', field })

  it("tells the run's own secrets from a server's, and both from other trouble", () => {
    expect(asksRunSecret(run, problem('SECRET_NEEDED', 'source_password'))).toBe(true)
    expect(asksRunSecret(run, problem('SECRET_NEEDED', 'secret'))).toBe(false)
    expect(asksRunSecret(run, problem('PARAMETER_INVALID', 'source_password'))).toBe(false)
  })
})

describe('refusedRunSecret', () => {
  const run = (state: string, field: string) =>
    ({
      ...{ state, parameters: { source_password: '[source_password]', source_user: 'x' } },
      problem: { code: 'POSTGRES_AUTH_REFUSED', fact: '', fix: '', field },
    }) as unknown as Run

  it('offers another secret where one of the run was refused, and only while it stands still', () => {
    expect(refusedRunSecret(run('failed', 'source_password'))).toMatchObject({ field: 'source_password' })
    expect(refusedRunSecret(run('failed', 'source_user'))).toBeNull()
    expect(refusedRunSecret(run('running', 'source_password'))).toBeNull()
  })
})

describe('hostNamesOf', () => {
  it('does not show the id of a server that was removed', () => {
    const hosts = [{ id: 'b', name: 'db-2' }] as Host[]
    expect(hostNamesOf({ hostIds: ['a', 'b'] } as Run, hosts, 'a removed server')).toBe('a removed server, db-2')
  })
})
