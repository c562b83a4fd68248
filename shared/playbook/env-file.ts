import { HeadroomError } from '../model/problem.ts'

/** What becomes of a file's settings: a text sets, null removes. In this order new ones are appended. */
export type Settings = ReadonlyMap<string, string | null>

interface Entry {
  name: string
  /** Lines of the entry: from, and the first after it. A quoted value may go over several. */
  from: number
  to: number
  /** What stands before the value and after it. */
  head: string
  tail: string
  quote: '' | '"' | "'"
}

const HEAD = /^(\s*(?:export\s+)?)([A-Za-z_][A-Za-z0-9_]*)(\s*=[ \t]*)/
const PLAIN = /^[A-Za-z0-9_@%+:,./=-]*$/

/**
 * An env file (`KEY=value` a line, as Docker Compose, systemd and shells read it) with settings changed. Comments,
 * order, `export`, the quotes a value has, line ends and the absence of a last line end stay. Of a name that stands
 * several times the last one, which counts, is set, and all are removed.
 * @throws HeadroomError ENV_NAME_INVALID, ENV_VALUE_INVALID (a line break or NUL; no reader agrees with another on them),
 * ENV_FILE_UNCLEAR (a quote that is never closed would take the changed line for a part of its value)
 */
export function editEnvFile(text: string, settings: Settings): string {
  for (const [name, value] of settings) checkSetting(name, value)
  const end = /\r\n/.test(text) ? '\r\n' : '\n'
  const closed = text === '' || text.endsWith('\n')
  const lines = text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/)
  /** Of each line its own: a file may have both kinds. */
  const ends = text.match(/\r?\n/g) ?? []
  const entries = entriesOf(lines)
  const replaced = new Map<number, { to: number; lines: string[] }>()
  const appended: string[] = []
  for (const [name, value] of settings) {
    const found = entries.filter((entry) => entry.name === name)
    const last = found.at(-1)
    if (value === null) for (const { from, to } of found) replaced.set(from, { to, lines: [] })
    else if (last)
      replaced.set(last.from, { to: last.to, lines: [`${last.head}${quotedAs(value, last, lines)}${last.tail}`] })
    else appended.push(`${name}=${quoted(value, '')}`)
  }
  const out: { line: string; end: string }[] = []
  for (let at = 0; at < lines.length; ) {
    const change = replaced.get(at)
    const to = change?.to ?? at + 1
    for (const line of change?.lines ?? [lines[at] as string]) out.push({ line, end: ends[to - 1] ?? end })
    at = to
  }
  for (const line of appended) out.push({ line, end })
  const all = out.map((one) => one.line + one.end).join('')
  const changed = closed ? all : all.replace(/\r?\n$/, '')
  const read = readEnvFile(changed)
  for (const [name, value] of settings) if ((read.get(name) ?? null) !== value) throw unclear(name, entries, lines)
  return changed
}

function unclear(name: string, entries: readonly Entry[], lines: readonly string[]): HeadroomError {
  const open = entries.find(
    ({ quote, head, from }) => quote === '' && /^['"]/.test((lines[from] ?? '').slice(head.length)),
  )
  return new HeadroomError({
    code: 'ENV_FILE_UNCLEAR',
    fact:
      open === undefined
        ? `${name} would not read back from this file as it was set.`
        : `Line ${open.from + 1}, ${open.name}, has a quote that is never closed, so ${name} would not read back as it was set.`,
    fix: 'Correct the quotes of the file on the server first.',
    field: 'set',
    value: name,
  })
}

/** The values of an env file by name, as its reader sees them; of a repeated name the last. */
export function readEnvFile(text: string): Map<string, string> {
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/)
  return new Map(
    entriesOf(lines).map(({ name, from, to, head, tail, quote }) => {
      const whole = lines.slice(from, to).join('\n')
      const value = whole.slice(head.length, tail === '' ? undefined : -tail.length)
      if (quote === '') return [name, value]
      const inner = value.slice(1, -1)
      return [name, quote === "'" ? inner : inner.replace(/\\([\\"$`])/g, '$1')]
    }),
  )
}

export function checkSetting(name: string, value: string | null): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    throw new HeadroomError({
      code: 'ENV_NAME_INVALID',
      fact: `"${name}" is not a name that an environment variable can have.`,
      fix: 'Use letters, digits and underscores, and start with a letter or an underscore.',
      field: 'set',
      value: name,
    })
  if (value !== null && /[\r\n\0]/.test(value))
    throw new HeadroomError({
      code: 'ENV_VALUE_INVALID',
      fact: `The value of ${name} holds a line break or a NUL character, which programs that read env files do not agree on.`,
      fix: 'Give it on one line, for example in base64.',
      field: 'set',
      value: name,
    })
}

function entriesOf(lines: readonly string[]): Entry[] {
  const entries: Entry[] = []
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] as string
    const parts = HEAD.exec(line)
    if (!parts) continue
    const head = parts[0]
    const rest = line.slice(head.length)
    const quote = rest.startsWith('"') ? '"' : rest.startsWith("'") ? "'" : ''
    const name = parts[2] ?? ''
    if (quote === '') {
      const tail = /(?:^|[ \t])[ \t]*#.*$|[ \t]+$/.exec(rest)?.[0] ?? ''
      entries.push({ name, from: at, to: at + 1, head, tail, quote })
      continue
    }
    const closing = closingQuote(lines, at, head.length + 1, quote)
    // A quote that is never closed is part of the value.
    if (closing === null) {
      entries.push({ name, from: at, to: at + 1, head, tail: '', quote: '' })
      continue
    }
    const tail = (lines[closing.line] as string).slice(closing.column + 1)
    entries.push({ name, from: at, to: closing.line + 1, head, tail, quote })
    at = closing.line
  }
  return entries
}

function closingQuote(lines: readonly string[], line: number, from: number, quote: string) {
  for (let at = line; at < lines.length; at += 1) {
    const text = lines[at] as string
    for (let column = at === line ? from : 0; column < text.length; column += 1) {
      if (quote === '"' && text[column] === '\\') column += 1
      else if (text[column] === quote) return { line: at, column }
    }
  }
  return null
}

/**
 * A value without quotes stays so while it holds no character that needs them and that it did not hold before: readers
 * such as `docker run --env-file` take quotes for a part of the value.
 */
function quotedAs(value: string, { quote, from, head, tail }: Entry, lines: readonly string[]): string {
  const before = (lines[from] as string).slice(head.length, tail === '' ? undefined : -tail.length)
  const bare = quote === '' && before !== '' && !/^['"]|\s/.test(value)
  if (bare && [...value].every((character) => PLAIN.test(character) || before.includes(character))) return value
  return quoted(value, quote)
}

/** In the quotes the value had, where they can hold the new one. */
function quoted(value: string, before: Entry['quote']): string {
  if (before === '' && PLAIN.test(value)) return value
  if (before !== '"' && !value.includes("'")) return `'${value}'`
  return `"${value.replace(/[\\"$`]/g, '\\$&')}"`
}
