import { expect, test } from 'vitest'
import { faultOf } from './target.ts'
import { TARGETS } from './targets/index.ts'

/** What the fuzzers and attacks by hand found once; each was a crash, a wrong file or a reading that never ended. */
const FOUND: readonly [what: string, reader: string, input: string][] = [
  ['keys within keys, written out anew at every level', 'plan (YAML)', '? '.repeat(120)],
  ['a key that is a list', 'playbook (YAML)', '? [a, [b]]\n: 1\n'],
  ['an alias of nothing', 'manifests (Kubernetes)', '{a: *a}'],
  ['a list as a key, which the library prints', 'manifests (Kubernetes)', '? [a]\n: 1\n'],
  ['ranges of which the last is empty', 'inventory (INI)', `[web]\nweb${'[1:5000]'.repeat(4)}[9:1]\n`],
  ['ranges without end', 'inventory (INI)', `[web]\nweb${'[a:a]'.repeat(50_000)}\n`],
  ['blank lines only, then a comment', 'inventory (INI)', `${'\n'.repeat(1_000_000)}#`],
  ['a first line that is quoted whole in the refusal', 'own prices', `${'"11.005'.repeat(2000)}\n1\n`],
  ['a table of two thousand columns', 'table (CSV)', `${'a,'.repeat(2000)}\nx\n`],
  ['a quote without end before a new setting', 'env file', 'true#\nB="two w'],
  ['a quote without end before a changed setting', 'env file', "A=1\nC='x\nA=2\n"],
]

test.each(FOUND)('%s (%s)', async (_what, reader, input) => {
  const target = TARGETS.find(({ name }) => name === reader)
  expect(target === undefined ? 'no such reader' : await faultOf(target, input)).toBeNull()
})
