import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { coreOf, killCore } from './core-of.ts'
import { openDesktop } from './desktop.ts'
import { electronBinary } from './surroundings.ts'
import { openWeb } from './web.ts'

/** Kills the core under the open page: the page must say so, and come back with every row that was committed. */
async function surviveCrash(page: Page, workspace: string): Promise<void> {
  const before = await coreOf(workspace)
  await before.core.hosts.add({ kind: 'local', name: 'kept across the crash' })
  const pid = await killCore(workspace)
  await page.getByText('The engine stopped').waitFor()
  const after = await coreOf(workspace)
  expect((await after.core.app.info()).pid).not.toBe(pid)
  expect((await after.core.hosts.list()).map(({ name }) => name)).toEqual(['kept across the crash'])
  after.close()
  await page.getByText('The engine stopped').waitFor({ state: 'detached' })
  await page.evaluate(() => {
    window.location.hash = '#/servers'
  })
  await page.getByText('kept across the crash').first().waitFor()
}

describe('a killed core', () => {
  it('shows in the browser, restarts and loses no committed row', async () => {
    const web = await openWeb()
    try {
      await surviveCrash(web.page, web.workspace)
    } finally {
      await web.close()
    }
  })

  it.runIf(electronBinary())('shows in the window, restarts and loses no committed row', async () => {
    const desktop = await openDesktop()
    try {
      await surviveCrash(desktop.page, desktop.workspace)
    } finally {
      await desktop.close()
    }
  })
})

describe('a place that cannot be loaded', () => {
  it('says so and keeps the navigation; reloading brings it back', async () => {
    const { page, close } = await openWeb()
    try {
      await page.getByRole('link', { name: 'Settings' }).waitFor()
      await page.route('**/assets/**', (route) => route.abort())
      await page.getByRole('link', { name: 'Prices' }).click()
      await page.getByRole('alert').getByRole('heading', { name: 'A part of Headroom could not be loaded' }).waitFor()
      expect(await page.getByRole('link', { name: 'Settings' }).isVisible()).toBe(true)
      await page.unroute('**/assets/**')
      await page.getByRole('button', { name: 'Reload the window' }).click()
      await page.getByRole('heading', { name: 'Prices', level: 1 }).waitFor()
    } finally {
      await close()
    }
  })
})
