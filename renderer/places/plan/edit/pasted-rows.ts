/**
 * The cells of what a spreadsheet puts on the clipboard: tabs between cells, line ends between rows; a cell in double
 * quotes may hold both, and two quotes stand for one. Text without a tab or a line end is no table: null.
 */
export function pastedRows(text: string): string[][] | null {
  const whole = text.replace(/\r\n?/g, '\n').replace(/\n$/, '')
  if (!/[\t\n]/.test(whole)) return null
  const rows: string[][] = [[]]
  const put = (cell: string) => rows.at(-1)?.push(cell)
  let at = 0
  for (;;) {
    if (whole[at] === '"') {
      let cell = ''
      at += 1
      while (at < whole.length && !(whole[at] === '"' && whole[at + 1] !== '"')) {
        if (whole[at] === '"') at += 1
        cell += whole[at]
        at += 1
      }
      put(cell)
      at += 1
    } else {
      const end = whole.slice(at).search(/[\t\n]/)
      put(end < 0 ? whole.slice(at) : whole.slice(at, at + end))
      at = end < 0 ? whole.length : at + end
    }
    if (at >= whole.length) return rows
    if (whole[at] === '\n') rows.push([])
    at += 1
  }
}
