import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { stringify } from 'yaml'
import { coreOf } from '../e2e/core-of.ts'
import { root } from '../e2e/surroundings.ts'
import { openWeb } from '../e2e/web.ts'
import type { Bench } from './bench.ts'
import { bigPlan } from './plan-edit.ts'

/** What a person notices as a stutter, in milliseconds. */
const NOTICED = 100

/** A price typed into a cell of the same plan in a real window: the longest time between two frames while it is done. */
export default async function planEditWindow(): Promise<Bench> {
  if (!existsSync(join(root, 'dist', 'main', 'web.mjs')))
    throw new Error('Run `npm run build` first: this bench opens the window.')
  const web = await openWeb()
  const { page } = web
  const core = await coreOf(web.workspace)
  await core.core.plan.importYaml({ yaml: stringify(bigPlan()), fileName: 'big.yaml' })
  core.close()
  await page.goto(`${web.origin}/#/plan/stage-100?edit=1`)
  await page.getByRole('table', { name: 'Cost rows of Stage 101' }).waitFor()
  let count = 0
  return {
    claims: [
      {
        name: 'longest frame while a cell of 200 stages and 5,000 rows is edited',
        ours: () => {
          count += 1
          return typed(page, count)
        },
        atMost: NOTICED,
        rounds: 9,
        warmUp: 2,
      },
    ],
    close: () => web.close(),
  }
}

/** Types a price, saves it, waits until the engine has confirmed it, and gives the longest frame of all that. */
async function typed(page: Page, count: number): Promise<number> {
  const cell = page.getByLabel('Price, Row 2', { exact: true })
  await cell.click()
  await page.evaluate(() => {
    const watch = { longest: 0, last: performance.now(), on: true }
    const frame = (at: number) => {
      watch.longest = Math.max(watch.longest, at - watch.last)
      watch.last = at
      if (watch.on) requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
    Object.assign(window, { frameWatch: watch })
  })
  await page.keyboard.press('Control+a')
  await page.keyboard.type(String(1000 + count))
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: new RegExp(`^Undo: .* to ${(1000 + count).toLocaleString('en')}$`) }).waitFor()
  await page.getByText('saving…').waitFor({ state: 'detached' })
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Price, Row 3')
  return page.evaluate(() => {
    const { frameWatch } = window as unknown as { frameWatch: { longest: number; on: boolean } }
    frameWatch.on = false
    return frameWatch.longest
  })
}
