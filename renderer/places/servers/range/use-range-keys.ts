import { useEffect, useRef } from 'react'
import { isPlainKey } from '../../../app/shortcuts.tsx'

/** Earlier, later, longer, shorter. */
const KEYS = ['[', ']', '-', '+'] as const
export type RangeKey = (typeof KEYS)[number]

/** The keys that change the time shown, wherever on the page they are pressed. "=" is "+" without Shift. */
export function useRangeKeys(onKey: (key: RangeKey) => void): void {
  const latest = useRef(onKey)
  useEffect(() => {
    latest.current = onKey
  })
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const key = KEYS.find((one) => one === (event.key === '=' ? '+' : event.key))
      if (key && isPlainKey(event)) latest.current(key)
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [])
}
