import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { app, type BrowserWindow, dialog, session } from 'electron'
import type { Problem } from '../../shared/model/problem.ts'
import { type CoreChild, CoreKeeper, workspaceFolder } from '../launch/index.ts'
import { PAGE } from './addresses.ts'
import { clipboardForSecrets } from './clipboard.ts'
import { openWhatIsGiven } from './desktop-gives.ts'
import { guardPages, guardSession } from './guards.ts'
import { systemKeychain } from './keychain.ts'
import { type Spoken, spokenLanguage } from './language.ts'
import { filesFor, launchCore, nodeForCore } from './launch.ts'
import { connectWindow } from './lines.ts'
import { mendPages } from './mend-pages.ts'
import { setMenu } from './menu.ts'
import { desktopNotices } from './notices.ts'
import { declareScheme, serveRenderer } from './protocol.ts'
import { askBeforeQuit } from './quit.ts'
import { trayWithStatus } from './tray.ts'
import { Windows } from './windows.ts'

const root = app.getAppPath()
const bundles = join(root, 'dist', 'main')
const folder = workspaceFolder(argument('--workspace'), {
  platform: process.platform,
  home: homedir(),
  env: process.env,
})

app.setName('Headroom')
// One instance per workspace: Electron's instance lock lies in userData, so each workspace has its own.
const mark = createHash('sha256').update(folder).digest('hex').slice(0, 16)
app.setPath('userData', join(app.getPath('appData'), 'headroom', 'windows', mark))

let connect: (window: BrowserWindow) => void = () => {}
let staysOpen = () => false
const windows = new Windows({ bundles, connect: (window) => connect(window) })

if (app.requestSingleInstanceLock()) {
  // Sandboxes every process to come. Started as root with --no-sandbox, this would make each of them refuse to start.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
  declareScheme()
  guardPages((address) => void windows.open(address))
  app.on('window-all-closed', () => {
    if (!staysOpen()) app.quit()
  })
  // A program of its own need not wait for Chromium; a utility process of this one must.
  const node = nodeForCore(root)
  const early = node === null ? null : launchCore(node, coreEntry(node))
  void app.whenReady().then(() => open(node, early))
} else {
  app.quit()
}

function coreEntry(node: string | null): string {
  return join(filesFor(node, root), 'dist', 'main', 'core.mjs')
}

/** `early`: a core that was launched already, and waits to be told what to open. */
function open(node: string | null, early: CoreChild | null): void {
  guardSession(session.defaultSession)
  serveRenderer(session.defaultSession, join(root, 'dist', 'renderer'))
  const spoken = spokenLanguage()
  mendPages(spoken)
  // Chromium starts a process for the page meanwhile; what the page asks for is heard when this is through.
  const first = windows.open(PAGE)
  spoken.follow(() => setMenu(windows, spoken.words))
  const keychain = systemKeychain()
  let waiting = early
  const keeper = new CoreKeeper({
    launch: () => {
      const core = waiting ?? launchCore(node, coreEntry(node))
      waiting = null
      return core
    },
    start: {
      folder,
      face: 'electron',
      resources: join(filesFor(node, root), 'resources'),
      keychain: keychain !== undefined,
      notices: true,
    },
    keychain,
    notify: desktopNotices((address) => void windows.show(address)?.loadURL(address)),
  })
  endWithReason(keeper, spoken)
  keeper.run()
  connect = (window) => connectWindow(window, keeper, node === null)
  if (first !== null) connect(first)
  openWhatIsGiven(windows)
  clipboardForSecrets()
  const tray = trayWithStatus({ keeper, windows, spoken, root })
  staysOpen = () => tray.shown
  askBeforeQuit(keeper, {
    front: () => windows.front,
    spoken,
    staysOpen,
  })
  closeCoreBeforeQuit(keeper)
}

/** A workspace that cannot be opened at the start (held by another Headroom, newer, damaged) ends the app with the reason. */
function endWithReason(keeper: CoreKeeper, spoken: Spoken): void {
  const off = keeper.onStatus((status) => {
    if (status.state === 'up') off()
    if (status.state !== 'failed') return
    off()
    const backup = status.problem.details?.backup
    if (backup !== undefined && wantsBackup(status.problem, backup, spoken)) {
      keeper.restoreNext(backup)
      endWithReason(keeper, spoken)
      return
    }
    if (backup === undefined)
      dialog.showErrorBox(spoken.words.cannotOpen, `${status.problem.fact}\n\n${status.problem.fix}`)
    app.quit()
  })
}

/** A damaged workspace that has a sound backup: the operator may put that in place at once. */
function wantsBackup({ fact, details }: Problem, backup: string, { words }: Spoken): boolean {
  const time = details?.backupAt === undefined ? null : new Date(Number(details.backupAt)).toLocaleString()
  const answer = dialog.showMessageBoxSync({
    type: 'error',
    title: words.cannotOpen,
    message: fact,
    detail: words.restoreEffect(time, backup),
    buttons: [words.restoreOf(time), words.quit],
    defaultId: 1,
    cancelId: 1,
  })
  return answer === 0
}

function closeCoreBeforeQuit(keeper: CoreKeeper): void {
  let stopped = false
  app.on('will-quit', (event) => {
    if (stopped) return
    event.preventDefault()
    void keeper.stop().finally(() => {
      stopped = true
      app.quit()
    })
  })
}

/** The value after a switch, as `--workspace folder` or `--workspace=folder`. */
function argument(name: string): string | undefined {
  const index = process.argv.findIndex((word) => word === name || word.startsWith(`${name}=`))
  const word = process.argv[index]
  if (index === -1 || word === undefined) return undefined
  return word === name ? process.argv[index + 1] : word.slice(name.length + 1)
}
