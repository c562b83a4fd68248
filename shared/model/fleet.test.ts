import { expect, test } from 'vitest'
import { tagsFrom } from './fleet.ts'

test('tags are small letters, each once, in order', () => {
  expect(tagsFrom(' Web, db  web,eu:west-1 ')).toEqual({ tags: ['db', 'eu:west-1', 'web'] })
  expect(tagsFrom('')).toEqual({ tags: [] })
})

test.each([
  ['-x', /“-x” is no tag/],
  ['a=b', /“a=b” is no tag/],
  ['x'.repeat(41), /longer than 40/],
  [Array.from({ length: 21 }, (_, i) => `t${i}`).join(' '), /21 tags; a server takes 20/],
])('%j is refused with what is wrong', (text, fault) => {
  expect(tagsFrom(text)).toEqual({ fault: expect.stringMatching(fault) })
})
