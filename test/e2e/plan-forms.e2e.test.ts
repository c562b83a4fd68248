import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { chooseTheme, look, openPlace, picture, type Theme } from './look.ts'
import { PATIENCE_MS } from './surroundings.ts'
import { openWeb, type WebApp } from './web.ts'

let app: WebApp
let page: Page
beforeAll(async () => {
  app = await openWeb()
  page = app.page
  page.setDefaultTimeout(PATIENCE_MS)
  await openPlace(page, 'Plan')
  await page
    .getByRole('button', { name: /^Use this plan: VPS to Kubernetes/ })
    .first()
    .click()
  await page.getByText('Edit', { exact: true }).click()
  await page.getByRole('tab', { name: 'Whole plan' }).click()
})
afterAll(async () => {
  await app.close()
  expect(app.faults).toEqual([])
})

const part = (name: string): Locator => page.getByRole('region', { name, exact: true })
const undo = (what: RegExp): Locator => page.getByRole('button', { name: new RegExp(`^Undo: .*${what.source}`, 'i') })

/** Drags with the mouse, in steps as a hand does. */
async function drag(from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move(to.x, to.y, { steps: 6 })
  await page.mouse.up()
}

async function middleOf(thing: Locator): Promise<{ x: number; y: number }> {
  await thing.scrollIntoViewIfNeeded()
  const box = await thing.boundingBox()
  if (!box) throw new Error('it is not drawn')
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

it('draws growth by dragging a point, one edit a stroke, and undo brings it back', async () => {
  const growth = part('Growth')
  await growth.getByLabel('The primary driver grows').selectOption('drawn')
  const point = growth.getByRole('slider', { name: 'Point 2 of 2' })
  const before = await point.getAttribute('aria-valuetext')
  const from = await middleOf(point)
  await drag(from, { x: from.x, y: from.y + 40 })
  const after = await point.getAttribute('aria-valuetext')
  expect(after).not.toBe(before)
  // One stroke of six steps is one thing to undo.
  await page.getByRole('heading', { level: 1 }).click()
  await page.keyboard.press('Control+z')
  await expect.poll(() => point.getAttribute('aria-valuetext')).toBe(before)
  await point.focus()
  await point.press('ArrowUp')
  await expect.poll(() => point.getAttribute('aria-valuetext')).not.toBe(before)
})

it('shapes the week by its bars, and says when the average is not 1', async () => {
  const growth = part('Growth')
  await growth.getByLabel('Shape of the week').selectOption('office')
  const hours = growth.getByRole('group', { name: 'Hour of the day' })
  const bar = hours.getByRole('slider', { name: /^Hour of the day, 0?3/ })
  const before = Number(await bar.getAttribute('aria-valuenow'))
  await bar.focus()
  for (let step = 0; step < 3; step += 1) await bar.press('PageUp')
  await page.keyboard.press('Tab')
  await expect.poll(async () => Number(await bar.getAttribute('aria-valuenow'))).toBeGreaterThan(before)
  await hours.getByText(/^It adds load: the average is/).waitFor()
  await hours.getByRole('button', { name: 'Bring the average to 1' }).click()
  await hours.getByText(/^It adds load/).waitFor({ state: 'detached' })
})

it('keeps checklists, components, computed tables, years, facts and decision points by forms', async () => {
  const lists = part('Checklists')
  await lists.getByRole('button', { name: 'Add a checklist' }).click()
  await lists.getByLabel('Title').last().fill('Before the move')
  await lists.getByLabel('Title').last().press('Enter')
  await lists.getByRole('button', { name: 'Open Before the move' }).waitFor()

  const components = part('Components and settings')
  await components.getByRole('button', { name: 'Add a component' }).click()
  const settings = components.getByLabel('Settings', { exact: true }).last()
  await settings.fill('workers = 4\nport: 80')
  await settings.blur()
  await components.getByText('"port: 80" is no setting.').waitFor()
  await settings.fill('workers = 4\nport = 80')
  await settings.blur()
  await undo(/settings/).waitFor()

  const computed = part('Computed tables')
  await computed.getByRole('button', { name: 'Add a table' }).click()
  const cell = computed.getByLabel('Value, Row', { exact: true })
  await cell.fill('3 to 5')
  await cell.press('Tab')
  await undo(/value/).waitFor()

  const years = part('Yearly comparison')
  const start = years.getByRole('button', { name: 'Compare ways over years' })
  if (await start.isVisible()) await start.click()
  await years.getByRole('table', { name: 'Years' }).waitFor()

  const facts = part('Tables of facts')
  await facts.getByRole('button', { name: 'Add a table' }).click()
  const rows = facts.getByLabel('Rows', { exact: true }).last()
  await rows.fill('one | too many')
  await rows.blur()
  await facts.getByText(/has 2 cells, and the table has room for 1/).waitFor()
  await rows.fill('one\ntwo')
  await rows.blur()
  await facts.getByText('2 rows, 1 column').waitFor()

  // What is decided on the way names the stage it is about; the other points stay as they are.
  const decisions = page.getByRole('table', { name: 'Decision points' })
  await decisions.getByRole('combobox').first().selectOption({ label: 'Kubernetes' })
  await undo(/before/).click()

  for (const theme of ['light', 'dark'] as const) await show(theme)
})

/** Every new form open, in both themes. */
async function show(theme: Theme): Promise<void> {
  await chooseTheme(page, theme)
  await openPlace(page, 'Plan')
  await page.getByText('Edit', { exact: true }).click()
  await page.getByRole('tab', { name: 'Whole plan' }).click()
  for (const [name, of] of [
    ['Components and settings', 'components'],
    ['Computed tables', 'computed'],
    ['Yearly comparison', 'yearly'],
    ['Tables of facts', 'facts'],
  ] as const) {
    const opener = part(name).getByRole('button', { expanded: false }).first()
    if ((await opener.count()) > 0) await opener.click()
    await part(name).scrollIntoViewIfNeeded()
    await picture(page, 'web', `form-${of}-${theme}`)
  }
  await look(page, 'web', 'plan-forms', theme)
}

it('gives a stage an autoscaler and takes it away again', async () => {
  await page.getByRole('tab').nth(0).click()
  const scalers = part('Autoscalers')
  await scalers.getByRole('button', { name: 'Add an HPA' }).click()
  const card = scalers.getByRole('region', { name: /^autoscaler: / })
  await card.getByLabel('At most').first().fill('12')
  await card.getByLabel('At most').first().press('Enter')
  await undo(/12/).click()
  await undo(/autoscaler/).click()
  await card.waitFor({ state: 'detached' })
})

it('says so when a part of the program cannot be loaded, and how to go on', async () => {
  await page.route('**/*.js', (route) => route.abort())
  await openPlace(page, 'Prices')
  await page.getByRole('heading', { name: 'A part of Headroom could not be loaded' }).waitFor()
  await page.getByRole('button', { name: 'Reload' }).waitFor()
  // What the browser logs of a file that did not come is the point of this.
  app.faults.length = 0
})
