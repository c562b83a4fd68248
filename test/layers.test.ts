import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const areas = ['workspace', 'hosts', 'metrics', 'plan', 'playbooks', 'rpc']
let tree: string

/** A small tree of the same shape, in which everything is allowed. */
const allowed: Record<string, string> = {
  'shared/a.ts': "import * as z from 'zod'\nexport const a = z.string()\n",
  'renderer/b.tsx': "export { a } from '../shared/a.ts'\n",
  'main/system.ts': 'export const now = () => Date.now()\nexport const random = () => Math.random()\n',
  'renderer/app/clock.ts': 'export const now = () => Date.now()\n',
  'main/link/index.ts': "export { a } from '../../shared/a.ts'\n",
  'main/launch/index.ts': "export { a } from '../link/index.ts'\n",
  'main/web/index.ts': "export { a } from '../launch/index.ts'\n",
  'main/cli/index.ts': "export * from '../core/index.ts'\n",
  'main/electron/index.ts': "export { app } from 'electron'\nexport { a } from '../launch/index.ts'\n",
  'main/core/index.ts': "export * from './rpc/index.ts'\n",
  'main/core/environment.ts': 'export type Environment = object\n',
  'main/core/rpc/index.ts': "export * from '../plan/index.ts'\nexport * from '../playbooks/index.ts'\n",
  'main/core/plan/index.ts': "export * from '../metrics/index.ts'\n",
  'main/core/playbooks/index.ts': "export * from '../hosts/index.ts'\n",
  'main/core/metrics/index.ts': "export * from '../hosts/index.ts'\n",
  'main/core/hosts/index.ts': "export * from '../workspace/index.ts'\n",
  'main/core/workspace/index.ts': "export * from './inner.ts'\n",
  ...Object.fromEntries(areas.map((area) => [`main/core/${area}/inner.ts`, `export const ${area} = 1\n`])),
}

/** One way to break each rule: the file to add and the rule that must refuse it. */
const broken: [rule: string, file: string, text: string][] = [
  ['unknown-import', 'shared/x.ts', "export * from './not-there.ts'\n"],
  ['unknown-import', 'main/web/x.ts', "export * from 'no-such-package'\n"],
  ['known-folder', 'main/new-place/x.ts', 'export const x = 1\n'],
  ['no-cycle', 'shared/x.ts', "import { y } from './y.ts'\nexport const x = () => y\n"],
  ['shared-is-pure', 'shared/x.ts', "export { readFileSync } from 'node:fs'\n"],
  ['shared-is-pure', 'shared/x.ts', "import type { Stats } from 'node:fs'\nexport type S = Stats\n"],
  ['shared-is-pure', 'shared/x.ts', "export { now } from '../main/system.ts'\n"],
  ['shared-is-pure', 'shared/x.ts', "export { useState } from 'react'\n"],
  ['renderer-knows-shared-only', 'renderer/x.ts', "export { now } from '../main/system.ts'\n"],
  [
    'renderer-knows-shared-only',
    'renderer/x.ts',
    "import type { Environment } from '../main/core/environment.ts'\nexport type E = Environment\n",
  ],
  ['renderer-without-node', 'renderer/x.ts', "export { join } from 'node:path'\n"],
  ['core-by-its-index', 'main/cli/x.ts', "export { plan } from '../core/plan/inner.ts'\n"],
  ['core-by-its-index', 'main/web/x.ts', "export * from '../core/hosts/index.ts'\n"],
  ['engine-knows-no-face', 'main/core/x.ts', "export * from '../web/index.ts'\n"],
  ['link-is-below', 'main/link/x.ts', "export * from '../core/hosts/index.ts'\n"],
  ['launch-is-below', 'main/launch/x.ts', "export * from '../core/index.ts'\n"],
  ['faces-apart', 'main/web/x.ts', "export * from '../cli/index.ts'\n"],
  ['electron-in-its-face', 'main/web/x.ts', "export { app } from 'electron'\n"],
  ['area-by-its-index', 'main/core/plan/x.ts', "export { metrics } from '../metrics/inner.ts'\n"],
  ['core-root-by-index', 'main/core/x.ts', "export { plan } from './plan/inner.ts'\n"],
  ['hosts-and-workspace-below', 'main/core/hosts/x.ts', "export * from '../metrics/index.ts'\n"],
  ['hosts-and-workspace-below', 'main/core/workspace/x.ts', "export * from '../plan/index.ts'\n"],
  ['rpc-on-top', 'main/core/plan/x.ts', "export * from '../rpc/index.ts'\n"],
  ['product-knows-no-tests', 'main/core/x.ts', "export * from '../../test/help.ts'\n"],
  ['one-clock', 'shared/x.ts', 'export const at = () => Date.now()\n'],
  ['one-clock', 'main/core/plan/x.ts', 'export const roll = () => Math.random()\n'],
  ['one-clock', 'renderer/x.ts', 'export const today = () => new Date()\n'],
]

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'headroom-layers-'))
  cpSync(join(root, 'tsconfig.json'), join(tree, 'tsconfig.json'))
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'))
  for (const [file, text] of Object.entries(allowed)) write(file, text)
  write('test/help.ts', 'export const help = 1\n')
})
afterAll(() => rmSync(tree, { recursive: true, force: true }))

