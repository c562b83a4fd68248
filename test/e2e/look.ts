import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { root } from './surroundings.ts'

export type Face = 'web' | 'desktop'
export type Theme = 'light' | 'dark'

/** Opens a place by its link in the navigation. */
export async function openPlace(page: Page, name: string): Promise<void> {
  const places = page.getByRole('navigation', { name: 'Places' })
  await places.getByRole('link', { name: new RegExp(`^${name}`) }).click()
  await page.getByRole('heading', { level: 1 }).first().waitFor()
}

export async function chooseTheme(page: Page, theme: Theme): Promise<void> {
  await openPlace(page, 'Settings')
  const words = { light: 'Light', dark: 'Dark' } as const
  await page.getByRole('radiogroup', { name: 'Theme' }).getByText(words[theme], { exact: true }).click()
  await page.locator(`html[data-mantine-color-scheme="${theme}"]`).waitFor()
}

/** Looks at what is open and files it under a name. */
export type Glance = (name: string) => Promise<void>

const NOTIFICATION = '.mantine-Notification-root'
/** How often a page is looked at again because a notification came meanwhile. */
const AGAIN_MOST = 3

/** Looks at what is open: nothing that axe calls serious or critical, and a picture in test-results/screens. */
export async function look(page: Page, face: Face, name: string, theme: Theme): Promise<void> {
  for (let again = 0; ; again++) {
    await settled(page)
    await picture(page, face, `${name}-${theme}`)
    const bad = await faultsOf(page, `${name} ${theme}`)
    // An alert may fire at any time, and its notification is looked at in the midst of its coming.
    if (bad.length > 0 && again < AGAIN_MOST && (await page.locator(NOTIFICATION).count()) > 0) continue
    expect(bad).toEqual([])
    return
  }
}

async function faultsOf(page: Page, where: string): Promise<string[]> {
  // Without legacy mode axe opens a second page, which Electron does not let it.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map((node) => `${where}: ${id} at ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
    )
}

export async function picture(page: Page, face: Face, name: string): Promise<void> {
  const folder = join(root, 'test-results', 'screens', face)
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`) })
}

/**
 * Until nothing is loading, fonts are there and what moves has come to rest. Notifications leave by themselves, and one
 * that fades while it is looked at has hardly any contrast, so they are waited for.
 */
async function settled(page: Page): Promise<void> {
  await expect.poll(() => page.locator(NOTIFICATION).count(), { timeout: 45_000 }).toBe(0)
  await page.getByText('Loading…').first().waitFor({ state: 'detached' })
  await page.evaluate(async () => {
    await document.fonts.ready
    const passing = document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Infinity)
    await Promise.all(passing.map((one) => one.finished.catch(() => null)))
  })
}
