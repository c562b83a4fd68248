import { expect, it } from 'vitest'
import { piecesOf } from './coloured.tsx'

it.each([
  ['yaml', '  image: a/b:1 # row', ['|  ', 'key|image', '|:', 'value| a/b:1 ', 'remark|# row']],
  ['yaml', '  - "80:80" # row', ['|  - "80:80" ', 'remark|# row']],
  ['yaml', "a: 'x # y'", ['key|a', '|:', "value| 'x # y'"]],
  ['yaml', '# whole', ['remark|# whole']],
  ['json', '  "a": "# b"', ['|  ', 'key|"a"', '|:', 'value| "# b"']],
  ['ini', 'work_mem = 4MB  # row', ['key|work_mem', '| =', 'value| 4MB  ', 'remark|# row']],
  ['ini', '; remark', ['remark|; remark']],
  ['nginx', '  gzip on;', ['|  ', 'key|gzip', 'value| on;']],
  ['yaml', '', []],
] as const)('%s: %s', (language, line, pieces) => {
  const found = piecesOf(line, language)
  expect(found.map(({ text, kind = '' }) => `${kind}|${text}`)).toEqual(pieces)
  expect(found.map(({ text }) => text).join('')).toBe(line)
})
