import { HeadroomError } from '../model/problem.ts'
import { hasLater } from './later.ts'
import { type Place, placesOf, quoteFor } from './shell-place.ts'

/** A piece of a template: literal text, or an insertion `${{ name }}` or `${{ raw name }}`. `at` is its offset in the text. */
export type Piece = { text: string } | { name: string; raw: boolean; at: number }

/** A parameter, `steps.ID.NAME` of an earlier step, or `host.name` and `host.address` of the server a step runs on. */
const NAME = '[a-z][a-z0-9_-]*(?:\\.[a-z][a-z0-9_-]*)*'
const INSERTION = new RegExp(`\\$\\{\\{\\s*(?:(raw)\\s+)?(${NAME})\\s*\\}\\}`, 'g')

/**
 * Takes a template apart.
 * @throws HeadroomError TEMPLATE_INVALID for `${{` that does not hold a name
 */
export function piecesOf(template: string): Piece[] {
  const pieces: Piece[] = []
  let last = 0
  const literal = (text: string) => {
    const stray = text.indexOf('${{')
    if (stray >= 0) {
      throw new HeadroomError({
        code: 'TEMPLATE_INVALID',
        fact: `"${text.slice(stray, stray + 40)}" is not an insertion.`,
        fix: 'Write ${{ name }} with the name of a parameter, or ${{ steps.ID.NAME }} for what an earlier step printed.',
        value: text.slice(stray, stray + 40),
      })
    }
    if (text !== '') pieces.push({ text })
  }
  for (const match of template.matchAll(INSERTION)) {
    literal(template.slice(last, match.index))
    pieces.push({ name: match[2] ?? '', raw: match[1] !== undefined, at: match.index })
    last = match.index + match[0].length
  }
  literal(template.slice(last))
  return pieces
}

/** The parameter names a template uses, in order, each once. */
export function namesIn(template: string): string[] {
  return [...new Set(piecesOf(template).flatMap((piece) => ('name' in piece ? [piece.name] : [])))]
}

/** Whether any insertion of the template is raw. */
export function hasRaw(template: string): boolean {
  return piecesOf(template).some((piece) => 'name' in piece && piece.raw)
}

/** Looks a value up by parameter name; undefined when there is no such parameter. */
export type Lookup = (name: string) => string | undefined

/** The template with its values put in as they are: for words that are quoted as a whole later, and for fields that are not shell. */
export function expandPlain(template: string, lookup: Lookup): string {
  return piecesOf(template)
    .map((piece) => ('text' in piece ? piece.text : valueFor(piece.name, lookup)))
    .join('')
}

/**
 * The template as POSIX shell text. Each value is quoted for the place it stands in (bare, in double quotes, in single
 * quotes), so that it arrives unchanged; `raw` insertions go in as they are.
 * @throws HeadroomError TEMPLATE_PLACE where no quoting is safe (here-documents, back-quotes, comments, arithmetic)
 */
export function expandShell(template: string, lookup: Lookup): string {
  const pieces = piecesOf(template)
  const places = placesOf(pieces.map((piece) => ('text' in piece ? piece.text : null)))
  let index = 0
  return pieces
    .map((piece) => {
      if ('text' in piece) return piece.text
      const place = places[index++] as Place
      const value = valueFor(piece.name, lookup)
      if (piece.raw && hasLater(value)) throw rawLater(piece.name)
      if (piece.raw) return value
      return quoteFor(place, value, piece.name)
    })
    .join('')
}

/** The template with each insertion's name replaced; how it is written otherwise stays. */
export function renamed(template: string, rename: (name: string) => string): string {
  return piecesOf(template)
    .map((piece) => ('text' in piece ? piece.text : `\${{ ${piece.raw ? 'raw ' : ''}${rename(piece.name)} }}`))
    .join('')
}

/** Checks that each quoted insertion stands where quoting is safe, without any value. Throws as `expandShell` does. */
export function checkShell(template: string): void {
  expandShell(template, () => 'value')
}

const rawLater = (name: string) =>
  new HeadroomError({
    code: 'TEMPLATE_PLACE',
    fact: `\${{ raw ${name} }} would put what a command printed into shell text as it is.`,
    fix: 'Leave out "raw": it is then quoted.',
    field: name,
  })

function valueFor(name: string, lookup: Lookup): string {
  const value = lookup(name)
  if (value !== undefined) return value
  throw new HeadroomError({
    code: 'PARAMETER_UNKNOWN',
    fact: `The playbook uses \${{ ${name} }}, but has no parameter of that name.`,
    fix: `Add a parameter "${name}" or correct the name.`,
    field: name,
  })
}
