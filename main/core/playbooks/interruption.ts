import type { Problem } from '../../../shared/model/problem.ts'
import type { Environment } from '../environment.ts'
import type { WritableDatabase } from '../workspace/index.ts'
import { append } from './journal.ts'
import { releaseLocks } from './locks.ts'
import * as store from './store.ts'

/** A problem with a sentence on how things stand at the hosts. */
export const withStanding = (problem: Problem, stands: string): Problem =>
  stands === '' || problem.fact.includes(stands) ? problem : { ...problem, fact: `${problem.fact} ${stands}` }

export const interruptedProblem = (stands: string): Problem =>
  withStanding(
    {
      code: 'RUN_INTERRUPTED',
      fact: 'The engine ended while this run was going on.',
      fix: 'Resume it: steps that are done stay done, and work that goes on at a server is picked up. Or stop it.',
    },
    stands,
  )

/** A run that nobody drives any more becomes interrupted. It keeps its locks: something may go on at its hosts. */
export function interrupt(db: WritableDatabase, environment: Environment, runId: string): void {
  const problem = interruptedProblem(store.standing(db, runId))
  db.transaction(() => {
    const at = environment.now()
    append(db, runId, { at, kind: 'run-interrupted', step: null, host: null, text: problem.fact, data: {} })
    store.writeRunState(db, runId, { state: 'interrupted', endedAt: at, problem, outcome: null })
  })()
}

const LOOK_THERE = 'Look on its servers for what the journal says was begun.'

export const SERVER_REMOVED: Problem = {
  code: 'SERVER_REMOVED',
  fact: 'A server of this run was removed from the list, so nothing was ended or removed on its servers.',
  fix: LOOK_THERE,
}
/** `why` nothing could be ended. */
export const serversTaken = (why: Problem): Problem => ({
  code: 'SERVERS_TAKEN',
  fact: `Its servers were taken away from this run, and not everything could be ended there: ${why.fact}`,
  fix: LOOK_THERE,
})

/** Closes an interrupted run without going to its hosts. */
export function closeUnseen(db: WritableDatabase, environment: Environment, runId: string, why: Problem): void {
  const run = store.readRun(db, runId)
  const problem = withStanding(why, store.standing(db, runId))
  db.transaction(() => {
    const at = environment.now()
    for (const step of run.steps)
      if (step.state === 'running')
        store.writeStep(db, runId, step.index, { state: 'stopped', startedAt: null, endedAt: at, problem })
    append(db, runId, { at, kind: 'run-stopped', step: null, host: null, text: problem.fact, data: {} })
    store.writeRunState(db, runId, { state: 'stopped', endedAt: at, problem, outcome: 'Stopped by the operator.' })
    releaseLocks(db, runId)
  })()
}
