export interface Rectangle {
  x: number
  y: number
  width: number
  height: number
}

/** How a window lay when it was last there: its place when it is not maximised, in the desktop's own pixels. */
export interface WindowState {
  bounds: Rectangle
  maximised: boolean
}

export const FIRST_SIZE = { width: 1360, height: 880 }
export const LEAST_SIZE = { width: 720, height: 480 }
/** So much of its head must lie on a display for the operator to reach it. */
const REACHABLE = { width: 120, height: 24 }
/** A further window stands a little beside the one before. */
const STEP = 28

/** What was kept, or null for anything else than what `JSON.stringify` made of a state. */
export function readState(text: string): WindowState | null {
  let kept: unknown
  try {
    kept = JSON.parse(text)
  } catch {
    return null
  }
  const { bounds, maximised } = (kept ?? {}) as { bounds?: Partial<Rectangle>; maximised?: unknown }
  if (typeof bounds !== 'object' || bounds === null || typeof maximised !== 'boolean') return null
  const { x, y, width, height } = bounds
  if (![x, y, width, height].every((one) => Number.isSafeInteger(one))) return null
  return { bounds: { x, y, width, height } as Rectangle, maximised }
}

/**
 * Where a window is put: where it was, if its head can be reached on one of the displays that are there now, and no
 * larger than the display it is on; otherwise in the middle of the first one. `open`: how many stand there already.
 */
export function placeWindow(kept: WindowState | null, displays: readonly Rectangle[], open: number): WindowState {
  const first = displays[0] ?? { x: 0, y: 0, ...FIRST_SIZE }
  const { bounds, maximised } = kept ?? { bounds: centred(FIRST_SIZE, first), maximised: false }
  const on = displays.find((display) => isReachable(bounds, display))
  const within = on ?? first
  const size = {
    width: Math.max(Math.min(bounds.width, within.width), Math.min(LEAST_SIZE.width, within.width)),
    height: Math.max(Math.min(bounds.height, within.height), Math.min(LEAST_SIZE.height, within.height)),
  }
  // One that had to shrink may have been reached only by the part that is gone.
  const [leftmost, rightmost] = [within.x + REACHABLE.width - size.width, within.x + within.width - REACHABLE.width]
  const x = Math.min(Math.max(bounds.x, leftmost), rightmost)
  const base = on ? { x, y: Math.max(bounds.y, on.y), ...size } : centred(size, within)
  if (open === 0) return { bounds: base, maximised }
  const beside = { ...base, x: base.x + STEP * open, y: base.y + STEP * open }
  return { bounds: isReachable(beside, within) ? beside : base, maximised: false }
}

function centred(size: { width: number; height: number }, on: Rectangle): Rectangle {
  const width = Math.min(size.width, on.width)
  const height = Math.min(size.height, on.height)
  return { x: on.x + Math.round((on.width - width) / 2), y: on.y + Math.round((on.height - height) / 2), width, height }
}

function isReachable(head: Rectangle, display: Rectangle): boolean {
  const across = Math.min(head.x + head.width, display.x + display.width) - Math.max(head.x, display.x)
  const down = display.y + display.height - Math.max(head.y, display.y)
  return across >= REACHABLE.width && down >= REACHABLE.height && head.y + REACHABLE.height > display.y
}
