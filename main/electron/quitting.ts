import type { Run } from '../../shared/model/run.ts'
import type { DesktopWords } from './words.ts'

/** What is said before the app ends while runs go on: which, and what becomes of each. Null where none does. */
export function wordsBeforeQuit(runs: readonly Run[], words: DesktopWords): { message: string; detail: string } | null {
  const going = runs.filter(({ state }) => state === 'running' || state === 'stopping')
  if (going.length === 0) return null
  const lines = going.map((run) => `${run.name}: ${stateOf(run, words)}`)
  return {
    message: words.runs(going.length),
    detail: [...lines, '', words.afterQuit].join('\n'),
  }
}

function stateOf(run: Run, words: DesktopWords): string {
  if (run.waiting) return words.runWaits(run.waiting.step)
  const step = run.steps.find(({ state }) => state === 'running')
  if (!step) return words.runBetween
  if (step.progress === null) return words.runAt(step.name)
  return words.runDone(step.name, Math.floor(step.progress * 100))
}
