import type { Entry } from './entries.ts'

const CONTROLS = 'a[href], button, [role="tab"], [role="menuitem"], [role="switch"], summary, input[type="radio"]'
/** What is typed into: chosen, it has the focus with what is in it selected. */
const FIELDS =
  'input:not([type="file"]):not([type="hidden"]):not([type="radio"]):not([type="checkbox"]):not([type="range"]), textarea, select'
const MOST = 300

/**
 * What can be pressed in the place that is open, and what can be typed into, by the name it has there. A name that stands more than once is told
 * apart by the row or the region it is in.
 */
export function pageEntries(root: ParentNode): Entry[] {
  const entries: Entry[] = []
  const seen = new Set<string>()
  const pressed = [...root.querySelectorAll<HTMLElement>(CONTROLS)]
  const fields = [...root.querySelectorAll<HTMLElement>(FIELDS)].filter((field) => !field.matches(CONTROLS))
  for (const control of [...pressed, ...fields]) {
    if (entries.length === MOST) break
    const label = nameOf(control)
    if (label === '' || !isUsable(control)) continue
    const note = regionOf(control)
    const id = `page ${note} ${label}`
    if (seen.has(id)) continue
    seen.add(id)
    entries.push({
      id,
      group: 'page',
      label,
      note,
      more: note,
      weight: 6,
      run: control.matches(FIELDS) ? () => enter(control) : () => press(control),
    })
  }
  return entries
}

function nameOf(control: HTMLElement): string {
  const labelled = control.getAttribute('aria-labelledby')?.split(/\s+/) ?? []
  const by = labelled.map((id) => document.getElementById(id)?.textContent ?? '').join(' ')
  const field = isField(control) ? (control.labels?.[0]?.textContent ?? '') : ''
  const text = control.getAttribute('aria-label') || by || field || control.textContent || ''
  return text.replace(/\s+/g, ' ').trim().slice(0, 120)
}

function isUsable(control: HTMLElement): boolean {
  if (control.matches(':disabled, [aria-disabled="true"], [data-disabled="true"]')) return false
  return control.closest('[inert], [aria-hidden="true"]') === null && control.getClientRects().length > 0
}

/** The row's head, else the title of the region. */
function regionOf(control: HTMLElement): string {
  const row = control.closest('tr, [role="row"]')?.querySelector('th, [role="rowheader"]')
  if (row && !row.contains(control)) return clean(row)
  const region = control.closest('section, [role="region"], [role="tabpanel"]')
  const title = region?.querySelector('h2, h3')
  return title ? clean(title) : (region?.getAttribute('aria-label') ?? '')
}

const clean = (element: Element): string => (element.textContent ?? '').replace(/\s+/g, ' ').trim().slice(0, 80)

const isField = (control: HTMLElement): control is HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement =>
  control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement || control instanceof HTMLSelectElement

function enter(field: HTMLElement): void {
  field.scrollIntoView({ block: 'nearest' })
  field.focus()
  if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) field.select()
}

/** As the hand would: with the focus on it, so that what it opens can give the focus back. */
function press(control: HTMLElement): void {
  control.scrollIntoView({ block: 'nearest' })
  control.focus()
  control.click()
}
