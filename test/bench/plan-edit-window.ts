import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { stringify } from 'yaml'
import { coreOf } from '../e2e/core-of.ts'
import { root } from '../e2e/surroundings.ts'
import { openWeb } from '../e2e/web.ts'
import type { Bench } from './bench.ts'
import { bigPlan } from './plan-edit.ts'

/** Three frames of a 60 Hz screen, in milliseconds: half of what a person notices as a stutter. */
const FRAMES = 50

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
        atMost: FRAMES,
        rounds: 9,
        warmUp: 2,
      },
    ],
    close: () => web.close(),
  }
}

/**
 * Types a price, saves it, waits until the engine has confirmed it, and gives the longest frame of all that. The page itself
 * tells when it is done: looking for roles and names from outside walks all of its elements, which costs the page more
 * frames than the edit.
 */
async function typed(page: Page, count: number): Promise<number> {
  const cell = page.getByLabel('Price, Row 2', { exact: true })
  await cell.click()
  await page.evaluate(watchFrames, (1000 + count).toLocaleString('en'))
  await page.keyboard.press('Control+a')
  await page.keyboard.type(String(1000 + count))
  await page.keyboard.press('Enter')
  return page.evaluate(() => (window as unknown as { longestFrame: Promise<number> }).longestFrame)
}

/** Runs in the page: times its frames until the edit to this price can be undone, is saved, and the next row has the cursor. */
function watchFrames(price: string): void {
  const undo = document.querySelector('button[aria-label="Undo"], button[aria-label^="Undo: "]')
  const saving = undo?.parentElement?.querySelector('[role="status"]')
  if (!undo || !saving) throw new Error('The page has no button to undo with.')
  const ended = (): boolean =>
    undo.getAttribute('aria-label')?.endsWith(` to ${price}`) === true &&
    saving.textContent === '' &&
    document.activeElement?.getAttribute('aria-label') === 'Price, Row 3'
  const longestFrame = new Promise<number>((resolve) => {
    let longest = 0
    let last = performance.now()
    let rest = 2
    const frame = (at: number): void => {
      longest = Math.max(longest, at - last)
      last = at
      // Two more, so that the frame that drew the end is among them.
      rest = ended() ? rest - 1 : 2
      if (rest > 0) requestAnimationFrame(frame)
      else resolve(longest)
    }
    requestAnimationFrame(frame)
  })
  Object.assign(window, { longestFrame })
}
