import { expect, it } from 'vitest'
import { decimalMark, groupMark } from './number-marks.ts'

it('knows the marks of a language', () => {
  expect([decimalMark('en'), groupMark('en')]).toEqual(['.', ','])
  expect([decimalMark('de'), groupMark('de')]).toEqual([',', '.'])
  expect([decimalMark('de-CH'), groupMark('de-CH')]).toEqual(['.', expect.stringMatching(/^['’]$/)])
})
