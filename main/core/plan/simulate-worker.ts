import { parentPort } from 'node:worker_threads'
import { problemOf } from '../../../shared/model/problem.ts'
import { simulate } from '../../../shared/planning/simulate.ts'
import type { SimulationAnswer, SimulationRequest } from './simulator.ts'

/** The worker thread's side: one request at a time, answered under its id. */
parentPort?.on('message', ({ id, plan, costs, assumptions }: SimulationRequest) => {
  let answer: SimulationAnswer
  try {
    answer = { id, simulation: simulate(plan, costs, assumptions) }
  } catch (error) {
    answer = { id, problem: problemOf(error) }
  }
  parentPort?.postMessage(answer)
})
