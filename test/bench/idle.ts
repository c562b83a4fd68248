import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { coreOf } from '../e2e/core-of.ts'
import { openDesktop } from '../e2e/desktop.ts'
import type { Bench } from './bench.ts'

/** Percent of one core. */
const MOST = 0.5
const SETTLE_MS = 15_000
const WATCH_MS = 20_000
const TICKS_A_SECOND = 100
/** Timers shorter than this keep a laptop awake. */
const SHORT_MS = 1000

/** The window hidden, this computer measured: what the app's own processes burn, and which timers its page sets. */
export default async function idle(): Promise<Bench> {
  const desktop = await openDesktop({ env: { HEADROOM_CORE_NODE: process.execPath } })
  const { app, page } = desktop
  await page.addInitScript((short) => {
    const set: string[] = []
    Object.assign(window, { shortTimers: set })
    for (const name of ['setTimeout', 'setInterval'] as const) {
      const real = window[name]
      window[name] = ((work: () => void, ms = 0, ...rest: unknown[]) => {
        if (document.visibilityState === 'hidden' && ms < short)
          set.push(`${name} ${ms} ms ${new Error().stack?.split('\n')[2]?.trim()}`)
        return (real as (...all: unknown[]) => unknown)(work, ms, ...rest)
      }) as never
    }
  }, SHORT_MS)
  await page.reload()
  await page.getByRole('navigation').first().waitFor()
  const { core, close } = await coreOf(desktop.workspace)
  await core.hosts.add({ kind: 'local', name: 'This computer' } as Parameters<typeof core.hosts.add>[0])
  close()
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide())
  await page.waitForFunction(() => document.visibilityState === 'hidden', undefined, { polling: 1000 })
  await wait(SETTLE_MS)
  const timers = () => page.evaluate(() => (window as unknown as { shortTimers: string[] }).shortTimers)
  const before = (await timers()).length
  const root = app.process().pid as number
  return {
    async check() {
      await wait(WATCH_MS)
      const later = (await timers()).slice(before)
      return later.map((timer) => `While hidden, the page set a timer: ${timer}`).slice(0, 5)
    },
    claims: [
      {
        name: 'all processes, window hidden, one server measured',
        ours: async () => {
          const [start, at] = [cpuSeconds(root), performance.now()]
          await wait(WATCH_MS)
          return ((cpuSeconds(root) - start) / (performance.now() - at)) * 100_000
        },
        atMost: MOST,
        unit: '%',
        rounds: 3,
        warmUp: 0,
      },
    ],
    close: () => desktop.close(),
  }
}

/** CPU time of a process and all below it, in seconds, with the children that have ended. */
function cpuSeconds(root: number): number {
  const rows = readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'utf8')
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
      const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0)
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
