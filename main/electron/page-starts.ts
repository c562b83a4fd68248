/** A page that runs asks for its line within a second or two; a slow machine gets far more. */
export const PATIENCE_MS = 30_000

/**
 * Ends a page that never begins: without a graphics card, Chromium's page process can wait for ever for a graphics process that
 * ended while it started. The window would stay blank, or not be shown at all.
 */
export class PageStarts {
  readonly #end: () => void
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(end: () => void) {
    this.#end = end
  }

  /** A page is on its way into the window. */
  loads(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#end, PATIENCE_MS)
  }

  /** The page runs, or the window is gone. */
  settled(): void {
    clearTimeout(this.#timer)
  }
}
