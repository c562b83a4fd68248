import { HeadroomError } from '../model/problem.ts'
import { type DecimalMark, isBlank, parseNumber } from './csv-number.ts'
import { BoundedPoints, type Duplicates, type TimedValue } from './csv-points.ts'
import { type CsvRow, CsvRows, type Delimiter } from './csv-rows.ts'
import { type CsvPreview, sniffCsv } from './csv-sniff.ts'
import { parseTime, type TimeFormat } from './csv-time.ts'

export type { DecimalMark } from './csv-number.ts'
export type { Duplicates, TimedValue } from './csv-points.ts'
export type { Delimiter } from './csv-rows.ts'
export { type CsvColumn, type CsvPreview, sniffCsv } from './csv-sniff.ts'
export type { TimeFormat } from './csv-time.ts'

/** How one series is read out of a CSV. Columns are counted from 0; `scale` multiplies values that carry no unit themselves. */
export interface CsvChoice {
  delimiter: Delimiter
  header: boolean
  time: number
  value: number
  timeFormat: TimeFormat
  mark: DecimalMark
  scale: number
  duplicates: Duplicates
  /** Only rows whose cell in `column` is `equals`. */
  where?: { column: number; equals: string } | undefined
  /** `skip` leaves out rows that cannot be read; `refuse` names them and gives nothing. */
  faults: 'refuse' | 'skip'
}

export interface CsvFault {
  line: number
  column: string
  cell: string
  why: 'no-time' | 'no-number' | 'short'
}

/** A series read from a CSV, and all that was noteworthy on the way. Lines are counted from 1. */
export interface CsvReading {
  values: TimedValue[]
  rows: number
  /** Rows without a value: empty, "NaN", "n/a". They are gaps. */
  blank: number
  faults: { count: number; first: CsvFault[] }
  /** Rows that step back in time, and the first of them; they were put in order. */
  unsorted: { count: number; line: number } | null
  duplicates: { count: number; line: number | null } | null
  /** Stretches of more than two and a half times the usual step. */
  gaps: { count: number; stepMs: number; longest: { from: number; to: number } } | null
  /** Values are means of stretches this long, since there were more rows than points are kept. */
  bucketMs: number | null
}

/** As many points as fits and charts can use; a file of any length is brought down to them while it is read. */
export const MOST_POINTS = 20_000
const FAULTS_NAMED = 5
/** A file of which this many rows cannot be read, and none can, is the wrong file or the wrong column. */
const HOPELESS_AFTER = 1000

/**
 * The choice that a preview proposes; what the operator or the command line says replaces its parts.
 * @throws CSV_NO_TIME, CSV_NO_VALUE, CSV_UNKNOWN_COLUMN, CSV_SAME_COLUMN, CSV_DATES_AMBIGUOUS, CSV_NUMBERS_AMBIGUOUS
 */
export function chooseCsv(preview: CsvPreview, said: Partial<CsvChoice> = {}): CsvChoice {
  const { columns } = preview
  const list = columns.map((column) => column.name).join(', ')
  for (const index of [said.time, said.value, said.where?.column]) {
    if (index !== undefined && columns[index] === undefined) {
      throw csvProblem(
        'CSV_UNKNOWN_COLUMN',
        `There is no column ${index + 1}; the file has ${columns.length}.`,
        `Choose one of: ${list}.`,
        'column',
        String(index + 1),
      )
    }
  }
  const time = said.time ?? preview.time
  if (time === null) {
    throw csvProblem(
      'CSV_NO_TIME',
      `No column holds times: ${list}.`,
      'Times may be ISO dates (2026-01-31, 2026-01-31T12:00Z), seconds or milliseconds since 1970, or dates such as 31.1.2026 and 1/31/2026. Choose the column, or write the times in one of these.',
      'time',
    )
  }
  const value = said.value ?? (preview.value === time ? null : preview.value)
  if (value === null) {
    throw csvProblem(
      'CSV_NO_VALUE',
      `No column beside the times holds numbers: ${list}.`,
      'Choose the column that holds the value.',
      'value',
    )
  }
  if (value === time) {
    throw csvProblem(
      'CSV_SAME_COLUMN',
      `Time and value are both column "${columns[time]?.name}".`,
      'Choose two different columns.',
      'value',
      columns[time]?.name,
    )
  }
  const guess = columns[time]?.time
  if (said.timeFormat === undefined && !guess) {
    throw csvProblem(
      'CSV_NO_TIME',
      `Column "${columns[time]?.name}" holds no times that are known.`,
      'Choose another column, or say how its times are written.',
      'time',
      columns[time]?.name,
    )
  }
  if (said.timeFormat === undefined && guess?.ambiguous) {
    const cell = preview.rows[0]?.cells[time] ?? ''
    throw csvProblem(
      'CSV_DATES_AMBIGUOUS',
      `"${cell}" in column "${columns[time]?.name}" may be day/month or month/day, and no row decides it.`,
      'Say which comes first: the day (d/m/y) or the month (m/d/y).',
      'timeFormat',
      cell,
    )
  }
  const column = columns[value]
  if (said.mark === undefined && column && !column.markSure) {
    const cell = preview.rows.map((row) => row.cells[value] ?? '').find((one) => one.includes(',')) ?? ''
    throw csvProblem(
      'CSV_NUMBERS_AMBIGUOUS',
      `"${cell}" in column "${column.name}" may be ${cell.replace(',', '')} or ${cell.replace(',', '.')}, and no row decides it.`,
      'Say whether the comma groups thousands or stands before decimals.',
      'mark',
      cell,
    )
  }
  return {
    delimiter: said.delimiter ?? preview.delimiter,
    header: said.header ?? preview.header,
    time,
    value,
    timeFormat: said.timeFormat ?? (guess as NonNullable<typeof guess>).format,
    mark: said.mark ?? column?.mark ?? '.',
    scale: said.scale ?? column?.scale ?? 1,
    duplicates: said.duplicates ?? 'mean',
    where: said.where,
    faults: said.faults ?? 'refuse',
  }
}

