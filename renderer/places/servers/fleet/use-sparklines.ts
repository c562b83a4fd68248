import { useEffect, useRef, useState } from 'react'
import type { Sparkline } from '../../../../shared/contract/fleet.ts'
import { useCore } from '../../../app/core.tsx'

/** Points of a line: about as many as it has pixels, and half of them tell the same. */
const POINTS = 60
/** Rows that rush by while somebody scrolls are not read. */
const SETTLE_MS = 60
const HOSTS_AT_ONCE = 60

export interface Lines {
  window: { from: number; to: number }
  /** By host and metric. */
  of(hostId: string, metric: string): Sparkline | undefined
}

/**
 * Lines of the servers in sight. What was read stays until the window moves by a point, and is shown until its successor is
 * there, so that scrolling back and sorting ask for nothing.
 */
export function useSparklines(hostIds: readonly string[], metrics: readonly string[], window: Lines['window']): Lines {
  const core = useCore()
  const [, drawAgain] = useState(0)
  const cache = useRef({ key: '', lines: new Map<string, Sparkline>(), read: new Set<string>() })
  const key = `${window.from} ${window.to} ${metrics.join(' ')}`
  const asked = hostIds.join(' ')

  useEffect(() => {
    const aborter = new AbortController()
    const kept = cache.current
    if (kept.key !== key) {
      kept.key = key
      kept.read = new Set()
    }
    const [from, to] = key.split(' ').map(Number)
    const names = key.split(' ').slice(2)
    const missing = asked.split(' ').filter((id) => id !== '' && !kept.read.has(id))
    if (missing.length === 0 || names.length === 0 || from === undefined || to === undefined) return
    const timer = setTimeout(async () => {
      try {
        for (let at = 0; at < missing.length; at += HOSTS_AT_ONCE) {
          const ids = missing.slice(at, at + HOSTS_AT_ONCE)
          const input = { hostIds: ids, metrics: names, from, to, points: POINTS }
          const lines = await core.fleet.sparklines(input, { signal: aborter.signal })
          if (aborter.signal.aborted) return
          for (const line of lines) kept.lines.set(`${line.hostId} ${line.metric}`, line)
          for (const id of ids) kept.read.add(id)
          drawAgain((count) => count + 1)
        }
      } catch {
        // What could not be read is asked for again with the next step of the window; the table's own query tells why.
      }
    }, SETTLE_MS)
    return () => {
      clearTimeout(timer)
      aborter.abort()
    }
  }, [core, key, asked])

  return { window, of: (hostId, metric) => cache.current.lines.get(`${hostId} ${metric}`) }
}
