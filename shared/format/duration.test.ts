import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatDuration, formatHeld, formatSpan, parseDuration } from './duration.ts'

it.each([
  ['250ms', 250],
  ['30s', 30_000],
  ['5m', 300_000],
  ['1.5h', 5_400_000],
  ['30d', 2_592_000_000],
  ['2w', 1_209_600_000],
  ['2mo', 5_184_000_000],
  ['1y', 31_536_000_000],
])('reads %s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

it.each(['', '5', 'm', '5 m', '-5m', '5min', '5M', '1e3s'])('refuses "%s" and says what to write', (text) => {
  expect(() => parseDuration(text)).toThrowError(
    expect.objectContaining({ problem: expect.objectContaining({ code: 'BAD_DURATION', value: text }) }),
  )
})

it.each([
  [0, '0 ms'],
  [850, '850 ms'],
  [1500, '1.5 s'],
  [45_000, '45 s'],
  [59_900, '1 min'],
  [90_000, '1 min 30 s'],
  [720_000, '12 min'],
  [3_599_900, '1 h'],
  [5_400_000, '1 h 30 min'],
  [183_600_000, '2 d 3 h'],
  [3_542_400_000, '41 d'],
  [-5000, '-5 s'],
  [Number.POSITIVE_INFINITY, '–'],
])('writes %d ms as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

it('never writes 60 of a part, nor is off by more than half of the last unit shown', () => {
  const units: Record<string, number> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 }
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 11 }), (ms) => {
      const text = formatDuration(ms)
      expect(text).not.toMatch(/\b60 (s|min)|\b24 h/)
      const parts = [...text.matchAll(/([\d.]+) (ms|s|min|h|d)/g)]
      const shown = parts.reduce((sum, [, value, unit]) => sum + Number(value) * (units[unit ?? ''] ?? 0), 0)
      expect(Math.abs(shown - ms)).toBeLessThanOrEqual(Math.max(1, units[parts.at(-1)?.[2] ?? ''] ?? 0))
    }),
  )
})

it.each([
  [0, 'under 1 s'],
  [999, 'under 1 s'],
  [1999, '1 s'],
  [725_400, '12 min'],
])('says how long something has held: %i', (ms, text) => {
  expect(formatHeld(ms)).toBe(text)
})

it('the time between two moments is unknown where the clock was put back between them', () => {
  expect(formatSpan(1000, 46_000)).toBe('45 s')
  expect(formatSpan(46_000, 1000)).toBe('–')
})
