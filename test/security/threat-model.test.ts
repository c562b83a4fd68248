import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const lines = readFileSync(join(root, 'docs', 'threat-model.md'), 'utf8').split('\n')
const first = lines.findIndex((line) => line.startsWith('| promise'))
const rows = lines
  .slice(first + 2, lines.indexOf('', first))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\||\|$/g, '').trim()) as [string, string, string])

/** Of the design: each promise by a word that its row cannot do without. */
const PROMISES = [
  ...['host key', 'at rest', 'leave the core', 'renderer', 'text', 'dispatches', 'web host', 'previewed'],
  ...['Privilege', 'Supply chain', 'audit', 'Nothing leaves', 'Logs'],
]

it('every promise stands in the threat model, with a test that attacks it', () => {
  expect(PROMISES.filter((word) => !rows.some(([promise]) => promise.includes(word)))).toEqual([])
})

it.each(rows)('%s: the files that are said to attack it are there', (_promise, _how, attacks) => {
  const files = [...attacks.matchAll(/`((?:main|shared|renderer|test)\/[^`]+)`/g)].map(([, file]) => file as string)
  expect(files.filter((file) => /\.test\.ts$|^test\/fuzz\/targets\//.test(file))).not.toEqual([])
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([])
})
