import type { Core } from '../../main/core/index.ts'

export type Values = Record<string, string | number | boolean>

/** Times in milliseconds. */
export interface Moved {
  /** The copy alone, as the run measured it. */
  copyMs: number
  /** All of it: the review, the copy, the proof. */
  wholeMs: number
  runId: string
}

/** Runs postgres-move as an operator does: review, then run. Throws what made it end otherwise than well. */
export async function moved(playbooks: Core['areas']['playbooks'], values: Values): Promise<Moved> {
  const startedAt = performance.now()
  const { hash, problems } = await playbooks.preview('postgres-move', values)
  if (problems.length > 0) throw new Error(problems.map(({ fact }) => fact).join(' '))
  let run = await playbooks.start('postgres-move', values, hash)
  for await (const now of playbooks.follow(run.id)) run = now
  run = playbooks.run(run.id)
  if (run.state !== 'succeeded') throw new Error(run.problem?.fact ?? `the run is ${run.state}`)
  const copied = playbooks.journal(run.id).entries.find(({ kind }) => kind === 'copied')
  return {
    copyMs: Number(copied?.data?.durationMs ?? 0),
    wholeMs: performance.now() - startedAt,
    runId: run.id,
  }
}