function write(file: string, text: string): void {
  mkdirSync(dirname(join(tree, file)), { recursive: true })
  writeFileSync(join(tree, file), text)
}

function check(): { passed: boolean; output: string } {
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'scripts/layers.mjs'), tree], { encoding: 'utf8' })
  return { passed: status === 0, output: stdout }
}

describe('the layer check', () => {
  it('passes a tree that keeps to the rules', () => {
    expect(check()).toEqual({ passed: true, output: '' })
  })

  describe('a tree that breaks each of them', () => {
    /** Each way to break a rule stands in a file of its own name, so that one look at the tree tells them all. */
    const cases = broken.map(([rule, file, text], index): [string, string, string] => [
      rule,
      file.replace(/x\.ts$/, `x${index}.ts`),
      text,
    ])
    let result: { passed: boolean; output: string }
    beforeAll(() => {
      for (const [rule, file, text] of cases) {
        const companion = file.replace(/\.ts$/, '-too.ts')
        write(file, rule === 'no-cycle' ? text.replace('./y.ts', `./${basename(companion)}`) : text)
        if (rule === 'no-cycle') write(companion, `import { x } from './${basename(file)}'\nexport const y = () => x\n`)
      }
      result = check()
    })

    it('does not pass', () => expect(result.passed).toBe(false))
    it.each(cases)('fails on %s (%s)', (rule, file) => {
      const either = [file, file.replace(/\.ts$/, '-too.ts')].map((one) => `${rule}: ${one}`)
      expect(either.some((line) => result.output.includes(line))).toBe(true)
    })
    it('fails on nothing else', () => {
      const blamed = [...result.output.matchAll(/^\s*(?:\S+ )?([a-z-]+): (\S+\.tsx?)/gm)].map(([, , file]) => file)
      expect(blamed.filter((file) => !/x\d+(-too)?\.ts$/.test(file ?? ''))).toEqual([])
      expect(blamed.length).toBeGreaterThanOrEqual(cases.length)
    })
  })

  it('fails when it saw no module at all', () => {
    const empty = mkdtempSync(join(tmpdir(), 'headroom-empty-'))
    for (const folder of ['main', 'renderer', 'shared']) mkdirSync(join(empty, folder))
    cpSync(join(root, 'tsconfig.json'), join(empty, 'tsconfig.json'))
    const { status } = spawnSync(process.execPath, [join(root, 'scripts/layers.mjs'), empty])
    rmSync(empty, { recursive: true, force: true })
    expect(status).toBe(1)
  })
})
