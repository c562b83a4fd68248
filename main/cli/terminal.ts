import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

export interface Streams {
  input: Readable & { isTTY?: boolean; setRawMode?(on: boolean): unknown }
  output: Writable
  errors: Writable
}

/** What a command says and asks. With --json only the result goes to stdout; everything for people goes to stderr. */
export class Terminal {
  readonly #streams: Streams
  readonly #quiet: boolean

  constructor(streams: Streams, json: boolean) {
    this.#streams = streams
    this.#quiet = json
  }

  get interactive(): boolean {
    return this.#streams.input.isTTY === true
  }

  say(line = ''): void {
    const to = this.#quiet ? this.#streams.errors : this.#streams.output
    to.write(`${printable(line)}\n`)
  }

  /** A file's text as it is. */
  raw(text: string): void {
    this.#streams.output.write(text)
  }

  /** Rows with aligned columns; the first row is the heading. */
  table(rows: readonly (readonly string[])[]): void {
    const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
    for (const row of rows)
      this.say(
        row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd(),
      )
  }

  result(data: unknown): void {
    this.#streams.output.write(`${JSON.stringify(data)}\n`)
  }

  /** Yes or no; Enter, and any terminal that cannot be asked, mean no. */
  async confirm(question: string): Promise<boolean> {
    if (!this.interactive) return false
    return /^y(es)?$/i.test((await this.#line(`${question} [y/N] `, true)).trim())
  }

  /** An answer that may be shown while it is typed. */
  answer(question: string): Promise<string> {
    return this.#line(`${question}: `, true)
  }

  /** A secret typed without being shown. */
  async secret(question: string): Promise<string> {
    const answer = await this.#line(`${question}: `, false)
    this.#streams.errors.write('\n')
    return answer
  }

  /** All of stdin, without its last line break. */
  async rest(): Promise<string> {
    const chunks: Buffer[] = []
    for await (const chunk of this.#streams.input) chunks.push(Buffer.from(chunk))
    return Buffer.concat(chunks)
      .toString()
      .replace(/\r?\n$/, '')
  }

  #line(prompt: string, echo: boolean): Promise<string> {
    this.#streams.errors.write(prompt)
    const reader = createInterface({ input: this.#streams.input, terminal: !echo && this.interactive })
    return new Promise((resolve) => {
      reader.once('line', (line) => {
        reader.close()
        resolve(line)
      })
      reader.once('close', () => resolve(''))
    })
  }
}

/** Control characters from a server must not move the cursor or change the terminal's title. Tabs stay. */
export function printable(line: string): string {
  return line.replace(/[^\P{Cc}\t]/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
