import { useCallback, useEffect, useRef, useState } from 'react'
import { type CsvChoice, type CsvPreview, type CsvReading, chooseCsv } from '../../../../shared/format/csv.ts'
import { type Problem, problemOf } from '../../../../shared/model/problem.ts'
import { previewFile, readFile } from './read-file.ts'

export interface CsvFile {
  name: string
  data: Blob
}

export interface CsvState {
  file: CsvFile | null
  preview: CsvPreview | null
  /** What the operator said; the rest is as the preview proposes. */
  said: Partial<CsvChoice>
  choice: CsvChoice | null
  reading: CsvReading | null
  problem: Problem | null
  progress: { rows: number; share: number } | null
}

const NOTHING: CsvState = {
  file: null,
  preview: null,
  said: {},
  choice: null,
  reading: null,
  problem: null,
  progress: null,
}

/** A CSV from the choice of the file to the series in it. A new file or choice ends the reading under way. */
export function useCsv(onReading: (reading: CsvReading | null, name: string) => void) {
  const [state, setState] = useState(NOTHING)
  const under = useRef<AbortController | null>(null)
  const tell = useRef(onReading)
  useEffect(() => {
    tell.current = onReading
  })
  useEffect(() => () => under.current?.abort(), [])

  const read = useCallback(async (file: CsvFile, said: Partial<CsvChoice>, known: CsvPreview | null) => {
    under.current?.abort()
    const mine = new AbortController()
    under.current = mine
    const show = (part: Partial<CsvState>) => {
      if (!mine.signal.aborted) setState((state) => ({ ...state, ...part }))
    }
    setState({ ...NOTHING, file, said, preview: known, progress: { rows: 0, share: 0 } })
    tell.current(null, file.name)
    try {
      const preview = known ?? (await previewFile(file.data))
      show({ preview })
      const choice = chooseCsv(preview, said)
      show({ choice })
      let shownAt = 0
      const reading = await readFile(file.data, choice, preview, {
        signal: mine.signal,
        onProgress: ({ rows, bytes }) => {
          // A sign of life ten times on the way is enough; each one draws the page.
          const share = file.data.size === 0 ? 1 : bytes / file.data.size
          if (share - shownAt < 0.02) return
          shownAt = share
          show({ progress: { rows, share } })
        },
      })
      show({ reading, progress: null })
      if (!mine.signal.aborted) tell.current(reading, file.name)
    } catch (error) {
      show({ problem: problemOf(error), progress: null })
    }
  }, [])

  return {
    state,
    take: (file: CsvFile) => void read(file, {}, null),
    say: (said: Partial<CsvChoice>) => {
      if (state.file) void read(state.file, { ...state.said, ...said }, state.preview)
    },
    clear: () => {
      under.current?.abort()
      setState(NOTHING)
      tell.current(null, '')
    },
  }
}
