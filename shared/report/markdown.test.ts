import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Report } from './document.ts'
import { inline, markdownOf } from './markdown.ts'

const report = (blocks: Report['blocks']): Report => ({
  title: 'A *plan*',
  subtitle: '# not a heading',
  facts: [{ label: 'Day', value: '1 | 2' }],
  running: { name: 'A plan', day: '21 November 2026', maker: 'Headroom 1' },
  at: 0,
  blocks,
})

it('keeps every table as wide as its head, whatever its cells hold', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.string()), { minLength: 1, maxLength: 5 }), (cells) => {
      const text = markdownOf(
        report([
          {
            kind: 'table',
            columns: [
              { title: 'A', weight: 1 },
              { title: 'B', weight: 1, right: true },
            ],
            rows: cells.map((row) => ({ cells: row })),
          },
        ]),
      )
      const lines = text.split('\n').filter((line) => line.startsWith('|'))
      expect(lines).toHaveLength(cells.length + 2)
      for (const line of lines) expect(line.replace(/\\\\/g, '').match(/(?<!\\)\|/g)).toHaveLength(3)
    }),
  )
})

it('escapes what Markdown and HTML would read, and leaves an address to be clicked', () => {
  expect(inline('a_b *c* [d](e) <script> `f` #g $h ~i~ &amp;')).toBe(
    'a\\_b \\*c\\* \\[d\\](e) \\<script\\> \\`f\\` \\#g \\$h \\~i\\~ &amp;amp;',
  )
  expect(inline('see https://example.org/a_b?c=1, then')).toBe('see <https://example.org/a_b?c=1>, then')
  expect(inline('two\nlines\u202e turned')).toBe('two lines turned')
})

it('does not let a text begin a list, a heading or a rule', () => {
  const text = markdownOf(report([{ kind: 'list', items: ['1. first', '- dash', '# head', '=== rule'] }]))
  expect(text).toContain('- 1\\. first\n- \\- dash\n- \\# head\n- \\=== rule')
  expect(text).toContain('# A \\*plan\\*\n\n\\# not a heading\n\n**Day:** 1 \\| 2')
})
