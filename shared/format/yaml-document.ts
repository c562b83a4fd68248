import type { Document, Node } from 'yaml'
import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml'
import type * as z from 'zod'
import { HeadroomError } from '../model/problem.ts'
import { type Finding, findingsOf, type PathStep } from './schema-findings.ts'

/** The longest file that is read, in characters, and the most aliases it may use. */
export const YAML_LIMITS = { characters: 2_000_000, aliases: 100 } as const
/** How many problems are listed before the rest is only counted. */
const LISTED = 50

/** A problem at a place in the file, lines and columns counted from 1. */
interface YamlProblem {
  line: number
  column: number
  path: string
  message: string
}

/** A further rule over a value that already has its shape, such as references between parts of it. */
export type YamlCheck<T> = (value: T) => readonly Finding[]

/**
 * Reads one YAML 1.2 document and checks it against a schema.
 * Every problem is found, not only the first: syntax, duplicate keys, unknown keys (with the nearest known one), wrong
 * types, missing keys, and what `check` finds in a value of the right shape.
 * @returns the schema's output
 * @throws HeadroomError YAML_INVALID; `details` has one entry a problem: "file:line:column path: message"
 */
export function parseYamlDocument<S extends z.ZodType>(
  text: string,
  fileName: string,
  schema: S,
  check?: YamlCheck<z.output<S>>,
): z.output<S> {
  if (text.length > YAML_LIMITS.characters) {
    throw invalid(fileName, [
      {
        line: 1,
        column: 1,
        path: '',
        message: `the file has ${text.length} characters; at most ${YAML_LIMITS.characters} are read`,
      },
    ])
  }
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    version: '1.2',
    uniqueKeys: true,
    strict: true,
    // Warnings are told with the problems; the library would print lines of the file otherwise.
    logLevel: 'error',
  })
  const at = (offset: number, path: readonly PathStep[], message: string): YamlProblem => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1), path: pathText(path), message }
  }

  const faults = [...document.errors, ...document.warnings]
  const exhausted = faults.find((error) => error.code === 'RESOURCE_EXHAUSTION')
  if (exhausted) throw invalid(fileName, [at(exhausted.pos[0], [], 'values are nested too deep to be read')])
  const problems: YamlProblem[] = faults.map((error) =>
    at(
      error.pos[0],
      [],
      error.code === 'DUPLICATE_KEY'
        ? `the key ${keyAt(text, error.pos[0])} is there twice in one map`
        : plain(error.message),
    ),
  )
  if (faults.some((error) => error.code !== 'DUPLICATE_KEY')) throw invalid(fileName, problems)
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    throw invalid(fileName, [{ line: 1, column: 1, path: '', message: 'the file holds no values' }])
  }

  const strange = strangeKey(document)
  if (strange !== null)
    throw invalid(fileName, [at(strange, [], 'a key of a map is one plain value, not a list or a map')])
  const aliases = countAliases(document)
  if (aliases.over !== null) {
    throw invalid(fileName, [at(aliases.over, [], `too many aliases: at most ${YAML_LIMITS.aliases} are read`)])
  }
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: YAML_LIMITS.aliases })
  } catch (error) {
    throw invalid(fileName, [
      at(
        aliases.first ?? 0,
        [],
        `an alias cannot be expanded: ${plain(error instanceof Error ? error.message : String(error))}`,
      ),
    ])
  }

  const result = schema.safeParse(value)
  const findings = result.success ? (check?.(result.data) ?? []) : findingsOf(result.error.issues, schema, value)
  for (const finding of findings) {
    problems.push(at(offsetOf(document, finding.path, finding.at), finding.path, finding.message))
  }
  if (problems.length > 0 || !result.success) throw invalid(fileName, problems)
  return result.data
}

