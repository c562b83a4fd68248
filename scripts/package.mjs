// npm run dist: packages for this platform, as electron-builder.yml says, into dist/packages; then reads back what came of
// it. `--dir` stops at the unpacked app, `--built` takes what is in dist/ as it is,
// `--output=FOLDER` is another place. Where ELECTRON_OVERRIDE_DIST_PATH names an Electron, that one is packaged, unpacked
// only, since packagers of the other kinds have to be downloaded.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { getCurrentFuseWire } from '@electron/fuses'
import { parse } from 'yaml'
import { root, setUp, stop } from './bootstrap.mjs'
import { build as buildApp } from './build.mjs'
import { checkPackage, FUSES } from './package-check.mjs'

/** Electron's own Node must be this new to hold the core: the Node-API that better-sqlite3 needs. */
const OLDEST_CORE_NODE = 22

/**
 * Packages the app for this platform; returns the folder of the unpacked app, and what was read back from it. `electronDist`:
 * an Electron's folder instead of the release that package.json names.
 */
async function packageApp({ electronDist, dir = false, built = false, output } = {}) {
  if (!built) await buildApp()
  const shipped = parse(readFileSync(join(root, 'electron-builder.yml'), 'utf8'))
  const local = electronDist === undefined ? {} : await localRuntime(electronDist, shipped)
  // electron-builder adds what it is handed to what it finds; a whole file of its own takes the found one's place.
  const folder = output ?? join(root, shipped.directories.output)
  const config = join(folder, 'effective.json')
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    config,
    JSON.stringify({ ...shipped, ...local, directories: { ...shipped.directories, output: folder } }),
  )
  const { build } = await import('electron-builder')
  await build({ projectDir: root, config, publish: 'never', ...(dir || electronDist ? { dir: true } : {}) })
  const unpacked = join(folder, unpackedName())
  return { folder: unpacked, ...(await checkPackage(unpacked, { ownNode: local.asarUnpack === undefined })) }
}

/**
 * How an Electron that lies here is packaged. One whose Node is too old runs the core on another Node, which cannot read
 * inside the archive: the core's files are left beside it then.
 */
async function localRuntime(electronDist, shipped) {
  const binary = join(electronDist, 'electron')
  const asked = spawnSync(binary, ['-p', 'process.versions.electron + " " + process.versions.node'], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    encoding: 'utf8',
  })
  const [electronVersion, node] = asked.stdout?.trim().split(' ') ?? []
  if (!electronVersion || !node)
    return stop(`${binary} does not say which Electron it is: ${asked.stderr ?? asked.error}`)
  const ownNode = Number(node.split('.')[0]) >= OLDEST_CORE_NODE
  const wire = await getCurrentFuseWire(binary)
  const known = Object.entries(shipped.electronFuses).filter(([name]) => wire[FUSES[name]] !== undefined)
  return {
    electronDist,
    electronVersion,
    electronFuses: Object.fromEntries(known),
    ...(ownNode ? {} : { asarUnpack: ['**/*.node', 'dist/main/**/*', 'resources/**/*', 'node_modules/**/*'] }),
  }
}

function unpackedName() {
  const arm = process.arch === 'arm64' ? '-arm64' : ''
  if (process.platform === 'darwin') return 'mac-universal'
  return process.platform === 'win32' ? `win${arm}-unpacked` : `linux${arm}-unpacked`
}

setUp(import.meta.url)
const { folder, faults, facts } = await packageApp({
  electronDist: process.env.ELECTRON_OVERRIDE_DIST_PATH || undefined,
  dir: process.argv.includes('--dir'),
  built: process.argv.includes('--built'),
  output: process.argv.find((word) => word.startsWith('--output='))?.slice('--output='.length),
})
for (const fact of facts) process.stdout.write(`ok   ${fact}\n`)
for (const fault of faults) process.stdout.write(`FAIL ${fault}\n`)
process.stdout.write(`${folder}\n`)
process.exitCode = faults.length === 0 ? 0 : 1
