import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { coreOf } from './core-of.ts'
import { look, openPlace, picture } from './look.ts'
import { PATIENCE_MS } from './surroundings.ts'
import { openWeb, type WebApp } from './web.ts'

let web: WebApp
let page: Page

beforeAll(async () => {
  web = await openWeb()
  page = web.page
  page.setDefaultTimeout(PATIENCE_MS)
  const { core, close } = await coreOf(web.workspace)
  await core.hosts.add({ kind: 'local', name: 'this computer' })
  const [blueprint] = await core.plan.blueprints()
  await core.plan.choose({ blueprintId: blueprint?.plan.id ?? '' })
  close()
})
afterAll(() => web?.close())

const focused = () =>
  page.evaluate(() => {
    const { activeElement: element } = document
    return element === null || element === document.body
      ? null
      : (element.getAttribute('aria-label') ?? element.textContent)
  })

/** Ctrl-K, what is typed, Enter. */
async function ask(text: string): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Search or act' }).waitFor()
  await page.keyboard.type(text)
  await page.keyboard.press('Enter')
  await page.getByRole('combobox', { name: 'Search or act' }).waitFor({ state: 'detached' })
}

it('opens objects and does things by two letters, and the focus is in what was opened', async () => {
  await page.keyboard.press('Control+k')
  await page.getByRole('option').first().waitFor()
  await look(page, 'web', 'palette', 'light')
  await page.keyboard.type('th')
  await expect.poll(() => page.getByRole('option').first().textContent()).toMatch(/^This computer|^this computer|^Th/)
  await look(page, 'web', 'palette-found', 'light')
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.locator('html[data-mantine-color-scheme="dark"]').waitFor()
  await look(page, 'web', 'palette-found', 'dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.keyboard.press('Escape')
  await ask('this computer')
  await page.getByRole('heading', { level: 1, name: 'this computer' }).waitFor()
  expect(await focused()).toBe('Servers')
  await ask('hp')
  await page.getByRole('dialog', { name: /history/i }).waitFor()
  expect(page.url()).toContain('#/plan')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await expect.poll(focused).not.toBeNull()
  await ask('td')
  await page.locator('html[data-mantine-color-scheme="dark"]').waitFor()
  await ask('tl')
  await page.locator('html[data-mantine-color-scheme="light"]').waitFor()
})

const CONTROL = 2
/** Presses keys of which none waits for the one before: the window finds them all in its line. */
async function press(keys: readonly (string | { ctrl: string })[]): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const events = keys.flatMap((pressed) => {
    const key = typeof pressed === 'string' ? pressed : pressed.ctrl
    const code = { Escape: 27, Enter: 13 }[key] ?? key.toUpperCase().charCodeAt(0)
    const one = { key, windowsVirtualKeyCode: code, modifiers: typeof pressed === 'string' ? 0 : CONTROL }
    const text = key.length === 1 && one.modifiers === 0 ? { text: key } : {}
    return [
      { ...one, ...text, type: 'keyDown' as const },
      { ...one, type: 'keyUp' as const },
    ]
  })
  await Promise.all(events.map((event) => session.send('Input.dispatchKeyEvent', event)))
  await session.detach()
}

it('loses no key of one who types faster than the palette is drawn', async () => {
  await openPlace(page, 'Prices')
  for (const scheme of ['dark', 'light', 'dark', 'light']) {
    await press([{ ctrl: 'k' }, 'Escape', { ctrl: 'k' }, 't', scheme.charAt(0), 'Enter'])
    await page.locator(`html[data-mantine-color-scheme="${scheme}"]`).waitFor()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }
})

it('opens what was asked for before the engine had named it', async () => {
  await openPlace(page, 'Settings')
  await page.reload()
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
  await press([{ ctrl: 'k' }, ...'compress what nginx sends', 'Enter'])
  await page.getByRole('heading', { level: 1, name: 'Compress what nginx sends' }).waitFor()
})

it('presses what is on the page by its name', async () => {
  await openPlace(page, 'Prices')
  await ask('add an own')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await openPlace(page, 'What-if')
  const growth = page.getByRole('textbox', { name: /^Monthly growth/ })
  await growth.waitFor()
  await ask('monthly gr')
  await expect.poll(() => growth.evaluate((field) => field === document.activeElement)).toBe(true)
  await page.keyboard.type('12')
  await expect.poll(() => growth.inputValue()).toBe('12%')
})

it('goes back to the place as it was left, with the focus on the link that led away', async () => {
  await openPlace(page, 'Playbooks')
  const link = page.getByRole('link', { name: 'Move a PostgreSQL database' }).first()
  await link.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Move a PostgreSQL database' }).waitFor()
  await expect.poll(focused).not.toBeNull()
  await page.goBack()
  await expect.poll(focused).toBe('Move a PostgreSQL database')
  await page.goForward()
  await page.getByRole('heading', { level: 1, name: 'Move a PostgreSQL database' }).waitFor()
})

it('lists every shortcut, and closes', async () => {
  await page.getByRole('main').focus()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Shortcuts' }).waitFor()
  await look(page, 'web', 'shortcuts', 'light')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
})

it('shows a dropped file before anything is made of it', async () => {
  await page.evaluate(() => {
    const data = new DataTransfer()
    data.items.add(new File(['month,users\n2026-01,1200\n2026-02,1300\n'], 'users.csv'))
    for (const kind of ['dragenter', 'dragover', 'drop'])
      document.body.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data }))
  })
  await page.getByRole('dialog', { name: 'What is in users.csv?' }).waitFor()
  await look(page, 'web', 'dropped-file', 'light')
  await page.keyboard.press('Enter')
  await page.getByText('users.csv').first().waitFor()
  expect(page.url()).toContain('#/what-if/fits')
})

