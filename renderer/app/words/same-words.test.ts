import { expect, it } from 'vitest'
import { setFormatLocale } from '../../../shared/format/locale.ts'
import { de } from './de.ts'
import { en } from './en.ts'
import { fractionText, languageOf } from './locale.ts'

type Words = { readonly [key: string]: string | Words }
const PLURAL = /_(zero|one|two|few|many|other)$/

/** Every message by its key in whole. */
function flat(words: Words, path = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(words)) {
    const name = path === '' ? key : `${path}.${key}`
    if (typeof value === 'string') found.set(name, value)
    else for (const [inner, text] of flat(value, name)) found.set(inner, text)
  }
  return found
}

/** The names of what is put in, sorted. `count` may go unsaid where the form itself says the number ("once"). */
const placeholders = (text: string) =>
  [...new Set([...text.matchAll(/\{\{(\w+)/g)].map(([, name]) => name as string))]
    .filter((one) => one !== 'count')
    .sort()

const english = en as unknown as Record<string, Words>
const german = de as unknown as Record<string, Words>

it('German has the namespaces of English, all of them', () => {
  expect(Object.keys(german).sort()).toEqual(Object.keys(english).sort())
})

it.each(Object.keys(german))('%s has the same keys, plural forms and placeholders in both languages', (namespace) => {
  const own = flat(german[namespace] as Words)
  const other = flat(english[namespace] as Words)
  expect([...own.keys()].sort()).toEqual([...other.keys()].sort())
  for (const [key, text] of own) {
    expect({ key, empty: text.trim() === '' }).toEqual({ key, empty: other.get(key) === '' })
    expect({ key, put: placeholders(text) }).toEqual({ key, put: placeholders(other.get(key) ?? '') })
    // German has the two forms of English.
    if (PLURAL.test(key) && key.endsWith('_one')) expect(own.has(key.replace(/_one$/, '_other')), key).toBe(true)
  }
})

it('speaks the first language of the system that there are messages in', () => {
  expect(languageOf('auto', ['fr-FR', 'de-AT', 'en-GB'])).toBe('de')
  expect(languageOf('auto', ['fr'])).toBe('en')
  expect(languageOf('en', ['de'])).toBe('en')
})

it('puts fractions into messages as the language writes them, and leaves years alone', () => {
  expect([0.5, 2029, 'x'].map(fractionText)).toEqual(['0.5', '2029', 'x'])
  setFormatLocale('de')
  expect([0.5, 1234.25, 2029].map(fractionText)).toEqual(['0,5', '1234,25', '2029'])
  setFormatLocale('en')
})
