import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type Lab, startLab } from '../lab/index.ts'
import { type PrometheusServer, startPrometheus } from '../lab/prometheus.ts'
import { coreOf } from './core-of.ts'
import { chooseTheme, look, openPlace, picture, type Theme } from './look.ts'
import { saved } from './saved.ts'
import { PATIENCE_MS } from './surroundings.ts'
import { openWeb, type WebApp } from './web.ts'

/** Being told of what is wrong, and going back to what was: with a real receiver and a real Prometheus. */
interface Told {
  kind: string
  title: string
  alerts: { rule: { name: string }; host: { name: string } }[]
}
const told: Told[] = []
const receiver = createServer((request, response) => {
  void text(request).then((body) => {
    told.push(JSON.parse(body) as Told)
    response.writeHead(204).end()
  })
})
let lab: Lab
let prometheus: PrometheusServer
let app: WebApp
let page: Page
beforeAll(async () => {
  receiver.listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  lab = await startLab({ servers: 0 })
  const end = Math.floor(Date.now() / 60_000) * 60
  const rows = Array.from({ length: 60 }, (_, n) => `node_load1{instance="here",job="node"} 0.5 ${end - 60 * (59 - n)}`)
  prometheus = await startPrometheus(lab, { history: ['# TYPE node_load1 gauge', ...rows, '# EOF', ''].join('\n') })
  app = await openWeb()
  page = app.page
  page.setDefaultTimeout(PATIENCE_MS)
  const { core, close } = await coreOf(app.workspace)
  await core.plan.choose({ blueprintId: 'tenant-guide' })
  await core.hosts.add({ kind: 'local', name: 'here' })
  close()
})
afterEach(({ task }) =>
  task.result?.state === 'fail' ? picture(page, 'web', `stopped-at-${task.name.slice(0, 20)}`) : undefined,
)
afterAll(async () => {
  await app?.close()
  await lab?.stop()
  receiver.closeAllConnections()
  receiver.close()
})

const region = (name: string) => page.getByRole('region', { name, exact: true })
/** What was said is put away, as a hand would, before a look that waits until it is gone. */
const putAway = () =>
  page.locator('.mantine-Notification-closeButton').evaluateAll((crosses) => {
    for (const cross of crosses) (cross as HTMLElement).click()
  })
