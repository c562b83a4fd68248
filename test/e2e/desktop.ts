import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { _electron, type ElectronApplication, errors, type Page } from 'playwright-core'
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
  if (!electronBinary()) throw new Error('no Electron binary; ask electronBinary() first')
  const folder = options.folder ?? freshFolder()
  const display = process.env.DISPLAY ? null : await startDisplay()
  const env = { ...environmentFor(folder), ...(display ? { DISPLAY: display.name } : {}), ...options.env }
  let app: ElectronApplication | null = null
  // Asked for at once: of one that was killed Playwright knows it no more.
  let program: ChildProcess | null = null
  const close = async () => {
    // One that was killed has no farewell.
    if (program?.exitCode === null && program.signalCode === null) await app?.close()
    await display?.stop()
    folder.remove()
  }
  try {
    app = await launch({ args: [...machineSwitches(), root], env })
    program = app.process()
    const page = await app.firstWindow()
    await options.meanwhile?.(app)
    const faults = faultsOf(page)
    await page
      .getByRole('navigation')
      .first()
      .waitFor()
      .catch(async (error: Error) => {
        throw new Error(`The window shows no navigation. ${await seen(page, faults)}`, { cause: error })
      })
    await saveInto(app, page, join(folder.home, 'saved'))
    return { ...folder, app, page, faults, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** What a window has come to: where it is, what it logged, what it fetched and what it shows. */
async function seen(page: Page, faults: string[]): Promise<string> {
  const state = page.evaluate(() => ({
    ready: document.readyState,
    fetched: performance.getEntriesByType('resource').map(({ name, duration }) => `${name} ${Math.round(duration)} ms`),
    html: document.body.innerHTML.slice(0, 2000),
  }))
  const late = new Promise((resolve) => setTimeout(resolve, 5000, 'The page does not answer.'))
  return JSON.stringify({ at: page.url(), faults, state: await Promise.race([state.catch(String), late]) }, null, 1)
}

export function launch(options: { args: string[]; env: Record<string, string> }): Promise<ElectronApplication> {
  const executablePath = electronBinary()
  if (!executablePath) throw new Error('no Electron binary; ask electronBinary() first')
  return untilAttached(() => _electron.launch({ ...options, executablePath, timeout: 30_000 }))
}

/**
 * Playwright attaches to a window that may be on its way to its page, and misses about once in fifty starts that it got there;
 * it then waits for ever while the window stands, so it is tried again.
 */
export async function untilAttached<T>(attach: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1)
    try {
      return await attach()
    } catch (error) {
      if (attempt === 3 || !(error instanceof errors.TimeoutError)) throw error
    }
}

/**
 * Chromium refuses its sandbox as root. An X server in memory has no graphics card, and Chromium's attempts at one end its
 * graphics process while pages already wait for it: once in some sixty starts a page waits for ever.
 */
export function machineSwitches(): string[] {
  return [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-gpu']
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
