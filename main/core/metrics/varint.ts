/** Whole numbers as bytes of seven bits, least first. Grows as needed. */
export class VarintWriter {
  #bytes = new Uint8Array(1024)
  #length = 0

  /** A whole number from 0 up to 2^53 - 1. */
  unsigned(value: number): void {
    if (this.#length + 8 > this.#bytes.length) this.#grow(8)
    let rest = value
    while (rest >= 0x80000000) {
      this.#bytes[this.#length++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest & 127) | 128
      rest >>>= 7
    }
    this.#bytes[this.#length++] = rest
  }

  /** A whole number of either sign whose double is still exact. */
  signed(value: number): void {
    this.unsigned(value < 0 ? -2 * value - 1 : 2 * value)
  }

  append(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#bytes.length) this.#grow(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** What was written; a view that the next write may change. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  clear(): void {
    this.#length = 0
  }

  #grow(least: number): void {
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + least))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}

/** Reads what VarintWriter wrote. RangeError where the bytes end too early. */
export class VarintReader {
  readonly #bytes: Uint8Array
  position = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  unsigned(): number {
    const bytes = this.#bytes
    let byte = bytes[this.position++] as number
    if (byte < 128) return byte
    let value = byte & 127
    let factor = 128
    do {
      if (this.position >= bytes.length) throw new RangeError('a sample block ends too early')
      byte = bytes[this.position++] as number
      value += (byte & 127) * factor
      factor *= 128
    } while (byte >= 128)
    return value
  }

  signed(): number {
    const value = this.unsigned()
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2
  }

  /** 64-bit floats, least byte first. */
  floats(n: number): Float64Array {
    if (this.position + 8 * n > this.#bytes.length) throw new RangeError('a sample block ends too early')
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.position, 8 * n)
    const floats = new Float64Array(n)
    for (let i = 0; i < n; i += 1) floats[i] = view.getFloat64(8 * i, true)
    this.position += 8 * n
    return floats
  }

  get isAtEnd(): boolean {
    return this.position === this.#bytes.length
  }
}
