// Checks who imports whom (rules in .dependency-cruiser.cjs) and that clock and dice are read in one place each.
// `node scripts/layers.mjs [folder]` checks another tree by the same rules; the test of the rules does that.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { root } from './bootstrap.mjs'

const tree = resolve(process.argv[2] ?? root)
const sources = ['main', 'renderer', 'shared']

/** Files that may read the clock or draw random numbers: one in the main programs, one in the renderer. */
const clocks = ['main/system.ts', 'renderer/app/clock.ts']

/** Every source file lies in a folder that the rules of .dependency-cruiser.cjs speak of. */
const known = /^(shared|renderer|main\/(core|electron|web|cli|link|launch))\/|^main\/system\.ts$/

const faults = [...importFaults(), ...folderFaults(), ...clockFaults()]
for (const fault of faults) process.stdout.write(`${fault}\n`)
process.exitCode = faults.length === 0 ? 0 : 1

function importFaults() {
  const cruiser = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs')
  const config = join(root, '.dependency-cruiser.cjs')
  const args = [cruiser, '--config', config, '--output-type', 'json', ...sources]
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: tree, encoding: 'utf8', maxBuffer: 1 << 28 })
  let summary
  try {
    summary = JSON.parse(stdout).summary
  } catch {
    return [`dependency-cruiser gave no result: ${stderr}`]
  }
  // With a TypeScript whose API it does not know it sees no module at all, finds nothing wrong and exits with 0.
  if (summary.totalCruised === 0) return ['dependency-cruiser saw no module; is `typescript` still version 6?']
  if (tree === root)
    process.stdout.write(`${summary.totalCruised} modules, ${summary.totalDependenciesCruised} imports\n`)
  return summary.violations
    .filter(({ rule }) => rule.severity === 'error')
    .map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)
}

function folderFaults() {
  return sources
    .flatMap((folder) => sourceFiles(join(tree, folder)))
    .map(pathOf)
    .filter((path) => !known.test(path))
    .map((path) => `known-folder: ${path} lies in no layer`)
}

function clockFaults() {
  const found = []
  for (const file of sources.flatMap((folder) => sourceFiles(join(tree, folder)))) {
    const path = pathOf(file)
    if (clocks.includes(path)) continue
    readFileSync(file, 'utf8')
      .split('\n')
      .forEach((line, index) => {
        const use = line.match(/\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(/)
        if (use && !/^\s*(\/\/|\*|\/\*)/.test(line))
          found.push(`one-clock: ${path}:${index + 1} uses ${use[0]}…; take it from the environment`)
      })
  }
  return found
}

function pathOf(file) {
  return relative(tree, file).replaceAll('\\', '/')
}

function sourceFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
}
