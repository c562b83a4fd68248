import fc from 'fast-check'
import { expect, test } from 'vitest'
import { merged, packBuckets, type RolledUp, rollUp, unpackBuckets } from './rollup.ts'

const LEVEL = 900_000
const columns = (value: fc.Arbitrary<number>) =>
  fc.array(fc.tuple(fc.integer({ min: 1, max: 2e6 }), value), { minLength: 1, maxLength: 300 }).map((pairs) => {
    let time = 1_767_225_600_000
    const at = Float64Array.from(pairs, ([step]) => {
      time += step
      return time
    })
    return { at, value: Float64Array.from(pairs, ([, one]) => one) }
  })
const decimal = fc.integer({ min: -1e9, max: 1e9 }).map((n) => n / 10_000)
const whole = fc.integer({ min: 0, max: 2 ** 37 }).map((n) => n * 1024)

test('every sample is in one bucket, with its least, greatest and last', () => {
  fc.assert(
    fc.property(columns(decimal), (samples) => {
      for (const { at, n, min, max, last } of rollUp(samples, LEVEL)) {
        const inside = [...samples.value].filter((_, i) => Math.floor((samples.at[i] as number) / LEVEL) * LEVEL === at)
        expect([n, min, max, last]).toEqual([inside.length, Math.min(...inside), Math.max(...inside), inside.at(-1)])
      }
    }),
  )
})

test('packed buckets come back: exactly, but for the noise of adding decimals in their sum', () => {
  fc.assert(
    fc.property(
      fc.oneof(columns(decimal), columns(whole), columns(fc.double({ noNaN: true, min: -1e9, max: 1e9 }))),
      (all) => {
        const buckets = rollUp(all, LEVEL)
        const back = unpackBuckets(packBuckets(buckets, LEVEL), buckets.length, LEVEL)
        for (const [i, bucket] of buckets.entries()) {
          const { sum, ...rest } = bucket
          expect(back[i]).toMatchObject(rest)
          expect(Math.abs((back[i] as RolledUp).sum - sum)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(sum)))
        }
      },
    ),
  )
})

test('halves of the same time put together count as all of it at once', () => {
  fc.assert(
    fc.property(columns(whole), fc.nat(300), ({ at, value }, cut) => {
      const half = (from: number, to?: number) => ({ at: at.subarray(from, to), value: value.subarray(from, to) })
      expect(merged(rollUp(half(0, cut), LEVEL), rollUp(half(cut), LEVEL))).toEqual(rollUp({ at, value }, LEVEL))
    }),
  )
})
