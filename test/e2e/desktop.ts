import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from 'playwright-core'
import { saveInto } from './saved.ts'
import { electronBinary, environmentFor, freshFolder, root } from './surroundings.ts'
import { faultsOf } from './web.ts'

export interface DesktopApp {
  workspace: string
  home: string
  app: ElectronApplication
  page: Page
  faults: string[]
  close(): Promise<void>
}

/** Starts the desktop app on a fresh workspace, or on that of `folder`, on an X server of its own where this machine has no display. */
export async function openDesktop(
  options: {
    env?: Record<string, string>
    folder?: ReturnType<typeof freshFolder>
    meanwhile?: (app: ElectronApplication) => Promise<void>
  } = {},
): Promise<DesktopApp> {
  const executablePath = electronBinary()
  if (!executablePath) throw new Error('no Electron binary; ask electronBinary() first')
  const folder = options.folder ?? freshFolder()
  const display = process.env.DISPLAY ? null : await startDisplay()
  const env = { ...environmentFor(folder), ...(display ? { DISPLAY: display.name } : {}), ...options.env }
  let app: ElectronApplication | null = null
  const close = async () => {
    // One that was killed has no farewell.
    const process = app?.process()
    if (process?.exitCode === null && process.signalCode === null) await app?.close()
    await display?.stop()
    folder.remove()
  }
  try {
    app = await _electron.launch({ executablePath, args: [...sandboxSwitches(), root], env, timeout: 60_000 })
    const page = await app.firstWindow()
    await options.meanwhile?.(app)
    const faults = faultsOf(page)
    await page.getByRole('navigation').first().waitFor()
    await saveInto(app, page, join(folder.home, 'saved'))
    return { ...folder, app, page, faults, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Chromium refuses its sandbox as root. */
export function sandboxSwitches(): string[] {
  return process.getuid?.() === 0 ? ['--no-sandbox'] : []
}

/** An X server in memory on the first free display; Xvfb tells its number once it is ready. */
export async function startDisplay(): Promise<{ name: string; stop(): Promise<void> }> {
  const server: ChildProcess = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1400x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const numbers = server.stdio[3]
  if (!numbers) throw new Error('Xvfb has no pipe')
  const [chunk] = (await once(numbers, 'data')) as [Buffer]
  return {
    name: `:${chunk.toString().trim()}`,
    stop: async () => {
      const ended = once(server, 'exit')
      server.kill('SIGTERM')
      await ended
    },
  }
}
