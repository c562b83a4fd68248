// node test/e2e/walks.ts: does the five things that are done most, by mouse and by keys, on the sample "Tenants, one to many",
// and prints how many clicks and keys each took (docs/walks.md).
import type { Page } from 'playwright-core'
import { coreOf } from './core-of.ts'
import { PATIENCE_MS } from './surroundings.ts'
import { openWeb } from './web.ts'

interface Walk {
  name: string
  /** How it is done; what it ends with is waited for. */
  mouse: (page: Page) => Promise<void>
  keys: (page: Page) => Promise<void>
}

const region = (page: Page, name: string | RegExp) => page.getByRole('region', { name })
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name }).first().waitFor()
const place = (page: Page, name: string) =>
  page
    .getByRole('navigation', { name: 'Places' })
    .getByRole('link', { name: new RegExp(`^${name}`) })
    .click()

/** Ctrl-K, what is typed, Enter once the wanted entry is on top. */
async function ask(page: Page, text: string, wanted: string | RegExp): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Search or act' }).waitFor()
  await page.keyboard.type(text)
  await page.getByRole('option', { name: wanted }).first().and(page.locator('[aria-selected="true"]')).waitFor()
  await page.keyboard.press('Enter')
}

const WALKS: readonly Walk[] = [
  {
    name: 'What is nearest to its limit, and the chart that shows it',
    async mouse(page) {
      await region(page, /^The ladder/)
        .getByRole('link', { name: /^Fullest: / })
        .click()
      await page.locator('figure canvas').first().waitFor()
    },
    async keys(page) {
      await ask(page, 'full', /^Fullest: /)
      await page.locator('figure canvas').first().waitFor()
    },
  },
  {
    name: 'Whether ten more fit, and until when',
    async mouse(page) {
      const panel = region(page, 'Planning to add more?')
      await panel.getByLabel('How many').click({ clickCount: 3 })
      await page.keyboard.type('20')
      await panel
        .getByText(/20 more tenants/)
        .first()
        .waitFor()
    },
    async keys(page) {
      await ask(page, 'how many', /How many/)
      await page.keyboard.type('20')
      await region(page, 'Planning to add more?')
        .getByText(/20 more tenants/)
        .first()
        .waitFor()
    },
  },
  {
    name: 'What growth of 12% a month will cost',
    async mouse(page) {
      await place(page, 'What-if')
      await page.getByRole('textbox', { name: /^Monthly growth/ }).click({ clickCount: 3 })
      await page.keyboard.type('12')
      await page
        .getByText(/10,000 paths/)
        .first()
        .waitFor()
    },
    async keys(page) {
      await ask(page, 'what-if', /^What-if/)
      await heading(page, 'What-if')
      await ask(page, 'monthly gr', /Monthly growth/)
      await page.keyboard.type('12')
      await page
        .getByText(/10,000 paths/)
        .first()
        .waitFor()
    },
  },
  {
    name: 'The exact commands of a playbook, before anything is done',
    async mouse(page) {
      await place(page, 'Playbooks')
      await page.getByRole('searchbox', { name: 'Filter playbooks' }).click()
      await page.keyboard.type('look at')
      await page.getByRole('link', { name: 'Look at a server' }).click()
      await page.getByRole('button', { name: 'Preview', exact: true }).waitFor()
    },
    async keys(page) {
      await ask(page, 'look at', /^Look at a server/)
      await page.getByRole('button', { name: 'Preview', exact: true }).waitFor()
    },
  },
  {
    name: 'A report to hand on',
    async mouse(page) {
      await place(page, 'Plan')
      await page.getByRole('button', { name: 'Report…' }).click()
      await page.getByRole('button', { name: 'Save PDF' }).waitFor()
    },
    async keys(page) {
      await ask(page, 'rp', /report/i)
      await page.getByRole('button', { name: 'Save PDF' }).waitFor()
    },
  },
]

const web = await openWeb()
try {
  const { core, close } = await coreOf(web.workspace)
  await core.app.saveSettings({ tourEnded: true })
  await core.samples.open({ blueprintId: 'tenant-guide' })
  close()
  const { page } = web
  page.setDefaultTimeout(PATIENCE_MS)
  await page.addInitScript(() => {
    const count = { clicks: 0, keys: 0 }
    Object.assign(window, { count })
    let last = 0
    addEventListener(
      'pointerdown',
      ({ timeStamp }) => {
        // A triple click selects a field: one thing to do for a hand.
        if (timeStamp - last > 400) count.clicks += 1
        last = timeStamp
      },
      true,
    )
    addEventListener(
      'keydown',
      ({ key }) => {
        if (!['Control', 'Shift', 'Alt', 'Meta'].includes(key)) count.keys += 1
      },
      true,
    )
  })
  for (const walk of WALKS)
    for (const way of ['mouse', 'keys'] as const) {
      await page.goto('about:blank')
      await page.goto(`${web.origin}/#/now`)
      await region(page, /^The ladder/)
        .getByRole('link', { name: /^Fullest: / })
        .waitFor()
      const said = await walk[way](page).then(
        () => page.evaluate(() => (window as unknown as { count: { clicks: number; keys: number } }).count),
        (error: unknown) => `not done: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
      )
      const counted = typeof said === 'string' ? said : `${said.clicks} clicks, ${said.keys} keys`
      process.stdout.write(`${walk.name} | ${way} | ${counted}\n`)
    }
} finally {
  await web.close()
}
