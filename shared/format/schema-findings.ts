import type * as z from 'zod'
import { nearest } from './nearest.ts'

export type PathStep = string | number
/** What is wrong at a path of a value; `at` says whether the key or its value is at fault. */
export interface Finding {
  path: readonly PathStep[]
  message: string
  at?: 'value' | 'key'
}
type Issue = z.core.$ZodIssue
/** The parts of a schema that are walked to learn which keys a map may have. */
interface Definition {
  type: string
  shape?: Record<string, z.ZodType>
  innerType?: z.ZodType
  element?: z.ZodType
  valueType?: z.ZodType
  options?: readonly z.ZodType[]
  in?: z.ZodType
  getter?: () => z.ZodType
}

/** The issues of a failed parse in plain words, one finding a fault; a union tells about the member that fits best. */
export function findingsOf(issues: readonly Issue[], schema: z.ZodType, value: unknown): Finding[] {
  return issues.flatMap((issue) => findingsOfIssue(issue, [], schema, value))
}

function findingsOfIssue(issue: Issue, base: readonly PathStep[], schema: z.ZodType, value: unknown): Finding[] {
  const path = [...base, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))]
  const found = valueAt(value, path)
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const known = knownKeys(schema, path)
        const near = nearest(key, known)
        const hint = near
          ? `did you mean "${near}"?`
          : known.length > 0
            ? `known here: ${known.join(', ')}`
            : 'nothing may stand here'
        return { path: [...path, key], at: 'key', message: `unknown key "${key}"; ${hint}` }
      })
    case 'invalid_type':
      if (!found.present) return [{ path, message: 'is missing' }]
      return [{ path, message: `needs ${typeWord(issue.expected)}; found ${described(found.value)}` }]
    case 'invalid_value': {
      if (!found.present) return [{ path, message: 'is missing' }]
      const known = issue.values.map(String)
      const near = typeof found.value === 'string' ? nearest(found.value, known) : null
      const hint = near && known.length > 1 ? `; did you mean "${near}"?` : ''
      return [
        {
          path,
          message: `must be ${known.length === 1 ? '' : 'one of '}${known.join(', ')}; found ${described(found.value)}${hint}`,
        },
      ]
    }
    case 'invalid_union':
      return findingsOfUnion(issue, path, schema, value)
    case 'invalid_key':
      return [
        {
          path,
          at: 'key',
          message: `is not a name that may stand here: ${issue.issues.map((inner) => inner.message).join(', ')}`,
        },
      ]
    case 'too_small':
      return [
        ownWords(issue, path, found.value) ?? {
          path,
          message: bound('at least', issue.origin, Number(issue.minimum), issue.inclusive !== false),
        },
      ]
    case 'too_big':
      return [
        ownWords(issue, path, found.value) ?? {
          path,
          message: bound('at most', issue.origin, Number(issue.maximum), issue.inclusive !== false),
        },
      ]
    default:
      return [{ path, message: `${lowerFirst(issue.message)}; found ${described(found.value)}` }]
  }
}

/** What the schema itself says about a bound, where it says more than the parser does. */
function ownWords(issue: Issue, path: readonly PathStep[], value: unknown): Finding | null {
  if (/^(Too (small|big)|Invalid)\b/.test(issue.message)) return null
  return { path, message: `${lowerFirst(issue.message)}; found ${described(value)}` }
}

/** The member of a union whose complaints are fewest: a wrong kind of value weighs most, then an unknown key without a near one. */
function findingsOfUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: readonly PathStep[],
  schema: z.ZodType,
  value: unknown,
): Finding[] {
  const found = valueAt(value, path)
  if (!found.present) return [{ path, message: 'is missing' }]
  const members = issue.errors.map((errors) => {
    const findings = errors.flatMap((inner) => findingsOfIssue(inner, path, schema, value))
    const weight = findings.reduce((sum, finding) => {
      if (finding.path.length === path.length) return sum + 100
      if (finding.message.includes('did you mean')) return sum + 1
      return sum + (finding.at === 'key' ? 3 : 2)
    }, 0)
    return { findings, weight }
  })
  const best = members.sort((a, b) => a.weight - b.weight)[0]
  if (!best) return [{ path, message: `is none of the forms that may stand here; found ${described(found.value)}` }]
  if (best.weight < 100) return best.findings
  const wanted = [
    ...new Set(
      members.flatMap((member) => member.findings.map((finding) => finding.message.replace(/; found .*$/, ''))),
    ),
  ]
  return [{ path, message: `${wanted.join(', or ')}; found ${described(found.value)}` }]
}

/** The keys a map at `path` may have, by the schema; members of a union are put together. */
function knownKeys(schema: z.ZodType, path: readonly PathStep[]): string[] {
  let here: z.ZodType[] = [schema]
  for (const step of path) here = here.flatMap((one) => inside(one, step, 0))
  return [...new Set(here.flatMap((one) => shapesOf(one, 0).flatMap((shape) => Object.keys(shape))))]
}

const definition = (schema: z.ZodType): Definition => schema.def as unknown as Definition

function unwrapped(schema: z.ZodType): z.ZodType[] | null {
  const { type, innerType, options, getter, in: input } = definition(schema)
  if (type === 'union' && options) return [...options]
  if (type === 'lazy' && getter) return [getter()]
  if (type === 'pipe' && input) return [input]
  if (innerType) return [innerType]
  return null
}

function inside(schema: z.ZodType, step: PathStep, depth: number): z.ZodType[] {
  if (depth > 20) return []
  const members = unwrapped(schema)
  if (members) return members.flatMap((member) => inside(member, step, depth + 1))
  const { type, shape, element, valueType } = definition(schema)
  if (type === 'object') return shape?.[String(step)] ? [shape[String(step)] as z.ZodType] : []
  if (type === 'array') return element && typeof step === 'number' ? [element] : []
  if (type === 'record') return valueType ? [valueType] : []
  return []
}

function shapesOf(schema: z.ZodType, depth: number): Record<string, z.ZodType>[] {
  if (depth > 20) return []
  const members = unwrapped(schema)
  if (members) return members.flatMap((member) => shapesOf(member, depth + 1))
  const { type, shape } = definition(schema)
  return type === 'object' && shape ? [shape] : []
}

function valueAt(value: unknown, path: readonly PathStep[]): { present: boolean; value: unknown } {
  let here: unknown = value
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step))
      return { present: false, value: undefined }
    here = (here as Record<PathStep, unknown>)[step]
  }
  return { present: here !== undefined, value: here }
}

const TYPE_WORDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  null: 'nothing',
}
const typeWord = (expected: string): string => TYPE_WORDS[expected] ?? expected

function described(value: unknown): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  if (typeof value === 'string') return `the text "${value.length > 60 ? `${value.slice(0, 57)}...` : value}"`
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : `a ${typeof value}`
}

function bound(word: string, origin: string, limit: number, inclusive: boolean): string {
  if (origin === 'array' || origin === 'set') return `needs ${word} ${limit} ${limit === 1 ? 'entry' : 'entries'}`
  if (origin === 'string')
    return limit === 1 && word === 'at least' ? 'must not be empty' : `must have ${word} ${limit} characters`
  if (inclusive) return `must be ${word} ${limit}`
  return `must be ${word === 'at least' ? 'more' : 'less'} than ${limit}`
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)
