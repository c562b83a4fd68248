import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { chooseTheme, look, openPlace } from './look.ts'
import { openWeb, type WebApp } from './web.ts'

let app: WebApp
let page: Page
beforeAll(async () => {
  app = await openWeb()
  page = app.page
  await openPlace(page, 'Plan')
  await page
    .getByRole('button', { name: /^Use this plan: Tenants/ })
    .first()
    .click()
  await page.getByRole('button', { name: 'Report…' }).waitFor()
})
afterAll(() => app.close())

/** Simulating comes before writing. */
const patient = { timeout: 45_000 }
/** The sheet of a PDF to be, and the text of anything else. */
const sheet = () => page.getByRole('region', { name: 'The report' })
const preview = () => page.getByRole('textbox', { name: 'The report' })
async function open(): Promise<void> {
  await page.getByRole('button', { name: 'Report…' }).click()
  await sheet().waitFor()
}

/** The file that a click on the button hands out. */
async function saved(button: string): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ])
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) }
}

it('previews and saves the plan as PDF', async () => {
  await open()
  await sheet().getByRole('heading', { name: 'Tenants, one to many' }).waitFor()
  await sheet().getByRole('columnheader', { name: 'Stage' }).first().waitFor()
  // Every chart of the document is a picture that was drawn.
  const charts = sheet().getByRole('img')
  await expect.poll(() => charts.count(), patient).toBeGreaterThan(1)
  await expect
    .poll(() => charts.evaluateAll((all) => all.every((one) => (one as HTMLImageElement).naturalWidth > 0)))
    .toBe(true)
  await look(page, 'web', 'report-dialog', 'light')
  const { name, bytes } = await saved('Save PDF')
  expect(name).toMatch(/^headroom-tenant-guide-plan-\d{4}-\d\d-\d\d\.pdf$/)
  expect(bytes.subarray(0, 5).toString()).toBe('%PDF-')
  await page.getByText(/^Saved headroom-tenant-guide-plan-.*, \d+ pages\./).waitFor()
})

it('leaves out what is not ticked, and gives the costs as FOCUS rows', async () => {
  await open()
  await page.getByText('Markdown', { exact: true }).click()
  await page.getByRole('checkbox', { name: 'Every stage in detail' }).uncheck()
  await expect.poll(() => preview().inputValue(), patient).not.toContain('The stages in detail')
  await page.getByText('FOCUS CSV', { exact: true }).click()
  await expect.poll(() => preview().inputValue(), patient).toMatch(/^BilledCost,/)
  const { name, bytes } = await saved('Save FOCUS CSV')
  expect(name).toMatch(/-focus-.*\.csv$/)
  expect(bytes.toString()).toMatch(/^BilledCost,[^\n]*\r\n12\.00,tenant-guide,/)
})

it('reports the scenarios that stand side by side', async () => {
  await chooseTheme(page, 'dark')
  await page.goto(`${app.origin}/#/what-if/compare`)
  await open()
  await sheet().getByText('3 scenarios compared').first().waitFor()
  await look(page, 'web', 'report-comparison', 'dark')
  const { bytes } = await saved('Save PDF')
  expect(bytes.subarray(0, 5).toString()).toBe('%PDF-')
  expect(app.faults).toEqual([])
})
