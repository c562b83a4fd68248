import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { HeadroomError, type Problem } from '../../../shared/model/problem.ts'
import type { Forecast, ForecastInput, ForecastOptions, TooShort } from '../../../shared/planning/forecast/model.ts'

/** Candidates are functions, which do not cross threads: the worker has its own. */
type Options = Omit<ForecastOptions, 'candidates'>
export interface ForecastRequest {
  id: number
  input: ForecastInput
  options: Options
}
export type ForecastAnswer = { id: number; result: Forecast | TooShort } | { id: number; problem: Problem }

/** Makes forecasts in a thread of its own, so that neither the engine nor the sliders wait for them. */
export interface Forecaster {
  /** `soon` puts it before those that were asked for in the background. FORECAST_STOPPED when the thread dies or the core closes. */
  make(input: ForecastInput, options: Options, soon?: boolean): Promise<Forecast | TooShort>
  close(): Promise<void>
}

interface Job {
  request: ForecastRequest
  soon: boolean
  resolve(result: Forecast | TooShort): void
  reject(error: Error): void
}

/** The worker beside this module: a bundle where there is one, else the source, whose types Node strips itself. */
export function forecastWorkerFile(base: string = import.meta.url): URL {
  const bundled = new URL('./forecast-worker.mjs', base)
  return existsSync(fileURLToPath(bundled)) ? bundled : new URL('./forecast-worker.ts', base)
}

/** One thread, started by the first forecast; it alone does not keep the process alive. */
export function createForecaster(file: URL = forecastWorkerFile()): Forecaster {
  let worker: Worker | null = null
  let closed = false
  let lastId = 0
  let running: Job | null = null
  const waiting: Job[] = []

  function start(): Worker {
    const fresh = new Worker(file)
    fresh.on('message', (answer: ForecastAnswer) => {
      const job = running
      if (job?.request.id !== answer.id) return
      running = null
      if ('result' in answer) job.resolve(answer.result)
      else job.reject(new HeadroomError(answer.problem))
      next()
    })
    fresh.on('error', (cause) => lose(fresh, cause))
    fresh.on('exit', () => lose(fresh, null))
    return fresh
  }

  /** The thread has died by itself: the forecast it was at fails, the ones behind it go on in a new thread. */
  function lose(dead: Worker, cause: unknown): void {
    if (worker !== dead) return
    worker = null
    const job = running
    running = null
    job?.reject(stopped(cause instanceof Error ? `: ${cause.message}` : ''))
    next()
  }

  function next(): void {
    if (running) return
    const soonest = waiting.findIndex((job) => job.soon)
    const job = waiting.splice(Math.max(0, soonest), 1)[0]
    if (!job) {
      worker?.unref()
      return
    }
    worker ??= start()
    worker.ref()
    running = job
    worker.postMessage(job.request)
  }

  return {
    make(input, options, soon = false) {
      if (closed) return Promise.reject(stopped(' with the engine'))
      return new Promise((resolve, reject) => {
        lastId += 1
        waiting.push({ request: { id: lastId, input, options }, soon, resolve, reject })
        next()
      })
    },
    async close() {
      closed = true
      const last = worker
      worker = null
      for (const job of [...(running ? [running] : []), ...waiting.splice(0)]) job.reject(stopped(' with the engine'))
      running = null
      await last?.terminate()
    },
  }
}

const stopped = (how: string): HeadroomError =>
  new HeadroomError({
    code: 'FORECAST_STOPPED',
    fact: `The forecast's worker stopped${how}.`,
    fix: 'Ask for the forecast again.',
  })
