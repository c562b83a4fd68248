import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { HeadroomError, type Problem } from '../../../../shared/model/problem.ts'
import type { ReportFile } from '../../../../shared/model/report.ts'
import type { ReportRequest } from './work.ts'

export type ReportAnswer = { file: ReportFile } | { problem: Problem }

/** The worker: a bundle beside this one where there is one, else the source, whose types Node strips itself. */
export function reportWorkerFile(base: string = import.meta.url): URL {
  const bundled = new URL('./report-worker.mjs', base)
  return existsSync(fileURLToPath(bundled)) ? bundled : new URL('./worker.ts', base)
}

/** Makes files, each in a thread of its own, which ends with it: reports are rare, and a PDF takes longer than a frame. */
export interface ReportThreads {
  /** @throws REPORT_CANCELLED when the signal is aborted or the core closes; REPORT_FAILED when the thread dies */
  make(request: ReportRequest, signal?: AbortSignal): Promise<ReportFile>
  close(): Promise<void>
}

export function createReportThreads(file: URL = reportWorkerFile()): ReportThreads {
  const open = new Set<{ worker: Worker; stop(): void }>()
  let closed = false
  return {
    make(request, signal) {
      if (closed || signal?.aborted) return Promise.reject(cancelled())
      return new Promise((resolve, reject) => {
        const worker = new Worker(file, { workerData: request })
        const job = { worker, stop: () => end(() => reject(cancelled())) }
        const abort = (): void => job.stop()
        const end = (settle: () => void): void => {
          if (!open.delete(job)) return
          signal?.removeEventListener('abort', abort)
          settle()
          void worker.terminate()
        }
        open.add(job)
        signal?.addEventListener('abort', abort)
        worker.on('message', (answer: ReportAnswer) =>
          end(() => ('file' in answer ? resolve(answer.file) : reject(new HeadroomError(answer.problem)))),
        )
        worker.on('error', (cause) => end(() => reject(failed(cause))))
        worker.on('exit', () => end(() => reject(failed(null))))
      })
    },
    async close() {
      closed = true
      const workers = [...open].map((job) => {
        job.stop()
        return job.worker.terminate()
      })
      await Promise.all(workers)
    },
  }
}

const failed = (cause: unknown): HeadroomError =>
  new HeadroomError(
    {
      code: 'REPORT_FAILED',
      fact: `The report could not be written${cause instanceof Error ? `: ${cause.message}` : ''}.`,
      fix: 'Leave out a part of it, or take Markdown.',
    },
    { cause },
  )

const cancelled = (): HeadroomError =>
  new HeadroomError({
    code: 'REPORT_CANCELLED',
    fact: 'The report was cancelled.',
    fix: 'Ask for it again when you need it.',
  })
