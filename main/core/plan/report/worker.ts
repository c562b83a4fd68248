import { parentPort, workerData } from 'node:worker_threads'
import { problemOf } from '../../../../shared/model/problem.ts'
import type { ReportAnswer } from './thread.ts'
import { makeReport, type ReportRequest } from './work.ts'

/** The worker thread's side: one file, and it is done. */
let answer: ReportAnswer
try {
  answer = { file: await makeReport(workerData as ReportRequest) }
} catch (error) {
  answer = { problem: problemOf(error) }
}
parentPort?.postMessage(answer)
