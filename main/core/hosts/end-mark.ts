/** Takes one mark out of a stream, wherever it stands and however it is cut into chunks; what precedes it passes. */
export class EndMark {
  readonly #mark: Buffer
  #held = Buffer.alloc(0)
  seen = false

  constructor(mark: string) {
    this.#mark = Buffer.from(mark)
  }

  take(chunk: Buffer): Buffer {
    const all = Buffer.concat([this.#held, chunk])
    this.#held = Buffer.alloc(0)
    const at = all.indexOf(this.#mark)
    if (at >= 0) {
      this.seen = true
      return Buffer.concat([all.subarray(0, at), all.subarray(at + this.#mark.length)])
    }
    for (let length = Math.min(this.#mark.length - 1, all.length); length > 0; length--)
      if (all.subarray(all.length - length).equals(this.#mark.subarray(0, length))) {
        this.#held = Buffer.from(all.subarray(all.length - length))
        return all.subarray(0, all.length - length)
      }
    return all
  }

  /** What looked like the mark's beginning when the stream ended. */
  rest(): Buffer {
    const rest = this.#held
    this.#held = Buffer.alloc(0)
    return rest
  }
}
