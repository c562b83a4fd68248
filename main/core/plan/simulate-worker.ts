import { parentPort } from 'node:worker_threads'
import { problemOf } from '../../../shared/model/problem.ts'
import { jobs } from './jobs.ts'
import type { JobAnswer, JobRequest } from './simulator.ts'

/** The worker thread's side: one request at a time, answered under its id. */
parentPort?.on('message', ({ id, name, input }: JobRequest) => {
  let answer: JobAnswer
  try {
    const work = jobs[name] as (input: JobRequest['input']) => Extract<JobAnswer, { result: unknown }>['result']
    answer = { id, result: work(input) }
  } catch (error) {
    answer = { id, problem: problemOf(error) }
  }
  parentPort?.postMessage(answer)
})
