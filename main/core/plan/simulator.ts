import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Price } from '../../../shared/model/catalogue.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { HeadroomError, type Problem } from '../../../shared/model/problem.ts'
import type { Assumptions, Simulation } from '../../../shared/model/scenario.ts'
import { cancelled, type JobInput, type JobName, type JobResult } from './jobs.ts'

/** One job for the thread: which one of `jobs`, and what it is done with. */
export interface JobRequest<Name extends JobName = JobName> {
  id: number
  name: Name
  /** Without the parts that the thread keeps from the request before. */
  input: Partial<JobInput<Name>>
  /** The parts of the input that the thread has already, and those it is to keep. */
  kept: KeptPart[]
  keep: KeptPart[]
}
/** What is large and seldom changes: it crosses to the thread once, and again only where it is another. */
export const KEPT_PARTS = ['plan', 'prices'] as const
export type KeptPart = (typeof KEPT_PARTS)[number]
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
  name: JobName
  input: JobInput<JobName>
  resolve(result: unknown): void
  reject(error: Error): void
}

/** The worker beside this module: a bundle where there is one, else the source, whose types Node strips itself. */
export function workerFile(base: string = import.meta.url): URL {
  const names = ['simulate-worker.mjs', 'simulate-worker.cjs', 'simulate-worker.js']
  const bundled = names.map((name) => new URL(`./${name}`, base)).find((url) => existsSync(fileURLToPath(url)))
  return bundled ?? new URL('./simulate-worker.ts', base)
}

/** A thread, what it has kept of the requests so far, and where it is told which job to give up. */
interface Thread {
  worker: Worker
  has: Map<KeptPart, unknown>
  stop: Int32Array
}

/** A simulation looks up after every month; only the search for the cheapest path, which comes first, does not. */
const looksUp = ({ name, input }: Job): boolean =>
  name === 'simulate' && (input as JobInput<'simulate'>).assumptions.policy.kind !== 'cheapest'

/**
 * Keeps one worker thread warm, started by the first run. A simulation that is cancelled is given up within a month of it,
 * so that the next one finds the thread warm; any other job cannot be interrupted, so cancelling it ends the thread, and the
 * runs that waited behind are sent to the next one. The thread alone does not keep the process alive.
 */
export function createSimulator(file: URL = workerFile()): Simulator {
  let thread: Thread | null = null
  let closed = false
  let lastId = 0
  /** In order; the first is at work. */
  const jobs: Job[] = []

  function start(): Thread {
    const stop = new Int32Array(new SharedArrayBuffer(4))
    // The process keeps its own young generation small; paths by the thousand die young.
    const fresh = new Worker(file, { workerData: stop, resourceLimits: { maxYoungGenerationSizeMb: 48 } })
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
    return { worker: fresh, has: new Map(), stop }
  }

  /** The thread has died by itself: the run it was at fails, the ones behind it go on in a new thread. */
  function lose(dead: Worker, cause: unknown): void {
    if (thread?.worker !== dead) return
    thread = null
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
      thread?.worker.unref()
      return
    }
    thread ??= start()
    thread.worker.ref()
    thread.worker.postMessage(requestOf(job, thread))
  }

  function cancel(job: Job): void {
    const at = jobs.indexOf(job)
    if (at < 0) return
    job.reject(cancelled())
    if (at === 0 && thread && looksUp(job)) {
      Atomics.store(thread.stop, 0, job.id)
      return
    }
    jobs.splice(at, 1)
    if (at > 0) return
    const busy = thread
    thread = null
    void busy?.worker.terminate()
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
      const job: Job = {
        id,
        name,
        input,
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
      const last = thread
      thread = null
      for (const job of jobs.splice(0)) job.reject(cancelled())
      await last?.worker.terminate()
    },
  }
}

/** A job as the thread needs it: what it has of the input stays here, and what is new it has from now on. */
function requestOf({ id, name, input }: Job, { has }: Thread): JobRequest {
  const parts = input as Partial<Record<KeptPart, unknown>>
  const stated = KEPT_PARTS.filter((part) => parts[part] !== undefined)
  const kept = stated.filter((part) => has.get(part) === parts[part])
  const keep = stated.filter((part) => !kept.includes(part))
  for (const part of keep) has.set(part, parts[part])
  const sent = Object.fromEntries(Object.entries(input).filter(([part]) => !kept.includes(part as KeptPart)))
  return { id, name, input: sent, kept, keep }
}
