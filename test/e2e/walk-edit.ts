import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { type Glance, openPlace } from './look.ts'

/** Editing the plan as an operator would: by keyboard in the rows, what is refused, undo and redo, history, and the same place to read. */
export async function editAndUndo(page: Page, glance: Glance): Promise<void> {
  await openPlace(page, 'Plan')
  await page.getByText('Edit', { exact: true }).click()
  const rows = page.getByRole('table', { name: /^Cost rows of/ })
  await rows.waitFor()
  await expect.poll(() => new URL(page.url()).hash).toMatch(/^#\/plan\/mvp\?edit=1$/)
  const sum = page.getByText(/^Sum a month/)
  const before = await sum.textContent()

  // A price by keyboard: Enter saves it and goes on to the row below.
  const price = rows.getByLabel('Price, VPS (Hetzner CPX31)')
  await price.fill('19.50')
  await price.press('Enter')
  await expect.poll(() => focused(page)).toBe('Price, Cloudflare Pro')
  await page
    .getByRole('button', { name: 'Undo: Price of VPS (Hetzner CPX31) in One VPS changed from 15 to 19.5' })
    .waitFor()
  await expect.poll(() => sum.textContent()).not.toBe(before)

  // What cannot be is refused beside the field and stays as it was typed.
  await price.fill('-3')
  await price.press('Tab')
  await rows.getByText(/cannot be negative.*the plan is as it was/).waitFor()
  expect(await price.inputValue()).toBe('-3')
  await glance('plan-edit-refused')
  await price.focus()
  await price.press('Escape')
  expect(await price.inputValue()).toBe('19.5')

  // A formula says what it comes to while it is typed.
  const quantity = rows.getByLabel('Quantity, Backups')
  await quantity.fill('ceil(mau / 20000)')
  await rows.getByText(/^= \d+ today$/).waitFor()
  await quantity.press('Escape')

  // Rows of a spreadsheet.
  await rows.getByLabel('Item, Backups').focus()
  await page.evaluate(() => {
    const data = new DataTransfer()
    data.setData('text/plain', 'Backups\t6\tEUR\na month\nLog store\t7\tEUR\ta month\t2')
    document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }))
  })
  await page.getByRole('button', { name: 'Undo: 3 rows pasted into Cost rows of One VPS' }).waitFor()
  await rows.getByLabel('Item, Log store').waitFor()

  // A new row is where typing goes on, and it takes its id from its name, with the focus kept.
  await page.getByRole('region', { name: 'Cost rows' }).getByRole('button', { name: 'Add row' }).click()
  await expect.poll(() => focused(page)).toBe('Item, row')
  await page.keyboard.type('Mail')
  await page.keyboard.press('Tab')
  await page.getByRole('button', { name: 'Undo: row is now the row Mail, in formulas and files mail' }).waitFor()
  await expect.poll(() => focused(page)).toBe('Price, Mail')
  await page.getByRole('button', { name: 'Remove row Mail' }).click()
  await rows.getByLabel('Item, Mail').waitFor({ state: 'detached' })
  for (const _ of ['the removal', 'the name', 'the row']) await page.getByRole('button', { name: /^Undo: / }).click()
  await page.getByRole('button', { name: 'Undo: 3 rows pasted into Cost rows of One VPS' }).waitFor()

  // What is still named elsewhere stays, and says by what.
  await page.getByRole('button', { name: 'Remove node Dokploy VPS (Hetzner CPX31)' }).click()
  await page
    .getByText(/is still named by/)
    .first()
    .waitFor()

  // Back and forth by keyboard; the notice says what was undone.
  await page.getByRole('heading', { level: 1 }).click()
  await page.keyboard.press('Control+z')
  await page.getByText('Undone: 3 rows pasted into Cost rows of One VPS').waitFor()
  await page.keyboard.press('Control+z')
  await expect.poll(() => price.inputValue()).toBe('15')
  await page.keyboard.press('Control+Shift+z')
  await expect.poll(() => price.inputValue()).toBe('19.5')
  await page.keyboard.press('Control+z')
  await expect.poll(() => sum.textContent()).toBe(before)

  // The history says the same, and the reading view is at the same stage.
  await page.getByRole('button', { name: 'History' }).click()
  const history = page.getByRole('dialog', { name: 'History of the plan' })
  await history.getByText('3 rows pasted into Cost rows of One VPS').waitFor()
  await page.keyboard.press('Escape')
  await history.waitFor({ state: 'detached' })
  await page.getByRole('tab', { name: 'Whole plan' }).click()
  await page.getByRole('region', { name: 'Drivers' }).waitFor()
  await glance('plan-edit-whole')
  await page.getByText('Read', { exact: true }).click()
  await page.getByRole('heading', { level: 2, name: 'One VPS' }).waitFor()
  await expect.poll(() => new URL(page.url()).hash).toBe('#/plan/mvp')
}

const focused = (page: Page): Promise<string | null | undefined> =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
