import { HeadroomError } from '../model/problem.ts'
import { type DecimalMark, decimalMarkOf, isBlank, parseNumber, scaleOfUnit } from './csv-number.ts'
import { type CsvRow, CsvRows, DELIMITERS, type Delimiter } from './csv-rows.ts'
import { hasZone, type TimeGuess, timeFormatOf } from './csv-time.ts'

/** What a column holds, judged on the first rows. */
export interface CsvColumn {
  index: number
  name: string
  kind: 'time' | 'number' | 'text' | 'empty'
  time: (TimeGuess & { zoned: boolean }) | null
  mark: DecimalMark
  /** False where every number could be read with either mark, as 1,234. */
  markSure: boolean
  /** A unit found in the heading, which cells do not repeat; `scale` brings it to base units (bytes, ratios). */
  unit: string | null
  scale: number
  /** Different texts of a text column, where there are few: rows may be chosen by them. */
  options: string[]
}

export interface CsvPreview {
  delimiter: Delimiter
  header: boolean
  columns: CsvColumn[]
  /** The first rows under the heading, with their lines. */
  rows: CsvRow[]
  /** The columns that look like time and value; null where none does. */
  time: number | null
  value: number | null
}

const JUDGED_ROWS = 200
const SHOWN_ROWS = 6

/**
 * Judges delimiter, heading and columns on the beginning of a file. `whole` is false when more follows, so that a row cut
 * in the middle is not judged.
 * @throws CSV_NOT_TEXT, CSV_EMPTY, CSV_ONE_COLUMN
 */
export function sniffCsv(beginning: string, whole: boolean): CsvPreview {
  refuseBinary(beginning)
  if (beginning.replace(/^\uFEFF/, '').trim() === '') {
    throw new HeadroomError({
      code: 'CSV_EMPTY',
      fact: 'There is nothing in it.',
      fix: 'Give rows with a time and a value, such as 2026-01-01,1200.',
    })
  }
  const { delimiter, rows } = bestDelimiter(beginning, whole)
  const width = Math.max(...rows.map((row) => row.cells.length))
  if (width < 2) {
    throw new HeadroomError({
      code: 'CSV_ONE_COLUMN',
      fact: `Line ${rows[0]?.line ?? 1} has one column only: no comma, semicolon, tab or | parts it.`,
      fix: 'Give at least two columns, a time and a value, such as 2026-01-01,1200.',
      value: (rows[0]?.cells[0] ?? '').slice(0, 80),
    })
  }
  const header = hasHeader(rows)
  const body = header ? rows.slice(1) : rows
  const columns = Array.from({ length: width }, (_, index) => columnOf(index, header ? rows[0] : undefined, body))
  const time = columns.find((column) => column.kind === 'time')?.index ?? null
  return {
    delimiter,
    header,
    columns,
    rows: body.slice(0, SHOWN_ROWS),
    time,
    value: columns.find((column) => column.kind === 'number' && column.index !== time)?.index ?? null,
  }
}

function refuseBinary(text: string): void {
  const kind = text.startsWith('PK\u0003\u0004')
    ? 'an Excel workbook or a ZIP archive'
    : text.charCodeAt(0) === 0x1f
      ? 'a compressed file'
      : text.slice(0, 4096).includes('\u0000')
        ? 'no text file'
        : null
  if (kind === null) return
  throw new HeadroomError({
    code: 'CSV_NOT_TEXT',
    fact: `This is ${kind}.`,
    fix: 'Save it as CSV (comma separated values) first; from a spreadsheet: File, Save as, CSV UTF-8.',
  })
}

