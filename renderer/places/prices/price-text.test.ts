import { expect, it } from 'vitest'
import { dayOr, dayText } from './price-text.ts'

it('writes a day and a month as people do, in their language, and leaves alone what is neither', () => {
  expect(dayText('2026-09-20', 'en')).toBe('Sep 20, 2026')
  expect(dayText('2026-09-20', 'de')).toBe('20. Sept. 2026')
  expect(dayText('2026-04', 'en')).toBe('Apr 2026')
  expect(dayText('2026-04', 'de')).toBe('Apr. 2026')
  expect(dayText('Q3 2026')).toBe('Q3 2026')
  expect(dayText('2026-13-01')).toBe('2026-13-01')
})

it('says so where there is no date', () => {
  expect(dayOr(null, 'undated')).toBe('undated')
  expect(dayOr(undefined, '–')).toBe('–')
  expect(dayOr('2026-09-20', 'undated')).toBe('Sep 20, 2026')
})
