/** Rows of a table as lines with " | " between cells; a cell's own bars and line ends are written \| and \n. */
export const rowsText = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => row.map(escaped).join(' | ')).join('\n')

const escaped = (cell: string): string => cell.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('\n', '\\n')

/** Such lines, or rows pasted from a spreadsheet, where a tab stands between cells. Every row gets so many cells; or the line with more. */
export function parseRows(text: string, columns: number): { rows: string[][] } | { line: string; cells: number } {
  const rows: string[][] = []
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    const cells = (line.includes('\t') ? line.split('\t') : line.split(/(?<!(?<!\\)(?:\\\\)*\\)\|/)).map(plain)
    while (cells.length > columns && cells.at(-1) === '') cells.pop()
    if (cells.length > columns) return { line, cells: cells.length }
    rows.push([...cells, ...Array.from({ length: columns - cells.length }, () => '')])
  }
  return { rows }
}

const plain = (cell: string): string => cell.trim().replace(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one))
