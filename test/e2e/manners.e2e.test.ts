import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DesktopApp, openDesktop } from './desktop.ts'
import { electronBinary } from './surroundings.ts'

describe.runIf(electronBinary())('the window on its desktop', () => {
  let desktop: DesktopApp
  beforeAll(async () => {
    desktop = await openDesktop()
    desktop.page.setDefaultTimeout(15_000)
  })
  afterAll(() => desktop?.close())

  /** Presses an item of the native menu. */
  const menu = (top: string, label: string) =>
    desktop.app.evaluate(
      ({ Menu }, [menuName, item]) => {
        const of = Menu.getApplicationMenu()?.items.find(({ label: name }) => name === menuName)
        of?.submenu?.items.find(({ label: name }) => name === item)?.click()
      },
      [top, label] as const,
    )

  it('does from its menu what the page can do', async () => {
    const { page } = desktop
    await menu('Help', 'Shortcuts')
    await page.getByRole('dialog', { name: 'Shortcuts' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await menu('Go', 'Prices')
    await page.getByRole('heading', { level: 1, name: 'Prices' }).waitFor()
    await menu('Go', 'Back')
    await page.getByRole('heading', { level: 1, name: 'Welcome to Headroom' }).waitFor()
  })

  it('opens links and files that a later start is given, and no others', async () => {
    const { page, app, home } = desktop
    const file = join(home, 'users.csv')
    writeFileSync(file, 'month,users\n2026-01,1200\n')
    const give = (...words: string[]) =>
      app.evaluate(
        ({ app: shell }, [argv, folder]) => shell.emit('second-instance', {}, ['electron', 'app', ...argv], folder),
        [words, home] as const,
      )
    await give('headroom://settings?section=keys')
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
    const before = page.url()
    await give('headroom://evil.example/x', 'https://evil.example/plan.yaml')
    await give('users.csv')
    await page.getByRole('dialog', { name: 'What is in users.csv?' }).waitFor()
    expect(page.url()).toBe(before)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  it('has several windows, each with its own line to the engine', async () => {
    const { app } = desktop
    const opened = app.waitForEvent('window')
    await menu('File', 'New Window')
    const second = await opened
    await second.getByRole('link', { name: 'Servers' }).click()
    await second.getByRole('heading', { level: 1, name: 'Servers' }).waitFor()
    const closed = second.waitForEvent('close')
    await app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()
        .sort((a, b) => b.id - a.id)[0]
        ?.close(),
    )
    await closed
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
  })

  it('has no fault on the way', () => {
    expect(desktop.faults).toEqual([])
  })
})
