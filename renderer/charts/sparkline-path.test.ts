import { expect, test } from 'vitest'
import { sparklinePath } from './sparkline-path.ts'

const window = { from: 0, to: 100 }

test('a line rises from the ground to the top', () => {
  expect(sparklinePath({ at: [0, 50, 100], avg: [0, 0.5, 1] }, window, 1)).toEqual({
    line: 'M0.0,21.0L50.0,11.0L100.0,1.0',
    area: 'M0.0,21.0L50.0,11.0L100.0,1.0L100.0,22L0.0,22Z',
  })
})

test('a gap stays a gap, in the line and in the ground under it', () => {
  const { line, area } = sparklinePath({ at: [0, 10, 20, 90, 100], avg: [1, 1, null, 1, 1] }, window, 1)
  expect(line).toBe('M0.0,1.0L10.0,1.0M90.0,1.0L100.0,1.0')
  expect(area.match(/Z/g)).toHaveLength(2)
  expect(area).toContain('L10.0,22L0.0,22Z')
})

test('without a top, the greatest value is the top; values above a given one stay inside', () => {
  expect(sparklinePath({ at: [0, 100], avg: [5, 10] }, window, null).line).toBe('M0.0,11.0L100.0,1.0')
  expect(sparklinePath({ at: [0, 100], avg: [2, 2] }, window, 1).line).toBe('M0.0,1.0L100.0,1.0')
})

test('nothing measured is no path', () => {
  expect(sparklinePath({ at: [], avg: [] }, window, null)).toEqual({ line: '', area: '' })
  expect(sparklinePath({ at: [0, 50], avg: [0, 0] }, window, null).line).toBe('M0.0,21.0L50.0,21.0')
})