const url = () => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook?token=canary`

it('a new webhook says what it lacks, is kept, and takes a test', async () => {
  await openPlace(page, 'Settings')
  const panel = region('How alerts reach you')
  await panel.getByRole('button', { name: 'Add a webhook' }).click()
  const hook = panel.getByRole('group', { name: 'New webhook' })
  expect(await panel.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true)
  await hook.getByLabel('Name', { exact: true }).fill('Team')
  const named = panel.getByRole('group', { name: 'Team' })
  await named.getByText('Give the address of the receiver.').waitFor()
  await look(page, 'web', 'webhook-incomplete', 'light')
  await named.getByRole('textbox', { name: 'Address' }).fill('http://hooks.example.com/token')
  await panel.getByRole('button', { name: 'Save', exact: true }).click()
  await panel.getByRole('alert', { name: 'Problem WEBHOOK_ADDRESS' }).waitFor()
  await named.getByRole('textbox', { name: 'Address' }).fill(url())
  await named.getByRole('combobox', { name: 'Told from' }).click()
  await page.getByRole('option', { name: 'Info' }).click()
  await panel.getByRole('button', { name: 'Save', exact: true }).click()
  await named.getByText('Kept as a secret: 127.0.0.1').waitFor()
  await named.getByRole('button', { name: 'Send a test to Team' }).click()
  await named.getByText(/^It took the test/).waitFor()
  expect(told.map(({ kind }) => kind)).toEqual(['test'])
  expect(await page.locator('main').textContent()).not.toContain('canary')
})

it('a rule is tried on what was measured, fires, and reaches the receiver', async () => {
  await region('Alert rules').getByRole('button', { name: 'Add a rule' }).click()
  const form = page.getByRole('dialog', { name: 'A rule of your own' })
  await form.getByRole('button', { name: 'Save the rule' }).click()
  await form.getByText('Give it a name.').waitFor()
  await form.getByText('Choose what it looks at.').waitFor()
  await form.getByLabel('Name', { exact: true }).fill('Memory in use')
  const metric = form.getByRole('combobox', { name: 'Metric' })
  await metric.click()
  await metric.fill('memory_used_ratio')
  await page.getByRole('option', { name: /\(memory_used_ratio\)/ }).click()
  await form.getByLabel('Threshold in %').fill('0.1')
  await form.getByLabel('For', { exact: true }).fill('0s')
  await form.getByRole('button', { name: 'Try on the last 7 days' }).click()
  await form.getByText(/^It would have fired once in the last/).waitFor()
  await look(page, 'web', 'rule-rehearsed', 'light')
  await form.getByRole('button', { name: 'Save the rule' }).click()
  await form.waitFor({ state: 'detached' })
  await region('Alert rules')
    .getByRole('row', { name: /Memory in use/ })
    .getByText('1 firing')
    .waitFor()
  await expect.poll(() => told.map(({ kind }) => kind), { timeout: 45_000 }).toEqual(['test', 'fired'])
  expect(told[1]?.alerts).toMatchObject([{ rule: { name: 'Memory in use' }, host: { name: 'here' } }])
})

it('the alert opens its evidence, and a playbook that is filled in', async () => {
  await openPlace(page, 'Now')
  await page.getByRole('button', { name: 'Show the verdict' }).click()
  const alerts = region('Alerts')
  await alerts.getByText('Memory on here', { exact: true }).waitFor()
  await putAway()
  await look(page, 'web', 'now-alert', 'light')
  await alerts.getByRole('link', { name: 'Evidence of Memory on here' }).click()
  await page.getByRole('heading', { level: 1, name: 'here' }).waitFor()
  const query = new URLSearchParams(new URL(page.url()).hash.split('?')[1])
  expect(query.get('metric')).toBe('memory_used_ratio')
  expect(Number(query.get('to')) - Number(query.get('from'))).toBeGreaterThanOrEqual(15 * 60_000)
  await region('Memory').getByRole('img').first().waitFor()
  await page.goBack()
  await alerts.getByRole('link', { name: 'Playbook: Restart a container' }).click()
  await page.getByRole('heading', { level: 1, name: 'Restart a container' }).waitFor()
  await expect.poll(() => page.getByRole('combobox', { name: 'Server' }).inputValue()).toMatch(/^here/)
  await page.goBack()
  await alerts.getByRole('button', { name: 'Acknowledge Memory on here' }).click()
  await alerts.getByText('Acknowledged', { exact: true }).waitFor()
})

it('a Prometheus is looked at before it is kept, and the plan goes out as its rules', async () => {
  await openPlace(page, 'Settings')
  const panel = region('Prometheus')
  await panel.getByLabel('Address').fill('prometheus:9090')
  await panel.getByText('write an address such as http://prometheus:9090').waitFor()
  await panel.getByLabel('Address').fill(prometheus.url)
  await panel.getByRole('button', { name: 'Look at it' }).click()
  await panel.getByText(/^Answers as version \d/).waitFor()
  await panel.getByText('1 of 1 server is known there').waitFor()
  await look(page, 'web', 'prometheus', 'light')
  await panel.getByRole('button', { name: 'Save', exact: true }).click()
  await panel.getByRole('button', { name: 'Remove', exact: true }).waitFor()
  const rules = await saved(page, () => panel.getByRole('button', { name: 'Prometheus rules' }).click())
  expect(rules.toString()).toMatch(/^groups:\n/m)
})

it('a backup is made, checked and restored in the window; what came after it is gone, and can be had back', async () => {
  await openPlace(page, 'Settings')
  const panel = region('Backups')
  const rows = panel.getByRole('table', { name: 'Backups, newest first' }).locator('tbody tr')
  await panel.getByRole('button', { name: 'Back up now' }).click()
  const mine = rows.filter({ hasText: 'by hand' })
  await mine.waitFor()
  await mine.getByRole('button', { name: /^Check every byte/ }).click()
  await page.getByText(/^Every byte and page of the backup of .* is right\.$/).waitFor()
  const rule = region('Alert rules').getByRole('row', { name: /Memory in use/ })
  await rule.getByRole('button', { name: /^Delete Memory in use/ }).click()
  await rule.waitFor({ state: 'detached' })
  await mine.getByRole('button', { name: /^Restore the backup/ }).click()
  const question = page.getByRole('dialog', { name: /^Restore the backup of/ })
  await question.getByText('plan, servers, runs', { exact: true }).waitFor()
  await putAway()
  await look(page, 'web', 'restore', 'light')
  await question.getByRole('button', { name: 'Restore it' }).click()
  await rows.filter({ hasText: 'moved aside by a restore' }).first().waitFor({ timeout: 45_000 })
  await rule.waitFor()
  expect(await page.locator('main').textContent()).not.toContain('canary')
})

it('looks right in both themes', async () => {
  for (const theme of ['dark', 'light'] satisfies Theme[]) {
    await chooseTheme(page, theme)
    await region('Backups').getByRole('table').waitFor()
    await putAway()
    await look(page, 'web', 'settings-watch', theme)
    await openPlace(page, 'Now')
    await region('Alerts').getByText('Memory on here', { exact: true }).waitFor()
    await putAway()
    await look(page, 'web', 'now-watch', theme)
  }
  // While a restore restarts the engine, the page tries to reach it.
  expect(app.faults.filter((fault) => !/WebSocket.*response code: 503$/.test(fault))).toEqual([])
})
