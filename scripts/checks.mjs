// The checks of `npm run check`, each a command that must end with 0.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from './bootstrap.mjs'

const bin = (name) => join(root, 'node_modules', name)

export const checks = [
  { name: 'types', args: [bin('@typescript/native/bin/tsc'), '-p', '.'] },
  { name: 'layers', args: ['scripts/layers.mjs'] },
  { name: 'format and lint', args: [bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '.'] },
  { name: 'promises', args: [bin('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings', '.'] },
  { name: 'dead code', args: [bin('knip/bin/knip.js'), '--no-progress'] },
]

/** Runs one check; its output is kept and given back when it fails. */
export function runCheck({ args }) {
  return new Promise((done) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    const output = []
    child.stdout.on('data', (chunk) => output.push(chunk))
    child.stderr.on('data', (chunk) => output.push(chunk))
    child.on('close', (code) => done({ passed: code === 0, output: Buffer.concat(output).toString() }))
  })
}

/** Runs all of them, says how each went, and returns how many passed and failed. */
export async function runChecks() {
  const count = { passed: 0, failed: 0, failures: [] }
  for (const check of checks) {
    const begun = performance.now()
    const { passed, output } = await runCheck(check)
    count[passed ? 'passed' : 'failed'] += 1
    process.stdout.write(
      `${passed ? 'ok  ' : 'FAIL'} ${check.name} (${((performance.now() - begun) / 1000).toFixed(1)} s)\n`,
    )
    if (passed) continue
    process.stdout.write(`${output.trimEnd()}\n`)
    count.failures.push(check.name)
  }
  return count
}
