import { expect, it } from 'vitest'
import type { OutputLine } from '../../../shared/model/run.ts'
import { OutputIndex } from './output-filter.ts'

const line = (seq: number, text: string, more: Partial<OutputLine> = {}): OutputLine => ({
  ...{ seq, at: 0, step: 'a', host: 'web', stream: 'stdout', text },
  ...more,
})
const all = { words: '', onlyErrors: false, host: null, step: null }

it('keeps what matched, looks at new lines only, and begins anew with another filter', () => {
  const index = new OutputIndex()
  const lines = [line(1, 'Hello'), line(2, 'warn', { stream: 'stderr' }), line(3, 'fatal: no', { host: 'db' })]
  expect(index.matching(lines, { ...all, onlyErrors: true })).toEqual([1, 2])
  const more = [...lines, line(4, 'permission denied'), line(5, 'fine')]
  expect(index.matching(more, { ...all, onlyErrors: true })).toEqual([1, 2, 3])
  expect(index.matching(more, { ...all, words: 'HELLO' })).toEqual([0])
  expect(index.matching(more, { ...all, host: 'db' })).toEqual([2])
  expect(index.matching(more, { ...all, step: 'b' })).toEqual([])
})
