import { describe, expect, it } from 'vitest'
import { formatAvailabilities, formatAvailability } from './availability.ts'

describe('formatAvailability', () => {
  it.each([
    [1, '100%'],
    [0, '0%'],
    [0.5, '50%'],
    [0.995, '99.5%'],
    [0.9949875, '99.5%'],
    [0.9857, '98.6%'],
    [0.9995, '99.95%'],
    [0.99994, '99.994%'],
    [0.9999999, '99.99999%'],
    [0.9999999999, '> 99.99999%'],
  ])('writes %f as %s', (value, text) => expect(formatAvailability(value)).toBe(text))

  it('keeps two that differ apart', () => {
    expect(formatAvailabilities(0.9949875, 0.995)).toEqual(['99.499%', '99.5%'])
    expect(formatAvailabilities(0.999, 0.999)).toEqual(['99.9%', '99.9%'])
    expect(formatAvailabilities(0.995, 0.999)).toEqual(['99.5%', '99.9%'])
  })
})
