import { expect, test } from 'vitest'
import { differenceOf, figuresOf } from './figures.ts'

const slice = (at: number[], avg: (number | null)[], max = avg) => ({
  series: { id: 1, hostId: 'a', metric: 'm', labels: {}, unit: 'ratio' as const },
  bucketMs: 10,
  at,
  avg,
  min: avg,
  max,
})

test('mean, highest and last of one series; a gap does not count', () => {
  expect(figuresOf([slice([0, 10, 20, 30], [1, null, 3, 2], [1, null, 9, 2])])).toEqual({
    mean: 2,
    highest: 9,
    last: 2,
  })
})

test('of several series, each moment counts with its highest', () => {
  expect(figuresOf([slice([0, 10], [1, 4]), slice([1, 12], [3, 2])])).toEqual({ mean: 3.5, highest: 4, last: 4 })
})

test('nothing measured has no figures', () => {
  expect(figuresOf([])).toBeNull()
  expect(figuresOf([slice([0], [null])])).toBeNull()
})

test('a difference has a multiple only where the reference is above zero', () => {
  expect(differenceOf(3, 2)).toEqual({ by: 1, times: 1.5 })
  expect(differenceOf(3, 0)).toEqual({ by: 3, times: null })
  expect(differenceOf(1, 2)).toEqual({ by: -1, times: 0.5 })
})
