import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { coreOf } from '../e2e/core-of.ts'
import { startPackaged } from '../e2e/packaged.ts'
import { electronBinary, root } from '../e2e/surroundings.ts'
import type { Bench } from './bench.ts'

/** Percent of one core. */
const MOST = 0.5
/** So long after a start and after it was hidden Chromium still tidies the page's memory, once. */
const SETTLE_MS = 40_000
/** A minute holds every kind of round: the dear parts of a reading come once in it. */
const WATCH_MS = 60_000
const TICKS_A_SECOND = 100
/** Timers shorter than this keep a laptop awake. One of 0 ms is no wait: it follows something that came. */
const SHORT_MS = 1000

/** The app as it is, and a signal that hides its window. */
const HIDING = `const { app } = require('electron')
app.setAppPath(${JSON.stringify(root)})
app.on('browser-window-created', (_event, window) => process.on('SIGUSR2', () => window.hide()))
require(${JSON.stringify(join(root, 'dist', 'main', 'electron.cjs'))})
`

/** The window hidden, this computer measured: what the app's own processes burn, and which timers its page sets. */
export default async function idle(): Promise<Bench> {
  const binary = electronBinary()
  if (!binary) throw new Error('No Electron binary is here: this bench needs a window to hide.')
  const folder = mkdtempSync(join(tmpdir(), 'hr-idle-'))
  writeFileSync(join(folder, 'package.json'), '{ "name": "headroom", "version": "1.0.0", "main": "main.js" }')
  writeFileSync(join(folder, 'main.js'), HIDING)
  // Driven over Chromium's port: what else drives a window makes its page believe that it is in sight.
  const app = await startPackaged(binary, { switches: [folder] })
  const { page } = app
  await page.addInitScript((short) => {
    const set: string[] = []
    Object.assign(window, { shortTimers: set })
    for (const name of ['setTimeout', 'setInterval'] as const) {
      const real = window[name]
      window[name] = ((work: () => void, ms = 0, ...rest: unknown[]) => {
        if (document.visibilityState === 'hidden' && ms < short && (ms > 0 || name === 'setInterval'))
          set.push(`${name} ${ms} ms ${new Error().stack?.split('\n')[2]?.trim()}`)
        return (real as (...all: unknown[]) => unknown)(work, ms, ...rest)
      }) as never
    }
  }, SHORT_MS)
  await page.reload()
  await page.getByRole('navigation').first().waitFor()
  const { core, close } = await coreOf(app.workspace)
  await core.hosts.add({ kind: 'local', name: 'This computer' } as Parameters<typeof core.hosts.add>[0])
  close()
  process.kill(app.pid, 'SIGUSR2')
  await page.waitForFunction(() => document.visibilityState === 'hidden', undefined, { polling: 1000 })
  await wait(SETTLE_MS)
  const timers = () => page.evaluate(() => (window as unknown as { shortTimers: string[] }).shortTimers)
  const before = (await timers()).length
  return {
    async check() {
      await wait(WATCH_MS)
      const later = (await timers()).slice(before)
      return later.map((timer) => `While hidden, the page set a timer: ${timer}`).slice(0, 5)
    },
    claims: [
      {
        name: 'window and engine, hidden, one server measured',
        ours: async () => {
          const [start, at] = [cpuSeconds(app.pid), performance.now()]
          await wait(WATCH_MS)
          return ((cpuSeconds(app.pid) - start) / (performance.now() - at)) * 100_000
        },
        atMost: MOST,
        unit: '%',
        rounds: 1,
        warmUp: 0,
      },
    ],
    async close() {
      await app.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** CPU time of a process and all below it, in seconds. A probe of this computer has ended by then: it is what a measured server pays. */
function cpuSeconds(root: number): number {
  const rows = readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'utf8')
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
      const ticks = [11, 12].reduce((sum, index) => sum + Number(fields[index]), 0)
      return [{ pid: Number(name), parent: Number(fields[1]), ticks }]
    } catch {
      return []
    }
  })
  const own = new Set([root])
  for (let grown = true; grown; ) {
    grown = false
    for (const { pid, parent } of rows) {
      if (own.has(parent) && !own.has(pid)) {
        own.add(pid)
        grown = true
      }
    }
  }
  return rows.filter(({ pid }) => own.has(pid)).reduce((sum, { ticks }) => sum + ticks, 0) / TICKS_A_SECOND
}
