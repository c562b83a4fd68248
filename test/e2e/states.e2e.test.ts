import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { coreOf } from './core-of.ts'
import { chooseTheme, look, openPlace, picture } from './look.ts'
import { PATIENCE_MS } from './surroundings.ts'
import { openWeb, type WebApp } from './web.ts'

/** What places look like when there is nothing, something on its way, made-up figures, or nothing where a link leads. */
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

it('an empty workspace offers three doors, and a place that is on its way says so', async () => {
  const { page } = app
  await page.getByRole('heading', { name: 'Three ways to begin' }).waitFor()
  await page.getByRole('heading', { name: 'Tenants, one to many' }).waitFor()
  await look(page, 'web', 'state-empty', 'light')
  let release = () => {}
  const held = new Promise<void>((done) => {
    release = done
  })
  await page.route('**/assets/*.js', async (route) => {
    await held
    await route.continue()
  })
  await page
    .getByRole('navigation', { name: 'Places' })
    .getByRole('link', { name: /^What-if/ })
    .click()
  await page.locator('main').getByText('Loading…').waitFor()
  await picture(page, 'web', 'state-loading')
  release()
  await page.getByRole('heading', { level: 1, name: 'What-if' }).waitFor()
  await page.unroute('**/assets/*.js')
})

it('a sample fills every place, says what it is, and is judged', async () => {
  const { page } = app
  await openPlace(page, 'Now')
  await page.getByRole('button', { name: 'Choose a sample' }).click()
  await page.getByRole('button', { name: 'Open the sample Tenants, one to many' }).click()
  await page.getByText('Sample workspace: the figures of 1 server are made up.').waitFor()
  const ladder = page.getByRole('region', { name: /^The ladder/ })
  await ladder.getByText('by growth:').waitFor()
  await ladder.getByRole('link', { name: /^Fullest: / }).waitFor()
  await look(page, 'web', 'state-sample', 'light')
  await chooseTheme(page, 'dark')
  await openPlace(page, 'Now')
  await ladder.getByText('by growth:').waitFor()
  await look(page, 'web', 'state-sample', 'dark')
})

it('a link to what is gone says so', async () => {
  const { page } = app
  await page.goto(`${app.origin}/#/servers/gone`)
  await page.getByText('This server is no longer in the workspace.').waitFor()
  await look(page, 'web', 'state-error', 'dark')
})

it('speaks German, with its numbers, and English again', async () => {
  const { page } = app
  await openPlace(page, 'Settings')
  await page.getByRole('radiogroup', { name: 'Language' }).getByText('Deutsch', { exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Einstellungen' }).waitFor()
  expect(await page.locator('html').getAttribute('lang')).toBe('de')
  await page.getByRole('link', { name: 'Jetzt' }).click()
  await page.getByRole('region', { name: 'Grenzwerte dieser Stufe' }).getByText('1.000 ms').waitFor()
  await look(page, 'web', 'state-german', 'dark')
  await page.getByRole('link', { name: 'Einstellungen' }).click()
  await page.getByRole('radiogroup', { name: 'Sprache' }).getByText('English', { exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
})

it('the sample goes away in one step', async () => {
  const { page } = app
  await page.getByRole('button', { name: 'Remove the sample' }).click()
  await page.getByRole('button', { name: 'Remove it' }).click()
  await page.getByRole('heading', { name: 'Three ways to begin' }).waitFor()
  expect(app.faults).toEqual([])
})

it('a window that is hidden reads nothing, and what changed meanwhile is there when it is seen again', async () => {
  const { page } = app
  await openPlace(page, 'Servers')
  const see = (hidden: boolean) =>
    page.evaluate((isHidden) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => isHidden })
      document.dispatchEvent(new Event('visibilitychange'))
    }, hidden)
  const server = page.locator('main').getByText('met-while-hidden').first()
  await see(true)
  const { core, close } = await coreOf(app.workspace)
  await core.hosts.add({ kind: 'local', name: 'met-while-hidden' } as Parameters<typeof core.hosts.add>[0])
  close()
  // A window in sight has read it by then.
  await wait(2_000)
  expect(await server.count()).toBe(0)
  await see(false)
  await server.waitFor()
})
