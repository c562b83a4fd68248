import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { CoreClient } from '../../shared/contract/client.ts'
import { type Lab, type Sshd, startLab } from '../lab/index.ts'
import { coreOf } from './core-of.ts'
import { chooseTheme, look, openPlace, picture } from './look.ts'
import { PATIENCE_MS } from './surroundings.ts'
import { choose, openServer } from './walk-servers.ts'
import { openWeb, type WebApp } from './web.ts'

/** Two real servers, one of them with a past out of a file; what is tried here is looking at them. */
let lab: Lab
let app: WebApp
let page: Page
beforeAll(async () => {
  lab = await startLab({ servers: 1 })
  app = await openWeb()
  page = app.page
  page.setDefaultTimeout(PATIENCE_MS)
  const { core, close } = await coreOf(app.workspace)
  await core.hosts.add({ kind: 'local', name: 'here' })
  await addOverSsh(core, lab, lab.servers[0] as Sshd, 'away')
  close()
})
afterEach(({ task }) =>
  task.result?.state === 'fail' ? picture(page, 'web', `stopped-at-${task.name.slice(0, 20)}`) : undefined,
)
afterAll(async () => {
  await app?.close()
  await lab?.stop()
})

async function addOverSsh(core: CoreClient, { keys, user }: Lab, server: Sshd, name: string): Promise<void> {
  const { address, port } = server
  const { key } = await core.hosts.scanKey({ address, port })
  await core.hosts.acceptKey(key)
  await core.hosts.add({ kind: 'ssh', name, address, port, user, auth: { kind: 'key', path: keys.plain.path } })
}

const MINUTE = 60_000
/** A value each minute of five hours up to ten minutes ago: 20%, and 90% in the third hour. */
function past(): string {
  const end = Math.floor((Date.now() - 10 * MINUTE) / MINUTE) * MINUTE
  const rows = Array.from({ length: 300 }, (_, n) => {
    const at = new Date(end - (299 - n) * MINUTE).toISOString()
    return `${at},${n >= 120 && n < 180 ? 90 : 20}`
  })
  return ['time,busy', ...rows].join('\n')
}
const rangeIn = () => new URLSearchParams(new URL(page.url()).hash.split('?')[1]).get('range')
const cpu = () => page.getByRole('region', { name: 'CPU', exact: true })
const spans = () => page.getByRole('radiogroup', { name: 'Range' })
const bar = () => page.getByRole('region', { name: 'Time shown' })

it('takes history from a file in, and shows its numbers and no others', async () => {
  await openServer(page, 'away')
  const history = page.getByRole('region', { name: 'History' })
  await history.getByRole('button', { name: 'From a CSV file' }).click()
  await page
    .getByLabel('CSV file: History')
    .setInputFiles({ name: 'past.csv', mimeType: 'text/csv', buffer: Buffer.from(past()) })
  await history.getByRole('combobox', { name: 'What the file tells of' }).click()
  await page.getByRole('option', { name: /\(cpu_used_ratio, ratio\)/ }).click()
  await history.getByLabel('The values are percentages').waitFor()
  await look(page, 'web', 'history-file', 'light')
  await history.getByRole('button', { name: 'Take in 300 values' }).click()
  await page.getByText('300 values taken in, 0 of times that were known already.').waitFor()

  await spans().getByText('6 h').click()
  await expect.poll(rangeIn).toBe('h6')
  // Charts far out of sight are not read.
  await cpu().scrollIntoViewIfNeeded()
  await page.getByRole('button', { name: 'Show table: CPU', exact: true }).click()
  const cells = cpu().getByRole('table').locator('tbody tr')
  await expect.poll(async () => (await cells.allTextContents()).some((text) => text.includes('90%'))).toBe(true)
  const values = (await cells.allTextContents()).flatMap((text) => /(\d+(?:\.\d+)?)\s?%/.exec(text)?.[1] ?? [])
  // What is between them is where a bucket of the chart holds the step from one to the other.
  expect(values.filter((value) => value === '20').length).toBeGreaterThan(150)
  expect(values.filter((value) => value === '90').length).toBeGreaterThan(50)
  await page.getByRole('button', { name: 'Show chart: CPU', exact: true }).click()
})

