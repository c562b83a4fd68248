import Papa from 'papaparse'

export const DELIMITERS = [',', ';', '\t', '|'] as const
export type Delimiter = (typeof DELIMITERS)[number]

/** A row with the line it begins at, counted from 1; a quoted field may hold line breaks, so rows are not lines. */
export interface CsvRow {
  line: number
  cells: string[]
}

/** The rest of a file after a quote that is never closed would be one field: it is not waited for beyond this. */
export const LONGEST_ROW = 1_000_000

/** Papa's parser of one text, which can leave an unfinished last row alone; its types name only what callbacks use. */
interface Parser {
  parse(input: string, base: number, ignoreLastRow: boolean): Papa.ParseResult<string[]>
}
const PapaParser = Papa.Parser as unknown as new (config: { delimiter: string; newline: string }) => Parser

/**
 * RFC 4180 text in pieces of any size to rows, in memory of one piece. Line breaks may be LF, CRLF or CR; a byte order mark
 * is dropped. Empty lines give no row. `overlong` is set, and rows end, when a row passes LONGEST_ROW characters.
 */
export class CsvRows {
  readonly #parser: Parser
  #rest = ''
  #line = 1
  #first = true
  #heldReturn = false
  overlong: { line: number; quoted: boolean } | null = null

  constructor(delimiter: Delimiter) {
    this.#parser = new PapaParser({ delimiter, newline: '\n' })
  }

  push(piece: string): CsvRow[] {
    let text = this.#heldReturn ? `\r${piece}` : piece
    this.#heldReturn = text.endsWith('\r')
    if (this.#heldReturn) text = text.slice(0, -1)
    return this.#rows(text, true)
  }

  end(): CsvRow[] {
    const text = this.#heldReturn ? '\n' : ''
    this.#heldReturn = false
    return this.#rows(text, false)
  }

  #rows(piece: string, more: boolean): CsvRow[] {
    if (this.overlong) return []
    let text = piece
    if (this.#first && text !== '') {
      this.#first = false
      if (text.startsWith('\uFEFF')) text = text.slice(1)
    }
    if (text.includes('\r')) text = text.replace(/\r\n?/g, '\n')
    const all = this.#rest + text
    const { data, meta } = this.#parser.parse(all, 0, more)
    this.#rest = more ? all.slice(meta.cursor) : ''
    const quoted = all.includes('"')
    const rows: CsvRow[] = []
    for (const cells of data) {
      if (cells.length > 1 || cells[0] !== '') rows.push({ line: this.#line, cells })
      this.#line += 1
      if (quoted) for (const cell of cells) this.#line += breaksIn(cell)
    }
    if (this.#rest.length > LONGEST_ROW) this.overlong = { line: this.#line, quoted: this.#rest.includes('"') }
    return rows
  }
}

function breaksIn(cell: string): number {
  let count = 0
  for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) count += 1
  return count
}
