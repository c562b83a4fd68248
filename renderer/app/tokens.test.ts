import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const renderer = fileURLToPath(new URL('..', import.meta.url))
const tokens = new Set(
  globSync(['app/tokens.css', 'charts/charts.css'], { cwd: renderer }).flatMap((file) =>
    [...read(file).matchAll(/^\s*(--[\w-]+):/gm)].map((match) => match[1] ?? ''),
  ),
)
const sheets = globSync('**/*.css', { cwd: renderer }).filter((file) => file !== 'app/tokens.css')

/** Where another rule holds, and why. */
const REASONS: Readonly<Record<string, RegExp>> = {
  // The colours of series, held apart by colours.test.ts.
  'charts/charts.css': /^--chart-\d$/,
  // A page of the PDF at any width: its sizes are points, not pixels of this window.
  'report/sheet.module.css': /^(font-size|(padding|margin|gap)[\w-]*|border-radius)$/,
}
/** A hairline stays one whatever the scale of distances. */
const HAIRLINE = /^-?1px$/
const DISTANCE = /^(padding|margin)(-[\w-]+)?$|^((row|column)-)?gap$/
const SIZED = /^font-size$|^border-radius$|^border-[\w-]+-radius$/
const COLOUR = /#[0-9a-f]{3,8}\b|\b(rgb|hsl|hwb|lab|lch|oklab|oklch)a?\(/i

function read(file: string): string {
  return readFileSync(`${renderer}/${file}`, 'utf8').replace(/\/\*.*?\*\//gs, '')
}

function declarations(file: string): { property: string; value: string }[] {
  return [...read(file).matchAll(/([\w-]+)\s*:\s*([^;{}]+);/g)].map(([, property = '', value = '']) => ({
    property,
    value: value.trim(),
  }))
}

it('reads the style sheets that there are', () => {
  expect(sheets.length).toBeGreaterThan(40)
  expect(tokens.size).toBeGreaterThan(50)
})

it.each(sheets)('%s names colours, type, distances and corners by their tokens only', (file) => {
  const strays = declarations(file).filter(({ property, value }) => {
    if (REASONS[file]?.test(property)) return false
    if (COLOUR.test(value)) return true
    if (!DISTANCE.test(property) && !SIZED.test(property)) return false
    return [...value.matchAll(/-?[\d.]+px/g)].some(([length]) => SIZED.test(property) || !HAIRLINE.test(length))
  })
  expect(strays).toEqual([])
})

it.each(sheets)('%s uses no token that is not there', (file) => {
  const own = new Set(declarations(file).map(({ property }) => property))
  const used = [...read(file).matchAll(/var\((--[\w-]+)/g)].map((match) => match[1] ?? '')
  const given = (name: string) =>
    tokens.has(name) || own.has(name) || name.startsWith('--mantine-') || SET_BY_SCRIPT.has(name)
  expect(used.filter((name) => !given(name))).toEqual([])
})

/** Set on an element by the piece that draws it. */
const SET_BY_SCRIPT: ReadonlySet<string> = new Set(['--columns', '--least', '--one', '--height'])
