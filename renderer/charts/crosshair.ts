import type { RefObject } from 'react'
import type { ECharts } from './echarts.ts'

type Listener = (at: number | null, from: object) => void
const groups = new Map<string, Set<Listener>>()

/**
 * Shows the time under the pointer of one chart in all charts of its group: a line with the values there. Elements over the
 * canvas, so that none of them is drawn again. Returns the function that takes it off.
 */
export function attachCrosshair(
  box: HTMLElement,
  chart: RefObject<ECharts | null>,
  group: string,
  reading: (at: number) => string,
): () => void {
  const line = document.createElement('div')
  line.className = 'chart-crosshair'
  line.setAttribute('aria-hidden', 'true')
  line.hidden = true
  const label = document.createElement('span')
  line.append(label)

  const self = {}
  const listeners = groups.get(group) ?? new Set()
  groups.set(group, listeners)
  const show: Listener = (at, from) => {
    const x = at === null || from === self ? Number.NaN : Number(chart.current?.convertToPixel({ xAxisIndex: 0 }, at))
    const inside =
      x >= 0 && x <= box.clientWidth && chart.current?.containPixel({ gridIndex: 0 }, [x, box.clientHeight / 2])
    line.hidden = !inside
    // The chart empties its box when it starts, which is after this.
    if (inside && !line.isConnected) box.append(line)
    if (!inside || at === null) return
    line.style.transform = `translateX(${Math.round(x)}px)`
    label.textContent = reading(at)
    label.dataset.side = x > box.clientWidth / 2 ? 'left' : 'right'
  }
  listeners.add(show)

  const tell = (at: number | null) => {
    for (const listener of listeners) listener(at, self)
  }
  let wanted: number | null = null
  let asked = false
  const move = (event: PointerEvent) => {
    wanted = event.clientX - box.getBoundingClientRect().left
    if (asked) return
    asked = true
    requestAnimationFrame(() => {
      asked = false
      const at = wanted === null ? null : Number(chart.current?.convertFromPixel({ xAxisIndex: 0 }, wanted))
      tell(at === null || Number.isNaN(at) ? null : at)
    })
  }
  const leave = () => {
    wanted = null
    tell(null)
  }
  box.addEventListener('pointermove', move)
  box.addEventListener('pointerleave', leave)
  return () => {
    box.removeEventListener('pointermove', move)
    box.removeEventListener('pointerleave', leave)
    listeners.delete(show)
    if (listeners.size === 0) groups.delete(group)
    line.remove()
  }
}
