/** A table behind a chart: what is read aloud, shown on request, and saved. Cells are raw values; null is a gap. */
export interface ChartTable {
  columns: string[]
  rows: (string | number | null)[][]
}

/**
 * RFC 4180 text. A text that a spreadsheet would run as a formula (it starts with = + - @ or a tab) is prefixed with an
 * apostrophe, because names of hosts, databases and SKUs come from outside.
 */
export function toCsv(table: ChartTable): string {
  return [table.columns, ...table.rows]
    .map((row) => row.map(cell).join(','))
    .join('\r\n')
    .concat('\r\n')
}

function cell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
