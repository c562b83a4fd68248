import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseRows, rowsText } from './rows-text.ts'

it('gives every table back as it was', () => {
  const cell = fc.oneof(
    fc.string().map((one) => one.trim()),
    fc.constantFrom('a | b', 'back\\slash', 'two\nlines', '\\', '\\|', '\\n'),
  )
  const table = fc
    .integer({ min: 1, max: 4 })
    .chain((columns) => fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { maxLength: 5 }))
    // A row without a word in it is no row.
    .map((rows) => rows.map((row) => row.map((one, at) => (at === 0 && one === '' ? 'x' : one.replaceAll('\t', ' ')))))
  fc.assert(
    fc.property(table, (rows) => {
      expect(parseRows(rowsText(rows), rows[0]?.length ?? 1)).toEqual({ rows })
    }),
  )
})

it('takes rows of a spreadsheet, fills up short ones, and names the one with too many cells', () => {
  expect(parseRows('a\tb\nc\n\n', 2)).toEqual({
    rows: [
      ['a', 'b'],
      ['c', ''],
    ],
  })
  expect(parseRows('a | b | c', 2)).toEqual({ line: 'a | b | c', cells: 3 })
})
