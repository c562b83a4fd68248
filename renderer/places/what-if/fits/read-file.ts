import {
  type CsvChoice,
  type CsvPiece,
  type CsvPreview,
  type CsvReading,
  encodingOf,
  readCsvPieces,
  SNIFFED,
  sniffCsv,
} from '../../../../shared/format/csv.ts'

/** Judges the beginning of a file, without reading the rest. @throws CSV_EMPTY, CSV_NOT_TEXT, CSV_ONE_COLUMN */
export async function previewFile(file: Blob): Promise<CsvPreview> {
  const bytes = new Uint8Array(await file.slice(0, SNIFFED).arrayBuffer())
  const text = new TextDecoder(encodingOf(bytes)).decode(bytes, { stream: true })
  return sniffCsv(text, file.size <= SNIFFED)
}

/** Reads a series from a file of any size, in the window, piece by piece; the page stays awake between pieces. */
export async function readFile(
  file: Blob,
  choice: CsvChoice,
  preview: CsvPreview,
  options: { signal: AbortSignal; onProgress: (progress: { rows: number; bytes: number }) => void },
): Promise<CsvReading> {
  const names = preview.columns.map((column) => column.name)
  return readCsvPieces(piecesOf(file, options.signal), choice, names, options.onProgress)
}

/** What is read at a time. A stream hands over what is there without a pause, and the page would stand still meanwhile. */
const PIECE_BYTES = 1024 * 1024

async function* piecesOf(file: Blob, signal: AbortSignal): AsyncGenerator<CsvPiece> {
  const first = new Uint8Array(await file.slice(0, 2).arrayBuffer())
  const decoder = new TextDecoder(encodingOf(first))
  for (let from = 0; from < file.size; from += PIECE_BYTES) {
    signal.throwIfAborted()
    const bytes = Math.min(from + PIECE_BYTES, file.size)
    yield { text: decoder.decode(await file.slice(from, bytes).arrayBuffer(), { stream: true }), bytes }
    await pause()
  }
  yield { text: decoder.decode(), bytes: file.size }
}

/** A turn of the page's own loop, in which it may draw and take what is typed. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))
