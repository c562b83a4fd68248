import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'))
const manifest = read('package.json') as Record<string, Record<string, string | boolean>>
const locked = Object.entries(
  (read('package-lock.json') as { packages: Record<string, LockedPackage> }).packages,
).filter(([path]) => path !== '')

interface LockedPackage {
  version: string
  resolved?: string
  integrity?: string
  license?: string
  hasInstallScript?: boolean
  optional?: boolean
  os?: string[]
  cpu?: string[]
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

/** Licences under which the project may use a package; the last line is of fonts, and of tools for build and tests. */
const LICENCES = new Set([
  ...['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'Unlicense', 'WTFPL'],
  ...['MIT OR Apache-2.0', '(MIT AND Zlib)', '(MIT OR CC0-1.0)', 'WTFPL OR ISC', '(WTFPL OR MIT)', 'Python-2.0'],
  ...['OFL-1.1', 'MPL-2.0', 'CC0-1.0'],
])
/** Packages that state their licence in a file only, and which it is. */
const STATED_IN_A_FILE: Readonly<Record<string, string>> = {
  'cpu-features': 'MIT',
  ssh2: 'MIT',
  buildcheck: 'MIT',
  'png-js': 'MIT',
}

describe('the packages', () => {
  it('are named by exact versions', () => {
    for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies'])
      for (const [name, version] of Object.entries(manifest[kind] ?? {}))
        expect(`${name} ${version}`).toMatch(/ (npm:[@a-z/-]+@)?\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?$/)
  })

  it('are each locked to the digest of what is installed, and come from the registry', () => {
    for (const [path, { integrity, resolved, optional, os, cpu }] of locked) {
      // Of programs for other systems the registry's own digest holds: they are not in this lock.
      if (integrity === undefined) expect([path, optional, os ?? cpu]).toEqual([path, true, expect.any(Array)])
      else expect(integrity, path).toMatch(/^sha512-/)
      if (resolved !== undefined) expect(resolved, path).toMatch(/^https:\/\/registry\.npmjs\.org\//)
    }
  })

  it('run nothing while they are installed: every one that would is listed, as refused', () => {
    const would = locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path))
    const listed = manifest.allowScripts ?? {}
    for (const name of new Set(would)) expect(listed[name], `${name} in allowScripts`).toBe(false)
    expect(Object.values(listed).filter((allowed) => allowed !== false)).toEqual([])
    expect(readFileSync(join(root, 'scripts', 'bootstrap.mjs'), 'utf8')).toContain('--ignore-scripts')
  })

  it('have licences that are known', () => {
    const strange = locked
      .map(([path, { license }]) => [nameOf(path), license ?? STATED_IN_A_FILE[nameOf(path)] ?? 'none'] as const)
      .filter(([, licence]) => !LICENCES.has(licence))
    expect(strange).toEqual([])
  })
})
