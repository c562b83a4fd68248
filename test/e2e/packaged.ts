import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { type Browser, chromium, type Page } from 'playwright-core'
import { machineSwitches, startDisplay, untilAttached } from './desktop.ts'
import { environmentFor, freshFolder } from './surroundings.ts'
import { faultsOf } from './web.ts'

export interface PackagedApp {
  page: Page
  workspace: string
  pid: number
  faults: string[]
  /** What the app's processes wrote to stderr. */
  heard: string[]
  /** Closes the window as its owner would; the exit code of the app. */
  quit(): Promise<number | null>
  close(): Promise<void>
}

/** Starts a packaged app on a fresh workspace. Its fuses refuse Node's inspector, so Chromium's port is what drives it. */
export async function startPackaged(
  binary: string,
  { env = {}, switches = [] }: { env?: Record<string, string>; switches?: string[] } = {},
): Promise<PackagedApp> {
  const folder = freshFolder()
  const display = process.env.DISPLAY ? null : await startDisplay()
  const app = spawn(binary, [...machineSwitches(), '--remote-debugging-port=0', ...switches], {
    // An Electron whose Node is too old runs the core on the one that runs this test.
    env: {
      ...environmentFor(folder),
      ...(display ? { DISPLAY: display.name } : {}),
      HEADROOM_CORE_NODE: process.execPath,
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(app, 'exit') as Promise<[number | null]>
  const heard: string[] = []
  let browser: Browser | null = null
  const close = async () => {
    await browser?.close().catch(() => {})
    if (app.exitCode === null && app.signalCode === null) app.kill('SIGKILL')
    await ended
    await display?.stop()
    folder.remove()
  }
  try {
    const port = await portOf(app, heard)
    browser = await untilAttached(() => chromium.connectOverCDP(port, { noDefaults: true, timeout: 15_000 }))
    const context = browser.contexts()[0]
    if (!context) throw new Error('the app has no browser context')
    const page = context.pages()[0] ?? (await context.waitForEvent('page'))
    const faults = faultsOf(page)
    const quit = async () => {
      await page.evaluate(() => window.close())
      const [code] = await ended
      return code
    }
    return { page, workspace: folder.workspace, pid: app.pid as number, faults, heard, quit, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Chromium tells on stderr where it listens; every line is kept in `heard`, also later ones. */
function portOf(app: ChildProcess, heard: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    if (!app.stderr) throw new Error('the app has no stderr')
    createInterface({ input: app.stderr })
      .on('line', (line) => {
        heard.push(line)
        const address = line.match(/DevTools listening on (ws:\S+)/)?.[1]
        if (address !== undefined) resolve(address)
      })
      .on('close', () => reject(new Error(`the app ended before it listened:\n${heard.join('\n')}`)))
  })
}
