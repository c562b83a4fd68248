import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { editEnvFile, readEnvFile } from './env-file.ts'

const edit = (text: string, settings: Record<string, string | null>) =>
  editEnvFile(text, new Map(Object.entries(settings)))

it('keeps comments, order, export, quotes and what stands after a value', () => {
  const text = `# The app
export PORT=80 # http
NAME="old name"  # shown
SINGLE='x'
#PORT=1

LAST=1
`
  expect(edit(text, { PORT: '8080', NAME: 'new', SINGLE: "it's", LAST: null, ADDED: 'a b' })).toBe(`# The app
export PORT=8080 # http
NAME="new"  # shown
SINGLE="it's"
#PORT=1

ADDED='a b'
`)
})

it('keeps CRLF and a missing last line end', () => {
  expect(edit('A=1\r\nB=2\r\n', { A: '3', C: '4' })).toBe('A=3\r\nB=2\r\nC=4\r\n')
  expect(edit('A=1\nB=2', { B: '3' })).toBe('A=1\nB=3')
  expect(edit('A=1\nB=2\r\nC=3\n', { B: '4' })).toBe('A=1\nB=4\r\nC=3\n')
  expect(edit('A=1', { B: '2' })).toBe('A=1\nB=2')
  expect(edit('', { A: '1' })).toBe('A=1\n')
  expect(edit('A=1\n', { A: null })).toBe('')
})

it('sets the last of a repeated name and removes all of it', () => {
  expect(edit('A=1\nA=2\n', { A: '3' })).toBe('A=1\nA=3\n')
  expect(edit('A=1\nB=1\nA=2\n', { A: null })).toBe('B=1\n')
})

it('puts no quotes around what had none and needs no more than before', () => {
  expect(edit('U=pg://a/b?x=1&y=2\n', { U: 'pg://c/d?x=1&y=2' })).toBe('U=pg://c/d?x=1&y=2\n')
  expect(edit('U=pg://a/b\n', { U: 'pg://c/d?x=1&y=2' })).toBe("U='pg://c/d?x=1&y=2'\n")
  expect(edit('U=a$b # c\n', { U: 'a#b$' })).toBe("U='a#b$' # c\n")
})

it('takes a quoted value of several lines as one', () => {
  expect(edit('KEY="a\nA=no\nb" # c\nA=1\n', { KEY: 'x', A: '2' })).toBe('KEY="x" # c\nA=2\n')
  expect(edit("A='open\nB=1\n", { B: '2' })).toBe("A='open\nB=2\n")
})

it('changes nothing where the value is there already', () => {
  const text = 'A=1 # one\r\nB="two"\r\n'
  expect(edit(text, { A: '1', B: 'two', C: null })).toBe(text)
})

it('refuses names and values that no env file holds', () => {
  expect(() => edit('', { 'A B': '1' })).toThrow(expect.objectContaining({ code: 'ENV_NAME_INVALID' }))
  expect(() => edit('', { A: 'x\ny' })).toThrow(expect.objectContaining({ code: 'ENV_VALUE_INVALID' }))
})

it('any value comes back, also through a real shell', () => {
  const value = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !/[\r\n\0]/.test(text))
  fc.assert(
    fc.property(value, fc.constantFrom('', 'A=1\n', 'A="x" # c\n', "A='x'\nB=1"), (text, before) => {
      const after = edit(before, { A: text })
      expect(readEnvFile(after).get('A')).toBe(text)
      const said = execFileSync('sh', ['-c', `${after}\nprintf %s "$A"`], { encoding: 'utf8' })
      expect(said).toBe(text)
    }),
    { numRuns: 60 },
  )
})

it('refuses a file in which an open quote would swallow the change', () => {
  expect(() => edit('B="two w', { A: 'x"y\'z' })).toThrow(
    expect.objectContaining({ code: 'ENV_FILE_UNCLEAR', message: expect.stringContaining('Line 1, B') }),
  )
})
