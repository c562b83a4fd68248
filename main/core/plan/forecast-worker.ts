import { parentPort } from 'node:worker_threads'
import { problemOf } from '../../../shared/model/problem.ts'
import { forecastFully } from './forecast-engine.ts'
import type { ForecastAnswer, ForecastRequest } from './forecaster.ts'

/** The worker thread's side: one series at a time, answered under its id. */
parentPort?.on('message', ({ id, input, options }: ForecastRequest) => {
  let answer: ForecastAnswer
  try {
    answer = { id, result: forecastFully(input, options) }
  } catch (error) {
    answer = { id, problem: problemOf(error) }
  }
  parentPort?.postMessage(answer)
})
