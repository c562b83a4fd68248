import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

it('patch(1) makes of the old text the new one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-diff-'))
  const text = fc
    .tuple(fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 30 }), fc.boolean())
    .map(([lines, ends]) => lines.join('\n') + (ends && lines.length > 0 ? '\n' : ''))
  try {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const file = join(folder, 'f')
        writeFileSync(file, before)
        const diff = unifiedDiff(file, before, after)
        if (before === after) {
          expect(diff).toBe('')
          return
        }
        execFileSync('patch', ['-s', '-o', join(folder, 'out'), file], { input: diff, stdio: 'pipe' })
        expect(execFileSync('cat', [join(folder, 'out')], { encoding: 'utf8' })).toBe(after)
      }),
      { numRuns: 60 },
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