function invalid(fileName: string, found: YamlProblem[]): HeadroomError {
  const problems = found
    .filter(
      (problem, index) => found.findIndex((other) => lineOf(fileName, other) === lineOf(fileName, problem)) === index,
    )
    .sort((a, b) => a.line - b.line || a.column - b.column)
  const details: Record<string, string> = {}
  problems.slice(0, LISTED).forEach((problem, index) => {
    details[String(index + 1)] = lineOf(fileName, problem)
  })
  if (problems.length > LISTED) details.more = `and ${problems.length - LISTED} more`
  const first = problems[0]
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  return new HeadroomError({
    code: 'YAML_INVALID',
    fact: `${fileName} has ${count}${first ? `; the first: ${lineOf(fileName, first)}` : ''}.`,
    fix: 'Correct the lines named and read the file again.',
    field: 'fileName',
    value: fileName,
    details,
  })
}

function lineOf(fileName: string, { line, column, path, message }: YamlProblem): string {
  return `${fileName}:${line}:${column} ${path === '' ? '' : `${path}: `}${message.replace(/\.$/, '')}`
}

/** `stages[0].lineItems[1].per`, the way the fields are written in the product's documents. */
function pathText(path: readonly PathStep[]): string {
  let text = ''
  for (const step of path) text += typeof step === 'number' ? `[${step}]` : text === '' ? step : `.${step}`
  return text
}

/** Where a path is in the text: its value, or its key, or the nearest container that is there. */
function offsetOf(document: Document.Parsed, path: readonly PathStep[], place: 'value' | 'key' = 'value'): number {
  let node: Node | null = resolved(document, document.contents)
  let offset = node?.range?.[0] ?? 0
  for (const [depth, step] of path.entries()) {
    if (isMap(node)) {
      // Of a key given twice the later value is the one read.
      const pair = node.items.findLast(
        (item) => String(isScalar(item.key) ? item.key.value : item.key) === String(step),
      )
      if (!isPair(pair)) return offset
      const key = pair.key as Node | null
      const value = resolved(document, pair.value as Node | null)
      if (depth === path.length - 1 && place === 'key') return key?.range?.[0] ?? offset
      const written = pair.value as Node | null
      offset = (isEmpty(written) ? key : written)?.range?.[0] ?? offset
      node = value
    } else if (isSeq(node) && typeof step === 'number') {
      const item = node.items[step] as Node | undefined
      if (!item) return offset
      offset = item.range?.[0] ?? offset
      node = resolved(document, item)
    } else return offset
  }
  return offset
}

/** A value that was left out (`name:` and nothing after it) has no place of its own. */
function isEmpty(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.value === null && node.source === '')
}

function resolved(document: Document.Parsed, node: Node | null | undefined): Node | null {
  if (isAlias(node)) return (node.resolve(document) as Node | undefined) ?? null
  return node ?? null
}

/** Where a key is a list, a map or an alias: as text it would be written out anew at every level above it. */
function strangeKey(document: Document.Parsed): number | null {
  let found: number | null = null
  visit(document, {
    Pair(_key, { key }) {
      if (key === null || isScalar(key)) return undefined
      found = (key as Node).range?.[0] ?? 0
      return visit.BREAK
    },
  })
  return found
}

/** Counts alias uses; `over` is the offset of the first one beyond the limit. */
function countAliases(document: Document.Parsed): { first: number | null; over: number | null } {
  let count = 0
  let first: number | null = null
  let over: number | null = null
  visit(document, {
    Alias(_key, node) {
      count += 1
      first ??= node.range?.[0] ?? 0
      if (count > YAML_LIMITS.aliases) over ??= node.range?.[0] ?? 0
    },
  })
  return { first, over }
}

/** The parser's own words without its line note, which is ours to give. */
function plain(message: string): string {
  const first = (message.split('\n')[0] ?? message).replace(/ at line \d+, column \d+:?$/, '').trim()
  return first.charAt(0).toLowerCase() + first.slice(1)
}

function keyAt(text: string, offset: number): string {
  return /^[^\s:,{}[\]]+/.exec(text.slice(offset, offset + 200))?.[0] ?? 'named'
}
