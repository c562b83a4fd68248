import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { type Glance, openPlace } from './look.ts'
import { root } from './surroundings.ts'

const words = (page: Page) => page.getByRole('region', { name: 'Result in words' })

async function openPart(page: Page, name: string): Promise<void> {
  await openPlace(page, 'What-if')
  await page.getByRole('tab', { name, exact: true }).click()
  await page.getByRole('tabpanel', { name }).waitFor()
}

/** Scenarios side by side, held against another base; what the result hangs on, over a range of one's own. */
export async function compareScenarios(page: Page, glance: Glance): Promise<void> {
  await openPart(page, 'Compare')
  const table = page.getByRole('region', { name: 'Scenarios side by side' }).getByRole('table')
  const row = async (name: string) =>
    table
      .getByRole('row', { name: new RegExp(`^${name}`) })
      .getByRole('cell')
      .allInnerTexts()
  // Three simulations come first.
  await table.waitFor({ timeout: 60_000 })
  const before = await row('Against the base')
  expect(before[0]).toBe('the base')
  expect(before[1]).toMatch(/^−€/)

  await page.getByRole('radio', { name: 'Hold the others against Never change stage' }).check()
  await expect.poll(async () => (await row('Against the base'))[1]).toBe('the base')
  expect((await row('Against the base'))[0]).toMatch(/^\+€/)

  const tornado = page.getByRole('img', { name: /moves the result most: from €.* to €/ })
  await tornado.waitFor()
  await page.getByText('Ranges', { exact: true }).click()
  const low = page.getByRole('textbox', { name: 'Low end of Monthly growth' })
  await low.fill('-20')
  await low.press('Enter')
  await page.getByRole('button', { name: 'Default range for Monthly growth' }).waitFor()
  await glance('compare')
  await page.getByRole('button', { name: 'Default range for Monthly growth' }).click()
}

/** The path of least cost moves with the risk that is borne, and can be put under the sliders. */
export async function findCheapestPath(page: Page, glance: Glance): Promise<void> {
  await openPart(page, 'Cheapest path')
  const path = page.getByRole('img', { name: /^The path over \d+ months: / })
  await path.waitFor()
  await glance('cheapest-path')
  const careful = (await words(page).textContent()) ?? ''
  const limit = page.getByRole('textbox', { name: 'Risk limit' })
  await limit.fill('100')
  await limit.press('Tab')
  await expect.poll(() => words(page).textContent()).toMatch(/Within 100% risk a month/)
  expect(await words(page).textContent()).not.toBe(careful)
  await limit.fill('5')
  await limit.press('Tab')
  await expect.poll(() => words(page).textContent()).toBe(careful)
  await page.getByRole('button', { name: 'Use as the sliders’ rule' }).click()
  await openPart(page, 'Scenario')
  expect(await page.getByLabel('Change stage', { exact: true }).inputValue()).toBe('cheapest')
  await page.getByRole('button', { name: 'Reset', exact: true }).click()
}

/** A week of autoscalers: too small a maximum is told, a larger one carries the peak. */
export async function scaleByLoad(page: Page, glance: Glance): Promise<void> {
  await openPart(page, 'Auto-scaling')
  const figures = page.getByRole('region', { name: 'The week in figures' })
  await figures.waitFor()
  const most = page.getByRole('textbox', { name: 'Maximum' })
  await most.fill('4')
  await most.press('Tab')
  await figures.getByText(/API pods.* maximum of 4; the peak needs/).waitFor()
  await glance('auto-scaling')
  await page.getByRole('button', { name: 'Reset', exact: true }).click()
  await expect.poll(() => figures.textContent()).not.toMatch(/maximum of 4;/)
}

/** Load tests as the tools print them, then enough of them for a knee; growth from pasted rows, taken to the sliders. */
export async function fitWhatWasMeasured(page: Page, glance: Glance): Promise<void> {
  await openPart(page, 'Measured')
  const part = (name: string) => page.getByRole('radiogroup', { name: 'What to fit' }).getByText(name, { exact: true })
  await part('Load test').click()
  const paste = page.getByRole('textbox', { name: 'Summaries of load tests' })
  const printed = ['wrk.txt', 'ab.txt'].map((name) =>
    readFileSync(join(root, 'test/fixtures/load-tests', name), 'utf8'),
  )
  await paste.fill(printed.join('\n'))
  await page.getByRole('region', { name: '2 runs' }).waitFor()
  await page
    .getByRole('alert')
    .getByText(/2 different concurrencies \(8, 4\)/)
    .waitFor()
  // Gunther's law with 3% contention and a coherency that peaks near 49 at once.
  const throughput = (n: number) => (1000 * n) / (1 + 0.03 * (n - 1) + 0.0004 * n * (n - 1))
  await paste.fill([1, 2, 4, 8, 16, 32, 64, 128].map((n) => `${n} ${throughput(n).toFixed(1)}`).join('\n'))
  await page.getByRole('region', { name: 'Throughput peaks at 14,494/s with 49 at once' }).waitFor()
  await glance('load-test')

  await part('Growth from history').click()
  await page.getByRole('button', { name: 'Paste instead' }).click()
  const month = (n: number) => `${2025 + Math.floor(n / 12)}-${String((n % 12) + 1).padStart(2, '0')}`
  const rows = Array.from(
    { length: 20 },
    (_, n) => `${month(n)},${Math.round(1000 * 1.07 ** n * (1 + 0.02 * Math.sin(n)))}`,
  )
  await page
    .getByRole('textbox', { name: 'Pasted rows: The driver’s history' })
    .fill(['month,users', ...rows].join('\n'))
  await page.getByRole('button', { name: 'Read', exact: true }).click()
  const fitted = page.getByRole('region', { name: /^Exponential: [67](\.\d+)?% a month/ })
  await fitted.waitFor()
  const rate = /([\d.]+)% a month/.exec((await fitted.textContent()) ?? '')?.[1]
  await glance('growth-fit')
  await page.getByRole('button', { name: 'Use in the scenario' }).click()
  const slider = page.getByRole('slider', { name: 'Monthly growth' })
  await slider.waitFor()
  expect(Number(await slider.getAttribute('aria-valuenow'))).toBeCloseTo(Number(rate), 1)
  await page.getByRole('button', { name: 'Reset', exact: true }).click()
}

/** A young series is forecast with its band, or says where the forecast would be that it is too young. */
export async function lookAhead(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Forecast: Memory', exact: true }).click()
  const made = page.getByRole('img', { name: /forecast/i })
  await page.getByText('No forecast yet').or(made).first().waitFor()
}

/** What is promised is held against what a stage's topology can keep. */
export async function promiseAvailability(page: Page): Promise<void> {
  await openPlace(page, 'Plan')
  const computed = page.getByRole('region', { name: 'Availability, computed from the topology' })
  await computed.getByText(/of downtime a month/).waitFor()
  const promised = page.getByRole('textbox', { name: 'Promised availability (SLA)' })
  await promised.fill('99.9')
  await promised.press('Enter')
  await computed.getByText('cannot meet 99.9%').waitFor()
  await openPart(page, 'Compare')
  await page
    .getByRole('cell', { name: /99\.9% asked, .*cannot meet it from/ })
    .first()
    .waitFor()
  await openPlace(page, 'Plan')
  await promised.fill('0')
  await promised.press('Enter')
  await computed.getByText('cannot meet 99.9%').waitFor({ state: 'detached' })
}
