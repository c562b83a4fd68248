import { expect, it } from 'vitest'
import { pastedRows } from './pasted-rows.ts'

it('leaves a single cell to the field it is pasted into', () => {
  expect(pastedRows('VPS')).toBeNull()
  expect(pastedRows('VPS\n')).toBeNull()
})

it('reads rows and cells, empty ones too', () => {
  expect(pastedRows('VPS\t15\tEUR\r\nDomain\t\tEUR\r\n')).toEqual([
    ['VPS', '15', 'EUR'],
    ['Domain', '', 'EUR'],
  ])
})

it('reads quoted cells with tabs, line ends and quotes', () => {
  expect(pastedRows('"a\tb"\t"line\nline"\n"say ""hi"""\tx')).toEqual([
    ['a\tb', 'line\nline'],
    ['say "hi"', 'x'],
  ])
})

it('ends at a quote that is never closed', () => {
  expect(pastedRows('a\t"b')).toEqual([['a', 'b']])
})
