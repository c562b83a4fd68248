import { expect, it } from 'vitest'
import { chooseCsv } from '../../../../shared/format/csv.ts'
import { previewFile, readFile } from './read-file.ts'

const MINUTE = 60_000
/** Rows of a time, a value and a note of letters of two bytes, so that some letter lies across the end of a piece. */
const rows = 60_000
const line = (row: number) => `${new Date(row * MINUTE).toISOString()},${row},äöüßéèñ\n`
const file = new Blob([`time,users,note\n${Array.from({ length: rows }, (_, row) => line(row)).join('')}`])

it('reads a file of several pieces as one, and lets the page have its turns between them', async () => {
  expect(file.size).toBeGreaterThan(2 * 1024 * 1024)
  const preview = await previewFile(file)
  let turns = 0
  const timer = setInterval(() => {
    turns += 1
  }, 0)
  const told: number[] = []
  const reading = await readFile(file, chooseCsv(preview, {}), preview, {
    signal: new AbortController().signal,
    onProgress: ({ bytes }) => void told.push(bytes),
  })
  clearInterval(timer)
  expect(reading).toMatchObject({ rows })
  expect(told.at(-1)).toBe(file.size)
  expect(turns).toBeGreaterThanOrEqual(2)
})

it('ends in the middle when it is asked to', async () => {
  const preview = await previewFile(file)
  const stop = new AbortController()
  const reading = readFile(file, chooseCsv(preview, {}), preview, {
    signal: stop.signal,
    onProgress: () => stop.abort(new Error('no more')),
  })
  await expect(reading).rejects.toThrow('no more')
})
