import { useSyncExternalStore } from 'react'
import { formatDuration } from '../../shared/format/duration.ts'

/** The renderer's one reading of the time, epoch milliseconds. */
export function now(): number {
  return Date.now()
}

const listeners = new Set<() => void>()
let current = now()
let timer: ReturnType<typeof setInterval> | undefined

function tick(): void {
  current = now()
  for (const tell of listeners) tell()
}

/** Nobody reads the time off a hidden window, so its clock stands still until it is seen again. */
function follow(): void {
  clearInterval(timer)
  timer = undefined
  if (listeners.size === 0 || document.hidden) return
  tick()
  timer = setInterval(tick, 1000)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (listeners.size === 1) {
    current = now()
    document.addEventListener('visibilitychange', follow)
    if (!document.hidden) timer = setInterval(tick, 1000)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    document.removeEventListener('visibilitychange', follow)
    clearInterval(timer)
    timer = undefined
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
