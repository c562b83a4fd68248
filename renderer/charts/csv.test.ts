import { describe, expect, it } from 'vitest'
import { toCsv } from './csv.ts'

describe('toCsv', () => {
  it('quotes what needs it and leaves gaps empty', () => {
    expect(
      toCsv({
        columns: ['time', 'a,b'],
        rows: [
          ['say "hi"', 1.5],
          ['two\nlines', null],
        ],
      }),
    ).toBe('time,"a,b"\r\n"say ""hi""",1.5\r\n"two\nlines",\r\n')
  })
  it('does not let a name run as a formula, and leaves negative numbers alone', () => {
    expect(toCsv({ columns: ['name'], rows: [['=1+1'], ['@sum'], [-2]] })).toBe("name\r\n'=1+1\r\n'@sum\r\n-2\r\n")
  })
})
