import { readFile, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { app } from 'electron'
import { LINK_SCHEME } from '../../shared/model/address.ts'
import { PAGE, routeAddress } from './addresses.ts'
import { type Given, givenBy, givenByArguments } from './given.ts'
import { openLetters } from './letters.ts'
import type { Windows } from './windows.ts'

const LARGEST = 8_000_000

/**
 * Opens what the desktop gives: links and files on the command line of this start or of a later one, files and links of
 * macOS. A link opens its place; a file's text goes to the window, which shows it before anything is saved.
 */
export function openWhatIsGiven(windows: Windows): void {
  // Linux knows the scheme from the package's desktop file, and asking it here would start a program.
  if (app.isPackaged && process.platform !== 'linux') app.setAsDefaultProtocolClient(LINK_SCHEME)
  const letters = openLetters()
  const take = (given: readonly Given[], folder: string) => {
    for (const one of given) void open(one, folder)
  }
  const open = async (given: Given, folder: string) => {
    const window = windows.show(PAGE)
    if (!window) return
    if (given.kind === 'route') return window.loadURL(routeAddress(given.hash))
    const path = resolve(folder, given.path)
    // A workspace may be large: the engine reads it from where it lies, once the operator asks for that.
    if (given.kind === 'workspace')
      return window.loadURL(routeAddress(`#/settings?section=transfer&import=${encodeURIComponent(path)}`))
    const text = await textOf(path)
    if (!window.isDestroyed()) letters.send(window.webContents, { name: basename(path), text })
  }
  app.on('second-instance', (_event, argv, folder) => {
    windows.show(PAGE)
    take(givenByArguments(argv, ownWords()), folder)
  })
  app.on('open-url', (event, url) => {
    event.preventDefault()
    const given = givenBy(url)
    if (given?.kind === 'route') take([given], '/')
  })
  app.on('open-file', (event, path) => {
    event.preventDefault()
    const given = givenBy(path)
    if (given && given.kind !== 'route') take([given], '/')
  })
  take(givenByArguments(process.argv, ownWords()), process.cwd())
}

/** The program, and, before it is packaged, the folder of the app. */
const ownWords = () => (app.isPackaged ? 1 : 2)

/** Null for what cannot be read as a text of a fair size; the window then says so. */
async function textOf(path: string): Promise<string | null> {
  try {
    const { size } = await stat(path)
    return size > LARGEST ? null : await readFile(path, 'utf8')
  } catch {
    return null
  }
}
