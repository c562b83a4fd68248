import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { CheckedFile } from './backup-check.ts'

/** The worker beside this module: a bundle where there is one, else the source, whose types Node strips itself. */
function workerFile(): URL {
  const bundled = new URL('./backup-worker.mjs', import.meta.url)
  return existsSync(fileURLToPath(bundled)) ? bundled : new URL('./backup-worker.ts', import.meta.url)
}

/** `finishCopy` or `checkCopy` in a thread of its own, ended when the signal aborts. Rejects with what they throw. */
export function inThread(file: string, finish: boolean, signal: AbortSignal): Promise<CheckedFile> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const worker = new Worker(workerFile(), { workerData: { file, finish } })
    const stop = () => void worker.terminate()
    signal.addEventListener('abort', stop)
    worker.once('message', (checked: CheckedFile) => resolve(checked))
    worker.once('error', reject)
    worker.once('exit', () => {
      signal.removeEventListener('abort', stop)
      reject(signal.aborted ? signal.reason : new Error('the thread that checks copies ended'))
    })
  })
}

/** The first fault that SQLite finds in a database, which may be in use; null where there is none. */
export async function checkFile(file: string, signal: AbortSignal): Promise<string | null> {
  return (await inThread(file, false, signal)).fault
}
