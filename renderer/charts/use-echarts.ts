import { useLayoutEffect, useRef } from 'react'
import { type ChartColours, onSchemeChange, readColours } from './colours.ts'
import { connect, type ECharts, type EChartsCoreOption, init } from './echarts.ts'

/** How far from sight a chart is kept drawn. */
const NEAR = '120px'

/**
 * Draws an option into a div and keeps it drawn: the chart starts once the div has a size, follows its size, and is
 * redrawn in the new colours when the page changes between light and dark. One that is far out of sight is drawn when it
 * comes near, so that a page of charts follows a slider. Charts with the same `group` share a crosshair.
 * `build` must be stable between renders (useCallback): a new function means new data.
 */
export function useECharts(build: (colours: ChartColours, width: number) => EChartsCoreOption, group?: string) {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<ECharts | null>(null)
  const latest = useRef(build)
  const near = useRef(true)
  const stale = useRef(false)

  useLayoutEffect(() => {
    latest.current = build
    const element = box.current
    if (!chart.current || !element) return
    stale.current = !near.current
    if (near.current) draw(chart.current, element, build)
  }, [build])

  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    let leaveQueue: (() => void) | null = null
    let size = ''
    const hasSize = () => element.clientWidth > 0 && element.clientHeight > 0
    const begin = () => {
      if (!hasSize()) {
        leaveQueue = null
        return
      }
      size = `${element.clientWidth} ${element.clientHeight}`
      chart.current = init(element, undefined, { renderer: 'canvas' })
      if (group) {
        chart.current.group = group
        connect(group)
      }
      draw(chart.current, element, latest.current)
    }
    const observer = new ResizeObserver(() => {
      if (!hasSize()) return
      const now = `${element.clientWidth} ${element.clientHeight}`
      // It tells the size that it finds first, too.
      if (chart.current && now !== size) {
        size = now
        chart.current.resize()
        draw(chart.current, element, latest.current)
      } else if (!chart.current) leaveQueue ??= inTurn(begin)
    })
    // The observer would tell of the size a frame later.
    if (hasSize()) leaveQueue = inTurn(begin)
    observer.observe(element)
    const sight = new IntersectionObserver(
      (entries) => {
        near.current = entries.at(-1)?.isIntersecting ?? true
        if (!near.current || !stale.current || !chart.current) return
        stale.current = false
        draw(chart.current, element, latest.current)
      },
      { rootMargin: NEAR },
    )
    sight.observe(element)
    const stop = onSchemeChange(() => {
      if (chart.current) draw(chart.current, element, latest.current)
    })
    return () => {
      stop()
      leaveQueue?.()
      observer.disconnect()
      sight.disconnect()
      chart.current?.dispose()
      chart.current = null
    }
  }, [group])

  return { box, chart }
}

/** Charts that wait to be drawn for the first time. */
const waiting: (() => void)[] = []
let isDrawing = false

/**
 * Draws a page's charts one after the other, the first at once, so that keys and presses come between them. Returns what
 * leaves the queue.
 */
function inTurn(work: () => void): () => void {
  const next = () => {
    const first = waiting.shift()
    isDrawing = first !== undefined
    if (!first) return
    setTimeout(next)
    first()
  }
  waiting.push(work)
  if (!isDrawing) next()
  return () => {
    const at = waiting.indexOf(work)
    if (at >= 0) waiting.splice(at, 1)
  }
}

/** How many series each chart was drawn with last. */
const drawn = new WeakMap<ECharts, number>()

function draw(
  chart: ECharts,
  element: HTMLElement,
  build: (colours: ChartColours, width: number) => EChartsCoreOption,
) {
  const option = build(readColours(element), element.clientWidth)
  const count = Array.isArray(option.series) ? option.series.length : 0
  // ECharts shows a tooltip again after it has drawn, also for series that are there no more, and fails on them.
  if (count < (drawn.get(chart) ?? 0)) chart.dispatchAction({ type: 'hideTip' })
  drawn.set(chart, count)
  chart.setOption({ animation: false, ...option }, { replaceMerge: ['series', 'xAxis', 'yAxis', 'grid'] })
}
