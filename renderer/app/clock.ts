import { useSyncExternalStore } from 'react'
import { formatDuration } from '../../shared/format/duration.ts'

/** The renderer's one reading of the time, epoch milliseconds. */
export function now(): number {
  return Date.now()
}

const listeners = new Set<() => void>()
let current = now()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (timer === undefined) {
    current = now()
    timer = setInterval(() => {
      current = now()
      for (const tell of listeners) tell()
    }, 1000)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
  }
}

/** The age of something that happened at `at`, in words and whole seconds: milliseconds would only flicker. */
export function ageText(at: number, present: number): string {
  const seconds = Math.max(0, Math.floor((present - at) / 1000))
  return seconds === 0 ? '0 s' : formatDuration(seconds * 1000)
}

/** The time, to the second; what uses it is drawn again each second. One timer serves all. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => current)
}
