import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import type { TopologyLayout } from './layout.ts'

export interface View {
  x: number
  y: number
  scale: number
}
const SMALLEST = 0.15
const LARGEST = 2.5
const MOST_HEIGHT = 620
const LEAST_HEIGHT = 180
/** Under the drawing, for the buttons. */
const BUTTONS = 38

const scaleFor = (drawn: { width: number }, width: number): number =>
  drawn.width > 0 && width > 0 ? Math.min(1, width / drawn.width) : 1

/** How large a drawing could be shown in the width there is. */
export function largestScale(drawn: { width: number; height: number }, width: number): number {
  return Math.min(scaleFor(drawn, width), drawn.height > 0 ? (MOST_HEIGHT - BUTTONS) / drawn.height : 1)
}

/** What part of a drawing is shown: fitted to the width there is until the user pans or zooms. */
export function useView(box: RefObject<HTMLDivElement | null>, drawn: TopologyLayout, width: number, least: number) {
  const [own, setOwn] = useState<View | null>(null)
  const across = scaleFor(drawn, width)
  const height = Math.min(MOST_HEIGHT, Math.max(LEAST_HEIGHT, least, Math.ceil(drawn.height * across) + BUTTONS))
  const scale = Math.max(SMALLEST, Math.min(across, drawn.height > 0 ? (height - BUTTONS) / drawn.height : 1))
  const fitted: View = {
    scale,
    x: (width - drawn.width * scale) / 2 - drawn.left * scale,
    y: (height - BUTTONS - drawn.height * scale) / 2 - drawn.top * scale,
  }
  const view = own ?? fitted
  const latest = useRef(view)
  latest.current = view

  const pan = useCallback((dx: number, dy: number) => {
    const { x, y, scale: kept } = latest.current
    setOwn({ x: x + dx, y: y + dy, scale: kept })
  }, [])
  /** About a point of the box; the middle where none is given. */
  const zoom = useCallback(
    (factor: number, at?: { x: number; y: number }) => {
      const now = latest.current
      const next = Math.min(LARGEST, Math.max(SMALLEST, now.scale * factor))
      const middle = at ?? { x: width / 2, y: height / 2 }
      const by = next / now.scale
      setOwn({ scale: next, x: middle.x - (middle.x - now.x) * by, y: middle.y - (middle.y - now.y) * by })
    },
    [width, height],
  )
  const fit = useCallback(() => setOwn(null), [])
  useEffect(() => {
    const element = box.current
    if (!element) return
    // The page scrolls under the wheel as everywhere; with Ctrl, as a pinch sends it too, the drawing is zoomed.
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return
      event.preventDefault()
      const { left, top } = element.getBoundingClientRect()
      zoom(Math.exp(-event.deltaY / 300), { x: event.clientX - left, y: event.clientY - top })
    }
    element.addEventListener('wheel', wheel, { passive: false })
    return () => element.removeEventListener('wheel', wheel)
  }, [box, zoom])
  return { view, width, height, pan, zoom, fit, fitted: own === null }
}
