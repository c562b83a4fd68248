import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exp, ln, lnColumn, power } from './elementary.ts'
import { mix32, nextWord, normalQuantile, seedStream, splitmix32, unitInterval } from './random.ts'

describe('xoshiro128**', () => {
  it("gives the reference implementation's first ten words from the state 1, 2, 3, 4", () => {
    const state = Uint32Array.of(1, 2, 3, 4)
    const words = Array.from({ length: 10 }, () => nextWord(state, 0))
    expect(words).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ])
  })

  it('keeps streams that lie beside each other in one array apart', () => {
    const both = new Uint32Array(8)
    seedStream(7, 0, both, 0)
    seedStream(7, 1, both, 4)
    const alone = new Uint32Array(4)
    seedStream(7, 1, alone, 0)
    nextWord(both, 0)
    expect(nextWord(both, 4)).toBe(nextWord(alone, 0))
  })

  it('starts every stream of every seed in a state of its own', () => {
    const seen = new Set<string>()
    for (let seed = 0; seed < 20; seed += 1) {
      for (let stream = 0; stream < 500; stream += 1) {
        const state = new Uint32Array(4)
        seedStream(seed, stream, state, 0)
        seen.add(state.join())
      }
    }
    expect(seen.size).toBe(10_000)
  })
})

describe('splitmix32', () => {
  it('mixes without losing a value', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => {
        expect(mix32(a) === mix32(b)).toBe((a | 0) === (b | 0))
      }),
    )
  })

  it('counts on: an index with a shifted seed is a later index', () => {
    expect(splitmix32(0x9e3779b9 | 0, 4)).toBe(splitmix32(0, 5))
  })
})

describe('normal variates', () => {
  it.each([
    [1e-12, -7.034483825301132],
    [1e-6, -4.753424308822899],
    [0.01, -2.3263478740408408],
    [0.075, -1.4395314709384557],
    [0.3, -0.5244005127080407],
    [0.9, 1.2815515655446008],
    [0.99, 2.3263478740408408],
  ])('has the quantile of the standard normal at %d', (p, z) => {
    expect(Math.abs(normalQuantile(p) - z)).toBeLessThan(4e-15 * Math.abs(z))
  })

  it('is odd about one half, so that antithetic draws are exact opposites', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (word) => {
        expect(normalQuantile(unitInterval(0xffffffff - word))).toBe(-normalQuantile(unitInterval(word)))
      }),
    )
  })

  it('has mean 0, variance 1 and kurtosis 3 over 200,000 draws, within four standard errors', () => {
    const state = new Uint32Array(4)
    seedStream(1, 0, state, 0)
    const n = 200_000
    let first = 0
    let second = 0
    let fourth = 0
    for (let i = 0; i < n; i += 1) {
      const z = normalQuantile(unitInterval(nextWord(state, 0)))
      first += z
      second += z * z
      fourth += z ** 4
    }
    expect(Math.abs(first / n)).toBeLessThan(4 / Math.sqrt(n))
    expect(Math.abs(second / n - 1)).toBeLessThan(4 * Math.sqrt(2 / n))
    expect(Math.abs(fourth / n - 3)).toBeLessThan(4 * Math.sqrt(96 / n))
  })
})

describe('elementary functions', () => {
  it('agree with the engine to a few units in the last place', () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
        expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(1e-15)
      }),
    )
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => {
        expect(Math.abs(ln(x) - Math.log(x))).toBeLessThanOrEqual(4e-16 * Math.max(Math.abs(Math.log(x)), 1e-3))
      }),
    )
  })

  it('keep their ends', () => {
    expect([exp(0), exp(-800), exp(800), ln(1), ln(0), ln(-1), power(0, 0.5), power(5, 1)]).toEqual([
      1,
      0,
      Number.POSITIVE_INFINITY,
      0,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
      0,
      5,
    ])
    expect(Math.abs(exp(-740) / Math.exp(-740) - 1)).toBeLessThan(0.1)
    expect(Math.abs(ln(5e-320) - Math.log(5e-320))).toBeLessThan(1e-10)
  })

  it('takes the logarithms of a column to the digit of one alone, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.float64Array({ minLength: 1, maxLength: 20 }), (values) => {
        const into = new Float64Array(values.length)
        lnColumn(values, values.length, into)
        expect([...into]).toEqual([...values].map(ln))
      }),
    )
  })
})
