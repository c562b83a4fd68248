import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Sshd } from '../lab/index.ts'
import { type Glance, openPlace } from './look.ts'
import type { WalkLab } from './walk-lab.ts'

export const PLAN = 'VPS to Kubernetes by monthly users'

/** A newcomer picks a plan and adds the computer at hand; both are the first two steps of the welcome. */
export async function pickPlanAndThisComputer(page: Page, glance: Glance): Promise<void> {
  await page.getByRole('heading', { name: 'Welcome to Headroom' }).waitFor()
  await glance('welcome')
  await page.getByRole('button', { name: `Use this plan: ${PLAN}` }).click()
  await page.getByText(`${PLAN}, 3 stages`).waitFor()
  await page.getByRole('button', { name: 'Add this computer' }).click()
  await page.getByRole('listitem').getByRole('link', { name: 'This computer' }).waitFor()
}

/** An unknown host key is shown as ssh-keygen tells it, and only then trusted; the server is signed in to with a key file. */
export async function addServerWithUnknownKey(page: Page, lab: WalkLab, glance: Glance): Promise<void> {
  await page.getByRole('button', { name: 'Add a server over SSH' }).click()
  await fillServer(page, lab, lab.old, 'old')
  const question = page.getByRole('dialog', { name: 'Is this the right server?' })
  await question.getByText(lab.old.hostKey.fingerprint, { exact: true }).waitFor()
  expect(lab.old.hostKey.fingerprint).toMatch(/^SHA256:/)
  await glance('host-key-unknown')
  await question.getByRole('button', { name: 'Trust this key and connect' }).click()
  await page.getByRole('listitem').getByRole('link', { name: 'old' }).waitFor()
  await glance('welcome-last-step')
  await page.getByRole('button', { name: 'Show the verdict' }).click()
}

/** A key that differs from the operator's own known_hosts is refused, with both fingerprints and no way on. */
export async function refuseChangedKey(page: Page, lab: WalkLab, home: string, glance: Glance): Promise<void> {
  mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 })
  const { address, port, hostKey } = lab.changed
  const filed = lab.lab.keys.stranger
  writeFileSync(join(home, '.ssh', 'known_hosts'), `[${address}]:${port} ${filed.publicLine}\n`)
  await openServerForm(page)
  await fillServer(page, lab, lab.changed, 'changed')
  const refusal = page.getByRole('dialog', { name: 'The key of this server has changed' })
  await refusal.getByText(hostKey.fingerprint).waitFor()
  await refusal.getByText(filed.fingerprint).waitFor()
  expect(await refusal.getByRole('button').allTextContents()).toEqual(['Close'])
  await glance('host-key-changed')
  await refusal.getByRole('button', { name: 'Close' }).click()
  await form(page).getByRole('button', { name: 'Cancel' }).click()
  await form(page).waitFor({ state: 'detached' })
  await page.getByRole('table', { name: 'Servers' }).getByRole('link', { name: 'old' }).waitFor()
  expect(await page.getByRole('link', { name: 'changed', exact: true }).count()).toBe(0)
}

/** A key the server does not take gives the reason and the fix; with the right one the same form goes on. */
export async function addServerAfterWrongKey(page: Page, lab: WalkLab, glance: Glance): Promise<void> {
  await openServerForm(page)
  await fillServer(page, lab, lab.new, 'new', lab.lab.keys.stranger.path)
  const question = page.getByRole('dialog', { name: 'Is this the right server?' })
  await question.getByText(lab.new.hostKey.fingerprint, { exact: true }).waitFor()
  await question.getByRole('button', { name: 'Trust this key and connect' }).click()
  await form(page).getByRole('alert', { name: 'Problem AUTH_REFUSED' }).waitFor()
  await glance('key-refused')
  await fillServer(page, lab, lab.new, 'new')
  await page.getByRole('heading', { level: 1, name: 'new' }).waitFor()
}