it('gives the focus to the next row when one is deleted, to the one before after the last, and never to nobody', async () => {
  await page.goto(`${web.origin}/#/plan?edit=1&tab=whole`)
  const drivers = page.getByRole('region', { name: 'Drivers' })
  const remove = drivers.getByRole('button', { name: /^Remove driver / })
  const add = drivers.getByRole('button', { name: 'Add driver' })
  await add.waitFor()
  const before = await remove.count()
  for (let added = 1; added <= 2; added += 1) {
    await add.click()
    await expect.poll(() => remove.count()).toBe(before + added)
  }
  const names = await remove.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))
  await remove.nth(before).focus()
  await page.keyboard.press('Enter')
  await expect.poll(() => remove.count()).toBe(before + 1)
  const rowOfFocus = () =>
    page.evaluate(() => {
      const row = document.activeElement?.closest('[role="row"]')
      return row?.querySelector('button[aria-label^="Remove driver "]')?.getAttribute('aria-label') ?? null
    })
  await expect.poll(rowOfFocus).toBe(names[before + 1])
  await remove.nth(before).focus()
  await page.keyboard.press('Enter')
  await expect.poll(() => remove.count()).toBe(before)
  await expect.poll(rowOfFocus).toBe(names[before - 1])
})

it('moves nothing where no motion is wanted', async () => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  const moving = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('*')].flatMap((element) => {
        const { animationName, transitionProperty, transitionDuration } = getComputedStyle(element)
        const glides = transitionProperty !== 'none' && transitionDuration.split(', ').some((one) => one !== '0s')
        return animationName !== 'none' || glides ? [`${element.tagName} ${element.className}`] : []
      }),
    )
  for (const place of ['Now', 'Servers', 'Plan', 'What-if', 'Playbooks', 'Prices', 'Settings']) {
    await openPlace(page, place)
    expect(await moving(), place).toEqual([])
  }
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Search or act' }).waitFor()
  expect(await moving()).toEqual([])
  await page.keyboard.press('Escape')
  await page.emulateMedia({ reducedMotion: 'no-preference' })
  // The check can see motion: without the wish there is some.
  expect(await moving()).not.toEqual([])
})

/** What has charts whatever the plan says; of the other pages those that it has are looked at. */
const ALWAYS_DRAWN = /^(what-if|servers\/.*)$/

it('gives every chart a summary in words and a table of its figures', async () => {
  const { core, close } = await coreOf(web.workspace)
  const [host] = await core.hosts.list()
  close()
  const routes = ['what-if', 'what-if/compare', 'what-if/auto-scaling', 'plan', `servers/${host?.id ?? ''}`]
  let charts = 0
  for (const route of routes) {
    await page.goto(`${web.origin}/#/${route}`)
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    await page.getByText('Loading…').first().waitFor({ state: 'detached' })
    const main = page.getByRole('main')
    if (ALWAYS_DRAWN.test(route)) await main.locator('figure canvas').first().waitFor()
    expect(await main.locator('canvas:not(figure canvas)').count(), route).toBe(0)
    for (const figure of await main.locator('figure.chart').all()) {
      const summary = await figure.getByRole('img').first().getAttribute('aria-label')
      expect(summary?.length, `${route}: ${summary}`).toBeGreaterThan(20)
      await figure.getByRole('button', { name: /table/i }).first().click()
      await figure.locator('table thead th').first().waitFor()
      expect(await figure.locator('table caption').textContent()).not.toBe('')
      charts += 1
    }
  }
  expect(charts).toBeGreaterThan(4)
})

it('walks every place by Tab without a trap, and with a name for each control', async () => {
  for (const place of ['Now', 'Servers', 'Plan', 'What-if', 'Playbooks', 'Prices', 'Settings']) {
    await openPlace(page, place)
    const count = 40
    const stops = new Set<string>()
    for (let at = 0; at < count; at += 1) {
      await page.keyboard.press('Tab')
      const stop = await page.evaluate(() => {
        const element = document.activeElement
        if (!element || element === document.body) return null
        const field = element instanceof HTMLInputElement ? (element.labels?.[0]?.textContent ?? '') : ''
        const by = (element.getAttribute('aria-labelledby') ?? '').split(/\s+/)
        const named = by.map((id) => document.getElementById(id)?.textContent ?? '').join('')
        const name =
          element.getAttribute('aria-label') || named || field || element.textContent || element.getAttribute('title')
        // The button of a date field's calendar is the browser's own, within the field: then the field itself is not focused.
        const shows =
          element.matches(':focus-visible') || (element.matches('[type="date"]') && !element.matches(':focus'))
        return { at: `${element.tagName} ${element.className} ${name}`, name: name ?? '', shows }
      })
      if (stop === null) continue
      expect(stop, `${place}: ${stop.at}`).toMatchObject({ shows: true })
      expect(stop.name.trim(), `${place}: ${stop.at}`).not.toBe('')
      stops.add(stop.at)
    }
    expect(stops.size, place).toBeGreaterThan(8)
  }
})

it('loses nothing at 200 %: no place scrolls sideways', async () => {
  // Half of the pixels for the same window is what zoom leaves to a page.
  await page.setViewportSize({ width: 640, height: 400 })
  for (const place of ['Now', 'Servers', 'Plan', 'What-if', 'Playbooks', 'Prices', 'Settings']) {
    await openPlace(page, place)
    await picture(page, 'web', `zoom-200-${place.toLowerCase()}`)
    const wide = await page.getByRole('main').evaluate((main) => main.scrollWidth - main.clientWidth)
    expect(wide, place).toBeLessThanOrEqual(0)
  }
  expect(web.faults).toEqual([])
})
