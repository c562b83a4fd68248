import { parentPort, workerData } from 'node:worker_threads'
import { problemOf } from '../../../shared/model/problem.ts'
import { type JobInput, type JobName, jobs } from './jobs.ts'
import type { JobAnswer, JobRequest, KeptPart } from './simulator.ts'

/** Holds the id of the job to give up. */
const stop = workerData as Int32Array
const has = new Map<KeptPart, unknown>()

/** The worker thread's side: one request at a time, answered under its id. */
parentPort?.on('message', ({ id, name, input, kept, keep }: JobRequest) => {
  let answer: JobAnswer
  try {
    const whole: Partial<Record<string, unknown>> = { ...input }
    for (const part of keep) has.set(part, whole[part])
    for (const part of kept) whole[part] = has.get(part)
    const work = jobs[name] as (
      input: JobInput<JobName>,
      givenUp: () => boolean,
    ) => Extract<JobAnswer, { result: unknown }>['result']
    answer = { id, result: work(whole as JobInput<JobName>, () => Atomics.load(stop, 0) === id) }
  } catch (error) {
    answer = { id, problem: problemOf(error) }
  }
  parentPort?.postMessage(answer)
})
