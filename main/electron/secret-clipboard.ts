/** A secret stays in the clipboard no longer. */
export const SECRET_MS = 30_000

/** Electron's, which answers at once in older versions and later in newer ones. */
export interface Clipboard {
  readText(): string | Promise<string>
  clear(): unknown
}

/** Clears a secret from the clipboard after half a minute, and when the app ends; what came after it stays. */
export class SecretClipboard {
  readonly #clipboard: Clipboard
  readonly #later: (ms: number, what: () => void) => () => void
  #held: { text: string; cancel: () => void } | null = null

  constructor(clipboard: Clipboard, later: (ms: number, what: () => void) => () => void) {
    this.#clipboard = clipboard
    this.#later = later
  }

  /** Called right after a secret was copied. */
  async copied(): Promise<void> {
    this.#held?.cancel()
    const text = await this.#clipboard.readText()
    this.#held?.cancel()
    this.#held = { text, cancel: this.#later(SECRET_MS, () => void this.clear()) }
  }

  async clear(): Promise<void> {
    const held = this.#held
    this.#held = null
    held?.cancel()
    if (held && (await this.#clipboard.readText()) === held.text) await this.#clipboard.clear()
  }
}
