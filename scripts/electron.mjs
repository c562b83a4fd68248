// Finds the Electron binary, fetching it once when it is missing (the package itself runs no install script here).
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root, say } from './bootstrap.mjs'

const FETCH_MS = 180_000
const names = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe', linux: 'electron' }

/** The path of a runnable Electron, or null when none can be had. ELECTRON_OVERRIDE_DIST_PATH names a folder to use instead. */
export function electronBinary({ fetch = true } = {}) {
  const name = names[process.platform] ?? 'electron'
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (override) return existsSync(join(override, name)) ? join(override, name) : null
  const own = join(root, 'node_modules', 'electron', 'dist', name)
  if (existsSync(own)) return own
  if (!fetch) return null
  say('Fetching Electron, once…')
  spawnSync(process.execPath, [join(root, 'node_modules', 'electron', 'install.js')], {
    stdio: 'ignore',
    timeout: FETCH_MS,
    env: process.env,
  })
  return existsSync(own) ? own : null
}

/** Chromium refuses its sandbox as root on Linux. Everybody else keeps it. */
export function sandboxSwitches() {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : []
}

export function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}
