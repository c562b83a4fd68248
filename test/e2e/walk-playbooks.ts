import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { type Glance, openPlace } from './look.ts'
import { CUSTOMERS, type WalkLab } from './walk-lab.ts'
import { choose } from './walk-servers.ts'

/** The move of a database: stopped by a wrong name, then previewed, run, proved, and proved again. */
export async function moveDatabase(page: Page, lab: WalkLab, glance: Glance): Promise<void> {
  const { source, target } = lab
  await openPlaybook(page, 'Move a PostgreSQL database')
  await choose(page, 'Source server', /^old/)
  await page.getByLabel('Source database').fill('shpo')
  await page.getByLabel('Source password', { exact: true }).fill(lab.password)
  await page.getByLabel('Source address', { exact: true }).fill(source.address)
  await page.getByLabel('Source port', { exact: true }).fill(String(source.port))
  await choose(page, 'Target server', /^new/)
  await page.getByLabel('Target database').fill('shop_moved')
  await page.getByLabel('Target address', { exact: true }).fill(target.socket)
  await page.getByLabel('Target port', { exact: true }).fill(String(target.port))
  await page.getByLabel('Target address for the source server').fill(target.address)

  const preview = page.getByRole('region', { name: 'What will be done' })
  await page.getByRole('button', { name: 'Preview', exact: true }).click()
  await preview.getByRole('alert', { name: 'Problem DATABASE_MISSING' }).getByText('no database "shpo"').waitFor()
  expect(await preview.getByRole('button', { name: 'Run these commands' }).isDisabled()).toBe(true)
  await page.getByLabel('Source database').and(page.locator('[aria-invalid="true"]')).waitFor()
  await glance('preview-stopped')

  await page.getByLabel('Source database').fill('shop')
  await page.getByRole('button', { name: 'Preview', exact: true }).click()
  await preview.getByRole('alert').waitFor({ state: 'detached' })
  await preview.getByRole('button', { name: 'Run these commands' }).waitFor()
  const commands = (await preview.locator('pre').allTextContents()).join('\n')
  expect(commands).toMatch(/pg_dump /)
  expect(commands).toMatch(/pg_restore /)
  expect(commands).toContain("'shop_moved'")
  await secretIsNowhere(page, lab)
  await glance('preview')
  expect(target.sql('postgres', "SELECT count(*) FROM pg_database WHERE datname = 'shop_moved'")).toBe('0')

  await confirmRun(page, preview, ['old', 'new'])
  await page.getByRole('status').getByText('running', { exact: true }).waitFor()
  const output = page.getByRole('region', { name: 'Output of the run' })
  await output.locator('code').first().waitFor()
  await page.getByRole('progressbar', { name: /^Progress of Move shop/ }).waitFor()
  await ended(page, 'succeeded')

  const proofs = page.getByRole('region', { name: /^Rows of / })
  const first = proofs.first()
  await first.getByRole('row', { name: new RegExp(`table public\\.customer .*${CUSTOMERS} rows`) }).waitFor()
  expect(await first.getByText('differs', { exact: true }).count()).toBe(0)
  await page.getByText(/^all \d+ equal$/).waitFor()
  await page.getByRole('button', { name: 'Prove again' }).click()
  await page
    .getByText(/^all \d+ equal$/)
    .nth(1)
    .waitFor()
  expect(await proofs.count()).toBe(2)
  await page.getByRole('region', { name: 'Journal', exact: true }).getByText('chain intact').waitFor()
  await secretIsNowhere(page, lab)

  const ask = 'SELECT count(*), md5(string_agg(customer::text, chr(10) ORDER BY id)) FROM customer'
  expect(target.sql('shop_moved', ask)).toBe(source.sql('shop', ask))
  expect(target.sql('shop_moved', 'SELECT count(*) FROM customer')).toBe(String(CUSTOMERS))
}

/** A service from one replica to three, which Docker itself confirms. */
export async function scaleService(page: Page, lab: WalkLab): Promise<void> {
  const { engine } = lab
  if (!engine) throw new Error('this lab has no swarm')
  const replicas = () => engine.docker('service', 'ls', '--filter', 'name=web', '--format', '{{.Replicas}}')
  await expect.poll(replicas, { timeout: 45_000 }).toBe('1/1')
  await openPlaybook(page, 'Scale a Swarm service')
  await choose(page, 'Swarm manager', /^old/)
  await page.getByLabel('Service', { exact: true }).fill('web')
  await page.getByLabel('Replicas').fill('3')
  await page.getByLabel('Docker address').fill(engine.host)
  await page.getByRole('button', { name: 'Preview', exact: true }).click()
  const preview = page.getByRole('region', { name: 'What will be done' })
  await preview.getByText(/docker service scale --detach 'web=3'/).waitFor()
  expect(replicas()).toBe('1/1')
  await confirmRun(page, preview, ['old'])
  await ended(page, 'succeeded')
  await page.getByRole('region', { name: 'Outcome' }).getByText('web runs 3 replicas (1 before).').waitFor()
  expect(replicas()).toBe('3/3')
}

async function openPlaybook(page: Page, name: string): Promise<void> {
  await openPlace(page, 'Playbooks')
  await page.getByRole('link', { name, exact: true }).first().click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
}

/** The question names the servers; its first answer is No. */
async function confirmRun(page: Page, preview: Locator, servers: string[]): Promise<void> {
  await preview.getByRole('button', { name: 'Run these commands' }).click()
  const question = page.getByRole('dialog', { name: /^Run “/ })
  for (const server of servers) await question.getByText(server, { exact: true }).waitFor()
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('No')
  await question.getByRole('button', { name: 'Yes, run' }).click()
}

/** Waits until a run ends, and says what the page shows where it ends otherwise. */
async function ended(page: Page, state: string): Promise<void> {
  const status = page.getByRole('main').getByRole('status')
  await status.getByText(/^(succeeded|failed|stopped|interrupted)$/).waitFor({ timeout: 60_000 })
  if (!(await status.getByText(state, { exact: true }).isVisible()))
    throw new Error(`the run ended otherwise: ${await page.locator('main').textContent()}`)
}

async function secretIsNowhere(page: Page, { password }: WalkLab): Promise<void> {
  // What was typed stays in its field; everything else on the page is looked through.
  const text = (await page.locator('main').textContent()) ?? ''
  // No quoting of any kind changes its plain beginning.
  const plain = /^\w+/.exec(password)?.[0] ?? password
  expect(plain.length).toBeGreaterThan(8)
  expect(text.includes(plain)).toBe(false)
}
