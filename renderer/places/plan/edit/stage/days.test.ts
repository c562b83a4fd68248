import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Day, daysText, readDays } from './days.ts'

const EVERY = 'every day'

it.each<[string, Day[] | null]>([
  ['mon-fri', ['mon', 'tue', 'wed', 'thu', 'fri']],
  ['Monday, wednesday', ['mon', 'wed']],
  ['sat sun', ['sat', 'sun']],
  ['fri – mon', ['mon', 'fri', 'sat', 'sun']],
  ['every day', ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']],
  ['t', null],
  ['someday', null],
  ['mon-tue-wed', null],
  ['', null],
])('reads "%s"', (text, days) => expect(readDays(text, EVERY)).toEqual(days))

it('reads what it writes', () => {
  fc.assert(
    fc.property(fc.subarray<Day>(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], { minLength: 1 }), (days) => {
      expect(readDays(daysText(days, EVERY), EVERY)).toEqual(days)
    }),
  )
})
