/** So many ends of a page are mended by loading it again; after that the operator is asked. */
const MENDED_QUIETLY = 3
/** Ends this long ago say nothing of the next one. */
const REMEMBERED_MS = 5 * 60_000

/** What becomes of a window whose page has ended by itself: a page that ends as soon as it is there must not be loaded for ever. */
export class PageEnds {
  readonly #elapsed: () => number
  #ends: number[] = []

  constructor(elapsed: () => number) {
    this.#elapsed = elapsed
  }

  /** One more end. */
  next(): 'load' | 'ask' {
    const now = this.#elapsed()
    this.#ends = [...this.#ends.filter((at) => now - at < REMEMBERED_MS), now]
    return this.#ends.length <= MENDED_QUIETLY ? 'load' : 'ask'
  }

  /** The operator wants it tried again. */
  forget(): void {
    this.#ends = []
  }
}
