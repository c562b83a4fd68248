import { app, BrowserWindow, dialog } from 'electron'
import { clientOver } from '../../shared/contract/client.ts'
import type { CoreKeeper } from '../launch/index.ts'
import type { Spoken } from './language.ts'
import { wordsBeforeQuit } from './quitting.ts'

/** An engine that does not answer is not waited for. */
const PATIENCE_MS = 1500

/**
 * Says what becomes of runs that go on, before the app ends; staying is the default. Without one, nothing is asked. Where the
 * app `staysOpen` without a window, closing the last one ends nothing.
 */
export function askBeforeQuit(
  keeper: CoreKeeper,
  { front, spoken, staysOpen }: { front: () => BrowserWindow | null; spoken: Spoken; staysOpen: () => boolean },
): void {
  let agreed = false
  let asking = false
  const ask = async () => {
    const words = wordsBeforeQuit(await runsOf(keeper), spoken.words)
    if (words) {
      const question = {
        type: 'question' as const,
        ...words,
        buttons: [spoken.words.stay, spoken.words.quit],
        defaultId: 0,
        cancelId: 0,
      }
      const window = front()
      const { response } = await (window ? dialog.showMessageBox(window, question) : dialog.showMessageBox(question))
      if (response === 0) return
    }
    agreed = true
    app.quit()
  }
  const held = (event: Electron.Event) => {
    if (agreed || keeper.status.state !== 'up') return
    event.preventDefault()
    if (asking) return
    asking = true
    void ask().finally(() => {
      asking = false
    })
  }
  app.on('before-quit', held)
  // Closing the last window quits, which would come too late for staying.
  app.on('browser-window-created', (_event, window) => watch(window))
  const watch = (window: BrowserWindow) => {
    window.on('close', (event) => {
      if (process.platform === 'darwin' || staysOpen()) return
      if (BrowserWindow.getAllWindows().every((one) => one === window)) held(event)
    })
  }
  const first = front()
  if (first) watch(first)
}

async function runsOf(keeper: CoreKeeper) {
  const link = keeper.connect()
  if (!link) return []
  let late: NodeJS.Timeout | undefined
  const patience = new Promise<[]>((done) => {
    late = setTimeout(() => done([]), PATIENCE_MS)
  })
  try {
    return await Promise.race([clientOver(link).playbooks.runs(), patience])
  } catch {
    return []
  } finally {
    clearTimeout(late)
    link.close()
  }
}
