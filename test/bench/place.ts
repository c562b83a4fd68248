import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { coreOf } from '../e2e/core-of.ts'
import { freshFolder, root } from '../e2e/surroundings.ts'
import { openWeb } from '../e2e/web.ts'
import { writeFleet } from '../fixtures/fleet.ts'
import type { Bench } from './bench.ts'

const SERVERS = 1000
/** What a person takes for at once, in milliseconds. */
const AT_ONCE = 100
/** Three frames of a screen: a letter that is there by then was never waited for. */
const TYPED = 50
const HOUR_MS = 3_600_000

/** Each place with what makes it usable: its first content with figures, not its frame. `{id}` is a server. */
const PLACES = [
  { name: 'Now', hash: '#/now', ready: 'main li[aria-current="step"] a' },
  { name: 'Servers', hash: '#/servers', ready: '[role="row"] [role="cell"] i' },
  { name: 'a server', hash: '#/servers/server-7', ready: 'main figure [role="img"] canvas' },
  { name: 'Plan', hash: '#/plan', ready: '[role="tabpanel"] table tbody td' },
  { name: 'What-if', hash: '#/what-if', ready: 'main figure [role="img"] canvas' },
  { name: 'Playbooks', hash: '#/playbooks', ready: 'main a[href^="#/playbooks/"]' },
  { name: 'Prices', hash: '#/prices', ready: 'main table tbody td button' },
  { name: 'Settings', hash: '#/settings', ready: 'main [aria-label="Theme"]' },
] as const

/** A warm app on a thousand servers: from going to a place to its content, and from a key to its letter. */
export default async function place(): Promise<Bench> {
  if (!existsSync(join(root, 'dist', 'main', 'web.mjs')))
    throw new Error('Run `npm run build` first: this bench opens the window.')
  const folder = freshFolder()
  writeFleet(folder.workspace, { servers: SERVERS, now: Date.now(), spanMs: HOUR_MS, stepMs: 60_000 })
  const web = await openWeb({ env: { HEADROOM_WORKSPACE: folder.workspace } })
  const { page } = web
  const { core, close } = await coreOf(folder.workspace)
  await core.app.saveSettings({ tourEnded: true })
  await core.plan.choose({ blueprintId: 'scaling-phases' })
  // Warm: with a plan, forecasts of the whole fleet are made once after a start, which takes more than a minute.
  await core.forecast.runways({ wait: true })
  close()
  // Anew, since without a plan Now began with its guide.
  await page.goto(`${web.origin}/#/settings`)
  await page.reload()
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
  return {
    async check() {
      for (const one of PLACES) await opened(page, one)
      await opened(page, PLACES[1])
      const faults: string[] = []
      const count = await page.getByRole('table', { name: 'Servers' }).getAttribute('aria-rowcount')
      if (count !== String(SERVERS + 1)) faults.push(`The table has ${count} rows instead of ${SERVERS + 1}.`)
      const drawn = await page.getByRole('table', { name: 'Servers' }).getByRole('row').count()
      if (drawn > 60) faults.push(`${drawn} rows are drawn, though few are in sight.`)
      return faults
    },
    claims: [
      ...PLACES.map((one) => ({
        name: `${one.name}, with ${SERVERS} servers`,
        ours: () => opened(page, one),
        atMost: AT_ONCE,
        rounds: 9,
        warmUp: 2,
      })),
      {
        name: `a letter in the filter of ${SERVERS} servers`,
        ours: () => typed(page, PLACES[1], 'main input'),
        atMost: TYPED,
        rounds: 9,
        warmUp: 2,
      },
      {
        name: 'a letter in the search of all prices',
        ours: () => typed(page, PLACES[6], 'main input'),
        atMost: TYPED,
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

interface Target {
  hash: string
  ready: string
}

/** From another place to this one; milliseconds until what makes it usable is there. */
function opened(page: Page, { hash, ready }: Target): Promise<number> {
  return page.evaluate(
    async ([to, wanted, rest]) => {
      const until = (done: () => boolean) =>
        new Promise<void>((resolve, reject) => {
          const late = performance.now() + 60_000
          const look = () => {
            if (done()) resolve()
            else if (performance.now() > late) reject(new Error(`At ${to} there is no ${wanted}.`))
            else setTimeout(look, 0)
          }
          look()
        })
      // Settings has tables with buttons too, which is what Prices is known by.
      window.location.hash = to === '#/settings' ? '#/prices' : to === '#/prices' ? '#/playbooks' : '#/settings'
      await until(() => document.querySelector(wanted) === null)
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
      // Nobody goes on sooner than what is taken for at once; what the place before draws last is none of this one.
      await new Promise((done) => setTimeout(done, rest))
      const start = performance.now()
      window.location.hash = to
      await until(() => document.querySelector(wanted) !== null)
      return performance.now() - start
    },
    [hash, ready, AT_ONCE] as const,
  )
}

/** A letter typed into a field of a place: milliseconds until the frame that shows it and what follows from it. */
async function typed(page: Page, target: Target, field: string): Promise<number> {
  await opened(page, target)
  await page.locator(field).first().focus()
  await page.evaluate(() => {
    const times: { at: number } = { at: 0 }
    Object.assign(window, { letter: times })
    const begin = (event: Event) => {
      const start = event.timeStamp
      requestAnimationFrame(() => setTimeout(() => Object.assign(times, { at: performance.now() - start }), 0))
    }
    document.addEventListener('keydown', begin, { capture: true, once: true })
  })
  await page.keyboard.press('w')
  await page.waitForFunction(() => (window as unknown as { letter: { at: number } }).letter.at > 0)
  return page.evaluate(() => (window as unknown as { letter: { at: number } }).letter.at)
}
