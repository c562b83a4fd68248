import { useSyncExternalStore } from 'react'

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

/** The time, to the second; what uses it is drawn again each second. One timer serves all. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => current)
}
