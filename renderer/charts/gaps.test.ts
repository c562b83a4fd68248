import { describe, expect, it } from 'vitest'
import { gapsOf } from './gaps.ts'

const at = [10, 20, 30, 40, 50]

describe('gapsOf', () => {
  it('spans from the last value to the next', () => {
    expect(gapsOf([{ at, avg: [1, null, null, 2, 3] }])).toEqual([{ from: 10, to: 40 }])
  })
  it('reaches to the end when nothing follows', () => {
    expect(gapsOf([{ at, avg: [1, 2, 3, null, null] }])).toEqual([{ from: 30, to: 50 }])
  })
  it('is no gap while one series has a value', () => {
    expect(
      gapsOf([
        { at, avg: [1, null, 2, 3, 4] },
        { at, avg: [1, 5, 2, 3, 4] },
      ]),
    ).toEqual([])
  })
  it('finds none without series or with unlike times', () => {
    expect(gapsOf([])).toEqual([])
    expect(
      gapsOf([
        { at, avg: at.map(() => null) },
        { at: [1], avg: [null] },
      ]),
    ).toEqual([])
  })
})
