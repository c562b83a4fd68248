import type { WebSocketRoute } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { writeFleet } from '../fixtures/fleet.ts'
import { chooseTheme, look, openPlace, picture } from './look.ts'
import { freshFolder, PATIENCE_MS } from './surroundings.ts'
import { openWeb, type WebApp } from './web.ts'

const SERVERS = 1000
const HOUR_MS = 3_600_000

/** What places look like with a thousand servers, none of which has answered for two hours, and without their engine. */
const folder = freshFolder()
let app: WebApp
/** The page's lines to the engine, and whether new ones are let through. */
const lines = new Set<WebSocketRoute>()
let isCut = false

beforeAll(async () => {
  const then = Date.now() - 2 * HOUR_MS
  writeFleet(folder.workspace, { servers: SERVERS, now: then, spanMs: HOUR_MS, stepMs: 60_000 })
  app = await openWeb({ env: { HEADROOM_WORKSPACE: folder.workspace } })
  app.page.setDefaultTimeout(PATIENCE_MS)
  await app.page.setViewportSize({ width: 1280, height: 800 })
  await app.page.routeWebSocket(/.*/, (line) => {
    if (isCut) return void line.close()
    lines.add(line)
    line.connectToServer()
  })
  await app.page.reload()
})
afterEach(({ task }) =>
  task.result?.state === 'fail' ? picture(app.page, 'web', `stopped-at-${task.name.slice(0, 20)}`) : undefined,
)
afterAll(async () => {
  await app?.close()
  folder.remove()
})

it('a thousand servers are one table, of which only what is in sight is drawn', async () => {
  const { page } = app
  await openPlace(page, 'Servers')
  const table = page.getByRole('table', { name: 'Servers' })
  await expect.poll(() => table.getAttribute('aria-rowcount')).toBe(String(SERVERS + 1))
  await table
    .getByText(/^\d+(\.\d+)?%$/)
    .first()
    .waitFor()
  await look(page, 'web', 'state-huge', 'light')
  await chooseTheme(page, 'dark')
  await openPlace(page, 'Servers')
  await table
    .getByText(/^\d+(\.\d+)?%$/)
    .first()
    .waitFor()
  await look(page, 'web', 'state-huge', 'dark')
})

it('what was measured two hours ago says so', async () => {
  const { page } = app
  await page.goto(`${app.origin}/#/servers/server-7`)
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await page
    .getByText(/2 h.* ago/)
    .first()
    .waitFor()
  await look(page, 'web', 'state-stale', 'dark')
})

it('what can be judged only in part names what is missing', async () => {
  const { page } = app
  await openPlace(page, 'Plan')
  await page
    .getByRole('button', { name: /^Use this plan: / })
    .first()
    .click()
  await page.getByRole('tab', { name: 'Stages' }).waitFor()
  // Where Now was drawn before there was a plan, the first steps stay open until they are left.
  await openPlace(page, 'Now')
  await page
    .getByRole('link', { name: 'and 988 more' })
    .or(page.getByRole('region', { name: 'Verdict' }))
    .waitFor()
  await page.reload()
  await page.getByRole('region', { name: 'Verdict' }).waitFor()
  await page.getByText('Could not be judged').click()
  await page
    .getByText(/: no data for /)
    .first()
    .waitFor()
  await look(page, 'web', 'state-partial', 'dark')
  await chooseTheme(page, 'light')
  await openPlace(page, 'Now')
  await page.getByText('Could not be judged').click()
  await page
    .getByText(/: no data for /)
    .first()
    .waitFor()
  await look(page, 'web', 'state-partial', 'light')
})

it('without its engine the window says so and keeps what it has read, and goes on once it is back', async () => {
  const { page } = app
  await openPlace(page, 'Servers')
  const table = page.getByRole('table', { name: 'Servers' })
  await table
    .getByText(/^\d+(\.\d+)?%$/)
    .first()
    .waitFor()
  // A line that was opened before is cut, and none is let through until the engine is to be back.
  isCut = true
  for (const line of lines) await line.close()
  await page.getByText('The engine stopped. Restarting…').waitFor()
  expect(await table.getByText(/^\d+(\.\d+)?%$/).count()).toBeGreaterThan(5)
  await look(page, 'web', 'state-offline', 'light')
  isCut = false
  await page.getByText('The engine stopped').waitFor({ state: 'detached' })
  await openPlace(page, 'Settings')
})
