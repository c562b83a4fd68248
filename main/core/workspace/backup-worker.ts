import { parentPort, workerData } from 'node:worker_threads'
import * as z from 'zod'
import { checkCopy, finishCopy } from './backup-check.ts'

const { file, finish } = z.object({ file: z.string(), finish: z.boolean() }).parse(workerData)
parentPort?.postMessage(finish ? finishCopy(file) : checkCopy(file))
