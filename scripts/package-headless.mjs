// Makes the headless package: the command line and the web host with all they need but a Node of version 22 or newer.
// Usage: node scripts/package-headless.mjs [FOLDER]; default dist/packages.
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, setUp, stop } from './bootstrap.mjs'
import { build } from './build.mjs'

setUp(import.meta.url)
const folder = process.argv[2] ?? join(root, 'dist', 'packages')
await build()
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const name = `headroom-headless-${version}`
const work = mkdtempSync(join(tmpdir(), 'headroom-headless-'))
try {
  const into = join(work, name)
  for (const part of ['dist/main', 'dist/renderer', 'resources', 'package.json', 'LICENSE'])
    cpSync(join(root, part), join(into, part), {
      recursive: true,
      filter: (path) => !/\.map$|\.test\.|(electron|preload)\.cjs$/.test(path),
    })
  for (const part of ['package.json', 'LICENSE', 'lib', 'prebuilds'])
    cpSync(join(root, 'node_modules/better-sqlite3', part), join(into, 'node_modules/better-sqlite3', part), {
      recursive: true,
    })
  mkdirSync(join(into, 'bin'))
  // `headroom` starts the command line wherever it is linked from.
  const launcher = '#!/bin/sh\nself=$(readlink -f "$0")\nexec node "${self%/bin/headroom}/dist/main/cli.mjs" "$@"\n'
  writeFileSync(join(into, 'bin', 'headroom'), launcher)
  chmodSync(join(into, 'bin', 'headroom'), 0o755)
  mkdirSync(folder, { recursive: true })
  const archive = join(folder, `${name}.tar.gz`)
  const order = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner']
  const tar = spawnSync('tar', [...order, '-czf', archive, '-C', work, name], { stdio: 'inherit' })
  if (tar.status !== 0) stop('tar could not write the archive.')
  process.stdout.write(`${archive}\n`)
} finally {
  rmSync(work, { recursive: true, force: true })
}
