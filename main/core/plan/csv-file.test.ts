import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type TestEnvironment, testEnvironment } from '../../../test/fixtures/environment.ts'
import { readCsvFile } from './csv-file.ts'

let environment: TestEnvironment
beforeEach(() => {
  environment = testEnvironment()
})
afterEach(() => environment.dispose())
const written = (name: string, content: string | Buffer): string => {
  const path = join(environment.folder, name)
  writeFileSync(path, content)
  return path
}
const problem = (code: string, parts: Record<string, unknown> = {}) =>
  expect.objectContaining({ problem: expect.objectContaining({ code, ...parts }) })

it('reads a file that is longer than one piece, with multi-byte text across pieces, and tells how far it is', async () => {
  const rows = Array.from({ length: 40_000 }, (_, i) => `${1_700_000_000 + i * 60},größe ${i % 7},${i}`)
  const path = written('long.csv', `zeit,raum,wert\n${rows.join('\n')}\n`)
  const seen: number[] = []
  const reading = await readCsvFile(path, { valueColumn: 'Wert' }, ({ bytes, size }) => seen.push(bytes / size))
  expect(reading).toMatchObject({ rows: 40_000, name: 'long.csv', faults: { count: 0 } })
  expect(reading.values.reduce((sum, one) => sum + one.value, 0) / reading.values.length).toBeCloseTo(19_999.5, -1)
  expect(seen.length).toBeGreaterThan(3)
  expect(seen.at(-1)).toBe(1)
  expect(seen).toEqual([...seen].sort((a, b) => a - b))
})

it('reads UTF-16, as spreadsheets write it', async () => {
  const path = written('wide.csv', Buffer.from('\uFEFFTag\tNutzer\n1.2.2026\t5\n2.2.2026\t6\n', 'utf16le'))
  expect((await readCsvFile(path)).values.map((one) => one.value)).toEqual([5, 6])
})

it('says that there is no such file or column', async () => {
  await expect(readCsvFile(join(environment.folder, 'none.csv'))).rejects.toThrowError(problem('CSV_NO_FILE'))
  await expect(readCsvFile(environment.folder)).rejects.toThrowError(
    problem('CSV_NO_FILE', { fact: expect.stringContaining('is no file') }),
  )
  const path = written('two.csv', 'day,users\n2026-01-01,5\n2026-01-02,6\n')
  await expect(readCsvFile(path, { valueColumn: 'user' })).rejects.toThrowError(
    problem('CSV_UNKNOWN_COLUMN', { fix: 'Choose one of: day, users.' }),
  )
})
