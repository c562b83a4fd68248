/** One line of a tooltip. */
export interface TipRow {
  name: string
  value: string
  colour?: string
}

/** A tooltip as elements, never as markup: names come from servers and files. */
export function tipOf(head: string, rows: readonly TipRow[]): HTMLElement {
  const tip = document.createElement('div')
  tip.className = 'chart-tip'
  const title = document.createElement('b')
  title.textContent = head
  tip.append(title)
  for (const row of rows) {
    const name = document.createElement('span')
    if (row.colour) {
      const swatch = document.createElement('i')
      swatch.style.background = row.colour
      name.append(swatch)
    }
    name.append(row.name)
    const value = document.createElement('span')
    value.textContent = row.value
    tip.append(name, value)
  }
  return tip
}
