import { expect, it } from 'vitest'
import { timeAxis } from './time-axis.ts'

const start = Date.UTC(2026, 10, 21)
const quarter = (number: number) => `Q${number}`

it('names years and quarters where months have no room', () => {
  const { years, ticks } = timeAxis(start, 0, 16, 12, quarter, 'en')
  expect(years.map((year) => year.label)).toEqual(['2026', '2027', '2028'])
  expect(years[0]).toMatchObject({ from: 0 })
  expect(years[2]).toMatchObject({ to: 16 })
  expect(ticks.map((tick) => tick.label)).toEqual(['Q1', 'Q2', 'Q3', 'Q4', 'Q1'])
  expect(ticks[0]?.at).toBeCloseTo(1 + 11 / 31, 9)
  expect(ticks.filter((tick) => tick.strong).map((tick) => tick.label)).toEqual(['Q1', 'Q1'])
})

it('names months in the language asked for, from before today on', () => {
  const { ticks } = timeAxis(start, -2, 3, 60, quarter, 'de')
  expect(ticks.map((tick) => tick.label)).toEqual(['Okt', 'Nov', 'Dez', 'Jan', 'Feb'])
})

it('leaves only the years of a long time', () => {
  const { ticks, years } = timeAxis(start, 0, 60, 4, quarter, 'en')
  expect(ticks.map((tick) => tick.label)).toEqual(['', '', '', '', ''])
  expect(years).toHaveLength(6)
})
