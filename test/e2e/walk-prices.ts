import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { type Glance, openPlace } from './look.ts'
import type { PriceLists } from './price-lists.ts'
import { saved } from './saved.ts'

const catalogue = (page: Page) => page.getByRole('table', { name: 'Price catalogue' })
const shown = (page: Page) => page.getByRole('status').filter({ hasText: / of \d+ shown$/ })
const dialog = (page: Page, name: string | RegExp) => page.getByRole('dialog', { name })

async function choose(page: Page, name: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name, exact: true }).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

/** The catalogue is searched, filtered and sorted; a price opens to its source, its age and what makes it doubtful. */
export async function findPrice(page: Page, glance: Glance): Promise<void> {
  await openPlace(page, 'Prices')
  const search = page.getByRole('searchbox', { name: 'Search prices' })
  await search.fill('vultr vc2')
  await expect.poll(() => shown(page).textContent()).toMatch(/^7 of \d+ shown$/)
  const monthly = page.getByRole('columnheader', { name: 'Per month' })
  await monthly.getByRole('button').click()
  expect(await monthly.getAttribute('aria-sort')).toBe('ascending')
  const names = () =>
    catalogue(page)
      .getByRole('button', { name: /^Details of/ })
      .allTextContents()
  expect((await names())[0]).toBe('vc2 smallest (0.5 GB)')
  await monthly.getByRole('button').click()
  await expect.poll(async () => (await names())[0]).toBe('vc2-6c-16gb')
  await choose(page, 'Age', 'Undated')
  await expect.poll(() => shown(page).textContent()).toMatch(/^5 of /)
  await catalogue(page).getByRole('button', { name: 'Details of vc2-2c-4gb' }).click()
  const details = dialog(page, 'Why this figure: vc2-2c-4gb')
  await details.getByText('$20.00 a month', { exact: true }).waitFor()
  await details.getByText('vultr/vc2-2c-4gb@most regions').waitFor()
  await details.getByText('undated', { exact: true }).first().waitFor()
  await glance('price-details')
  await details.getByRole('button', { name: 'Close details' }).click()
  await details.waitFor({ state: 'detached' })
  await choose(page, 'Age', 'Over 180 days')
  await page.getByText('No price matches', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await choose(page, 'Age', 'Over 180 days')
  await catalogue(page)
    .getByText(/^stale: \d+ days$/)
    .first()
    .waitFor()
  await page.getByRole('button', { name: 'More filters' }).click()
  await glance('prices-filtered')
  // Filters are of the visit: another one begins with every price.
  await openPlace(page, 'Now')
}

/** A price of one's own: refused without an amount, then counted in a row of the plan that takes it by its name. */
export async function takeOwnPrice(page: Page, glance: Glance): Promise<void> {
  await openPlace(page, 'Prices')
  await page.getByRole('button', { name: 'Add a price' }).click()
  const form = dialog(page, 'Add a price')
  await form.getByRole('textbox', { name: 'SKU or name' }).fill('dedicated-quote')
  await form.getByRole('button', { name: 'Save the price' }).click()
  await form.locator('[id$="-error"]').first().waitFor()
  await glance('own-price-refused')
  await form.getByRole('textbox', { name: 'Price a month' }).fill('23.45')
  await form.getByRole('textbox', { name: 'vCPU' }).fill('4')
  await form.getByRole('textbox', { name: 'RAM, GB' }).fill('8')
  await form.getByRole('button', { name: 'Save the price' }).click()
  await form.waitFor({ state: 'detached' })
  await page.getByRole('searchbox', { name: 'Search prices' }).fill('dedicated-quote')
  await expect.poll(() => shown(page).textContent()).toMatch(/^1 of /)

  await openPlace(page, 'Plan')
  await page.getByText('Edit', { exact: true }).click()
  const rows = page.getByRole('table', { name: /^Cost rows of/ })
  await rows.getByRole('button', { name: 'More of VPS (Hetzner CPX31)' }).click()
  const sku = page.getByRole('textbox', { name: 'Take a price of the catalogue' })
  await sku.fill('4 vcpu 8 gb')
  const first = page.getByRole('list', { name: 'Prices found' }).getByRole('button').first()
  await expect.poll(() => first.textContent()).toMatch(/dedicated-quote.*own price.*€23\.45 a month$/)
  await glance('sku-search')
  await first.click()
  await expect.poll(() => rows.getByLabel('Price, VPS (Hetzner CPX31)').inputValue()).toBe('own/dedicated-quote')
  await rows.getByText('23.45 EUR a month').waitFor()
  await page.getByRole('heading', { level: 1 }).click()
  await page.keyboard.press('Control+z')
  await expect.poll(() => rows.getByLabel('Price, VPS (Hetzner CPX31)').inputValue()).toBe('15')
  await page.getByText('Read', { exact: true }).click()
}

/** Own prices go out as CSV; a file with a line that cannot be read is shown first, and saved without that line. */
export async function exchangePrices(page: Page, glance: Glance): Promise<void> {
  await openPlace(page, 'Prices')
  await page.getByRole('button', { name: 'Export own' }).click()
  const file = await saved(page, () => page.getByRole('menuitem', { name: 'As CSV' }).click())
  const csv = file.toString('utf8').trimEnd()
  const [header = '', line = '', ...more] = csv.split(/\r?\n/)
  expect(more).toEqual([])
  const lines = [
    header,
    line.replace('23.45', '21.5'),
    line.replace('dedicated-quote', 'second-quote'),
    line.replace('dedicated-quote', 'faulty-quote').replace('23.45', 'about 20'),
  ]
  await page
    .getByLabel('Choose a file of prices')
    .setInputFiles({ name: 'quotes.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) })
  const preview = dialog(page, 'Prices in quotes.csv')
  const rows = preview.getByRole('table', { name: 'Prices in the file' }).getByRole('row')
  await expect.poll(() => rows.count()).toBe(3)
  const texts = await rows.allTextContents()
  expect(texts[0]).toMatch(/^line 4.*cannot be read.*about 20/)
  expect(texts[1]).toMatch(/^line 2.*changes.*€23\.45 a month → €21\.50 a month$/)
  expect(texts[2]).toMatch(/^line 3.*new.*second-quote.*€23\.45 a month$/)
  await glance('prices-import')
  await preview.getByRole('button', { name: 'Save 2, leave 1 out' }).click()
  await preview.waitFor({ state: 'detached' })
  await page.getByRole('searchbox', { name: 'Search prices' }).fill('own/')
  await expect.poll(() => shown(page).textContent()).toMatch(/^2 of /)
}

/** Plans that carry a stage's load: by margin, by kind of processor; one is put into the plan, where it costs what it said. */
export async function takeProvider(page: Page, glance: Glance): Promise<void> {
  await openPlace(page, 'What-if')
  await page.getByRole('tab', { name: 'Other providers', exact: true }).click()
  await choose(page, 'Whose load', 'One VPS')
  const table = page.getByRole('table', { name: /^Plans that carry the load/ })
  await table.waitFor()
  const found = page.getByRole('status').filter({ hasText: /plans carry it/ })
  const carrying = async () => Number(/^[\d,]+/.exec((await found.textContent()) ?? '')?.[0])
  /** The number once it has stayed the same for a second: each change is counted anew, and the last answer counts. */
  const settled = async () => {
    let last = Number.NaN
    await expect
      .poll(
        async () => {
          const now = await carrying()
          const same = now === last
          last = now
          return same
        },
        { interval: 1000, timeout: 45_000 },
      )
      .toBe(true)
    return last
  }
  // The plan's users were raised before; fewer are a load that the smaller plans carry too.
  const atMany = await settled()
  await page.getByRole('textbox', { name: /^Monthly active users/ }).fill('25000')
  await expect.poll(carrying).toBeGreaterThan(atMany)
  const inEuro = await settled()
  await page.getByRole('textbox', { name: '1 USD in EUR' }).fill('0.9')
  await expect.poll(carrying).toBeGreaterThan(inEuro)
  const before = await settled()
  const margin = page.getByRole('slider', { name: 'Margin on top of the load' })
  await margin.focus()
  await page.keyboard.press('End')
  await expect.poll(() => margin.getAttribute('aria-valuenow')).toBe('2')
  await expect.poll(carrying).toBeLessThan(before)
  await page.keyboard.press('Home')
  await expect.poll(carrying).toBeGreaterThanOrEqual(before)
  const pick = (group: string, name: string) =>
    page.getByRole('radiogroup', { name: group }).getByText(name, { exact: true }).click()
  const sizes = () => table.locator('tbody tr td:nth-child(3)').allTextContents()
  await pick('Architecture', 'Arm')
  await expect.poll(async () => (await sizes()).every((text) => text.includes('Arm'))).toBe(true)
  await pick('Architecture', 'Any')
  await pick('vCPU', 'Dedicated')
  await expect.poll(async () => (await sizes()).every((text) => text.includes('dedicated'))).toBe(true)
  await glance('providers')
  await pick('vCPU', 'Any')
  await choose(page, 'Providers', 'vultr')
  await page.keyboard.press('Escape')
  await table.getByRole('button', { name: 'Use vc2-2c-4gb in the plan' }).click()
  const use = dialog(page, 'Use vultr/vc2-2c-4gb in the plan')
  await use.getByText(/1 USD = 0\.9 EUR/).waitFor()
  await glance('provider-use')
  await use.getByRole('button', { name: 'Put into the plan' }).click()
  await use.waitFor({ state: 'detached' })
}

/** A provider's list says what it changes, in the plan too, and changes nothing until it is taken over; then the way back. */
export async function refreshPrices(page: Page, lists: PriceLists, glance: Glance): Promise<void> {
  await openPlace(page, 'Prices')
  const asked = lists.asked.length
  await page.getByRole('button', { name: 'Refresh…' }).click()
  const sources = dialog(page, "Refresh from providers' lists")
  await sources.getByRole('button', { name: 'Read the list of Vultr' }).waitFor()
  expect(lists.asked.length).toBe(asked)
  await glance('prices-sources')
  await sources.getByRole('button', { name: 'Read the list of Vultr' }).click()
  const diff = dialog(page, 'What the list of Vultr changes')
  await diff.getByText(/1 changed, 1 new, \d+ gone, 1 as before/).waitFor()
  expect(lists.asked.length).toBe(asked + 2)
  const changed = diff.getByRole('row').filter({ hasText: 'vc2-2c-4gb' })
  expect(await changed.first().textContent()).toMatch(/changed\$20\.00\$22\.00\+10%$/)
  // 20 USD become 22, at 0.90 EUR each.
  const effect = diff.getByRole('region', { name: 'What it changes in your plan, a month' })
  await effect.getByText(/^One VPS, .*: €18\.00 → €19\.80$/).waitFor()
  await glance('prices-refreshed')
  await diff.getByRole('button', { name: 'Take these prices over' }).click()
  await diff.waitFor({ state: 'detached' })
  const search = page.getByRole('searchbox', { name: 'Search prices' })
  await search.fill('vc2-2c-4gb')
  const row = catalogue(page).getByRole('row').filter({ hasText: 'vc2-2c-4gb' })
  await expect.poll(() => row.textContent()).toMatch(/\$22\.00.*today.*provider's list/)
  await search.fill('vc2-6c-16gb')
  await expect
    .poll(() => row.or(catalogue(page).getByText('no longer offered')).first().textContent())
    .toBe('no longer offered')

  await page.getByRole('button', { name: 'Refresh…' }).click()
  await sources.getByRole('button', { name: 'Back to shipped prices' }).click()
  await sources.getByRole('button', { name: 'Back to shipped prices' }).waitFor({ state: 'detached' })
  await sources.getByRole('button', { name: 'Close details' }).click()
  await search.fill('vc2-2c-4gb')
  await expect.poll(() => row.textContent()).toMatch(/\$20\.00/)

  // What was put into the plan from the comparison is one edit, and is taken back as one.
  await openPlace(page, 'Plan')
  await page.getByText('Edit', { exact: true }).click()
  await page.getByRole('button', { name: /^Undo: / }).click()
  await expect
    .poll(() =>
      page
        .getByRole('table', { name: /^Cost rows of/ })
        .getByLabel('Price, VPS (Hetzner CPX31)')
        .inputValue(),
    )
    .toBe('15')
  await page.getByText('Read', { exact: true }).click()
}
