/** How long a place may take to draw what was left on it. */
const PATIENCE_MS = 3000

interface Left {
  scrollTop: number
  hash: string
}

/**
 * Back and forward bring a place as it was left: scrolled to where it was, with the focus on the link that led away. A
 * place that is opened anew begins at its head, and the focus is in it. Returns what ends it.
 */
export function followTravel(main: HTMLElement, isSamePlace: (before: string, after: string) => boolean): () => void {
  const left = new Map<number, Left>()
  let at = entryNumber() ?? mark(0)
  let hash = window.location.hash
  let newest = at
  let stop: (() => void) | null = null

  const travelled = () => {
    left.set(at, { scrollTop: main.scrollTop, hash })
    const from = hash
    const known = entryNumber()
    hash = window.location.hash
    stop?.()
    stop = null
    at = known ?? mark(newest + 1)
    newest = Math.max(at, known === null ? at : newest)
    if (isSamePlace(from, hash)) return
    const before = known === null ? undefined : left.get(known)
    // The place is drawn after this; what had the focus there may go.
    requestAnimationFrame(() => {
      if (before) stop = bringBack(main, before.scrollTop, from)
      else if (!isBusy(main)) main.focus({ preventScroll: true })
    })
  }
  window.addEventListener('hashchange', travelled)
  return () => {
    stop?.()
    window.removeEventListener('hashchange', travelled)
  }
}

/** The focus is in the place already, in a dialog over it, or in what leads from place to place. */
function isBusy(main: HTMLElement): boolean {
  const active = document.activeElement
  return active !== null && (main.contains(active) || active.closest('[role="dialog"], [data-keeps-focus]') !== null)
}

/** Once what is needed is drawn; a key or a press of the operator's ends the attempt. */
function bringBack(main: HTMLElement, scrollTop: number, href: string): () => void {
  const attempt = () => {
    const link = [...main.querySelectorAll<HTMLElement>('a[href]')].find((one) => one.getAttribute('href') === href)
    if (main.scrollHeight - main.clientHeight < scrollTop) return false
    main.scrollTop = scrollTop
    if (!link) return false
    link.focus({ preventScroll: true })
    return true
  }
  const observer = new MutationObserver(() => attempt() && end())
  const timer = setTimeout(end, PATIENCE_MS)
  const events = ['keydown', 'pointerdown', 'wheel'] as const
  function end() {
    observer.disconnect()
    clearTimeout(timer)
    for (const name of events) window.removeEventListener(name, end)
  }
  if (!isBusy(main)) main.focus({ preventScroll: true })
  if (attempt()) end()
  else {
    observer.observe(main, { childList: true, subtree: true })
    for (const name of events) window.addEventListener(name, end)
  }
  return end
}

/** Entries of the history carry their number; one without was just made. */
function entryNumber(): number | null {
  const state: unknown = window.history.state
  return typeof state === 'object' && state !== null && 'entry' in state && typeof state.entry === 'number'
    ? state.entry
    : null
}

function mark(entry: number): number {
  window.history.replaceState({ entry }, '')
  return entry
}
