import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { freshFolder, root } from '../e2e/surroundings.ts'
import { openWeb } from '../e2e/web.ts'
import { writeFleet } from '../fixtures/fleet.ts'
import type { Bench } from './bench.ts'

const SERVERS = 1000
/** What a person takes for at once, in milliseconds. */
const AT_ONCE = 100
const HOUR_MS = 3_600_000

/** The table of a thousand servers, from a warm app: from the click to the first rows with their figures. */
export default async function place(): Promise<Bench> {
  if (!existsSync(join(root, 'dist', 'main', 'web.mjs')))
    throw new Error('Run `npm run build` first: this bench opens the window.')
  const folder = freshFolder()
  writeFleet(folder.workspace, { servers: SERVERS, now: Date.now(), spanMs: HOUR_MS, stepMs: 60_000 })
  const web = await openWeb({ env: { HEADROOM_WORKSPACE: folder.workspace } })
  const { page } = web
  await page.goto(`${web.origin}/#/settings`)
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
  return {
    async check() {
      await opened(page)
      const faults: string[] = []
      const count = await page.getByRole('table', { name: 'Servers' }).getAttribute('aria-rowcount')
      if (count !== String(SERVERS + 1)) faults.push(`The table has ${count} rows instead of ${SERVERS + 1}.`)
      const drawn = await page.getByRole('table', { name: 'Servers' }).getByRole('row').count()
      if (drawn > 60) faults.push(`${drawn} rows are drawn, though few are in sight.`)
      return faults
    },
    claims: [
      {
        name: 'Servers with 1,000 of them, first rows drawn',
        ours: () => opened(page),
        atMost: AT_ONCE,
        rounds: 9,
        warmUp: 2,
      },
    ],
    async close() {
      await web.close()
      folder.remove()
    },
  }
}

/** Goes to Settings, then to Servers; milliseconds until rows with figures are there. */
function opened(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const until = (ready: () => boolean) =>
      new Promise<void>((done) => {
        const look = () => (ready() ? done() : void setTimeout(look, 0))
        look()
      })
    window.location.hash = '#/settings'
    await until(() => document.querySelector('[role="table"][aria-rowcount]') === null)
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    const start = performance.now()
    window.location.hash = '#/servers'
    await until(() => document.querySelector('[role="row"] [role="cell"] i') !== null)
    return performance.now() - start
  })
}
