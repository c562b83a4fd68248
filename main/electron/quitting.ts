import type { Run } from '../../shared/model/run.ts'

/** What is said before the app ends while runs go on: which, and what becomes of each. Null where none does. */
export function wordsBeforeQuit(runs: readonly Run[]): { message: string; detail: string } | null {
  const going = runs.filter(({ state }) => state === 'running' || state === 'stopping')
  if (going.length === 0) return null
  const lines = going.map((run) => `${run.name}: ${stateOf(run)}`)
  return {
    message: going.length === 1 ? 'A run is going on.' : `${going.length} runs are going on.`,
    detail: [
      ...lines,
      '',
      'Commands that run detached, such as the copy of a database, go on on the servers; Headroom attaches to them again when it is started. Any other command in hand ends with the connection, and the run can be resumed from that step. Nothing new is begun while Headroom is closed.',
    ].join('\n'),
  }
}

function stateOf(run: Run): string {
  if (run.waiting) return `waits for you at "${run.waiting.step}"`
  const step = run.steps.find(({ state }) => state === 'running')
  if (!step) return 'between two steps'
  return step.progress === null ? `at "${step.name}"` : `at "${step.name}", ${Math.floor(step.progress * 100)} % done`
}
