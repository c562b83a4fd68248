import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { type Glance, openPlace } from './look.ts'

const FIELD = 'Monthly active users'

/** The verdict stands on Now; a rule opens to the value, the threshold and the window behind it. */
export async function readVerdict(page: Page, glance: Glance): Promise<void> {
  await stateUsers(page, '60,000')
  await openPlace(page, 'Now')
  const verdict = page.getByRole('region', { name: 'Verdict' })
  await verdict.getByRole('heading').waitFor()
  await page
    .getByRole('radiogroup', { name: 'Rules to show' })
    .getByText(/^All rules/)
    .click()
  const evidence = page.getByRole('region', { name: 'Evidence' })
  const rule = evidence.getByRole('button', { name: /^Memory/ }).first()
  await rule.click()
  const facts = evidence
    .getByRole('listitem')
    .filter({ has: page.getByRole('button', { name: /^Memory/ }) })
    .first()
  const fact = async (name: string) =>
    facts
      .locator('div', { has: page.locator('dt', { hasText: new RegExp(`^${name}$`) }) })
      .last()
      .locator('dd')
      .textContent()
  expect(await fact('Observed')).toMatch(/^\d+(\.\d+)?\s?%$/)
  expect(await fact('Threshold')).toMatch(/^> 85\s?%$/)
  expect(await fact('Held')).toMatch(/of the 15 min asked for/)
  expect(await fact('Looked at')).toMatch(/\d:\d\d.*\d:\d\d/)
  expect(await fact('Samples there')).toMatch(/%/)
  await facts.getByText(/new: /).first().waitFor()

  await glance('evidence')
  await facts.getByRole('link', { name: /^Chart of .* on new$/ }).click()
  await page.getByRole('heading', { level: 1, name: 'new' }).waitFor()
  await page.getByRole('img', { name: /^Memory\. .*warning 85/ }).waitFor()
  await openPlace(page, 'Now')

  // What no probe measures has been judged besides, and is said not to be known.
  await verdict
    .getByText(/Response time p95/)
    .first()
    .waitFor()
  // What the operator states is judged as soon as it is stated.
  await stateUsers(page, '120,000')
  await openPlace(page, 'Now')
  await evidence.getByRole('button', { name: /More than 100K monthly users.*(fired|pending)/ }).waitFor()
  await stateUsers(page, '60,000')
}

async function stateUsers(page: Page, users: string): Promise<void> {
  await openPlace(page, 'Plan')
  const field = page.getByRole('textbox', { name: FIELD })
  await field.fill(users.replace(',', ''))
  await field.press('Enter')
  await page.getByRole('status').getByText('saved').waitFor()
}

/** Faster growth, by keyboard: more users, another month for the trigger, another cost, fuller resources. */
export async function moveGrowth(page: Page): Promise<void> {
  await openPlace(page, 'What-if')
  const words = page.getByRole('region', { name: 'Result in words' })
  // The figures of before stand until the first ones of the new assumptions come.
  const rested = () => expect.poll(() => words.textContent(), { timeout: 45_000 }).toMatch(/10,000 paths[^…]*$/)
  await rested()
  const reading = async () => ({
    words: (await words.textContent()) ?? '',
    cost: await page.getByRole('img', { name: /^Cost so far\./ }).getAttribute('aria-label'),
    cpu: await page.getByRole('img', { name: /^CPU\./ }).getAttribute('aria-label'),
    trigger: await page
      .getByRole('row', { name: /More than 100K monthly users/ })
      .getByRole('cell')
      .allTextContents(),
  })
  const before = await reading()
  const slider = page.getByRole('slider', { name: 'Monthly growth' })
  await slider.focus()
  const start = Number(await slider.getAttribute('aria-valuenow'))
  for (let step = 0; step < 10; step++) await slider.press('ArrowRight')
  expect(Number(await slider.getAttribute('aria-valuenow'))).toBe(start + 5)
  await rested()
  const after = await reading()
  for (const key of ['words', 'cost', 'cpu', 'trigger'] as const) expect(after[key]).not.toEqual(before[key])
  await page.getByRole('button', { name: 'Show table: Cost a month', exact: true }).click()
  const columns = page.getByRole('region', { name: 'Cost a month', exact: true }).getByRole('columnheader')
  expect(await columns.allTextContents()).toEqual(['month', 'P10', 'P50', 'P90'])
  // Earlier with more growth: the middle month of the first trigger.
  expect(monthOf(after.trigger[1])).toBeLessThan(monthOf(before.trigger[1]))
}

function monthOf(text: string | undefined): number {
  const at = Date.parse(`1 ${text}`)
  if (Number.isNaN(at)) throw new Error(`"${text}" is not a month`)
  return at
}