it('zooms by hand, wheel and keys; every step is an address of its own that Back undoes', async () => {
  const chart = cpu().getByRole('img').first()
  await chart.scrollIntoViewIfNeeded()
  // The charts below are still on their way, and the page finds its width with them.
  let box = await chart.boundingBox()
  await expect
    .poll(
      async () => {
        const before = JSON.stringify(box)
        box = await chart.boundingBox()
        return box !== null && JSON.stringify(box) === before
      },
      { interval: 500 },
    )
    .toBe(true)
  if (!box) throw new Error('the chart is not drawn')
  const [left, right, middle] = [box.x + box.width * 0.4, box.x + box.width * 0.6, box.y + box.height / 2]
  await page.mouse.move(left, middle)
  await page.mouse.down()
  await page.mouse.move(right, middle, { steps: 4 })
  await page.mouse.up()
  await expect.poll(rangeIn).toMatch(/^\d+-\d+$/)
  const picked = rangeIn() as string
  const shown = await bar()
    .getByRole('button', { name: /^\w+ \d+, .* – / })
    .textContent()
  const length = (text: string | null) => {
    const [from = 0, to = 0] = (text ?? '').split('-').map(Number)
    return to - from
  }
  // A fifth of the chart, which is a little more of its plot, of six hours.
  expect(length(picked) / (6 * 60 * MINUTE)).toBeGreaterThan(0.18)
  expect(length(picked) / (6 * 60 * MINUTE)).toBeLessThan(0.26)

  await page.mouse.move(left, middle)
  await page.keyboard.down('Control')
  await page.mouse.wheel(0, -200)
  await page.keyboard.up('Control')
  await expect.poll(() => length(rangeIn())).toBeLessThan(length(picked) * 0.9)
  await page.goBack()
  await expect.poll(rangeIn).toBe(picked)
  await bar()
    .getByRole('button', { name: shown ?? '', exact: true })
    .waitFor()

  await page.keyboard.press('-')
  await expect.poll(() => length(rangeIn())).toBe(2 * length(picked))
  await page.keyboard.press('[')
  await expect.poll(() => Number(rangeIn()?.split('-')[1])).toBeLessThan(Number(picked.split('-')[1]))
  // Letters that are typed are no keys of the page.
  const before = rangeIn()
  await page.getByRole('button', { name: 'From a CSV file' }).click()
  await page.getByRole('button', { name: 'Paste instead' }).click()
  await page.getByLabel('Pasted rows: History').fill('')
  await page.getByLabel('Pasted rows: History').pressSequentially('[-')
  expect(rangeIn()).toBe(before)
  await page.getByRole('button', { name: 'From a CSV file' }).click()
  for (let step = 0; step < 3; step += 1) await page.goBack()
  await expect.poll(rangeIn).toBe('h6')
  await bar().getByText('live', { exact: true }).waitFor()
})

it('shows from and to as typed, says what is wrong with them, and opens the same address again', async () => {
  await bar().getByRole('button', { name: 'From … to' }).click()
  const form = page.getByRole('dialog', { name: 'From … to' })
  const local = (at: number) => new Date(at - new Date(at).getTimezoneOffset() * MINUTE).toISOString().slice(0, 16)
  const [from, to] = [Date.now() - 240 * MINUTE, Date.now() - 120 * MINUTE]
  await form.getByLabel('From').fill(local(to))
  await form.getByLabel('To', { exact: true }).fill(local(from))
  await form.getByRole('button', { name: 'Show' }).click()
  await form.getByText('The end must be after the start.').waitFor()
  await look(page, 'web', 'range-refused', 'light')
  await form.getByLabel('From').fill(local(from))
  await form.getByLabel('To', { exact: true }).fill(local(to))
  await form.getByRole('button', { name: 'Show' }).click()
  await expect.poll(rangeIn).toMatch(/^\d+-\d+$/)
  const asked = rangeIn()
  await page.reload()
  await bar().getByRole('button', { name: 'Follow live' }).waitFor()
  expect(rangeIn()).toBe(asked)
  await bar()
    .getByText(/\(2 h\)/)
    .waitFor()
})

it('tags servers, finds them by tag, and compares two over the same time', async () => {
  await openPlace(page, 'Servers')
  for (const name of ['away', 'here']) await page.getByRole('checkbox', { name: `Pick ${name}` }).check()
  await page.getByRole('button', { name: 'Tags and stage' }).click()
  const marks = page.getByRole('dialog', { name: 'Tags and stage of 2 servers' })
  await marks.getByLabel('Tags', { exact: true }).fill('lab, eu')
  await look(page, 'web', 'marks', 'light')
  await marks.getByRole('button', { name: 'Save' }).click()
  await marks.waitFor({ state: 'detached' })
  await page.getByRole('textbox', { name: 'Filter servers' }).fill('tag:lab -here')
  await page.getByRole('status').getByText('1 of 2').waitFor()
  expect(await page.getByRole('table', { name: 'Servers' }).getByRole('link').allTextContents()).toEqual(['away'])
  await page.getByRole('textbox', { name: 'Filter servers' }).fill('')
  await page.getByRole('button', { name: 'Compare', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Servers compared' }).waitFor()
  expect(new URL(page.url()).hash).toMatch(/^#\/servers\/compare\?ids=[^&]+,[^&]+$/)
  // A time of which only one of them has anything, so that what this computer is busy with now is not in it.
  const [from, to] = [Date.now() - 300 * MINUTE, Date.now() - 60 * MINUTE]
  await page.goto(`${page.url()}&range=${from}-${to}`)
  const highest = page.getByRole('table', { name: 'Key figures of the time shown' }).getByRole('row', {
    name: /^CPU, highest/,
  })
  await highest.getByText('90%').waitFor()
  await highest.getByText('–', { exact: true }).first().waitFor()
  await page.reload()
  await highest.getByText('90%').waitFor()
})

it('looks right in the dark too', async () => {
  const compared = page.url()
  for (const theme of ['light', 'dark'] as const) {
    await chooseTheme(page, theme)
    await page.goto(compared)
    await page.getByRole('table', { name: 'Key figures of the time shown' }).waitFor()
    await look(page, 'web', 'compare', theme)
    await openPlace(page, 'Servers')
    await choose(page, 'Group by', 'By tag')
    await look(page, 'web', 'fleet-by-tag', theme)
    await choose(page, 'Group by', 'No groups')
    await openServer(page, 'away')
    await spans().getByText('6 h').click()
    await look(page, 'web', 'server-history', theme)
  }
  expect(app.faults).toEqual([])
})
