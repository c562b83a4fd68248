import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { editComposeEnvironment } from './compose-environment.ts'

const edit = (text: string, settings: Record<string, string | null>, service = 'web') =>
  editComposeEnvironment(text, service, new Map(Object.entries(settings)))

const MAP = `# shop
services:
  web: # front
    image: shop:1
    environment:
      PORT: "80" # http
      URL: 'postgres://x'
      EMPTY:
      LAST: one
    ports: ["80:80"]

  db:
    image: postgres:16
`

it('sets, adds and removes settings of a map and leaves every other byte', () => {
  expect(edit(MAP, { PORT: '8080', URL: "it's", EMPTY: 'x', LAST: null, NEW: 'a$b' })).toBe(`# shop
services:
  web: # front
    image: shop:1
    environment:
      PORT: "8080" # http
      URL: 'it''s'
      EMPTY: x
      NEW: a$$b
    ports: ["80:80"]

  db:
    image: postgres:16
`)
})

it('does so in a list, in a flow, with CRLF and without a last line end', () => {
  const list = 'services:\r\n  web:\r\n    environment:\r\n      - A=1 # one\r\n      - "B=2"'
  expect(edit(list, { A: '3', B: 'x y', C: '4' })).toBe(
    'services:\r\n  web:\r\n    environment:\r\n      - A=3 # one\r\n      - "B=x y"\r\n      - C=4',
  )
  expect(edit('services:\n  web:\n    environment: { A: 1, B: 2 } # f\n', { A: 'x', B: null, C: '3' })).toBe(
    'services:\n  web:\n    environment: { A: "x", C: "3" } # f\n',
  )
})

it('writes an environment where there is none', () => {
  expect(edit(MAP, { A: '1' }, 'db')).toBe(`${MAP}    environment:\n      A: "1"\n`)
  expect(edit('services:\n  web:\n    image: x\n\n  db: {}\n', { A: 'b' })).toBe(
    'services:\n  web:\n    image: x\n    environment:\n      A: b\n\n  db: {}\n',
  )
  expect(edit('services:\n  web:\n    environment:\n    image: x\n', { A: 'b' })).toBe(
    'services:\n  web:\n    environment:\n      A: b\n    image: x\n',
  )
})

it('refuses what it cannot change alone', () => {
  expect(() => edit(MAP, { A: '1' }, 'wbe')).toThrow(expect.objectContaining({ code: 'COMPOSE_SERVICE_MISSING' }))
  expect(() => edit('a: [', { A: '1' })).toThrow(expect.objectContaining({ code: 'COMPOSE_INVALID' }))
  expect(() => edit('x: &e\n  A: 1\nservices:\n  web:\n    environment: *e\n', { A: '1' })).toThrow(
    expect.objectContaining({ code: 'COMPOSE_ENVIRONMENT_SHARED' }),
  )
})

it('any value comes back as Compose reads it, whatever the form, and the rest is as before', () => {
  const value = fc
    .string({ unit: 'grapheme', maxLength: 20 })
    .filter((text) => !/[\r\n\0]/.test(text) && text.isWellFormed())
  const texts = [
    MAP,
    MAP.replace('      PORT: "80" # http\n', ''),
    "services:\n  web:\n    environment:\n      - PORT=1\n      - 'B=2'\n",
    'services:\n  web:\n    environment: [PORT=1]\n',
    'services:\n  web:\n    image: x\n',
  ]
  const environment = (text: string): Record<string, unknown> => {
    const found = parse(text).services.web.environment ?? {}
    return Array.isArray(found)
      ? Object.fromEntries(found.map((one: string) => [one.split('=')[0], one.slice(one.indexOf('=') + 1)]))
      : found
  }
  fc.assert(
    fc.property(value, fc.constantFrom(...texts), (text, before) => {
      const after = edit(before, { PORT: text })
      expect(environment(after)).toEqual({ ...environment(before), PORT: text.replaceAll('$', '$$$$') })
    }),
    { numRuns: 200 },
  )
})
