import type { RefObject } from 'react'
import type { ECharts } from './echarts.ts'
import { moved, stretched, type TimeWindow } from './time-window.ts'

export type { TimeWindow } from './time-window.ts'

/** Less than this is a click with an unsteady hand. */
const CLICK_PX = 5
/** While a hand moves the window along, whoever reads for it is told this often. */
const TELL_EVERY_MS = 120
/** After the last turn of a wheel, it is at rest. */
const WHEEL_REST_MS = 250
const PRIMARY = 0

interface Hand {
  window(): TimeWindow
  /** Moves the axis at once, ahead of what is read for it. */
  show(window: TimeWindow): void
  tell(window: TimeWindow, moving: boolean): void
}

/** Picking, moving and zooming with a pointer over a chart of time. Returns the function that takes it off. */
export function attachTimeGestures(box: HTMLElement, chart: RefObject<ECharts | null>, hand: Hand): () => void {
  const brush = document.createElement('div')
  brush.className = 'chart-brush'
  brush.hidden = true
  let drag: { kind: 'pick' | 'move'; startX: number; x: number; window: TimeWindow } | null = null
  let toldAt = 0
  let rest: ReturnType<typeof setTimeout> | undefined

  const plot = () => {
    const at = (time: number) => Number(chart.current?.convertToPixel({ xAxisIndex: 0 }, time))
    const { from, to } = hand.window()
    return { left: at(from), right: at(to) }
  }
  const xOf = (event: MouseEvent) => event.clientX - box.getBoundingClientRect().left
  const moveTo = (window: TimeWindow, time: number) => {
    hand.show(window)
    if (time - toldAt < TELL_EVERY_MS) return
    toldAt = time
    hand.tell(window, true)
  }
  const down = (event: PointerEvent) => {
    const { left, right } = plot()
    const x = xOf(event)
    if (event.button !== PRIMARY || !(x >= left && x <= right)) return
    event.preventDefault()
    box.setPointerCapture(event.pointerId)
    drag = { kind: event.shiftKey ? 'move' : 'pick', startX: x, x, window: hand.window() }
    if (drag.kind === 'move') box.style.cursor = 'grabbing'
  }
  const move = (event: PointerEvent) => {
    if (!drag) return
    const { left, right } = plot()
    drag.x = Math.max(left, Math.min(right, xOf(event)))
    if (drag.kind === 'move') {
      moveTo(moved(drag.window, (drag.startX - xOf(event)) / (right - left)), event.timeStamp)
      return
    }
    brush.hidden = Math.abs(drag.x - drag.startX) < CLICK_PX
    // The chart empties its box when it starts, which is after this was attached.
    if (!brush.isConnected) box.append(brush)
    brush.style.left = `${Math.min(drag.x, drag.startX)}px`
    brush.style.width = `${Math.abs(drag.x - drag.startX)}px`
  }
  const end = () => {
    if (!drag) return
    const { kind, startX, x, window } = drag
    const { left, right } = plot()
    drag = null
    brush.hidden = true
    box.style.cursor = ''
    if (Math.abs(x - startX) < CLICK_PX) return
    if (kind === 'move') {
      hand.tell(hand.window(), false)
      return
    }
    const at = (pixel: number) =>
      Math.round(window.from + ((pixel - left) / (right - left)) * (window.to - window.from))
    hand.tell({ from: at(Math.min(x, startX)), to: at(Math.max(x, startX)) }, false)
  }
  const cancel = () => {
    if (drag?.kind === 'move') {
      hand.show(drag.window)
      hand.tell(drag.window, false)
    }
    drag = null
    brush.hidden = true
    box.style.cursor = ''
  }
  const key = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && drag) cancel()
  }
  const wheel = (event: WheelEvent) => {
    const along = event.shiftKey ? event.deltaX || event.deltaY : event.deltaX
    const zooms = event.ctrlKey || event.metaKey
    if (!zooms && Math.abs(along) <= Math.abs(event.shiftKey ? 0 : event.deltaY)) return
    event.preventDefault()
    const { left, right } = plot()
    const window = zooms
      ? stretched(hand.window(), Math.exp(event.deltaY / 400), (xOf(event) - left) / (right - left))
      : moved(hand.window(), along / (right - left))
    moveTo(window, event.timeStamp)
    clearTimeout(rest)
    rest = setTimeout(() => hand.tell(hand.window(), false), WHEEL_REST_MS)
  }

  box.addEventListener('pointerdown', down)
  box.addEventListener('pointermove', move)
  box.addEventListener('pointerup', end)
  box.addEventListener('pointercancel', cancel)
  box.addEventListener('wheel', wheel, { passive: false })
  window.addEventListener('keydown', key)
  return () => {
    clearTimeout(rest)
    box.removeEventListener('pointerdown', down)
    box.removeEventListener('pointermove', move)
    box.removeEventListener('pointerup', end)
    box.removeEventListener('pointercancel', cancel)
    box.removeEventListener('wheel', wheel)
    window.removeEventListener('keydown', key)
    brush.remove()
  }
}
