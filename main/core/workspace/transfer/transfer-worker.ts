import { parentPort, workerData } from 'node:worker_threads'
import { problemOf } from '../../../../shared/model/problem.ts'
import { type ReadExport, readExport } from './read-export.ts'
import { type WriteExport, writeExport } from './write-export.ts'

/** What the thread is asked; only its own program starts it. */
export type TransferWork = { kind: 'write'; options: WriteExport } | { kind: 'read'; options: ReadExport }

const work = workerData as TransferWork
try {
  const result = work.kind === 'write' ? writeExport(work.options) : await readExport(work.options)
  parentPort?.postMessage({ result })
} catch (error) {
  // A class does not cross between threads; what it says does. What the system said is kept apart.
  parentPort?.postMessage({ problem: problemOf(error), code: (error as { code?: unknown }).code })
}
