import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { coreOf } from './core-of.ts'
import { chooseTheme, look, openPlace, picture } from './look.ts'
import { PATIENCE_MS } from './surroundings.ts'
import { openWeb, type WebApp } from './web.ts'

/** The help of each place and the tour. */
let app: WebApp
beforeAll(async () => {
  app = await openWeb()
  app.page.setDefaultTimeout(PATIENCE_MS)
  await app.page.setViewportSize({ width: 1280, height: 800 })
})
afterEach(({ task }) =>
  task.result?.state === 'fail' ? picture(app.page, 'web', `stopped-at-${task.name.slice(0, 20)}`) : undefined,
)
afterAll(() => app?.close())

it('the tour is offered once, goes by Enter alone, and stays away for good', async () => {
  const { page } = app
  const tour = page.getByRole('region', { name: 'Tour' })
  await tour.getByRole('button', { name: 'Take the tour' }).focus()
  await page.keyboard.press('Enter')
  const halts = ['now', 'servers', 'plan', 'what-if', 'playbooks']
  for (const [index, place] of halts.entries()) {
    await tour.getByText(`${index + 1} of 6`).waitFor()
    await expect.poll(() => page.url()).toContain(`#/${place}`)
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    await expect
      .poll(() => tour.getByRole('button', { name: 'Next' }).evaluate((one) => one.matches(':focus')))
      .toBe(true)
    if (place === 'plan') await look(page, 'web', 'tour', 'light')
    await page.keyboard.press('Enter')
  }
  await tour.getByText('6 of 6').waitFor()
  await page.keyboard.press('Enter')
  await tour.waitFor({ state: 'detached' })
  const { core, close } = await coreOf(app.workspace)
  await expect.poll(async () => (await core.app.settings()).tourEnded).toBe(true)
  close()
  await page.reload()
  await page.getByRole('navigation', { name: 'Places' }).getByText('no samples yet').waitFor()
  await page.getByRole('heading', { level: 1, name: 'Playbooks' }).waitFor()
  expect(await tour.count()).toBe(0)
})

it('F1 opens the help of the place, which follows to the next; Esc closes it', async () => {
  const { page } = app
  await openPlace(page, 'Now')
  await page.keyboard.press('F1')
  const help = page.getByRole('complementary', { name: /^Help: / })
  for (const place of ['Now', 'Servers', 'Plan', 'What-if', 'Playbooks', 'Prices', 'Settings']) {
    await openPlace(page, place)
    await help.getByRole('heading', { name: `Help: ${place}` }).waitFor()
    expect(await help.getByRole('term').count()).toBeGreaterThan(3)
  }
  await openPlace(page, 'Prices')
  await look(page, 'web', 'help', 'light')
  await chooseTheme(page, 'dark')
  await openPlace(page, 'Servers')
  await look(page, 'web', 'help', 'dark')
  await page.setViewportSize({ width: 640, height: 400 })
  await look(page, 'web', 'help-narrow', 'dark')
  await page.setViewportSize({ width: 1280, height: 800 })
  await help.getByRole('button', { name: 'Close the help' }).focus()
  await page.keyboard.press('Escape')
  await help.waitFor({ state: 'detached' })
})

it('the head of a place opens its help too, in the language that is spoken', async () => {
  const { page } = app
  await openPlace(page, 'Settings')
  await page.getByRole('radiogroup', { name: 'Language' }).getByText('Deutsch', { exact: true }).click()
  await page.getByRole('button', { name: 'Hilfe zu diesem Bereich' }).click()
  const help = page.getByRole('complementary', { name: 'Hilfe: Einstellungen' })
  await help.getByText('Was diesen Rechner verlässt').waitFor()
  await expect.poll(() => help.getByRole('heading').evaluate((one) => one.matches(':focus'))).toBe(true)
  await look(page, 'web', 'help-german', 'dark')
  expect(app.faults).toEqual([])
})
