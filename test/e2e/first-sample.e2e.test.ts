import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { insertHost } from '../../main/core/hosts/inventory.ts'
import { openWorkspace } from '../../main/core/workspace/index.ts'
import { testEnvironment } from '../fixtures/environment.ts'
import { coreOf } from './core-of.ts'
import { picture } from './look.ts'
import { PATIENCE_MS } from './surroundings.ts'
import { openWeb, type WebApp } from './web.ts'

/** A server of which nothing is measured, since it is not there: its first sample comes when this test says so. */
const ID = 'silent'
const MINUTE = 60_000
let app: WebApp

function withServer(folder: string): void {
  const environment = testEnvironment()
  const workspace = openWorkspace(folder, environment)
  try {
    insertHost(workspace.app, {
      id: ID,
      name: 'silent',
      kind: 'ssh',
      address: '127.0.0.1',
      port: 9,
      user: 'root',
      authKind: 'agent',
      keyPath: null,
      postgres: null,
      createdAt: Date.now() - 24 * 60 * MINUTE,
    })
  } finally {
    workspace.close()
    environment.dispose()
  }
}

beforeAll(async () => {
  app = await openWeb({ prepare: withServer })
  app.page.setDefaultTimeout(PATIENCE_MS)
})
afterEach(({ task }) => (task.result?.state === 'fail' ? picture(app.page, 'web', 'stopped-first-sample') : undefined))
afterAll(() => app?.close())

it('keeps a form that is being filled in when the first sample of a server comes', async () => {
  const { page } = app
  await page.goto(`${app.origin}/#/servers/${ID}`)
  await page.getByText('No samples yet').waitFor()
  await page.getByRole('region', { name: 'History' }).getByRole('button', { name: 'From a CSV file' }).click()
  const form = page.getByLabel('CSV file: History')
  await form.waitFor({ state: 'attached' })
  await form.evaluate((input) => input.setAttribute('data-begun', 'by hand'))
  const { core, close } = await coreOf(app.workspace)
  const at = Array.from({ length: 10 }, (_, n) => Date.now() - (10 - n) * MINUTE)
  await core.backfill.values({ hostId: ID, metric: 'load1', labels: {}, at, value: at.map(() => 0.5) })
  close()
  await page.getByRole('region', { name: 'Load', exact: true }).waitFor()
  // What would go, goes after the charts are drawn.
  await wait(1_000)
  expect(await form.count()).toBe(1)
  expect(await form.getAttribute('data-begun')).toBe('by hand')
})
