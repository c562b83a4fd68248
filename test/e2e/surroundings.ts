import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const chromium = '/usr/bin/chromium'
/** How long something on a page is waited for: no figure to reach, since a machine may do other work. */
export const PATIENCE_MS = 45_000

/** A private workspace and home for one test, removed afterwards. */
export function freshFolder(): { workspace: string; home: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'hr-e2e-'))
  return {
    workspace: join(folder, 'workspace'),
    home: folder,
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  }
}

/** The programs' own environment: nothing of this machine's home or workspace leaks into a test. */
export function environmentFor({ home, workspace }: { home: string; workspace: string }): Record<string, string> {
  const kept = ['PATH', 'LANG', 'TMPDIR', 'DISPLAY', 'XAUTHORITY', 'USER']
  const own = Object.fromEntries(kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
  return {
    ...own,
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local'),
    HEADROOM_WORKSPACE: workspace,
  }
}

/** The Electron binary to test with, or null where none can be had. */
export function electronBinary(): string | null {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(root, 'node_modules', 'electron', 'dist')
  const binary = join(folder, 'electron')
  return existsSync(binary) ? binary : null
}
