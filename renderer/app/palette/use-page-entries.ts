import { useEffect, useState } from 'react'
import type { Entry } from './entries.ts'
import { pageEntries } from './page-entries.ts'

/** A page that changes all the time is read again this often at most. */
const AGAIN_MS = 250

/** What is on the page now, also where the palette was opened before the page had drawn it. */
export function usePageEntries(): Entry[] {
  const [content] = useState(() => document.getElementById('content') ?? document.body)
  const [entries, setEntries] = useState(() => pageEntries(content))
  useEffect(() => {
    let waiting: ReturnType<typeof setTimeout> | undefined
    const observer = new MutationObserver(() => {
      waiting ??= setTimeout(() => {
        waiting = undefined
        setEntries(pageEntries(content))
      }, AGAIN_MS)
    })
    observer.observe(content, { childList: true, subtree: true, attributeFilter: ['disabled'] })
    return () => {
      observer.disconnect()
      clearTimeout(waiting)
    }
  }, [content])
  return entries
}
