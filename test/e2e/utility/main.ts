import { join } from 'node:path'
import { app, type BrowserWindow, session } from 'electron'
import { PAGE } from '../../../main/electron/addresses.ts'
import { guardPages, guardSession } from '../../../main/electron/guards.ts'
import { spokenLanguage } from '../../../main/electron/language.ts'
import { launchCore } from '../../../main/electron/launch.ts'
import { connectWindow } from '../../../main/electron/lines.ts'
import { mendPages } from '../../../main/electron/mend-pages.ts'
import { declareScheme, serveRenderer } from '../../../main/electron/protocol.ts'
import { createWindow } from '../../../main/electron/window.ts'
import { CoreKeeper, type CoreStatus, type Keychain } from '../../../main/launch/index.ts'
import { type CoreClient, clientOver } from '../../../shared/contract/client.ts'

/** What a test reaches in this process. */
export interface Shell {
  /** Starts an engine for a workspace of that name and remembers what it says. */
  keep(workspace: string): Kept
  kept: Kept
  /** The keychain's calls, in order. */
  asked: string[]
}
interface Kept {
  keeper: CoreKeeper
  statuses: CoreStatus[]
  /** How each process of this engine ended. */
  ended: string[]
  /** Resolves at the first status of that kind from now on, or now if that is the present one. */
  until(state: CoreStatus['state']): Promise<CoreStatus>
  openWindow(): BrowserWindow
  /** A client by the channel itself, not by a port. */
  client(): CoreClient
}

declare global {
  var shell: Shell
}

const asked: string[] = []
/** There may be no keyring here. This one is reversible and so can be judged. */
const keychain: Keychain = {
  encrypt: async (plain) => {
    asked.push('encrypt')
    return Buffer.from(plain).toString('base64')
  },
  decrypt: async (sealed) => {
    asked.push('decrypt')
    if (sealed === 'damaged') throw new Error('this was sealed by somebody else')
    return Buffer.from(sealed, 'base64').toString()
  },
}

function keep(workspace: string): Kept {
  const ended: string[] = []
  const keeper = new CoreKeeper({
    launch: () => {
      const child = launchCore(null, join(__dirname, 'engine.cjs'))
      child.onExit((how) => ended.push(how))
      return child
    },
    start: { folder: workspace, face: 'electron', resources: __dirname, keychain: true },
    keychain,
  })
  const statuses: CoreStatus[] = []
  keeper.onStatus((status) => statuses.push(status))
  keeper.run()
  return {
    keeper,
    statuses,
    ended,
    until: (state) =>
      new Promise((done) => {
        if (keeper.status.state === state) done(keeper.status)
        const off = keeper.onStatus((status) => {
          if (status.state !== state) return
          off()
          done(status)
        })
      }),
    openWindow: () => {
      const window = createWindow(
        __dirname,
        { bounds: { x: 0, y: 0, width: 1200, height: 800 }, maximised: false },
        PAGE,
      )
      connectWindow(window, keeper, true)
      return window
    },
    client: () => {
      const link = keeper.connect()
      if (!link) throw new Error('no engine')
      return clientOver(link)
    },
  }
}

if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
declareScheme()
mendPages(spokenLanguage())
guardPages(() => {})
// The test closes windows and looks at what is left.
app.on('window-all-closed', () => {})
void app.whenReady().then(() => {
  guardSession(session.defaultSession)
  serveRenderer(session.defaultSession, join(__dirname, 'renderer'))
  const kept = keep('plain')
  globalThis.shell = { keep, kept, asked }
  kept.openWindow()
})