/** Rounds every two seconds, as the operator sets them, bring values and points that nobody asked for by hand. */
export async function watchValues(page: Page, lab: WalkLab): Promise<void> {
  await openPlace(page, 'Settings')
  await page.getByLabel('Collect samples every').fill('2')
  await page.getByRole('region', { name: 'Collection' }).getByRole('button', { name: 'Save' }).click()
  await page.getByText('Samples are collected every 2 s').waitFor()

  await openServer(page, 'new')
  await page.getByRole('button', { name: 'Collect now' }).click()
  await page.getByText(/^\d+ samples in /).waitFor()
  await page.getByRole('radiogroup', { name: 'Range' }).getByText('15 min').click()
  await page.getByRole('button', { name: 'Show table: CPU', exact: true }).click()
  const rows = page.getByRole('region', { name: 'CPU', exact: true }).getByRole('table').locator('tbody tr')
  await rows.nth(1).waitFor()
  const before = await rows.count()
  await expect.poll(() => rows.count(), { timeout: 45_000 }).toBeGreaterThan(before)
  const cells = await rows.last().getByRole('cell').allTextContents()
  expect(cells.some((text) => /^\d+(\.\d+)?\s?%$/.test(text))).toBe(true)
  await page.getByRole('button', { name: 'Show chart: CPU', exact: true }).click()
  // The tile is up to two seconds behind a machine that does other work meanwhile.
  const astray = async () => Math.abs(percentIn(await tile(page, 'Memory').textContent()) - memoryUsed())
  await expect.poll(astray, { timeout: 45_000 }).toBeLessThan(0.5)

  const { target } = lab
  await choose(page, 'Reach it by', 'psql on the server')
  const postgres = page.getByRole('region', { name: 'PostgreSQL' })
  await postgres.getByLabel('Socket folder or host').fill(target.socket)
  await postgres.getByLabel('Port').fill(String(target.port))
  await postgres.getByLabel('Role').fill('postgres')
  await postgres.getByRole('button', { name: 'Save PostgreSQL settings' }).click()
  await tile(page, 'DB connections').getByText('of 100').waitFor()
}

/** An own metric is tried before it is kept: what is wrong is told word for word, what is right is measured and drawn. */
export async function measureOwnNumber(page: Page, glance: Glance): Promise<void> {
  const panel = page.getByRole('region', { name: 'Services and own metrics' })
  await panel.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Own metric' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add: Own metric' })
  await dialog.getByLabel('Name', { exact: true }).fill('Answers')
  await dialog.getByLabel('Name in rules and plans').fill('answers')
  await dialog.getByLabel('Command or query').fill('echo no idea')
  await dialog.getByRole('button', { name: 'Try it' }).click()
  await dialog.getByText('printed no number: no idea').waitFor()
  await glance('own-metric-refused')
  await dialog.getByLabel('Command or query').fill('echo 42')
  await dialog.getByRole('button', { name: 'Try it' }).click()
  await dialog.getByRole('cell', { name: '42', exact: true }).waitFor()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await panel.getByRole('listitem').filter({ hasText: 'Answers' }).waitFor()
  await page.getByRole('region', { name: 'Answers', exact: true }).waitFor()
}

export async function openServer(page: Page, name: string): Promise<void> {
  await openPlace(page, 'Servers')
  await page.getByRole('table', { name: 'Servers' }).getByRole('link', { name, exact: true }).click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
}

/**
 * Picks an option of a select as a user would: opens it, then clicks the option. Charts that come in above may push the field
 * out of sight, which hides its options: then it is looked for again.
 */
export async function choose(page: Page, label: string, option: string | RegExp): Promise<void> {
  const field = page.getByRole('combobox', { name: label, exact: true })
  const one = page.getByRole('option', { name: option })
  await field.click()
  const inSight = async () => {
    await field.scrollIntoViewIfNeeded()
    if ((await field.getAttribute('aria-expanded')) !== 'true') await field.click()
    return one.isVisible()
  }
  await expect.poll(inSight, { timeout: 45_000 }).toBe(true)
  await one.click()
}

/** The share of this machine's memory in use, in tenths, as the probe defines it: what is not available. */
function memoryUsed(): number {
  const info = readFileSync('/proc/meminfo', 'utf8')
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(info)?.[1])
  return 10 * (1 - kib('MemAvailable') / kib('MemTotal'))
}

function percentIn(text: string | null): number {
  return Number(/([\d.]+)\s?%/.exec(text ?? '')?.[1]) / 10
}

const tile = (page: Page, name: string): Locator =>
  page.getByLabel('At a glance').locator('div', { has: page.getByText(name, { exact: true }) })

const form = (page: Page): Locator => page.getByRole('form', { name: 'Add a server over SSH' })

async function openServerForm(page: Page): Promise<void> {
  await openPlace(page, 'Servers')
  await page.getByRole('button', { name: 'Add a server over SSH' }).click()
}

async function fillServer(page: Page, lab: WalkLab, server: Sshd, name: string, keyPath = lab.lab.keys.plain.path) {
  await form(page).getByLabel('Address').fill(server.address)
  await form(page).getByLabel('Port').fill(String(server.port))
  await form(page).getByLabel('Name', { exact: true }).fill(name)
  await form(page).getByLabel('User').fill(lab.lab.user)
  await form(page).getByRole('textbox', { name: 'Key file' }).fill(keyPath)
  await form(page).getByRole('button', { name: 'Connect and add' }).click()
}
