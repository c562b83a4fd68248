import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page, Route } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { isRunning } from '../lab/index.ts'
import { coreOf, killCore } from './core-of.ts'
import { openDesktop } from './desktop.ts'
import { electronBinary, freshFolder } from './surroundings.ts'
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

describe('a desktop app that is killed', () => {
  it.runIf(electronBinary())('loses its page: the window comes back by itself, and the engine went on', async () => {
    const desktop = await openDesktop()
    try {
      const { core, close } = await coreOf(desktop.workspace)
      const { pid } = await core.app.info()
      await core.hosts.add({ kind: 'local', name: 'kept without a page' })
      const page = () =>
        desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0)
      const killed = await page()
      process.kill(killed, 'SIGKILL')
      await expect.poll(page, { timeout: 45_000 }).not.toBe(killed)
      await expect
        .poll(
          () =>
            desktop.app.evaluate(({ BrowserWindow }) =>
              BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
                "location.hash = '#/servers'; document.querySelector('main')?.innerText ?? ''",
              ),
            ),
          { timeout: 45_000 },
        )
        .toContain('kept without a page')
      expect((await core.app.info()).pid).toBe(pid)
      close()
    } finally {
      await desktop.close()
    }
  })

  it.runIf(electronBinary())(
    'takes its engine along, and the next start says which run is open and goes on with it',
    async () => {
      const folder = freshFolder()
      const mark = join(folder.home, 'mark')
      const first = await openDesktop({ folder: { ...folder, remove: () => {} } })
      const before = await coreOf(folder.workspace)
      const { pid } = await before.core.app.info()
      await before.core.hosts.add({ kind: 'local', name: 'here' })
      writePlaybook(folder.workspace, `echo begun; until [ -e ${mark} ]; do sleep 0.05; done; echo ended`)
      const { hash: previewHash } = await before.core.playbooks.preview({ playbookId: 'long', parameters: {} })
      const { id: runId } = await before.core.playbooks.start({ playbookId: 'long', parameters: {}, previewHash })
      await expect.poll(async () => (await before.core.playbooks.run({ runId })).lastSeq).toBeGreaterThan(0)
      first.app.process().kill('SIGKILL')
      await expect.poll(() => isRunning(pid), { timeout: 45_000 }).toBe(false)
      before.close()
      await first.close()
      const second = await openDesktop({ folder })
      try {
        await second.page.evaluate((id) => {
          window.location.hash = `#/runs/${id}`
        }, runId)
        await second.page.getByText('Interrupted').first().waitFor()
        const after = await coreOf(folder.workspace)
        await second.page.getByRole('button', { name: 'Resume' }).click()
        writeFileSync(mark, '')
        await expect
          .poll(async () => (await after.core.playbooks.run({ runId })).state, { timeout: 45_000 })
          .toBe('succeeded')
        const { lines } = await after.core.playbooks.output({ runId, afterSeq: 0, limit: 100 })
        expect(lines.filter(({ stream }) => stream === 'stdout').map(({ text }) => text)).toEqual(['begun', 'ended'])
        after.close()
      } finally {
        await second.close()
      }
    },
  )
})

function writePlaybook(workspace: string, command: string): void {
  mkdirSync(join(workspace, 'playbooks'), { recursive: true })
  const steps = `  - { id: a, name: A, kind: run, host: here, command: '${command}' }`
  const head = 'format: headroom/playbook@1\nid: long\nname: Long\nsummary: A test\nsteps:\n'
  writeFileSync(join(workspace, 'playbooks', 'long.yaml'), `${head}${steps}\n`)
}

describe('a place that cannot be loaded', () => {
  it('is asked for again; else it says so and keeps the navigation; reloading brings it back', async () => {
    const { page, close } = await openWeb()
    try {
      await page.getByRole('link', { name: 'Settings' }).waitFor()
      let broken = 0
      const breakOnce = async (route: Route) => {
        broken += 1
        await (broken === 1 ? route.abort('connectionaborted') : route.continue())
      }
      await page.route('**/assets/**', breakOnce)
      await page.getByRole('link', { name: 'What-if' }).click()
      await page.getByRole('heading', { name: 'What-if', level: 1 }).waitFor()
      expect(broken).toBeGreaterThan(1)
      await page.unroute('**/assets/**')

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
