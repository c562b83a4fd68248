import { oneLine, Told } from './told.ts'

/** A text of lines whose values name their rows; how a remark is set off is the file format's. */
export class TextFile {
  readonly sources: string[] = []
  readonly #lines: string[] = []
  readonly #remark: (text: string) => string

  /** @param remark where a format has no remarks behind a value, `before` puts them on a line of their own */
  constructor(head: readonly string[], remark: 'behind' | 'before' = 'behind', sign = '#') {
    for (const line of head) this.#lines.push(`${sign} ${oneLine(line)}`)
    this.#remark = (text) => (text === '' ? '' : remark === 'behind' ? `  ${sign} ${text}` : `${sign} ${text}`)
    this.#before = remark === 'before'
  }

  readonly #before: boolean

  /** One line with the values in it, given as a template: file.line`max_connections = ${told}`. */
  line(parts: TemplateStringsArray | string, ...values: readonly (Told | string | number)[]): this {
    if (typeof parts === 'string') {
      this.#lines.push(parts)
      return this
    }
    const remarks: string[] = []
    let text = parts[0] ?? ''
    values.forEach((value, index) => {
      const plain = value instanceof Told ? value.value : value
      if (value instanceof Told) {
        this.sources.push(...value.from)
        if (value.remark !== '' && !remarks.includes(value.remark)) remarks.push(value.remark)
      }
      text += `${oneLine(String(plain))}${parts[index + 1] ?? ''}`
    })
    const indent = /^\s*/.exec(text)?.[0] ?? ''
    const remark = this.#remark(remarks.join('; '))
    if (remark !== '' && this.#before) this.#lines.push(`${indent}${remark}`, text)
    else this.#lines.push(`${text}${remark}`)
    return this
  }

  get text(): string {
    return `${this.#lines.join('\n')}\n`
  }
}
