import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { app, type BrowserWindow, screen } from 'electron'
import { createWindow } from './window.ts'
import { placeWindow, readState } from './window-state.ts'

/** So many at once are enough for any desk, and few enough that a fault of the page cannot fill it. */
const MOST = 12

/** The windows of the app: each has its own line to the core. The last one that is closed leaves its place behind. */
export class Windows {
  readonly #bundles: string
  readonly #connect: (window: BrowserWindow) => void
  readonly #open = new Set<BrowserWindow>()

  constructor(options: { bundles: string; connect: (window: BrowserWindow) => void }) {
    this.#bundles = options.bundles
    this.#connect = options.connect
  }

  /** The one in front, else any. */
  get front(): BrowserWindow | null {
    const all = [...this.#open]
    return all.find((one) => one.isFocused()) ?? all.at(-1) ?? null
  }

  open(address: string): BrowserWindow | null {
    if (this.#open.size >= MOST) return null
    const displays = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map(({ workArea }) => workArea)
    const window = createWindow(this.#bundles, placeWindow(kept(), displays, this.#open.size), address)
    this.#open.add(window)
    this.#connect(window)
    window.on('close', () => keep(window))
    window.on('closed', () => this.#open.delete(window))
    return window
  }

  /** Brings the front window before everything else; opens one where none is left. */
  show(address: string): BrowserWindow | null {
    const window = this.front ?? this.open(address)
    if (window?.isMinimized()) window.restore()
    window?.show()
    window?.focus()
    return window
  }
}

const file = () => join(app.getPath('userData'), 'window.json')

function kept() {
  try {
    return readState(readFileSync(file(), 'utf8'))
  } catch {
    return null
  }
}

function keep(window: BrowserWindow): void {
  const state = { bounds: window.getNormalBounds(), maximised: window.isMaximized() }
  try {
    writeFileSync(file(), JSON.stringify(state), { mode: 0o600 })
  } catch {
    // A disk that is full keeps nothing; the next window opens in the middle.
  }
}
