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
  const left = new Map<string, Left>()
  let at = entryKey()
  let hash = window.location.hash
  let scrollTop = 0
  let stop: (() => void) | null = null

  // Noted as it changes: to ask for it while the next place is drawn lays all of that out in between.
  const scrolled = () => {
    scrollTop = main.scrollTop
  }
  const travelled = () => {
    left.set(at, { scrollTop, hash })
    const from = hash
    hash = window.location.hash
    stop?.()
    stop = null
    at = entryKey()
    if (isSamePlace(from, hash)) return
    const before = left.get(at)
    // The place is drawn after this; what had the focus there may go.
    requestAnimationFrame(() => {
      if (before) stop = bringBack(main, before.scrollTop, from)
      else if (!isBusy(main)) main.focus({ preventScroll: true })
    })
  }
  main.addEventListener('scroll', scrolled, { passive: true })
  window.addEventListener('hashchange', travelled)
  return () => {
    stop?.()
    main.removeEventListener('scroll', scrolled)
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

/** What names this entry of the history, the same whenever it is come back to. */
function entryKey(): string {
  const key = window.navigation?.currentEntry?.key
  if (key) return key
  // A browser without that interface: the entry carries a name of ours.
  const state: unknown = window.history.state
  if (typeof state === 'object' && state !== null && 'entry' in state && typeof state.entry === 'string')
    return state.entry
  const entry = crypto.randomUUID()
  window.history.replaceState({ entry }, '')
  return entry
}
