import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeBlock, encodeBlock } from './block-codec.ts'

const samplesOf = (values: fc.Arbitrary<number>) =>
  fc.array(fc.tuple(fc.integer({ min: 1, max: 1e9 }), values), { minLength: 1, maxLength: 480 }).map((pairs) => {
    let at = 1_700_000_000_000
    return pairs.map(([step, value]) => {
      at += step
      return { at, value }
    })
  })

describe('sealed blocks', () => {
  test('any finite values come back bit by bit', () => {
    fc.assert(
      fc.property(samplesOf(fc.double({ noNaN: true, noDefaultInfinity: true })), (samples) => {
        const block = encodeBlock(samples)
        expect(decodeBlock(block, samples.length)).toEqual(samples)
      }),
    )
  })
  test('minus zero keeps its sign, alone and among whole numbers', () => {
    const samples = [0, -0, 5].map((value, i) => ({ at: i, value }))
    expect(decodeBlock(encodeBlock(samples), 3)).toEqual(samples)
  })
  test('so do decimals, counters and ratios', () => {
    const value = fc.oneof(
      fc.integer(),
      fc.integer({ min: -1e6, max: 1e6 }).map((n) => n / 100),
      fc.integer({ max: 2 ** 45, min: 0 }),
    )
    fc.assert(
      fc.property(samplesOf(value), (samples) => {
        expect(decodeBlock(encodeBlock(samples), samples.length)).toEqual(samples)
      }),
    )
  })
  test('a steady series of two decimals takes under 3 bytes a sample', () => {
    const samples = Array.from({ length: 480 }, (_, i) => ({
      at: 1_700_000_000_000 + i * 15_000 + ((i * 37) % 20),
      value: Math.round(5000 + 300 * Math.sin(i / 40) + ((i * 7919) % 50)) / 100,
    }))
    expect(encodeBlock(samples).data.length / samples.length).toBeLessThan(3)
  })
  test('a block that is cut is an error, not a shorter series', () => {
    const samples = Array.from({ length: 10 }, (_, i) => ({ at: i * 1000, value: i }))
    expect(() => decodeBlock(encodeBlock(samples), 11)).toThrow(/ends too early/)
  })
})
