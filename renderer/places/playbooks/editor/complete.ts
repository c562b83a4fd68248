import * as z from 'zod'
import { FileStepSchema, PlaybookSchema } from '../../../../shared/playbook/schema.ts'

/** What may stand at the cursor: `from` is where the word under it begins, as an offset in the text. */
export interface Completions {
  from: number
  options: { label: string; detail: string | null; apply: string }[]
}

interface JsonSchema {
  type?: string
  const?: unknown
  enum?: unknown[]
  description?: string
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  $ref?: string
  $defs?: Record<string, JsonSchema>
}

let cached: { playbook: JsonSchema; steps: ReadonlyMap<string, JsonSchema> } | null = null

/** The schema of the file, and of each kind of step. */
function schemas() {
  if (cached) return cached
  const playbook = z.toJSONSchema(PlaybookSchema, { io: 'input' }) as JsonSchema
  const union = z.toJSONSchema(FileStepSchema, { io: 'input' }) as JsonSchema
  const steps = new Map<string, JsonSchema>()
  for (const one of union.oneOf ?? union.anyOf ?? []) {
    const kind = one.properties?.kind?.const
    if (typeof kind === 'string') steps.set(kind, one)
  }
  cached = { playbook, steps }
  return cached
}

/**
 * What can be written at an offset: names within `${{ … }}`, keys of the map the line belongs to, and the words a key may
 * have. Works on text that is half written, so it goes by indentation and not by a parsed document.
 * @param playbooks ids of the other playbooks
 */
