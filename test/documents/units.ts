import { createHash } from 'node:crypto'

/** One thing that a document states: a table row, a list entry, a fenced block, a heading, a labelled line, a paragraph. */
export interface Unit {
  kind: 'row' | 'check' | 'numbered' | 'bullet' | 'code' | 'heading' | 'fact' | 'text'
  /** The headings above it, as numbers: "2.1.3". */
  section: string
  /** The first words of it, cut short: to find it again, not to read it. */
  label: string
  /** What tells one wording from another. */
  hash: string
  /** Every number in it, in its base unit: 2GB, 70% and 10K are 2, 70 and 10000. */
  figures: number[]
}

const SCALES: Readonly<Record<string, number>> = { k: 1e3, K: 1e3, M: 1e6 }

/** The numbers of a text. Thousands separators are read, a letter K or M right after the digits multiplies. */
export function figuresOf(text: string): number[] {
  const found: number[] = []
  for (const [, before, digits = '', scale] of text.matchAll(
    /(^|[^A-Za-z0-9_.])(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)([kKM](?![A-Za-z]))?/g,
  )) {
    if (before === undefined) continue
    found.push(Number(digits.replaceAll(',', '')) * (scale ? (SCALES[scale] ?? 1) : 1))
  }
  return found
}

const plain = (text: string): string =>
  text
    .replaceAll(/[*`[\]]|\*\*/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()

/** The units of a Markdown document in its order. Rules, blank lines and the rows that only separate are none. */
export function unitsOf(markdown: string): Unit[] {
  const units: Unit[] = []
  const counts: number[] = []
  let section = '0'
  const add = (kind: Unit['kind'], text: string, body = text): void => {
    units.push({
      kind,
      section,
      label: plain(text).split(' ').slice(0, 3).join(' ').slice(0, 28),
      hash: createHash('sha256')
        .update(`${kind} ${plain(body)}`)
        .digest('hex')
        .slice(0, 12),
      figures: figuresOf(plain(body)),
    })
  }
  const lines = markdown.split(/\r?\n/)
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] as string
    const fence = /^\s*```(\w*)/.exec(line)
    if (fence) {
      const body: string[] = []
      for (at += 1; at < lines.length && !/^\s*```/.test(lines[at] as string); at += 1) body.push(lines[at] as string)
      add('code', `${fence[1] || 'plain'} ${body.find((one) => /\w/.test(one)) ?? ''}`, body.join('\n'))
      continue
    }
    const heading = /^(#+)\s+(.*)/.exec(line)
    const numbered = /^\s*\d+\.\s+(.*)/.exec(line)
    const check = /^\s*- \[[ x]\]\s+(.*)/.exec(line)
    const bullet = /^\s*[-*]\s+(.*)/.exec(line)
    if (heading) {
      const depth = (heading[1] as string).length
      counts.length = depth
      for (let level = 0; level < depth; level += 1) counts[level] ??= 0
      counts[depth - 1] = (counts[depth - 1] as number) + 1
      section = counts.join('.')
      add('heading', (heading[2] as string).replace(/^[^\w[]*(\[[\d.]+\]|\d+\.)\s*/, ''))
    } else if (/^\s*\|/.test(line)) {
      const separator = /^\s*\|[\s:|-]+$/
      const header = separator.test(lines[at + 1] ?? '')
      if (!separator.test(line) && !header) add('row', line.replaceAll('|', ' '))
    } else if (check) add('check', check[1] as string)
    else if (numbered) add('numbered', numbered[1] as string)
    else if (bullet && !/^\s*(---+|\*\*\*+)\s*$/.test(line)) add('bullet', bullet[1] as string)
    else if (/^\s*>?\s*\*\*/.test(line)) add('fact', line)
    else if (/\w/.test(line) && !/^\s*<br>/.test(line)) add('text', line)
  }
  return units
}
