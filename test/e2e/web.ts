import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium as engine, type Page } from 'playwright-core'
import { chromium, environmentFor, freshFolder, root } from './surroundings.ts'

export interface WebApp {
  workspace: string
  home: string
  origin: string
  page: Page
  context: BrowserContext
  /** What the page logged as errors, and its uncaught errors. */
  faults: string[]
  close(): Promise<void>
}

/** Starts the web host on a fresh workspace and opens its one-time link in Chromium. */
export async function openWeb(
  options: {
    env?: Record<string, string>
    colorScheme?: 'light' | 'dark'
    /** Fills the workspace's folder before anything is started. */
    prepare?: (workspace: string) => void
  } = {},
): Promise<WebApp> {
  const folder = freshFolder()
  options.prepare?.(folder.workspace)
  const env = { ...environmentFor(folder), ...options.env }
  const host = spawn(process.execPath, [join(root, 'dist', 'main', 'web.mjs')], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let browser: Browser | null = null
  const close = async () => {
    await browser?.close()
    await end(host)
    folder.remove()
  }
  try {
    const link = await linkOf(host)
    browser = await engine.launch({
      executablePath: chromium,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    })
    const context = await browser.newContext({
      viewport: { width: 1360, height: 880 },
      colorScheme: options.colorScheme ?? 'light',
    })
    const page = await context.newPage()
    const faults = faultsOf(page)
    await page.goto(link)
    const { origin } = new URL(link)
    await page.waitForURL(`${origin}/**`)
    await page.getByRole('navigation').first().waitFor()
    return { ...folder, origin, page, context, faults, close }
  } catch (error) {
    await close()
    throw error
  }
}

export function faultsOf(page: Page): string[] {
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    // Somebody else's network interface that comes or goes on this machine is no fault of the page.
    if (message.type() === 'error' && !message.text().includes('net::ERR_NETWORK_CHANGED')) faults.push(message.text())
  })
  return faults
}

async function linkOf(host: ChildProcess): Promise<string> {
  let seen = ''
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer) => {
      seen += chunk.toString()
      const link = seen.match(/http:\/\/127\.0\.0\.1:\d+\/open\?token=\S+/)
      if (link) resolve(link[0])
    }
    host.stdout?.on('data', read)
    host.stderr?.on('data', read)
    host.once('exit', () => reject(new Error(`the web host ended: ${seen}`)))
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}
