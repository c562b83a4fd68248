// What an unpacked package must be, read back from its files: fuses from the binary, the archive's content and digest.
import { createHash } from 'node:crypto'
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { parse } from 'yaml'
import { root } from './bootstrap.mjs'

/** The fuses of electron-builder.yml by the names that the binary's reader has. */
export const FUSES = {
  runAsNode: FuseV1Options.RunAsNode,
  enableCookieEncryption: FuseV1Options.EnableCookieEncryption,
  enableNodeOptionsEnvironmentVariable: FuseV1Options.EnableNodeOptionsEnvironmentVariable,
  enableNodeCliInspectArguments: FuseV1Options.EnableNodeCliInspectArguments,
  enableEmbeddedAsarIntegrityValidation: FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
  onlyLoadAppFromAsar: FuseV1Options.OnlyLoadAppFromAsar,
  loadBrowserProcessSpecificV8Snapshot: FuseV1Options.LoadBrowserProcessSpecificV8Snapshot,
  grantFileProtocolExtraPrivileges: FuseV1Options.GrantFileProtocolExtraPrivileges,
}

/** What the app cannot start without, by its place in the archive. */
const NEEDED = [
  '/package.json',
  '/LICENSE',
  '/dist/main/electron.cjs',
  '/dist/main/preload.cjs',
  '/dist/main/core.mjs',
  '/dist/main/engine.mjs',
  '/dist/main/playbooks.json',
  '/dist/main/simulate-worker.mjs',
  '/dist/main/forecast-worker.mjs',
  '/dist/main/report-worker.mjs',
  '/dist/main/backup-worker.mjs',
  '/dist/main/transfer-worker.mjs',
  '/dist/main/ets_bg.wasm',
  '/dist/main/Roboto-Regular.ttf',
  '/dist/renderer/index.html',
  '/resources/probes/probe.sh',
  '/node_modules/better-sqlite3/lib/index.js',
]

/** What has no business in a package. */
const UNWANTED = [
  /\.map$/,
  /\.test\./,
  /\.tsx?$/,
  /^\/node_modules\/node-/,
  /\/deps\/sqlite3\//,
  /^\/(test|scripts|docs)\//,
  /^\/dist\/\./,
]

/** A package is far below this; a dependency that slipped in is above it at once. */
const ARCHIVE_MOST_BYTES = 25_000_000

/** `folder`: what electron-builder left unpacked. Returns sentences: what is as it must be, and what is not. */
export async function checkPackage(folder, { platform = process.platform, ownNode = true } = {}) {
  const faults = []
  const facts = []
  const tell = (holds, text, fault) => (holds ? facts.push(text) : faults.push(fault))
  const { binary, resources } = placesIn(folder, platform)

  const wire = await getCurrentFuseWire(binary)
  const { electronFuses } = parse(readFileSync(join(root, 'electron-builder.yml'), 'utf8'))
  for (const [name, wanted] of Object.entries(electronFuses)) {
    const state = wire[FUSES[name]]
    // An older Electron has fewer fuses; what it lacks it cannot have set.
    if (state === undefined || state === FuseState.REMOVED || state === FuseState.INHERIT) {
      tell(!ownNode, `fuse ${name}: not in this older Electron`, `fuse ${name} is not in the binary`)
      continue
    }
    const on = state === FuseState.ENABLE
    tell(on === wanted, `fuse ${name}: ${on ? 'on' : 'off'}`, `fuse ${name} is ${on ? 'on' : 'off'} in the binary`)
  }

  const archive = join(resources, 'app.asar')
  const header = archiveHeader(archive)
  const entries = filesOf(JSON.parse(header))
  const files = entries.map(({ path }) => path)
  const missing = NEEDED.filter((path) => !files.includes(path))
  tell(missing.length === 0, 'the archive has all parts', `the archive lacks ${missing.join(', ')}`)
  const unwanted = files.filter((path) => UNWANTED.some((pattern) => pattern.test(path)))
  tell(unwanted.length === 0, 'the archive has nothing else', `the archive has ${unwanted.slice(0, 5).join(', ')}`)
  const bytes = statSync(archive).size
  const size = `${(bytes / 1e6).toFixed(1)} MB`
  tell(bytes <= ARCHIVE_MOST_BYTES, `the archive has ${size}`, `the archive has ${size}, more than 25 MB`)

  const unsealed = entries.filter(({ entry }) => entry.integrity === undefined)
  tell(
    unsealed.length === 0,
    'every file of the archive has its digest',
    `${unsealed[0]?.path} has no digest in the archive`,
  )
  const digest = createHash('sha256').update(header).digest('hex')
  if (platform === 'darwin') {
    const plist = readFileSync(join(resources, '..', 'Info.plist'), 'utf8')
    tell(plist.includes(digest), "the archive's digest is in Info.plist", "Info.plist has not the archive's digest")
  }
  if (platform === 'win32') {
    // A resource of the executable, as JSON in UTF-8.
    const held = readFileSync(binary).includes(digest)
    tell(held, "the archive's digest is in the executable", "the executable has not the archive's digest")
  }

  const native = readdirSync(join(`${archive}.unpacked`, 'node_modules', 'better-sqlite3', 'prebuilds'))
  const wanted = native.some((name) => name.startsWith(`${platform}-`))
  const foreign = native.filter((name) => !name.startsWith(`${platform}-`))
  tell(
    wanted,
    `better-sqlite3 beside the archive: ${native.join(', ')}`,
    'better-sqlite3 has no build for this platform',
  )
  if (foreign.length > 0)
    faults.push(`builds of better-sqlite3 for other platforms are packaged: ${foreign.join(', ')}`)
  if (ownNode) {
    const outside = files.filter(
      (path) => existsSync(join(`${archive}.unpacked`, path)) && /\.(m?js|cjs|yaml|sh)$/.test(path),
    )
    tell(outside.length === 0, 'no code lies beside the archive', `${outside[0]} lies beside the archive, unprotected`)
  }
  return { faults, facts }
}

function placesIn(folder, platform) {
  if (platform === 'darwin') {
    const app = join(folder, 'Headroom.app')
    return { binary: app, resources: join(app, 'Contents', 'Resources') }
  }
  const binary = join(folder, platform === 'win32' ? 'Headroom.exe' : 'headroom')
  return { binary, resources: join(folder, 'resources') }
}

/** The archive's list of files, as the text whose digest seals it. Before it stand four sizes of 32 bits; the last is its own. */
function archiveHeader(archive) {
  const file = openSync(archive, 'r')
  try {
    const sizes = Buffer.alloc(16)
    readSync(file, sizes, 0, 16, 0)
    const text = Buffer.alloc(sizes.readUInt32LE(12))
    readSync(file, text, 0, text.length, 16)
    return text.toString()
  } finally {
    closeSync(file)
  }
}

function filesOf({ files }, at = '') {
  return Object.entries(files).flatMap(([name, entry]) => {
    const path = `${at}/${name}`
    if (entry.files !== undefined) return filesOf(entry, path)
    return entry.link === undefined ? [{ path, entry }] : []
  })
}
