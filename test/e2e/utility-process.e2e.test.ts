import type { ElectronApplication, Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { launch, machineSwitches, startDisplay } from './desktop.ts'
import { electronBinary, environmentFor, freshFolder } from './surroundings.ts'
import { bundleProgram } from './utility/program.ts'
import { faultsOf } from './web.ts'

/**
 * The way the engine runs in current Electron: a utility process, with ports handed straight to it. The engine itself
 * needs a newer Node than an old Electron has, so a small one with the same channel stands in for it.
 */
describe.runIf(electronBinary())('an engine in a utility process', () => {
  let app: ElectronApplication
  let page: Page
  let faults: string[]
  let close: () => Promise<void>

  beforeEach(async () => {
    const folder = freshFolder()
    const display = process.env.DISPLAY ? null : await startDisplay()
    close = async () => {
      await display?.stop()
      folder.remove()
    }
    const env = { ...environmentFor(folder), ...(display ? { DISPLAY: display.name } : {}) }
    const main = await bundleProgram(`${folder.home}/program`)
    app = await launch({ args: [...machineSwitches(), main], env })
    page = await app.firstWindow()
    faults = faultsOf(page)
    await page.waitForFunction(() => window.probe !== undefined)
  })
  afterEach(async () => {
    await app.close()
    await close()
  })

  /** The id of the engine's process, asked by the page over its port. */
  const pidSeenByPage = () => page.evaluate(async () => (await window.probe.client.app.info()).pid)

  it('answers the page over a port that was handed to it', async () => {
    const info = await page.evaluate(() => window.probe.client.app.info())
    const own = await app.evaluate(() => ({ up: shell.kept.keeper.status, pid: process.pid }))
    expect(info.workspace).toBe('plain')
    expect(info.pid).not.toBe(own.pid)
    expect(own.up).toEqual({ state: 'up', pid: info.pid })
    expect(faults).toEqual([])
  })

  it('answers this process over its own channel at the same time', async () => {
    const { pid } = await page.evaluate(() => window.probe.client.app.info())
    const seen = await app.evaluate(async () => (await shell.kept.client().app.info()).pid)
    expect(seen).toBe(pid)
  })

  it('streams to the page in order and hears when its window closes', async () => {
    await page.evaluate(() => window.probe.listen())
    expect(await page.evaluate(() => window.probe.client.standIn.openStreams())).toBe(1)
    await page.evaluate(() => window.probe.client.standIn.emitSamples())
    await page.evaluate(() => window.probe.until('heardAll'))
    expect(await page.evaluate(() => window.probe.heard)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
    await page.close()
    const second = app.waitForEvent('window')
    await app.evaluate(() => void shell.kept.openWindow())
    page = await second
    await page.waitForFunction(() => window.probe !== undefined)
    await page.waitForFunction(async () => (await window.probe.client.standIn.openStreams()) === 0)
  })

  it("hears when the page's process crashes, and serves the page that comes in its place", async () => {
    await page.evaluate(() => window.probe.listen())
    const streams = await app.evaluate(async ({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      if (!contents) return []
      const ask = () => contents.executeJavaScript('probe.client.standIn.openStreams()') as Promise<number>
      const before = await ask()
      const loaded = new Promise<void>((done) => contents.once('did-finish-load', () => done()))
      contents.forcefullyCrashRenderer()
      await loaded
      return [before, await ask()]
    })
    expect(streams).toEqual([1, 0])
  })

  it('is missed by the page when it is killed, started again, and reached by a fresh port', async () => {
    await page.evaluate(() => window.probe.listen())
    const before = await pidSeenByPage()
    process.kill(before, 'SIGKILL')
    await page.evaluate(() => window.probe.until('gone'))
    await page.evaluate(() => window.probe.until('streamEnded'))
    await page.evaluate(() => window.probe.until('backOpen'))
    const after = await pidSeenByPage()
    expect(after).not.toBe(before)
    const states = await app.evaluate(() => shell.kept.statuses.map(({ state }) => state))
    expect(states.filter((state) => state !== 'starting')).toEqual(['up', 'down', 'up'])
    await page.evaluate(() => window.probe.listen())
    await page.evaluate(() => window.probe.client.standIn.emitSamples())
    await page.evaluate(() => window.probe.until('heardAll'))
  })

  it("reaches the shell's keychain and hears its refusals", async () => {
    const trip = await page.evaluate(() => window.probe.client.standIn.keychainTrip())
    expect(trip).toEqual({
      sealed: Buffer.from('the word').toString('base64'),
      plain: 'the word',
      refusal: 'this was sealed by somebody else',
    })
    expect(await app.evaluate(() => shell.asked)).toEqual(['encrypt', 'decrypt', 'decrypt'])
  })

  it('says why it cannot open before it ends', async () => {
    const failed = await app.evaluate(() => shell.keep('refused').until('failed'))
    expect(failed).toMatchObject({ problem: { code: 'WORKSPACE_LOCKED', fact: 'It is taken.' } })
  })

  it('ends when it is asked to stop before it is ready', async () => {
    const ended = await app.evaluate(async () => {
      const kept = shell.keep('plain')
      await kept.keeper.stop()
      return { ended: kept.ended, statuses: kept.statuses.map(({ state }) => state) }
    })
    expect(ended).toEqual({ ended: ['exit code 0'], statuses: ['starting'] })
  })

  it('ends when it is asked to stop, and is not started again', async () => {
    const pid = await pidSeenByPage()
    await app.evaluate(() => shell.kept.keeper.stop())
    expect(await app.evaluate(() => shell.kept.ended)).toEqual(['exit code 0'])
    await gone(pid)
    await page.evaluate(() => window.probe.until('gone'))
    expect(await app.evaluate(() => shell.kept.statuses.at(-1)?.state)).toBe('up')
  })

  it('is ended when it does not close in time', async () => {
    const stuck = await app.evaluate(async () => {
      const kept = shell.keep('stuck')
      const status = await kept.until('up')
      const started = performance.now()
      await kept.keeper.stop()
      return { pid: status.state === 'up' ? status.pid : undefined, tookMs: performance.now() - started }
    })
    expect(stuck.tookMs).toBeGreaterThan(4000)
    await gone(stuck.pid)
  })

  it('does not outlive the app', async () => {
    const pid = await pidSeenByPage()
    app.process().kill('SIGKILL')
    await gone(pid)
  })
})

/** Resolves once no process has this id; one that has told its end may take a moment to leave. */
async function gone(pid: number | undefined): Promise<void> {
  if (pid === undefined) throw new Error('there was no process')
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), { timeout: 45_000, interval: 20 })
}
