import { expect, it } from 'vitest'
import { PageEnds } from './page-ends.ts'
import { words } from './words.ts'

it('a page that ends by itself is loaded again, and asked about where it goes on ending', () => {
  let at = 0
  const ends = new PageEnds(() => at)
  expect([ends.next(), ends.next(), ends.next(), ends.next()]).toEqual(['load', 'load', 'load', 'ask'])
  ends.forget()
  expect(ends.next()).toBe('load')
  at = 10 * 60_000
  expect([ends.next(), ends.next(), ends.next()]).toEqual(['load', 'load', 'load'])
})

it('what is said names the reason and what goes on', () => {
  expect(words.en.pageEnds('oom')).toMatch(/several times.*oom/)
  expect(words.de.pageEnds('oom')).toMatch(/oom/)
})