/** The delimiter that parts most rows into the same number of cells, two at least; ties go to more cells. */
function bestDelimiter(beginning: string, whole: boolean): { delimiter: Delimiter; rows: CsvRow[] } {
  const tries = DELIMITERS.map((delimiter) => {
    const reader = new CsvRows(delimiter)
    const rows = reader.push(beginning)
    if (whole || rows.length === 0) rows.push(...reader.end())
    const judged = rows.slice(0, JUDGED_ROWS)
    const counts = new Map<number, number>()
    for (const { cells } of judged) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1)
    const [cells = 1, times = 0] = [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? []
    return { delimiter, rows: judged, cells, share: judged.length === 0 ? 0 : times / judged.length }
  })
  const usable = tries.filter((one) => one.cells > 1)
  const [first = tries[0]] = usable.sort((a, b) => goodness(b) - goodness(a))
  return first as { delimiter: Delimiter; rows: CsvRow[] }
}

/** A comma may be a decimal mark: another delimiter that parts rows as evenly, and into times and numbers, is the better. */
function goodness(one: { rows: CsvRow[]; share: number; delimiter: Delimiter }): number {
  const body = one.rows.slice(1, 50)
  const times = body.filter(({ cells }) => cells.some((cell) => timeFormatOf([cell]) !== null)).length
  return one.share + (body.length === 0 ? 0 : times / body.length) + (one.delimiter === ',' ? 0 : 0.01)
}

/** The first row is a heading when it has no time and no number where the rows below have them. */
function hasHeader(rows: readonly CsvRow[]): boolean {
  const first = rows[0]
  if (!first) return false
  const isValue = (cell: string) =>
    parseNumber(cell, '.') !== null || parseNumber(cell, ',') !== null || timeFormatOf([cell]) !== null
  return !first.cells.some((cell) => !isBlank(cell) && isValue(cell))
}

function columnOf(index: number, heading: CsvRow | undefined, body: readonly CsvRow[]): CsvColumn {
  const cells = body.map((row) => row.cells[index] ?? '').filter((cell) => !isBlank(cell))
  const title = heading?.cells[index]?.trim() ?? ''
  const { mark, sure } = decimalMarkOf(cells)
  const time = timeFormatOf(cells)
  const numbers = cells.filter((cell) => parseNumber(cell, mark) !== null)
  const isNumber = cells.length > 0 && numbers.length >= 0.6 * cells.length
  // A column of plain years or of epochs is a number too: its heading decides then.
  const isTime =
    time !== null &&
    (cells.some((cell) => !/^\s*\d+(\.\d+)?\s*$/.test(cell)) || !/value|count|bytes|total/i.test(title))
  const kind = cells.length === 0 ? 'empty' : isTime ? 'time' : isNumber ? 'number' : 'text'
  const texts = kind === 'text' ? [...new Set(cells)] : []
  const unit = kind === 'number' && !numbers.some((cell) => parseNumber(cell, mark)?.unit) ? unitOfHeading(title) : null
  return {
    index,
    name: title || `column ${index + 1}`,
    kind,
    time: kind === 'time' && time ? { ...time, zoned: cells.some(hasZone) } : null,
    mark,
    markSure: sure,
    unit,
    scale: unit === null ? 1 : scaleOfUnit(unit),
    options: texts.length <= 20 ? texts.sort() : [],
  }
}

/** "Used (GB)", "cpu [%]" and "disk_gb" state a unit. */
function unitOfHeading(title: string): string | null {
  const bracketed = /[([]\s*([^)\]]{1,12})\s*[)\]]\s*$/.exec(title)?.[1]
  if (bracketed) return bracketed.trim()
  const suffix = /[_ -](percent|pct|kb|mb|gb|tb|kib|mib|gib|tib|bytes)$/i.exec(title)?.[1]?.toLowerCase()
  if (suffix === undefined) return null
  const units: Record<string, string> = {
    percent: '%',
    pct: '%',
    kb: 'kB',
    mb: 'MB',
    gb: 'GB',
    tb: 'TB',
    kib: 'KiB',
    mib: 'MiB',
    gib: 'GiB',
    tib: 'TiB',
    bytes: 'bytes',
  }
  return units[suffix] ?? null
}
