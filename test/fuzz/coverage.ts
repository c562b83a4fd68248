import { Session } from 'node:inspector'
import type { Guide } from './fuzz.ts'

/**
 * The engine's own block coverage as a guide. In V8's binary mode each block is told once, when it is first reached, so
 * that an answer without blocks of ours means nothing new.
 */
export function coverageGuide(): Guide & { close(): void } {
  const session = new Session()
  session.connect()
  const seen = new Set<string>()
  const ask = (): boolean => {
    let grown = false
    session.post('Profiler.takePreciseCoverage', (_error, answer) => {
      for (const { url, functions } of answer?.result ?? []) {
        if (!/\/(shared|main|renderer)\//.test(url) && !/\/node_modules\/(yaml|papaparse|zod)\//.test(url)) continue
        for (const { functionName, ranges } of functions)
          for (const { startOffset, endOffset, count } of ranges) {
            const key = `${url}:${functionName}:${startOffset}:${endOffset}:${Math.min(count, 1)}`
            if (seen.has(key)) continue
            seen.add(key)
            grown = true
          }
      }
    })
    return grown
  }
  session.post('Profiler.enable')
  session.post('Profiler.startPreciseCoverage', { callCount: false, detailed: true })
  return {
    isNew: ask,
    close: () => {
      session.post('Profiler.stopPreciseCoverage')
      session.disconnect()
    },
  }
}
