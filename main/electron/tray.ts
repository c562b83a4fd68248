import { join } from 'node:path'
import { app, Menu, nativeImage, Tray } from 'electron'
import { type CoreClient, clientOver } from '../../shared/contract/client.ts'
import type { CoreKeeper } from '../launch/index.ts'
import { PAGE } from './addresses.ts'
import type { Spoken } from './language.ts'
import { type TrayState, trayText } from './tray-text.ts'
import type { Windows } from './windows.ts'

/** What a round of a large fleet tells is gathered for so long. */
const GATHER_MS = 2000
const TOLD = new Set(['settings', 'hosts', 'alerts'])

/**
 * The symbol beside the clock, where the operator turned it on: how many servers and alerts, and the way back to the window.
 * `shown`: the app goes on without a window.
 */
export function trayWithStatus(options: { keeper: CoreKeeper; windows: Windows; spoken: Spoken; root: string }): {
  readonly shown: boolean
} {
  const { keeper, windows, spoken, root } = options
  let tray: Tray | null = null
  let state: TrayState | null = null

  const draw = () => {
    if (!tray) return
    const { words } = spoken
    const text = trayText(state, words)
    tray.setToolTip(`Headroom: ${text}`)
    tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: text, enabled: false },
        { type: 'separator' },
        { label: words.trayOpen, click: () => void windows.show(PAGE) },
        { label: words.quit, click: () => app.quit() },
      ]),
    )
  }
  const show = (wanted: boolean) => {
    if (!wanted) {
      tray?.destroy()
      tray = null
      // Without a window and without a symbol nobody could find the app again.
      if (windows.front === null) windows.show(PAGE)
    } else if (!tray) {
      tray = new Tray(nativeImage.createFromPath(join(root, 'resources', 'desktop', 'tray.png')))
      tray.on('click', () => void windows.show(PAGE))
    }
    draw()
  }
  const read = async (core: CoreClient) => {
    const { tray: wanted } = await core.app.settings()
    if (wanted) {
      const [hosts, { open }] = await Promise.all([core.hosts.list(), core.alerts.list()])
      state = {
        servers: hosts.length,
        alerts: open.length,
        critical: open.filter(({ severity }) => severity === 'critical').length,
      }
    }
    if (wanted || tray) show(wanted)
  }
  const follow = async () => {
    const link = keeper.connect()
    if (!link) return
    const core = clientOver(link)
    let late: NodeJS.Timeout | null = null
    try {
      const events = await core.app.events()
      await read(core)
      for await (const { kind } of events) {
        // Without a symbol there is nothing to draw, until the settings want one.
        if (!TOLD.has(kind) || (!tray && kind !== 'settings')) continue
        late ??= setTimeout(
          () => {
            late = null
            void read(core).catch(() => {})
          },
          kind === 'settings' ? 0 : GATHER_MS,
        )
      }
    } catch {
      // The engine ended; it is asked again once it is back.
    } finally {
      if (late) clearTimeout(late)
      link.close()
    }
  }

  keeper.onStatus((status) => {
    if (status.state === 'up') return void follow()
    state = null
    draw()
  })
  if (keeper.status.state === 'up') void follow()
  spoken.follow(draw)
  return {
    get shown() {
      return tray !== null
    },
  }
}
