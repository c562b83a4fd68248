/** A value with the rows of the plan it comes from, and how it follows from them where it is not just theirs. */
export class Told<T extends string | number | boolean = string | number | boolean> {
  readonly value: T
  readonly from: readonly string[]
  readonly how: string

  constructor(value: T, from: string | readonly string[], how = '') {
    this.value = value
    this.from = typeof from === 'string' ? [from] : from
    this.how = how
  }

  map<U extends string | number | boolean>(change: (value: T) => U): Told<U> {
    return new Told(change(this.value), this.from, this.how)
  }

  /** The remark beside the value in a file: one line, whatever the plan's words are. */
  get remark(): string {
    return oneLine([this.from.join(', '), this.how].filter((part) => part !== '').join(': '))
  }
}

/** The entry of a list by its id or name: `entry('stages[scale]', 'nodes', 'vps')` is `stages[scale].nodes[vps]`. */
export const entry = (base: string, list: string, id: string): string =>
  `${base === '' ? '' : `${base}.`}${list}[${/^[A-Za-z0-9_][\w-]*$/.test(id) ? id : JSON.stringify(id)}]`

/** A field of an entry: `stages[scale].nodes[vps].ramGb`. */
export const field = (base: string, ...names: readonly string[]): string =>
  [base, ...names.map((name) => (/^[A-Za-z0-9_][\w-]*$/.test(name) ? name : JSON.stringify(name)))].join('.')

/** Without line ends and control characters, so that nothing of a plan's words can leave a remark. */
export const oneLine = (text: string): string =>
  [...text]
    .map((char) => ((char.codePointAt(0) ?? 0) < 32 || /[\u007f-\u009f\u2028\u2029]/.test(char) ? ' ' : char))
    .join('')
