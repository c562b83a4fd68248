import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { HeadroomError, type Problem } from '../../../../shared/model/problem.ts'
import type { ReadResult } from './read-export.ts'
import type { TransferWork } from './transfer-worker.ts'

/** The worker beside this module: a bundle where there is one, else the source, whose types Node strips itself. */
function workerFile(): URL {
  const bundled = new URL('./transfer-worker.mjs', import.meta.url)
  return existsSync(fileURLToPath(bundled)) ? bundled : new URL('./transfer-worker.ts', import.meta.url)
}

type ResultOf<W extends TransferWork> = W['kind'] extends 'write' ? { bytes: number; sha256: string } : ReadResult

/** Writes or reads an export in a thread of its own, ended when the signal aborts. Throws what that throws. */
export function inThread<W extends TransferWork>(work: W, signal: AbortSignal): Promise<ResultOf<W>> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const worker = new Worker(workerFile(), { workerData: work })
    const stop = () => void worker.terminate()
    signal.addEventListener('abort', stop)
    worker.once('message', (said: { result: ResultOf<W> } | { problem: Problem; code?: string }) => {
      if ('result' in said) resolve(said.result)
      else reject(failed(said.problem, said.code))
    })
    worker.once('error', reject)
    worker.once('exit', () => {
      signal.removeEventListener('abort', stop)
      reject(signal.aborted ? signal.reason : new Error('the thread of the export ended'))
    })
  })
}

function failed(problem: Problem, code: string | undefined): Error {
  if (code !== 'ENOSPC' && code !== 'EDQUOT' && code !== 'SQLITE_FULL') return new HeadroomError(problem)
  return new HeadroomError({
    code: 'DISK_FULL',
    fact: 'The disk of the workspace has no room for this.',
    fix: 'Free some room, then begin again. Nothing was changed.',
  })
}
