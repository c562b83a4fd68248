import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseSettings, settingsText } from './settings-text.ts'

it('gives every kind of setting back as it was', () => {
  const text = fc.string({ unit: 'grapheme' })
  const value = fc.oneof(
    text,
    fc.constantFrom('16', 'true', '', ' padded ', '[1', '"quoted"', 'a = b', 'two\nlines'),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => Number(one.toFixed(3)) + 0),
    fc.boolean(),
    fc.array(fc.oneof(text, fc.integer()), { maxLength: 4 }),
  )
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9._-]{0,9}$/), value), (settings) => {
      expect(parseSettings(settingsText(settings))).toEqual({ settings })
    }),
  )
})

it.each([
  ['workers = 4\nport: 80', 'port: 80'],
  ['a = 1\na = 2', 'a = 2'],
  ['list = [1, {}]', 'list = [1, {}]'],
  ['= 4', '= 4'],
  ['__proto__ = 4', '__proto__ = 4'],
])('names the line of %j that is no setting', (text, line) => {
  expect(parseSettings(text)).toEqual({ line })
})
