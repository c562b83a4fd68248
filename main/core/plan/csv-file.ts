import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import {
  type CsvChoice,
  type CsvPiece,
  type CsvPreview,
  type CsvReading,
  chooseCsv,
  encodingOf,
  readCsvPieces,
  SNIFFED,
  sniffCsv,
} from '../../../shared/format/csv.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'

/**
 * A series from a CSV file of any size, read in pieces. What `said` leaves open is judged on the file's beginning; columns may
 * be said by name.
 * @throws CSV_NO_FILE, and as chooseCsv and CsvSeries
 */
export async function readCsvFile(
  path: string,
  said: Partial<Omit<CsvChoice, 'time' | 'value'>> & {
    timeColumn?: string | undefined
    valueColumn?: string | undefined
  } = {},
  onProgress?: (progress: { rows: number; bytes: number; size: number }) => void,
): Promise<CsvReading & { preview: CsvPreview; choice: CsvChoice; name: string }> {
  const size = await sizeOf(path)
  const beginning = await firstBytes(path)
  const encoding = encodingOf(beginning)
  const preview = sniffCsv(new TextDecoder(encoding).decode(beginning, { stream: true }), size <= SNIFFED)
  const { timeColumn, valueColumn, ...rest } = said
  const time = columnOf(preview, timeColumn)
  const value = columnOf(preview, valueColumn)
  const choice = chooseCsv(preview, {
    ...rest,
    ...(time === undefined ? {} : { time }),
    ...(value === undefined ? {} : { value }),
  })
  const names = preview.columns.map((column) => column.name)
  const reading = await readCsvPieces(piecesOf(path, encoding), choice, names, (progress) =>
    onProgress?.({ ...progress, size }),
  )
  return { ...reading, preview, choice, name: basename(path) }
}

async function* piecesOf(path: string, encoding: string): AsyncGenerator<CsvPiece> {
  const decoder = new TextDecoder(encoding)
  let bytes = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    yield { text: decoder.decode(chunk, { stream: true }), bytes }
  }
  yield { text: decoder.decode(), bytes }
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(SNIFFED), 0, SNIFFED, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => null)
  if (found?.isFile()) return found.size
  throw new HeadroomError({
    code: 'CSV_NO_FILE',
    fact: found ? `"${path}" is no file.` : `There is no file "${path}".`,
    fix: 'Give the path of a CSV file.',
    field: 'path',
    value: path,
  })
}

function columnOf(preview: CsvPreview, name: string | undefined): number | undefined {
  if (name === undefined) return undefined
  const found = preview.columns.find((column) => column.name.toLowerCase() === name.trim().toLowerCase())
  if (found) return found.index
  throw new HeadroomError({
    code: 'CSV_UNKNOWN_COLUMN',
    fact: `There is no column "${name}".`,
    fix: `Choose one of: ${preview.columns.map((column) => column.name).join(', ')}.`,
    field: 'column',
    value: name,
  })
}
