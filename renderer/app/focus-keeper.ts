const FOCUSABLE =
  'a[href], button:not(:disabled), input:not(:disabled):not([type="hidden"]), select:not(:disabled), textarea:not(:disabled), summary, [tabindex]:not([tabindex="-1"])'
const KEPT = 12

/** One that had the focus; `after` says where its neighbour is, once it was taken away. */
interface Step {
  element: HTMLElement
  after: { parent: Node; next: Node | null; previous: Node | null } | null
}

/**
 * Keeps the focus from falling to the page when what has it goes: a row that is deleted, a dialog whose opener went
 * with the work, a button that waits for an answer. It goes to the row that took the place, to the one before, to what
 * had it last, or to the content. Returns what ends it.
 */
export function keepFocus(root: HTMLElement): () => void {
  let trail: Step[] = []
  const noted = (event: FocusEvent) => {
    if (!(event.target instanceof HTMLElement) || event.target === document.body) return
    trail = [...trail.filter(({ element }) => element !== event.target), { element: event.target, after: null }].slice(
      -KEPT,
    )
  }
  // A press beside every control means to have no focus.
  const pressed = (event: PointerEvent) => {
    if (event.target instanceof Element && event.target.closest(`${FOCUSABLE}, label`) === null) trail = []
  }
  const changed = (records: readonly MutationRecord[]) => {
    if (trail.length === 0) return
    for (const step of trail) {
      if (step.element.isConnected) continue
      const record = records.find(({ removedNodes }) => [...removedNodes].some((node) => node.contains(step.element)))
      if (record) step.after = { parent: record.target, next: record.nextSibling, previous: record.previousSibling }
    }
    if (isNowhere() && !trail.at(-1)?.element.isConnected) requestAnimationFrame(restore)
    // One that waited is usable again.
    else if (isNowhere() && trail.at(-1)?.element.matches(':enabled')) trail.at(-1)?.element.focus()
  }
  const restore = () => {
    if (!isNowhere()) return
    for (const step of trail.toReversed()) {
      const target = step.element.isConnected ? usable(step.element) : neighbour(step)
      target?.focus()
      if (target && document.activeElement === target) return
    }
    document.getElementById('content')?.focus({ preventScroll: true })
  }
  const observer = new MutationObserver(changed)
  observer.observe(root, { childList: true, subtree: true, attributeFilter: ['disabled'] })
  document.addEventListener('focusin', noted)
  document.addEventListener('pointerdown', pressed)
  return () => {
    observer.disconnect()
    document.removeEventListener('focusin', noted)
    document.removeEventListener('pointerdown', pressed)
  }
}

const isNowhere = (): boolean => document.activeElement === null || document.activeElement === document.body

const isShown = (element: HTMLElement): boolean =>
  element.getClientRects().length > 0 && element.closest('[inert], [aria-hidden="true"]') === null

const usable = (element: HTMLElement): HTMLElement | null =>
  isShown(element) && !element.matches(':disabled') ? element : null

/** In what stands in its place now: the control that does the same there, else the first. */
function neighbour({ element, after }: Step): HTMLElement | null {
  if (!after) return null
  for (const node of [after.next, after.previous]) {
    const found = node instanceof HTMLElement && node.isConnected ? alike(node, element) : null
    if (found) return found
  }
  const parent = after.parent
  return parent instanceof HTMLElement && parent.isConnected ? alike(parent, element) : null
}

function alike(within: HTMLElement, gone: HTMLElement): HTMLElement | null {
  const controls = [within, ...within.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(
    (one) => one.matches(FOCUSABLE) && isShown(one),
  )
  const kind = (one: HTMLElement) => `${one.tagName} ${one.className} ${one.textContent}`
  return controls.find((one) => kind(one) === kind(gone)) ?? controls[0] ?? null
}
