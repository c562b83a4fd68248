import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeBlock, decodeTimes, encodeBlock, encodeTimes } from './block-codec.ts'

const columnsOf = (samples: readonly { at: number; value: number }[]) => ({
  at: Float64Array.from(samples, ({ at }) => at),
  value: Float64Array.from(samples, ({ value }) => value),
})
const samplesOf = (values: fc.Arbitrary<number>) =>
  fc.array(fc.tuple(fc.integer({ min: 1, max: 1e9 }), values), { minLength: 1, maxLength: 480 }).map((pairs) => {
    let at = 1_700_000_000_000
    return columnsOf(
      pairs.map(([step, value]) => {
        at += step
        return { at, value }
      }),
    )
  })

describe('sealed blocks', () => {
  test('any finite values come back bit by bit', () => {
    fc.assert(
      fc.property(samplesOf(fc.double({ noNaN: true, noDefaultInfinity: true })), (samples) => {
        expect(decodeBlock(encodeBlock(samples), samples.at.length)).toEqual(samples)
      }),
    )
  })
  test('minus zero keeps its sign, alone and among whole numbers', () => {
    const samples = columnsOf([0, -0, 5].map((value, i) => ({ at: i, value })))
    expect(decodeBlock(encodeBlock(samples), 3)).toEqual(samples)
  })
  test('so do decimals, counters, ratios and multiples of a page', () => {
    const value = fc.oneof(
      fc.integer(),
      fc.integer({ min: -1e6, max: 1e6 }).map((n) => n / 100),
      fc.integer({ max: 2 ** 45, min: 0 }),
      fc.integer({ max: 2 ** 24, min: 0 }).map((n) => 4096 * n),
    )
    fc.assert(
      fc.property(samplesOf(value), (samples) => {
        expect(decodeBlock(encodeBlock(samples), samples.at.length)).toEqual(samples)
      }),
    )
  })
  test('a block of rounds that many series share has its times from their clock, and is nothing without it', () => {
    fc.assert(
      fc.property(samplesOf(fc.integer()), (samples) => {
        const block = encodeBlock(samples, true)
        const clock = decodeTimes(encodeTimes(samples.at), samples.at.length)
        expect(decodeBlock(block, samples.at.length, clock)).toEqual(samples)
        expect(() => decodeBlock(block, samples.at.length)).toThrow(/lost its times/)
      }),
    )
  })
  test('steps in pages take a fraction of the bytes of steps in bytes', () => {
    const noise = (i: number) => (Math.imul(i + 1, 0x9e3779b1) >>> 0) % 61
    const size = (page: number, more = 0) =>
      encodeBlock(
        columnsOf(
          Array.from({ length: 480 }, (_, i) => ({
            at: i * 15_000,
            value: page * (1e6 + noise(i)) + more * noise(3 * i),
          })),
        ),
      ).data.length
    expect(size(4096)).toBeLessThan(size(1) + 8)
    expect(2 * size(4096)).toBeLessThan(size(4096, 1))
  })
  test('a steady series of two decimals takes under 1.5 bytes a sample', () => {
    const samples = Array.from({ length: 480 }, (_, i) => ({
      at: 1_700_000_000_000 + i * 15_000,
      value: Math.round(5000 + 300 * Math.sin(i / 40) + ((i * 7919) % 50)) / 100,
    }))
    expect(encodeBlock(columnsOf(samples)).data.length / samples.length).toBeLessThan(1.5)
  })
  test('a value that never moves takes next to nothing, however long it stays', () => {
    const samples = Array.from({ length: 960 }, (_, i) => ({ at: 1_700_000_000_000 + i * 15_000, value: 16_777_216 }))
    expect(encodeBlock(columnsOf(samples)).data.length).toBeLessThan(40)
  })
  test('a block that is cut is an error, not a shorter series', () => {
    const samples = columnsOf(Array.from({ length: 10 }, (_, i) => ({ at: i * 1000, value: i })))
    expect(() => decodeBlock(encodeBlock(samples), 11)).toThrow(RangeError)
    const floats = columnsOf(Array.from({ length: 10 }, (_, i) => ({ at: i * 1000, value: Math.sqrt(i + 0.1) })))
    expect(() => decodeBlock(encodeBlock(floats), 11)).toThrow(RangeError)
  })
  test('a block of a kind that is not known says so', () => {
    const { data } = encodeBlock(columnsOf([{ at: 1, value: 1 }]))
    expect(() => decodeBlock({ codec: 9, data }, 1)).toThrow(/newer release/)
  })
})

describe('blocks that the first release wrote', () => {
  // JSON has no minus zero: it is written as text.
  const fixture = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../test/fixtures/series/first-release-blocks.json'), 'utf8'),
  ) as { name: string; codec: number; data: string; samples: [number, number | '-0'][] }[]

  test.each(fixture)('$name is read bit by bit', ({ codec, data, samples }) => {
    const block = { codec, data: Buffer.from(data, 'base64') }
    expect(decodeBlock(block, samples.length)).toEqual(
      columnsOf(samples.map(([at, value]) => ({ at, value: Number(value) }))),
    )
  })
  test('are of both of its kinds', () => {
    expect(new Set(fixture.map(({ codec }) => codec))).toEqual(new Set([1, 2]))
  })
})
