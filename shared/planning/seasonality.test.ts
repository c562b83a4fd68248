import { describe, expect, it } from 'vitest'
import { profileOfWeek } from './seasonality.ts'

describe('profileOfWeek', () => {
  it('is flat without any factor', () => {
    expect([...profileOfWeek(undefined)]).toEqual(Array.from({ length: 168 }, () => 1))
  })

  it('multiplies the hour of the day with the day of the week, Monday first', () => {
    const hourOfDay = Array.from({ length: 24 }, (_, hour) => (hour === 20 ? 3 : 1))
    const dayOfWeek = [1, 1, 1, 1, 1, 1, 0.5]
    const week = profileOfWeek({ hourOfDay, dayOfWeek })
    expect(week).toHaveLength(168)
    expect(week[20]).toBe(3)
    expect(week[6 * 24]).toBe(0.5)
    expect(week[6 * 24 + 20]).toBe(1.5)
    expect(week[5 * 24 + 19]).toBe(1)
  })
})