/** Reads a series from pieces of CSV text of any size, in bounded memory. */
export class CsvSeries {
  readonly #choice: CsvChoice
  readonly #names: readonly string[]
  readonly #rows: CsvRows
  readonly #points: BoundedPoints
  #headerDue: boolean
  #blank = 0
  #faultCount = 0
  #faults: CsvFault[] = []
  #unsortedLine = 0
  #duplicateLine: number | null = null
  /** Rows read so far. */
  rows = 0

  constructor(choice: CsvChoice, names: readonly string[] = [], most = MOST_POINTS) {
    this.#choice = choice
    this.#names = names
    this.#rows = new CsvRows(choice.delimiter)
    this.#points = new BoundedPoints(most, choice.duplicates)
    this.#headerDue = choice.header
  }

  /** @throws CSV_BAD_CELL when nothing in a thousand rows can be read; CSV_QUOTE_OPEN, CSV_LINE_TOO_LONG */
  push(piece: string): void {
    this.#take(this.#rows.push(piece))
    const { overlong } = this.#rows
    if (overlong) throw overlongRow(overlong)
  }

  /** @throws CSV_BAD_CELL, which names the first lines at fault (unless they are to be left out); CSV_NO_ROWS */
  end(): CsvReading {
    this.#take(this.#rows.end())
    if (this.#faultCount > 0 && this.#choice.faults === 'refuse') throw this.#badCell()
    const values = this.#points.end()
    if (values.length === 0) {
      if (this.#faultCount > 0) throw this.#badCell()
      const where = this.#choice.where
      throw csvProblem(
        'CSV_NO_ROWS',
        where
          ? `No row with a value has "${where.equals}" in column "${this.#name(where.column)}".`
          : `None of the ${this.rows} rows has a value in column "${this.#name(this.#choice.value)}".`,
        'Choose another column.',
        'value',
      )
    }
    const { duplicates, unsorted, bucketMs } = this.#points
    return {
      values,
      rows: this.rows,
      blank: this.#blank,
      faults: { count: this.#faultCount, first: this.#faults },
      unsorted: unsorted > 0 ? { count: unsorted, line: this.#unsortedLine } : null,
      duplicates: duplicates > 0 ? { count: duplicates, line: this.#duplicateLine } : null,
      gaps: gapsIn(values),
      bucketMs,
    }
  }

  #take(rows: readonly CsvRow[]): void {
    const { time, value, timeFormat, mark, scale, where } = this.#choice
    for (const { line, cells } of rows) {
      if (this.#headerDue) {
        this.#headerDue = false
        continue
      }
      if (where && cells[where.column] !== where.equals) continue
      this.rows += 1
      const written = cells[value]
      const when = cells[time]
      if (written === undefined || when === undefined) {
        this.#fault(line, written === undefined ? value : time, cells.join(this.#choice.delimiter), 'short')
        continue
      }
      const at = parseTime(when, timeFormat)
      if (at === null) {
        this.#fault(line, time, when, 'no-time')
        continue
      }
      if (isBlank(written)) {
        this.#blank += 1
        continue
      }
      const number = parseNumber(written, mark)
      if (number === null) {
        this.#fault(line, value, written, 'no-number')
        continue
      }
      const special = this.#points.add(at, number.unit === null ? number.value * scale : number.value)
      if (special === 'back' && this.#unsortedLine === 0) this.#unsortedLine = line
      else if (special === 'again') this.#duplicateLine ??= line
    }
  }

  #fault(line: number, column: number, cell: string, why: CsvFault['why']): void {
    this.#faultCount += 1
    if (this.#faults.length < FAULTS_NAMED)
      this.#faults.push({ line, column: this.#name(column), cell: cell.slice(0, 80), why })
    if (this.#faultCount === HOPELESS_AFTER && this.rows === HOPELESS_AFTER) throw this.#badCell()
  }

  #name(column: number): string {
    return this.#names[column] ?? `column ${column + 1}`
  }

  #badCell(): HeadroomError {
    const [first] = this.#faults as [CsvFault]
    const others = this.#faultCount - 1
    return new HeadroomError({
      code: 'CSV_BAD_CELL',
      fact: `${faultText(first)}${others > 0 ? ` ${others === 1 ? 'One more line cannot' : `${others.toLocaleString('en')} more lines cannot`} be read.` : ''}`,
      fix: 'Correct the file, choose another column, or have such lines left out.',
      field: first.column,
      value: first.cell,
      details: Object.fromEntries(
        this.#faults.map((fault) => [`line ${fault.line}`, `${fault.column}: ${fault.cell}`]),
      ),
    })
  }
}

function faultText({ line, column, cell, why }: CsvFault): string {
  if (why === 'short') return `Line ${line} has no column "${column}": "${cell}".`
  return `Line ${line}: "${cell}" in column "${column}" is no ${why === 'no-time' ? 'time' : 'number'}.`
}

function overlongRow({ line, quoted }: { line: number; quoted: boolean }): HeadroomError {
  return quoted
    ? csvProblem(
        'CSV_QUOTE_OPEN',
        `A quote that opens in line ${line} is never closed.`,
        'Close it, or double a quote that is meant as a character.',
        'line',
        String(line),
      )
    : csvProblem(
        'CSV_LINE_TOO_LONG',
        `Line ${line} is longer than a million characters.`,
        'This is hardly a table of times and values; choose another file.',
        'line',
        String(line),
      )
}

function csvProblem(code: string, fact: string, fix: string, field: string, value?: string): HeadroomError {
  return new HeadroomError({ code, fact, fix, field, ...(value === undefined ? {} : { value }) })
}

function gapsIn(values: readonly TimedValue[]): CsvReading['gaps'] {
  if (values.length < 4) return null
  const steps = Float64Array.from(values.slice(1), (point, i) => point.at - (values[i] as TimedValue).at)
  const stepMs = steps.slice().sort()[Math.floor(steps.length / 2)] as number
  let count = 0
  let longest = 0
  for (const [i, step] of steps.entries()) {
    if (step <= 2.5 * stepMs) continue
    count += 1
    if (step > (steps[longest] as number)) longest = i
  }
  if (count === 0) return null
  return {
    count,
    stepMs,
    longest: { from: (values[longest] as TimedValue).at, to: (values[longest + 1] as TimedValue).at },
  }
}

/** Preview, choice and series of a text that is held whole. */
export function readCsv(
  text: string,
  said: Partial<CsvChoice> = {},
): CsvReading & { choice: CsvChoice; preview: CsvPreview } {
  const preview = sniffCsv(text.slice(0, SNIFFED), text.length <= SNIFFED)
  const choice = chooseCsv(preview, said)
  const series = new CsvSeries(
    choice,
    preview.columns.map((column) => column.name),
  )
  series.push(text)
  return { ...series.end(), choice, preview }
}

/** As much of a file's beginning as is judged. */
export const SNIFFED = 65_536

/** One piece of a file that is read in pieces: its text, and the bytes read up to its end. */
export interface CsvPiece {
  text: string
  bytes: number
}

/** The same for a file of any size, piece by piece. `onProgress` hears rows and bytes after each piece. */
export async function readCsvPieces(
  pieces: AsyncIterable<CsvPiece>,
  choice: CsvChoice,
  names: readonly string[],
  onProgress?: (progress: { rows: number; bytes: number }) => void,
): Promise<CsvReading> {
  const series = new CsvSeries(choice, names)
  for await (const { text, bytes } of pieces) {
    series.push(text)
    onProgress?.({ rows: series.rows, bytes })
  }
  return series.end()
}

/** The encoding that a file's first bytes show: UTF-16 by its mark, else UTF-8. */
export function encodingOf(first: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first[0] === 0xff && first[1] === 0xfe) return 'utf-16le'
  if (first[0] === 0xfe && first[1] === 0xff) return 'utf-16be'
  return 'utf-8'
}
