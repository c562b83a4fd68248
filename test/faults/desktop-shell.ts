import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { machineSwitches, startDisplay } from '../e2e/desktop.ts'
import { electronBinary, root } from '../e2e/surroundings.ts'
import { processTree } from '../lab/index.ts'
import type { Place } from './ground.ts'

let display: ReturnType<typeof startDisplay> | null = null

/** The desktop app as it was built last (`node scripts/build.mjs`), on a display of its own; its core has the schedule's clock. */
export async function startDesktop(place: Place, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const binary = electronBinary()
  if (binary === null) throw new Error('There is no Electron here: set ELECTRON_OVERRIDE_DIST_PATH to its folder.')
  display ??= startDisplay()
  const { name } = await display
  // Electron takes no --import for itself.
  const { NODE_OPTIONS: options = '', ...rest } = env
  const node = join(place.folder, 'node')
  writeFileSync(node, `#!/bin/sh\nNODE_OPTIONS='${options}' exec '${process.execPath}' "$@"\n`)
  chmodSync(node, 0o755)
  return spawn(binary, [...machineSwitches(), root, '--workspace', place.workspace], {
    env: { ...rest, DISPLAY: name, HEADROOM_CORE_NODE: node, XDG_CONFIG_HOME: join(place.home, '.config') },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}

/** The processes that draw the pages of a desktop app. */
export const pagesOf = (pid: number): number[] =>
  processTree(pid).filter((one) => {
    try {
      return readFileSync(`/proc/${one}/cmdline`, 'latin1').includes('--type=renderer')
    } catch {
      return false
    }
  })

export async function stopDisplay(): Promise<void> {
  await (await display)?.stop()
  display = null
}
