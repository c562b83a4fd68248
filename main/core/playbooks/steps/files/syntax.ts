import { HeadroomError } from '../../../../../shared/model/problem.ts'
import { placesOf, quoteFor, type Place as ShellPlace } from '../../../../../shared/playbook/shell-place.ts'
import { piecesOf } from '../../../../../shared/playbook/template.ts'
import type { PlanContext, RunContext } from '../step.ts'
import { insertedValue, type Value } from './texts.ts'

export type Syntax = 'text' | 'shell' | 'json' | 'yaml' | 'env'

/** From the end of a path: what a file of that name is read as. */
export function syntaxOf(path: string): Syntax {
  if (/\.(?:sh|bash)$/.test(path)) return 'shell'
  if (/\.json$/.test(path)) return 'json'
  if (/\.ya?ml$/.test(path)) return 'yaml'
  return /(?:^|\/)[^/]*\.env(?:\.[^/]*)?$/.test(path) ? 'env' : 'text'
}

/** What a filled template says, what may be shown of it, and which lines of the old file may hold an old secret of it. */
export interface Filled {
  real: string
  shown: string
  later: boolean
  secrets: { name: string; value: string }[]
  /** What stands around a secret in each line that has one. */
  around: { head: string; tail: string; name: string }[]
}

/**
 * A template with each value quoted for its place: as shell text, within YAML, JSON or an env file, or as it is. `raw`
 * insertions go in as they are.
 * @throws TEMPLATE_PLACE where no quoting is safe, PARAMETER_UNKNOWN
 */
export function fill(template: string, syntax: Syntax, context: PlanContext | RunContext): Filled {
  const pieces = piecesOf(template)
  const places = syntax === 'shell' ? placesOf(pieces.map((piece) => ('text' in piece ? piece.text : null))) : []
  const filled: Filled = { real: '', shown: '', later: false, secrets: [], around: [] }
  let inserted = 0
  for (const piece of pieces) {
    if ('text' in piece) {
      filled.real += piece.text
      filled.shown += piece.text
      continue
    }
    const value = insertedValue(piece.name, context)
    const place = places[inserted++]
    const put = (text: string) => (piece.raw ? text : quoteIn(syntax, text, filled.shown, piece.name, place))
    filled.real += put(value.real)
    filled.shown += put(value.shown)
    note(filled, piece.name, value, template.slice(piece.at))
  }
  return filled
}

function note(filled: Filled, name: string, value: Value, rest: string): void {
  filled.later ||= value.later
  if (!value.secret) return
  if (!value.later) filled.secrets.push({ name, value: value.real })
  const head = filled.shown.slice(filled.shown.lastIndexOf('\n') + 1).split('‹')[0] ?? ''
  const tail = (rest.split('\n')[0] ?? '').split('}}').at(-1) ?? ''
  if (head.trim() !== '') filled.around.push({ head, tail, name })
}

/** The old text with what stands where the template has a secret replaced by its name. */
export function hideAround(text: string, around: Filled['around']): string {
  if (around.length === 0) return text
  return text
    .split('\n')
    .map((line) => {
      const found = around.find(
        ({ head, tail }) => line.startsWith(head) && line.endsWith(tail) && line.length > head.length + tail.length,
      )
      return found ? `${found.head}‹${found.name}›${found.tail}` : line
    })
    .join('\n')
}

function quoteIn(syntax: Syntax, value: string, before: string, name: string, place: ShellPlace | undefined): string {
  if (syntax === 'shell') return quoteFor(place ?? 'bare', value, name)
  if (syntax === 'text') return value
  const line = before.slice(before.lastIndexOf('\n') + 1)
  const quote = openQuote(line, syntax)
  if (syntax === 'env') {
    if (quote === "'" && value.includes("'"))
      throw unsafe(name, 'in single quotes of an env file and holds one itself', 'Write double quotes around it.')
    if (quote === '"') return value.replace(/[\\"$`]/g, '\\$&')
    if (quote === "'" || /^[A-Za-z0-9_@%+:,./=-]*$/.test(value)) return value
    return value.includes("'") ? `"${value.replace(/[\\"$`]/g, '\\$&')}"` : `'${value}'`
  }
  if (quote === "'") return value.replaceAll("'", "''")
  if (quote === '"') return JSON.stringify(value).slice(1, -1)
  const whole = syntax === 'json' ? /[:[,]\s*$|^\s*$/.test(line) : /(?:[:[{,-]\s+|^\s*)$/.test(line)
  const plain =
    /^-?\d+(?:\.\d+)?$|^(?:true|false)$/.test(value) ||
    (syntax === 'yaml' && /^[A-Za-z_/][A-Za-z0-9_./@+-]*$/.test(value) && !/^(?:yes|no|on|off|y|n|null)$/i.test(value))
  if (plain) return value
  if (whole) return JSON.stringify(value)
  if (/^[A-Za-z0-9_./@+-]*$/.test(value)) return value
  throw unsafe(
    name,
    'in the middle of a plain word, and its value has characters that end it',
    'Write double quotes around the whole word.',
  )
}

function openQuote(line: string, syntax: Syntax): '"' | "'" | null {
  let open: '"' | "'" | null = null
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at]
    if (open === '"' && character === '\\') at += 1
    else if (character === open) open = null
    else if (open === null && (character === '"' || (character === "'" && syntax !== 'json'))) {
      const starts = at === 0 || /[\s:[{,=(-]/.test(line[at - 1] ?? '')
      if (starts) open = character
    }
  }
  return open
}

const unsafe = (name: string, where: string, fix: string) =>
  new HeadroomError({
    code: 'TEMPLATE_PLACE',
    fact: `\${{ ${name} }} stands ${where}.`,
    fix,
    field: name,
  })
