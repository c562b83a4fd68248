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

async function* piecesOf(file: Blob, signal: AbortSignal): AsyncGenerator<CsvPiece> {
  const first = new Uint8Array(await file.slice(0, 2).arrayBuffer())
  const decoder = new TextDecoder(encodingOf(first))
  const reader = file.stream().getReader()
  let bytes = 0
  try {
    for (;;) {
      signal.throwIfAborted()
      const { done, value } = await reader.read()
      if (done) break
      bytes += value.length
      yield { text: decoder.decode(value, { stream: true }), bytes }
    }
    yield { text: decoder.decode(), bytes }
  } finally {
    await reader.cancel()
  }
}
