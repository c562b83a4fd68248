import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Ways to write a date or a number as the browser is set, and not as the operator chose. */
const BROWSERS_OWN =
  /Intl\.(?:DateTimeFormat|NumberFormat|RelativeTimeFormat)\((?:undefined|\))|\.toLocale(?:Date|Time)?String\((?:undefined|\))/

it('the window writes dates and figures in the language that is spoken', () => {
  const files = globSync('renderer/**/*.{ts,tsx}', { cwd: root }).filter((file) => !file.includes('.test.'))
  expect(files.length).toBeGreaterThan(300)
  const found = files.filter((file) => BROWSERS_OWN.test(readFileSync(join(root, file), 'utf8')))
  expect(found).toEqual([])
})
