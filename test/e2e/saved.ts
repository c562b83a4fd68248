import { mkdirSync, readFileSync } from 'node:fs'
import type { ElectronApplication, Page } from 'playwright-core'
import { expect } from 'vitest'

const windows = new WeakMap<Page, ElectronApplication>()

/** Lets the window save into a folder without asking where to, which nobody is there to answer. */
export async function saveInto(app: ElectronApplication, page: Page, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  windows.set(page, app)
  await app.evaluate(({ session }, into) => {
    const done: string[] = []
    Object.assign(globalThis, { savedFiles: done })
    session.defaultSession.on('will-download', (_event, item) => {
      item.setSavePath(`${into}/${done.length}-${item.getFilename()}`)
      item.once('done', (_done, state) => {
        if (state === 'completed') done.push(item.getSavePath())
      })
    })
  }, folder)
}

/** The content of the file that pressing something saves. */
export async function saved(page: Page, press: () => Promise<void>): Promise<Buffer> {
  const app = windows.get(page)
  if (app === undefined) {
    const [download] = await Promise.all([page.waitForEvent('download'), press()])
    return readFileSync(await download.path())
  }
  const files = (): Promise<string[]> =>
    app.evaluate(() => (globalThis as unknown as { savedFiles: string[] }).savedFiles)
  const before = (await files()).length
  await press()
  await expect.poll(async () => (await files()).length, { timeout: 45_000 }).toBe(before + 1)
  return readFileSync((await files())[before] as string)
}
