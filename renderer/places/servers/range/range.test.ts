import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addressWith,
  around,
  fieldTime,
  held,
  rangeOf,
  rangeText,
  SPAN_NAMES,
  stretchOf,
  timeField,
  windowOf,
} from './range.ts'

const query = (text: string) => new URLSearchParams(text)
const NOW = Date.UTC(2026, 2, 1, 12)

test.each(SPAN_NAMES)('%s stands in the address and comes back', (span) => {
  expect(rangeOf(query(`range=${span}`))).toEqual({ kind: 'last', span })
  expect(rangeText({ kind: 'last', span })).toBe(span)
})

test('a fixed range stands in the address and comes back', () => {
  const range = { kind: 'fixed', from: NOW - 5000, to: NOW } as const
  expect(rangeOf(query(`range=${rangeText(range)}`))).toEqual(range)
})

test.each([
  '',
  'range=',
  'range=h7',
  'range=5-4',
  'range=x-y',
  'range=-5-4',
  'range=1-9e99',
  'range=0-999999999999999',
])('%j is no range', (text) => {
  expect(rangeOf(query(text))).toBeNull()
})

test('a link of evidence is read, up to now where it has no end, and shown with what was before and after', () => {
  expect(stretchOf(query('metric=load1'), NOW)).toBeNull()
  expect(stretchOf(query('from=x&to=y'), NOW)).toBeNull()
  expect(stretchOf(query(`from=${NOW - 100}`), NOW)).toEqual({ from: NOW - 100, to: NOW })
  const stretch = { from: NOW - 10 * 3_600_000, to: NOW - 8 * 3_600_000 }
  expect(stretchOf(query(`from=${stretch.from}&to=${stretch.to}`), NOW)).toEqual(stretch)
  expect(around(stretch, NOW)).toEqual({ kind: 'fixed', from: stretch.from - 3_600_000, to: stretch.to + 3_600_000 })
  expect(around({ from: NOW - 1000, to: NOW }, NOW)).toMatchObject({ to: NOW })
})

test('whatever is picked is a range of sense: not in the future, not empty', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 * NOW }), fc.integer({ min: -10_000, max: 2 * NOW }), (from, length) => {
      const range = held({ from, to: from + length }, NOW)
      const { from: start, to } = windowOf(range, NOW)
      return start >= 0 && to <= NOW && to - start >= 10_000
    }),
  )
})

test('a new range keeps what the link pointed at', () => {
  expect(addressWith('/servers/a', query('metric=load1&from=1&to=2&range=h6'), { kind: 'last', span: 'd7' })).toBe(
    '/servers/a?metric=load1&from=1&to=2&range=d7',
  )
})

test('times of the form go there and back; anything else is none', () => {
  const at = new Date(2026, 2, 1, 8, 30).getTime()
  expect(timeField(at)).toBe('2026-03-01T08:30')
  expect(fieldTime('2026-03-01T08:30')).toBe(at)
  for (const text of ['', 'yesterday', '2026-13-01T08:30']) expect(fieldTime(text)).toBeNull()
})