export function completionsAt(text: string, offset: number, playbooks: readonly string[]): Completions | null {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1
  const line = text.slice(lineStart, offset)
  const insertion = /\$\{\{\s*(?:raw\s+)?([\w.-]*)$/.exec(line)
  if (insertion) {
    const word = insertion[1] ?? ''
    return { from: offset - word.length, options: namesBefore(text, offset) }
  }
  const place = placeOf(text.slice(0, lineStart), line, text.slice(offset))
  const value = /^\s*(?:-\s+)?([A-Za-z_]+):\s+(\S*)$/.exec(line)
  if (value) {
    const [, key = '', word = ''] = value
    const words = wordsFor(place, key, text, playbooks)
    return words.length === 0
      ? null
      : { from: offset - word.length, options: words.map((label) => ({ label, detail: null, apply: label })) }
  }
  const key = /^(\s*)(?:-\s+)?([A-Za-z_]*)$/.exec(line)
  if (!key) return null
  const word = key[2] ?? ''
  const schema = schemaOf(place)
  const options = Object.entries(schema?.properties ?? {})
    .filter(([name]) => !place.keys.has(name) || name === word)
    .map(([name, one]) => ({
      label: name,
      detail:
        [schema?.required?.includes(name) ? 'required' : null, one.description ?? null].filter(Boolean).join(': ') ||
        null,
      apply: `${name}: `,
    }))
  return options.length === 0 ? null : { from: offset - word.length, options }
}

interface Place {
  /** Such as `steps[]` or `steps[].source`. */
  path: string
  keys: ReadonlySet<string>
  /** Of the step or parameter that the line belongs to. */
  kind: string | null
}

/** Which map a line belongs to, by the indentation of the lines above it. */
function placeOf(before: string, line: string, after: string): Place {
  const above = before.split('\n').slice(0, -1)
  let indent = indentOf(line)
  const item = /^\s*-\s/.test(line)
  if (item) indent += 2
  const own = indent
  const path: string[] = []
  const keys = new Set<string>()
  let kind: string | null = null
  let listAt = item ? indent - 2 : -1
  const below = after.split('\n').slice(1)
  const entry = (text: string, at: number) => {
    const found = /^(?:-\s+)?([A-Za-z_]+):\s*(.*)$/.exec(text)
    if (!found) return
    if (at === own) keys.add(found[1] ?? '')
    if (found[1] === 'kind' && kind === null && at <= own) kind = (found[2] ?? '').trim() || null
  }
  let closed = item
  for (const one of above.toReversed()) {
    const bare = one.trim()
    if (bare === '' || bare.startsWith('#')) continue
    const at = indentOf(one)
    const starts = /^\s*-\s/.test(one)
    const inner = starts ? at + 2 : at
    if (!closed && inner === own && listAt === -1) {
      entry(bare, own)
      if (starts) {
        listAt = at
        closed = true
      }
      continue
    }
    if (starts && inner === indent && listAt === -1) {
      listAt = at
      continue
    }
    if (at < indent && (listAt === -1 || at <= listAt)) {
      const found = /^(?:-\s+)?([A-Za-z_]+):\s*$/.exec(bare)
      if (found && !(listAt !== -1 && at === listAt && starts)) {
        path.unshift(listAt === -1 ? (found[1] ?? '') : `${found[1]}[]`)
        indent = starts ? at + 2 : at
        listAt = starts ? at : -1
        // Within the outer map: its kind says which step it is.
        if (kind === null) kind = kindAround(above.slice(0, above.lastIndexOf(one)), below, indent, starts)
        if (indent === 0) break
      }
    }
  }
  for (const one of below) {
    if (one.trim() === '') continue
    if (indentOf(one) < own || (/^\s*-\s/.test(one) && indentOf(one) === own - 2)) break
    if (indentOf(one) === own) entry(one.trim(), own)
  }
  return { path: path.join('.'), keys, kind }
}

function kindAround(above: readonly string[], below: readonly string[], indent: number, first: boolean): string | null {
  if (indent === 0) return null
  const read = (line: string) => /^\s*(?:-\s+)?kind:\s*(\S+)/.exec(line)?.[1] ?? null
  if (!first)
    for (const line of above.toReversed()) {
      const starts = /^\s*-\s/.test(line)
      const at = indentOf(line) + (starts ? 2 : 0)
      if (at === indent && read(line)) return read(line)
      if (at === indent && starts) break
    }
  for (const line of below) {
    if (/^\s*-\s/.test(line) && indentOf(line) < indent) break
    if (indentOf(line) === indent && read(line)) return read(line)
  }
  return null
}

function schemaOf({ path, kind }: Place): JsonSchema | undefined {
  const { playbook, steps } = schemas()
  if (path === '') return playbook
  const [head, ...rest] = path.split('.')
  if (head === 'parameters[]' && rest.length === 0) return playbook.properties?.parameters?.items
  if (head !== 'steps[]') return undefined
  if (rest.length === 0) return kind === null ? anyStep() : (steps.get(kind) ?? anyStep())
  let schema: JsonSchema | undefined = kind === null ? undefined : steps.get(kind)
  for (const part of rest) {
    const one: JsonSchema | undefined = schema?.properties?.[part.replace(/\[\]$/, '')]
    schema = part.endsWith('[]') ? one?.items : one
  }
  return schema
}

/** Before the kind is known: what every step has. */
function anyStep(): JsonSchema {
  const run = schemas().steps.get('run')
  const names = ['id', 'name', 'kind', 'when', 'optional']
  const properties = Object.fromEntries(
    names.flatMap((name) => (run?.properties?.[name] ? [[name, run.properties[name]]] : [])),
  )
  return { properties, required: ['id', 'name', 'kind'] }
}

function wordsFor(place: Place, key: string, text: string, playbooks: readonly string[]): string[] {
  if (place.path === 'steps[]' && key === 'kind') return [...schemas().steps.keys()]
  if (place.path === 'steps[]' && key === 'playbook') return [...playbooks]
  if (place.path.startsWith('steps[]') && (key === 'host' || key === 'hosts'))
    return parametersOf(text)
      .filter(({ type }) => type === 'host' || type === 'hosts')
      .map(({ name }) => `\${{ ${name} }}`)
  const schema = schemaOf(place)?.properties?.[key]
  const words = (one: JsonSchema | undefined): string[] => {
    if (!one) return []
    if (one.type === 'boolean') return ['true', 'false']
    if (one.const !== undefined) return [String(one.const)]
    return [...(one.enum ?? []).map(String), ...(one.anyOf ?? one.oneOf ?? []).flatMap(words)]
  }
  return [...new Set(words(schema))]
}

function parametersOf(text: string): { name: string; type: string }[] {
  const found: { name: string; type: string }[] = []
  const part = /^parameters:[ \t]*\n((?:[ \t]+.*\n|[ \t]*\n|-.*\n)*)/m.exec(`${text}\n`)?.[1] ?? ''
  for (const one of part.split(/^\s*-\s/m)) {
    const name = /(?:^|[\s{,])name:\s*["']?([a-z][a-z0-9_]*)/.exec(one)?.[1]
    if (name) found.push({ name, type: /(?:^|[\s{,])type:\s*["']?([a-z]+)/.exec(one)?.[1] ?? 'text' })
  }
  return found
}

/** Parameters, what earlier steps leave, and the server's own name and address. */
function namesBefore(text: string, offset: number): Completions['options'] {
  const options = parametersOf(text).map(({ name, type }) => ({ label: name, detail: type, apply: `${name} }}` }))
  const steps = text
    .slice(0, offset)
    .split(/^\s*-\s+(?=id:)/m)
    .slice(1)
  for (const step of steps.slice(0, -1)) {
    const id = /^id:\s*([a-z][a-z0-9-]*)/.exec(step)?.[1]
    const registers = /^\s+register:\s*(?:\{([^}]*)\}|\n((?:\s{6,}.*\n?)*))/m.exec(step)
    const body = registers?.[1] ?? registers?.[2] ?? ''
    for (const [, name = ''] of body.matchAll(/(?:^|[,{\n])\s*([a-z][a-z0-9_]*):/g))
      options.push({ label: `steps.${id}.${name}`, detail: 'later value', apply: `steps.${id}.${name} }}` })
  }
  for (const label of ['host.name', 'host.address'])
    options.push({ label, detail: 'of the server', apply: `${label} }}` })
  const closed = /^\s*\}\}/.test(text.slice(offset))
  return closed ? options.map((one) => ({ ...one, apply: one.label })) : options
}

const indentOf = (line: string): number => /^ */.exec(line)?.[0].length ?? 0
