import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FIRST_SIZE, placeWindow, type Rectangle, readState } from './window-state.ts'

const laptop = { x: 0, y: 25, width: 1440, height: 875 }
const beside = { x: 1440, y: 0, width: 2560, height: 1440 }
const was = { bounds: { x: 1600, y: 100, width: 1800, height: 1200 }, maximised: true }

describe('where a window is put', () => {
  it('is where it was, as large as it was', () => {
    expect(placeWindow(was, [laptop, beside], 0)).toEqual(was)
  })
  it('is the middle of what is there once its display is gone, and fits', () => {
    const { bounds, maximised } = placeWindow(was, [laptop], 0)
    expect(bounds).toEqual({ x: 0, y: 25, width: 1440, height: 875 })
    expect(maximised).toBe(true)
  })
  it('is the middle of the first display at the first start', () => {
    expect(placeWindow(null, [beside], 0).bounds).toEqual({ x: 2040, y: 280, ...FIRST_SIZE })
  })
  it('is a little beside the window before', () => {
    const small = { bounds: { x: 100, y: 100, width: 800, height: 600 }, maximised: true }
    expect(placeWindow(small, [laptop], 1)).toEqual({
      bounds: { x: 128, y: 128, width: 800, height: 600 },
      maximised: false,
    })
  })
  it('can always be reached by its head', () => {
    const number = fc.integer({ min: -5000, max: 5000 })
    const length = fc.integer({ min: 1, max: 6000 })
    const bounds = fc.record({ x: number, y: number, width: length, height: length })
    const display = fc.constantFrom(laptop, beside, { x: -1920, y: -200, width: 1920, height: 1080 })
    fc.assert(
      fc.property(bounds, fc.uniqueArray(display, { minLength: 1 }), fc.nat(12), (given, displays, open) => {
        const { bounds: put } = placeWindow({ bounds: given, maximised: false }, displays, open)
        const shows = (on: Rectangle) =>
          Math.min(put.x + put.width, on.x + on.width) - Math.max(put.x, on.x) >= 120 &&
          put.y >= on.y - 24 &&
          put.y <= on.y + on.height - 24
        expect(displays.some(shows)).toBe(true)
      }),
    )
  })
})

describe('a kept state', () => {
  it('comes back', () => {
    expect(readState(JSON.stringify(was))).toEqual(was)
  })
  it.each(['', '{', 'null', '[]', '{"bounds":null,"maximised":true}', '{"bounds":{"x":1e400},"maximised":true}'])(
    'is not %s',
    (text) => {
      expect(readState(text)).toBeNull()
    },
  )
})
