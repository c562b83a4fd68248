const REDACTED = '[redacted]'

/** A value that must not be printed. Every way of turning it into text gives "[redacted]"; only `reveal()` gives the value. */
export class Secret {
  readonly #value: string
  /** The name that stands for it in previews, journals and output. */
  readonly name: string
  constructor(name: string, value: string) {
    this.name = name
    this.#value = value
  }
  reveal(): string {
    return this.#value
  }
  toString(): string {
    return REDACTED
  }
  toJSON(): string {
    return REDACTED
  }
  [Symbol.toPrimitive](): string {
    return REDACTED
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Secret(${this.name})`
  }
}
