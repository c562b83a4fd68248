import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { coreOf } from './core-of.ts'
import { type DesktopApp, openDesktop } from './desktop.ts'
import { electronBinary, PATIENCE_MS } from './surroundings.ts'

describe.runIf(electronBinary())('the window on its desktop', () => {
  let desktop: DesktopApp
  beforeAll(async () => {
    desktop = await openDesktop()
    desktop.page.setDefaultTimeout(PATIENCE_MS)
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

  it('brings a workspace that is opened to where it is looked at, and reads nothing of it by itself', async () => {
    const { page, app, home } = desktop
    const path = join(home, 'team of Ann.headroom')
    await app.evaluate(
      ({ app: shell }, [file, folder]) => shell.emit('second-instance', {}, ['electron', 'app', file], folder),
      [path, home] as const,
    )
    const transfer = page.getByRole('region', { name: 'Export and import' })
    await transfer.waitFor()
    expect(await transfer.getByLabel('Or its path').inputValue()).toBe(path)
    await transfer.getByRole('button', { name: 'Look at it' }).click()
    await transfer.getByText('There is no file').waitFor()
  })

  it('speaks the language of the page in its menus', async () => {
    const { page, app } = desktop
    const labels = () => app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.map(({ label }) => label))
    await page.getByText('Deutsch', { exact: true }).click()
    await expect.poll(labels).toContain('Datei')
    await page.getByText('English', { exact: true }).click()
    await expect.poll(labels).toContain('File')
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

  it('goes on without a window where it is shown beside the clock, and ends no sooner than it is told to', async () => {
    const { page, app } = desktop
    // What the symbol says is seen at the call that sets it: the desktop of a test has nowhere to show it.
    await app.evaluate(({ Tray }) => {
      const set = Tray.prototype.setToolTip
      Tray.prototype.setToolTip = function (text) {
        Object.assign(globalThis, { besideTheClock: text })
        set.call(this, text)
      }
    })
    const symbol = () => app.evaluate(() => (globalThis as { besideTheClock?: string }).besideTheClock)
    await page.evaluate(() => {
      window.location.hash = '#/settings?section=theme'
    })
    const beside = page.getByRole('switch', { name: 'Show Headroom beside the clock' })
    await beside.click()
    await expect.poll(() => beside.isChecked()).toBe(true)
    const { core, close } = await coreOf(desktop.workspace)
    await expect.poll(async () => (await core.app.settings()).tray).toBe(true)
    // Closed before the symbol stands, the last window would end the app.
    await expect.poll(symbol, { timeout: 45_000 }).toMatch(/^Headroom: /)
    const closed = page.waitForEvent('close')
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
    await closed
    expect((await core.app.info()).face).toBe('electron')
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(0)
    // A later start brings the window back, as the symbol does.
    const opened = app.waitForEvent('window')
    await app.evaluate(({ app: shell }) => shell.emit('second-instance', {}, ['electron', 'app'], '/'))
    const again = await opened
    await again.getByRole('heading', { level: 1 }).first().waitFor()
    await core.app.saveSettings({ tray: false })
    close()
  })

  it('has no fault on the way', () => {
    expect(desktop.faults).toEqual([])
  })
})
