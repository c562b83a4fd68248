import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Price } from '../../../shared/model/catalogue.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { HeadroomError, type Problem } from '../../../shared/model/problem.ts'
import type { Assumptions, Simulation } from '../../../shared/model/scenario.ts'
import type { JobInput, JobName, JobResult } from './jobs.ts'

/** One job for the thread: which one of `jobs`, and what it is done with. */
export interface JobRequest<Name extends JobName = JobName> {
  id: number
  name: Name
  input: JobInput<Name>
}
export type JobAnswer = { id: number; result: JobResult<JobName> } | { id: number; problem: Problem }

/** Runs the Monte Carlo, and all that is made of it, off the core's thread. */
export interface Simulator {
  /** @throws SIMULATION_CANCELLED when the signal is aborted or the simulator closes; SIMULATION_FAILED when the thread dies. */
  run(plan: Plan, prices: Price[], assumptions: Assumptions, signal?: AbortSignal): Promise<Simulation>
  /** Any job of `jobs`, under the same rules. */
  work<Name extends JobName>(name: Name, input: JobInput<Name>, signal?: AbortSignal): Promise<JobResult<Name>>
  close(): Promise<void>
}

interface Job {
  id: number
  resolve(result: unknown): void
  reject(error: Error): void
}

/** The worker beside this module: a bundle where there is one, else the source, whose types Node strips itself. */
export function workerFile(base: string = import.meta.url): URL {
  const names = ['simulate-worker.mjs', 'simulate-worker.cjs', 'simulate-worker.js']
  const bundled = names.map((name) => new URL(`./${name}`, base)).find((url) => existsSync(fileURLToPath(url)))
  return bundled ?? new URL('./simulate-worker.ts', base)
}

/**
 * Keeps one worker thread warm, started by the first run. A thread at work cannot be interrupted, so cancelling ends it;
 * the runs that waited behind are sent to the next one. The thread alone does not keep the process alive.
 */
export function createSimulator(file: URL = workerFile()): Simulator {
  let worker: Worker | null = null
  let closed = false
  let lastId = 0
  /** In order; the first is at work. */
  const jobs: (Job & { request: JobRequest })[] = []

  function start(): Worker {
    const fresh = new Worker(file)
    fresh.unref()
    fresh.on('message', (answer: JobAnswer) => {
      const job = jobs.find((one) => one.id === answer.id)
      if (!job) return
      jobs.splice(jobs.indexOf(job), 1)
      if ('result' in answer) job.resolve(answer.result)
      else job.reject(new HeadroomError(answer.problem))
      next()
    })
    fresh.on('error', (cause) => lose(fresh, cause))
    fresh.on('exit', () => lose(fresh, null))
    return fresh
  }

  /** The thread has died by itself: the run it was at fails, the ones behind it go on in a new thread. */
  function lose(dead: Worker, cause: unknown): void {
    if (worker !== dead) return
    worker = null
    const job = jobs.shift()
    job?.reject(
      new HeadroomError(
        {
          code: 'SIMULATION_FAILED',
          fact: `The simulation's worker stopped${cause instanceof Error ? `: ${cause.message}` : ''}.`,
          fix: 'Run it again with fewer paths or months.',
        },
        { cause },
      ),
    )
    next()
  }

  function next(): void {
    const job = jobs[0]
    if (!job) {
      worker?.unref()
      return
    }
    worker ??= start()
    worker.ref()
    worker.postMessage(job.request)
  }

  function cancel(job: Job & { request: JobRequest }): void {
    const at = jobs.indexOf(job)
    if (at < 0) return
    jobs.splice(at, 1)
    job.reject(cancelled())
    if (at > 0) return
    const busy = worker
    worker = null
    void busy?.terminate()
    next()
  }

  function work<Name extends JobName>(
    name: Name,
    input: JobInput<Name>,
    signal?: AbortSignal,
  ): Promise<JobResult<Name>> {
    if (closed || signal?.aborted) return Promise.reject(cancelled())
    return new Promise((resolve, reject) => {
      lastId += 1
      const id = lastId
      const abort = (): void => cancel(job)
      const ended = (): void => signal?.removeEventListener('abort', abort)
      const job = {
        id,
        request: { id, name, input } as JobRequest,
        resolve(result: unknown) {
          ended()
          resolve(result as JobResult<Name>)
        },
        reject(error: Error) {
          ended()
          reject(error)
        },
      }
      signal?.addEventListener('abort', abort)
      jobs.push(job)
      if (jobs.length === 1) next()
    })
  }

  return {
    run: (plan, prices, assumptions, signal) => work('simulate', { plan, prices, assumptions }, signal),
    work,
    async close() {
      closed = true
      const last = worker
      worker = null
      for (const job of jobs.splice(0)) job.reject(cancelled())
      await last?.terminate()
    },
  }
}

const cancelled = (): HeadroomError =>
  new HeadroomError({
    code: 'SIMULATION_CANCELLED',
    fact: 'The simulation was cancelled.',
    fix: 'Run it again when you need it.',
  })
