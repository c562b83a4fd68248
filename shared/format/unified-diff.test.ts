import fc from 'fast-check'
import { expect, it } from 'vitest'
import { unifiedDiff } from './unified-diff.ts'

it('tells the changed lines with three lines around them', () => {
  const lines = Array.from({ length: 12 }, (_, index) => `line ${index + 1}`)
  const changed = lines.map((line) => (line === 'line 6' ? 'line six' : line))
  expect(unifiedDiff('/etc/x', `${lines.join('\n')}\n`, `${changed.join('\n')}\n`)).toBe(
    `--- /etc/x
+++ /etc/x
@@ -3,7 +3,7 @@
 line 3
 line 4
 line 5
-line 6
+line six
 line 7
 line 8
 line 9
`,
  )
})

it('tells a new file, a missing line end, and nothing where nothing changes', () => {
  expect(unifiedDiff('/a', null, 'x\n')).toBe('--- /dev/null\n+++ /a\n@@ -0,0 +1 @@\n+x\n')
  expect(unifiedDiff('/a', 'x', 'x\n')).toBe('--- /a\n+++ /a\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+x\n')
  expect(unifiedDiff('/a', 'x\r\n', 'x\n')).toContain('-x\r\n+x\n')
  expect(unifiedDiff('/a', 'x\n', 'x\n')).toBe('')
})

it('prints what may be shown, also where only the secret changed', () => {
  const shown = { before: 'KEY=‹KEY›\n', after: 'KEY=‹KEY›\n' }
  const diff = unifiedDiff('/a', 'KEY=one\n', 'KEY=two\n', { shown })
  expect(diff).toContain('-KEY=‹KEY›\n+KEY=‹KEY›\n')
  expect(diff).not.toMatch(/one|two/)
})

it('a change larger than the search allows is told as a whole', () => {
  const before = Array.from({ length: 3000 }, (_, index) => `a${index}`).join('\n')
  const after = Array.from({ length: 3000 }, (_, index) => `b${index}`).join('\n')
  expect(unifiedDiff('/a', before, after)).toContain('@@ -1,3000 +1,3000 @@')
})

/** The old text with the hunks applied, as patch(1) does. */
function applied(before: string, diff: string): string {
  const old = before === '' ? [] : before.split(/(?<=\n)/)
  const out: string[] = []
  let at = 0
  for (const line of diff.split('\n').slice(2, -1)) {
    const head = /^@@ -(\d+)(?:,(\d+))? /.exec(line)
    if (head) {
      const start = head[2] === '0' ? Number(head[1]) : Number(head[1]) - 1
      out.push(...old.slice(at, start))
      at = start
    } else if (line.startsWith('\\')) out.push(String(out.pop()).replace(/\n$/, ''))
    else if (line.startsWith('-')) expect(old[at++]?.replace(/\n$/, '')).toBe(line.slice(1))
    else {
      if (line.startsWith(' ')) expect(old[at++]?.replace(/\n$/, '')).toBe(line.slice(1))
      out.push(`${line.slice(1)}\n`)
    }
  }
  return [...out, ...old.slice(at)].join('')
}

it('applied to the old text it makes the new one', () => {
  const text = fc
    .tuple(fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 30 }), fc.boolean())
    .map(([lines, ends]) => lines.join('\n') + (ends && lines.length > 0 ? '\n' : ''))
  fc.assert(
    fc.property(text, text, (before, after) => {
      const diff = unifiedDiff('/f', before, after)
      expect(diff === '').toBe(before === after)
      if (diff !== '') expect(applied(before, removedEnd(diff))).toBe(after)
    }),
    { numRuns: 500 },
  )
})

/** Only the new text's missing line end matters when a diff is applied. */
const removedEnd = (diff: string): string => diff.replace(/^(-.*)\n\\ No newline at end of file$/gm, '$1')
