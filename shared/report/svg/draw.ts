/** A drawing as SVG text: a few shapes, numbers to a hundredth, every text escaped. Sizes are in points. */
export interface Drawing {
  width: number
  height: number
  parts: string[]
}

export const drawing = (width: number, height: number): Drawing => ({ width, height, parts: [] })

export const svgOf = ({ width, height, parts }: Drawing): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${parts.join('')}</svg>`

const n = (value: number): string => String(Math.round(value * 100) / 100)
const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`)

export interface Stroke {
  colour: string
  width?: number
  dash?: string
}

export function line(to: Drawing, x1: number, y1: number, x2: number, y2: number, stroke: Stroke): void {
  to.parts.push(
    `<line x1="${n(x1)}" y1="${n(y1)}" x2="${n(x2)}" y2="${n(y2)}" stroke="${stroke.colour}" stroke-width="${stroke.width ?? 0.5}"${stroke.dash ? ` stroke-dasharray="${stroke.dash}"` : ''}/>`,
  )
}

export function rect(
  to: Drawing,
  x: number,
  y: number,
  width: number,
  height: number,
  fill: string,
  opacity = 1,
): void {
  to.parts.push(
    `<rect x="${n(x)}" y="${n(y)}" width="${n(Math.max(0, width))}" height="${n(Math.max(0, height))}" fill="${fill}"${opacity < 1 ? ` fill-opacity="${opacity}"` : ''}/>`,
  )
}

export type Point = readonly [number, number]
const points = (list: readonly Point[]): string => list.map(([x, y]) => `${n(x)},${n(y)}`).join(' ')

export function polygon(to: Drawing, list: readonly Point[], fill: string, opacity = 1): void {
  to.parts.push(`<polygon points="${points(list)}" fill="${fill}"${opacity < 1 ? ` fill-opacity="${opacity}"` : ''}/>`)
}

export function polyline(to: Drawing, list: readonly Point[], stroke: Stroke): void {
  to.parts.push(
    `<polyline points="${points(list)}" fill="none" stroke="${stroke.colour}" stroke-width="${stroke.width ?? 1.2}" stroke-linejoin="round"${stroke.dash ? ` stroke-dasharray="${stroke.dash}"` : ''}/>`,
  )
}

export interface Lettering {
  anchor?: 'start' | 'middle' | 'end'
  size?: number
  colour?: string
  bold?: boolean
  /** Cut with an ellipsis where it would be longer. */
  within?: number
}

/** Text on its baseline. */
export function text(to: Drawing, x: number, y: number, words: string, lettering: Lettering = {}): void {
  const { anchor = 'start', size = 7.5, colour = INK.soft, bold = false, within } = lettering
  const shown = within === undefined ? words : cut(words, within, size)
  to.parts.push(
    `<text x="${n(x)}" y="${n(y)}" font-family="Roboto" font-size="${size}"${bold ? ' font-weight="bold"' : ''} fill="${colour}" text-anchor="${anchor}">${escaped(shown)}</text>`,
  )
}

/** About how wide a text is set: narrow, wide and other letters of a sans serif. */
export function widthOf(words: string, size = 7.5): number {
  let sum = 0
  for (const letter of words)
    sum += /[\p{Lu}mwMW@%—]/u.test(letter) ? 0.68 : /[iljtfr.,:;'|!()[\] ]/.test(letter) ? 0.3 : 0.56
  return sum * size
}

export function cut(words: string, width: number, size = 7.5): string {
  if (widthOf(words, size) <= width) return words
  const letters = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(words)].map((one) => one.segment)
  while (letters.length > 1 && widthOf(`${letters.join('')}…`, size) > width) letters.pop()
  return `${letters.join('').trimEnd()}…`
}

/** The inks of a printed report: one accent, greys, and a second hue for what is to be told apart. */
export const INK = {
  text: '#1b2430',
  soft: '#5b6673',
  faint: '#9aa4af',
  rule: '#d9dee4',
  wash: '#f3f5f7',
  accent: '#0f6b5c',
  accentSoft: '#7fb5aa',
  accentPale: '#c6dfd9',
  accentWash: '#e6f2ef',
  good: '#0f6b5c',
  goodWash: '#e6f2ef',
  warn: '#9a6100',
  warnWash: '#fdf4e3',
  bad: '#b3261e',
  badWash: '#fcebe9',
  white: '#ffffff',
} as const

/** For what stands side by side; told apart by lightness too, so that a grey print keeps them. */
export const SERIES = ['#0f6b5c', '#c9772b', '#3a6ea5', '#8a4f9e', '#7a7f87', '#b0413e', '#4aa3c7', '#8c7a1e'] as const
export const seriesColour = (index: number): string => SERIES[index % SERIES.length] as string
