// Set-up for every npm script: dependencies that match the lock file, then the pinned Node. Plain Node 20 or newer,
// no dependencies, so that it runs before there are any.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const OLDEST_SYSTEM_NODE = 22
const modules = join(root, 'node_modules')
const lockFile = join(root, 'package-lock.json')
const stamp = join(modules, '.headroom-lock')

/** Installs what is missing and goes on under the pinned Node: returns there, never in the process that was started. */
export function setUp(script) {
  installIfStale()
  const node = nodeToUse()
  if (sameFile(node, process.execPath)) return
  const { status, signal } = spawnSync(node, [fileURLToPath(script), ...process.argv.slice(2)], {
    stdio: 'inherit',
    cwd: root,
  })
  process.exit(signal ? 1 : (status ?? 1))
}

function installIfStale() {
  const wanted = fingerprint()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  if (!existsSync(stamp) && installedByHand()) {
    writeFileSync(stamp, wanted)
    return
  }
  say(
    existsSync(modules)
      ? 'The lock file changed: installing dependencies.'
      : 'First start here: installing dependencies (about a minute).',
  )
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  // Windows holds the running node.exe inside node_modules, which `npm ci` would have to delete.
  const clean = process.platform !== 'win32' || !process.execPath.startsWith(modules)
  const attempts = [...(clean ? [['ci', ...quiet]] : []), ['install', '--no-save', ...quiet]]
  const complaints = []
  const done = attempts.some((args) => {
    const { status, stderr } = npm(args)
    complaints.push(stderr)
    return status === 0
  })
  if (!done) {
    stop(
      `${complaints.join('')}The dependencies could not be installed. Read the lines above, check the network or the npm registry, and try again.`,
    )
  }
  writeFileSync(stamp, wanted)
}

function fingerprint() {
  const hash = createHash('sha256').update(readFileSync(lockFile)).digest('hex')
  return `${hash} ${process.platform}-${process.arch}\n`
}

/** npm leaves its own copy of the lock in node_modules; when that is newer than ours, somebody ran `npm install`. */
function installedByHand() {
  const installed = join(modules, '.package-lock.json')
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(lockFile).mtimeMs
}

function npm(args) {
  const { npm_execpath: npmScript, npm_node_execpath: npmNode } = process.env
  const direct = npmScript?.endsWith('.js') === true
  const [command, words] = direct ? [npmNode ?? process.execPath, [npmScript, ...args]] : ['npm', args]
  const shell = !direct && process.platform === 'win32'
  return spawnSync(command, words, { stdio: ['ignore', 'ignore', 'pipe'], cwd: root, encoding: 'utf8', shell })
}

/** The Node of Electron's major from the dependencies, or a new enough system Node on platforms it is not made for. */
export function nodeToUse() {
  const system = process.platform === 'win32' ? 'win' : process.platform
  const pinned = join(
    modules,
    `node-${system}-${process.arch}`,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  )
  if (existsSync(pinned) && spawnSync(pinned, ['--version']).status === 0) return pinned
  if (Number(process.versions.node.split('.')[0]) >= OLDEST_SYSTEM_NODE) return process.execPath
  return stop(
    `Headroom brings no Node for ${process.platform}-${process.arch}, and the one here is ${process.version}. Install Node ${OLDEST_SYSTEM_NODE} or newer and try again.`,
  )
}

function sameFile(left, right) {
  if (left === right) return true
  const [a, b] = [statSync(left), statSync(right)]
  return a.ino === b.ino && a.dev === b.dev && a.size === b.size
}

/** Notices go to stderr, so that a command's output stays clean. */
export function say(text) {
  process.stderr.write(`${text}\n`)
}

export function stop(text) {
  say(text)
  process.exit(1)
}
