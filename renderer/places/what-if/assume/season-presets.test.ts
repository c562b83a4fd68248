import { expect, it } from 'vitest'
import { SeasonalitySchema } from '../../../../shared/model/growth.ts'
import { profileOfWeek } from '../../../../shared/planning/seasonality.ts'
import { presetOf, SEASON_PRESETS } from './season-presets.ts'

it.each(Object.entries(SEASON_PRESETS))('%s moves load about without adding any', (name, preset) => {
  expect(SeasonalitySchema.parse(preset)).toEqual(preset)
  const week = profileOfWeek(preset)
  expect(week.reduce((sum, factor) => sum + factor, 0) / week.length).toBeCloseTo(1, 2)
  expect(presetOf({ ...preset, monthOfYear: Array.from({ length: 12 }, () => 2) })).toBe(name)
})

it('knows the operator’s own factors for what they are', () => {
  expect(presetOf(undefined)).toBe('flat')
  expect(presetOf({ dayOfWeek: [1, 1, 1, 1, 1, 1, 1] })).toBe(null)
})
