import { type RefObject, useEffect, useState } from 'react'

/** How far below and above the screen something counts as near: about the height of a screen. */
const MARGIN = '800px 0px'

/**
 * Whether an element is on the screen or about to be, so that what is far away is neither read nor drawn. `first` is what it is
 * taken for until that is known, a frame later.
 */
export function useNearScreen(place: RefObject<Element | null>, first = false): boolean {
  const [near, setNear] = useState(first)
  useEffect(() => {
    const element = place.current
    if (!element) return
    const observer = new IntersectionObserver(
      (entries) => setNear(entries.some(({ isIntersecting }) => isIntersecting)),
      { rootMargin: MARGIN },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [place])
  return near
}
