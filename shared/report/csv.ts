import { plainText } from './text.ts'

export interface CsvCell {
  /** Null is an empty field. */
  text: string | null
  /** A number is written as it is. */
  number: boolean
}

/**
 * Text of RFC 4180: fields apart by commas, lines by CR LF, what holds a comma, a quotation mark or a line's end within
 * quotation marks. A text that a spreadsheet would take for a formula gets an apostrophe before it.
 */
export function csvOf(columns: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  const lines = [
    columns.map(quoted),
    ...rows.map((row) => row.map(({ text, number }) => quoted(number ? (text ?? '') : harmless(text)))),
  ]
  return `${lines.map((fields) => fields.join(',')).join('\r\n')}\r\n`
}

const harmless = (text: string | null): string => {
  const plain = plainText(text ?? '')
  return /^[=+\-@＝＋－＠]/u.test(plain) ? `'${plain}` : plain
}

const quoted = (text: string): string => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replace(/"/g, '""')}"` : text)
