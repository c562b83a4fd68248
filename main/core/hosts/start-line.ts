/** Output is held back for the start line up to this size; start-up files of a shell print less. */
const MAX_NOISE_BYTES = 64 * 1024

/**
 * Takes the line "<token> <process id>" out of the beginning of a stream, with all that precedes it, such as what a
 * login shell's start-up files print. A stream without the line passes whole.
 */
export class StartLine {
  readonly #token: Buffer
  #held: Buffer | null = Buffer.alloc(0)
  /** The id of the remote process group, once known. */
  processId: number | null = null

  constructor(token: string) {
    this.#token = Buffer.from(`${token} `)
  }

  /** What of this chunk, and of what was held back, belongs to the command. */
  take(chunk: Buffer): Buffer {
    if (this.#held === null) return chunk
    const all = Buffer.concat([this.#held, chunk])
    const at = all.indexOf(this.#token)
    const lineEnd = at < 0 ? -1 : all.indexOf(0x0a, at)
    if (lineEnd >= 0) {
      this.#held = null
      this.processId = Number(all.toString('latin1', at + this.#token.length, lineEnd))
      return all.subarray(lineEnd + 1)
    }
    if (all.length > MAX_NOISE_BYTES) {
      this.#held = null
      return all
    }
    this.#held = all
    return Buffer.alloc(0)
  }

  /** What is still held back when the stream ends. */
  rest(): Buffer {
    const rest = this.#held ?? Buffer.alloc(0)
    this.#held = null
    return rest
  }
}
