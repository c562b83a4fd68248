import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { coreOf } from '../e2e/core-of.ts'
import { startDisplay } from '../e2e/desktop.ts'
import { startPackaged } from '../e2e/packaged.ts'
import { electronBinary, environmentFor, freshFolder, root } from '../e2e/surroundings.ts'
import { writeFleet } from '../fixtures/fleet.ts'
import type { Bench } from './bench.ts'

const SERVERS = 20
const YEAR_MS = 365 * 86_400_000
const QUARTER_HOUR_MS = 900_000
/** Our time over that of a window with nothing in it. */
const MOST = 2

/**
 * From starting the program to Now with its verdict, ladder and measured limits, on a year of twenty servers; beside a window
 * that shows one heading, timed by its own first paint.
 */
export default async function start(): Promise<Bench> {
  const binary = electronBinary()
  if (!binary) throw new Error('No Electron binary is here: this bench opens windows.')
  const folder = freshFolder()
  writeFleet(folder.workspace, { servers: SERVERS, now: Date.now(), spanMs: YEAR_MS, stepMs: QUARTER_HOUR_MS })
  const bare = writeBareApp()
  // One display for all: starting it is no part of a program's start.
  const display = process.env.DISPLAY ? null : await startDisplay()
  // One home for all, as a desk has: what a program keeps of its last start is there at its next.
  const env = { ...environmentFor(folder), ...(display ? { DISPLAY: display.name } : {}) }
  const opened = async (app: string, shownAt: (page: Page) => Promise<number>) => {
    const began = Date.now()
    const one = await startPackaged(binary, { switches: [app], env })
    try {
      return (await shownAt(one.page)) - began
    } finally {
      await one.quit()
      await one.close()
    }
  }
  const ours = () => opened(root, usableNow)
  const empty = () => opened(bare, firstPaint)
  const first = await startPackaged(binary, { switches: [root], env })
  const { core, close } = await coreOf(folder.workspace)
  await core.plan.choose({ blueprintId: 'scaling-phases' })
  close()
  await first.quit()
  await first.close()
  return {
    claims: [
      {
        name: `Now with a year of ${SERVERS} servers`,
        ours,
        peer: { name: 'bare window', round: empty },
        atMost: MOST,
        rounds: 5,
        warmUp: 1,
      },
    ],
    async close() {
      await display?.stop()
      folder.remove()
      rmSync(bare, { recursive: true, force: true })
    },
  }
}

/**
 * Epoch milliseconds after the first frame with the verdict, the ladder with its measured level, and a limit with the value that
 * was measured for it. The page tells it: what waits from outside looks again only every half second.
 */
async function usableNow(page: Page): Promise<number> {
  const usable = await page.evaluate(
    () =>
      new Promise<number>((done) => {
        const isUsable = () => {
          const limits = document.querySelectorAll('main table[aria-label="Limits of this stage"] td:first-of-type')
          return (
            document.querySelector('main section[aria-label="Verdict"] h2, main section[aria-label="Verdict"] p') !==
              null &&
            document.querySelector('main li[aria-current=step]')?.textContent?.includes('Fullest: ') === true &&
            [...limits].some((cell) => /^\d+(\.\d+)?%$/.test(cell.textContent ?? ''))
          )
        }
        const look = () => {
          if (isUsable()) setTimeout(() => done(Date.now()))
          else requestAnimationFrame(look)
        }
        requestAnimationFrame(look)
      }),
  )
  await page.getByRole('region', { name: 'Verdict' }).waitFor()
  return usable
}

/** Epoch milliseconds at which the page first painted something. */
async function firstPaint(page: Page): Promise<number> {
  await page.getByRole('heading', { name: 'Bare' }).waitFor()
  return page.evaluate(
    () =>
      new Promise<number>((done) => {
        new PerformanceObserver((list) => {
          const paint = list.getEntriesByName('first-contentful-paint')[0]
          if (paint) done(performance.timeOrigin + paint.startTime)
        }).observe({ type: 'paint', buffered: true })
      }),
  )
}

function writeBareApp(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hr-bare-'))
  const page = join(folder, 'page.html')
  writeFileSync(join(folder, 'package.json'), '{ "name": "bare", "version": "1.0.0", "main": "main.js" }')
  writeFileSync(page, '<!doctype html><title>Bare</title><main><h1>Bare</h1></main>')
  writeFileSync(
    join(folder, 'main.js'),
    `const { app, BrowserWindow } = require('electron')
app.whenReady().then(() => new BrowserWindow({ width: 1360, height: 880 }).loadFile(${JSON.stringify(page)}))
app.on('window-all-closed', () => app.quit())
`,
  )
  return folder
}
