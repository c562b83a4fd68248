import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { faded } from './colours.ts'

type Vector = readonly [number, number, number]

/** What each kind of eye sees of linear sRGB: Machado, Oliveira and Fernandes 2009, severity 1. */
const EYES: Readonly<Record<string, readonly Vector[]>> = {
  common: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
} // prettier-ignore

const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
const channel = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
const linear = (hex: string): Vector =>
  [1, 3, 5].map((at) => channel(Number.parseInt(hex.slice(at, at + 2), 16) / 255)) as unknown as Vector
const luminance = (colour: Vector) => dot(colour, [0.2126, 0.7152, 0.0722])

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(linear(a)), luminance(linear(b))].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

/** CIE Lab (D65) of a colour as an eye sees it. */
function seen(hex: string, eye: readonly Vector[]): Vector {
  const colour = eye.map((row) => Math.min(1, Math.max(0, dot(row, linear(hex))))) as unknown as Vector
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116)
  const x = f(dot(colour, [0.4124, 0.3576, 0.1805]) / 0.9505)
  const y = f(luminance(colour))
  const z = f(dot(colour, [0.0193, 0.1192, 0.9505]) / 1.089)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

const css = readFileSync(new URL('./charts.css', import.meta.url), 'utf8')
const series = [...css.matchAll(/--chart-\d: (#[0-9a-f]{6})/g)].map((match) => match[1] as string)
const tokens = readFileSync(new URL('../app/tokens.css', import.meta.url), 'utf8')
const panels = [...tokens.matchAll(/--panel: (#[0-9a-f]{6})/g)].map((match) => match[1] as string)

describe.each(['light', 'dark'].map((theme, index) => ({ theme, index })))('series colours, $theme', ({ index }) => {
  const colours = series.slice(index * 6, index * 6 + 6)

  it('reach 3:1 on the panel', () => {
    expect(colours).toHaveLength(6)
    for (const colour of colours) expect(contrast(colour, panels[index] as string)).toBeGreaterThanOrEqual(3)
  })

  it.each(Object.entries(EYES))('keep apart for %s', (_, eye) => {
    colours.forEach((one, at) => {
      for (const other of colours.slice(at + 1)) {
        const [a, b] = [seen(one, eye), seen(other, eye)]
        expect(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]), `${one} and ${other}`).toBeGreaterThan(20)
      }
    })
  })
})

describe('faded', () => {
  it('adds an opacity to a hex colour and leaves any other as it is', () => {
    expect(faded('#0f6b5c', 0.2)).toBe('#0f6b5c33')
    expect(faded('teal', 0.2)).toBe('teal')
  })
})
