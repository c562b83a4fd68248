import { HeadroomError } from '../model/problem.ts'
import { hasLater } from './later.ts'
import { type Lookup, piecesOf } from './template.ts'

/**
 * The language of `when`:
 *
 *     condition  = all ("or" all)*
 *     all        = one ("and" one)*
 *     one        = "not" one | "(" condition ")" | value (("==" | "!=") value | "in" "[" value ("," value)* "]")?
 *     value      = ${{ name }} | "text" | 'text' | word
 *
 * A value alone holds if it is neither empty nor "false". Everything is compared as text.
 */
type Expression =
  | { kind: 'or' | 'and'; left: Expression; right: Expression }
  | { kind: 'not'; of: Expression }
  | { kind: 'in'; value: Operand; among: Operand[]; negated: boolean }
  | { kind: 'holds'; value: Operand }
type Operand = { name: string } | { text: string }
type Token = { kind: 'sign' | 'word' | 'text' | 'name'; text: string; at: number }

/**
 * Whether a condition holds; null where that turns on a later value (see later.ts).
 * @throws HeadroomError CONDITION_INVALID with the character at fault
 */
export function conditionHolds(condition: string, lookup: Lookup): boolean | null {
  return evaluate(parse(condition), lookup)
}

/** Throws as `conditionHolds` does, without any value. */
export function checkCondition(condition: string): void {
  parse(condition)
}

function evaluate(expression: Expression, lookup: Lookup): boolean | null {
  switch (expression.kind) {
    case 'or': {
      const sides = [evaluate(expression.left, lookup), evaluate(expression.right, lookup)]
      return sides.includes(true) ? true : sides.includes(null) ? null : false
    }
    case 'and': {
      const sides = [evaluate(expression.left, lookup), evaluate(expression.right, lookup)]
      return sides.includes(false) ? false : sides.includes(null) ? null : true
    }
    case 'not': {
      const holds = evaluate(expression.of, lookup)
      return holds === null ? null : !holds
    }
    case 'holds': {
      const value = valueFor(expression.value, lookup)
      return hasLater(value) ? null : value !== '' && value !== 'false'
    }
    case 'in': {
      const value = valueFor(expression.value, lookup)
      const among = expression.among.map((one) => valueFor(one, lookup))
      if (hasLater(value) || among.some(hasLater)) return null
      return among.includes(value) !== expression.negated
    }
  }
}

function valueFor(operand: Operand, lookup: Lookup): string {
  if ('text' in operand) return operand.text
  const value = lookup(operand.name)
  if (value !== undefined) return value
  throw new HeadroomError({
    code: 'PARAMETER_UNKNOWN',
    fact: `The condition uses \${{ ${operand.name} }}, but the playbook has no parameter of that name.`,
    fix: `Add a parameter "${operand.name}" or correct the name.`,
    field: operand.name,
  })
}

function parse(condition: string): Expression {
  const tokens = tokensOf(condition)
  let next = 0
  const peek = (): Token | undefined => tokens[next]
  const isSign = (...texts: string[]) => {
    const token = peek()
    return token?.kind === 'sign' && texts.includes(token.text)
  }
  const isWord = (text: string) => peek()?.kind === 'word' && peek()?.text === text
  const expect = (text: string) => {
    if (!isSign(text)) throw invalid(condition, peek()?.at ?? condition.length, `a "${text}" is missing here`)
    next += 1
  }
  const either = (): Expression => {
    let left = both()
    while (isWord('or')) {
      next += 1
      left = { kind: 'or', left, right: both() }
    }
    return left
  }
  const both = (): Expression => {
    let left = one()
    while (isWord('and')) {
      next += 1
      left = { kind: 'and', left, right: one() }
    }
    return left
  }
  const one = (): Expression => {
    if (isWord('not')) {
      next += 1
      return { kind: 'not', of: one() }
    }
    if (isSign('(')) {
      next += 1
      const inner = either()
      expect(')')
      return inner
    }
    const value = operand()
    if (isSign('==', '!=')) {
      const negated = isSign('!=')
      next += 1
      return { kind: 'in', value, among: [operand()], negated }
    }
    if (!isWord('in')) return { kind: 'holds', value }
    next += 1
    expect('[')
    const among = [operand()]
    while (isSign(',')) {
      next += 1
      among.push(operand())
    }
    expect(']')
    return { kind: 'in', value, among, negated: false }
  }
  const operand = (): Operand => {
    const token = peek()
    if (token === undefined || token.kind === 'sign' || (token.kind === 'word' && RESERVED.has(token.text)))
      throw invalid(condition, token?.at ?? condition.length, 'a value is missing here')
    next += 1
    return token.kind === 'name' ? { name: token.text } : { text: token.text }
  }
  const expression = either()
  const left = peek()
  if (left) throw invalid(condition, left.at, `"${left.text}" is too much here`)
  return expression
}

const RESERVED = new Set(['and', 'or', 'not', 'in'])
const PIECE = /\s+|(==|!=|[()[\],])|"([^"]*)"|'([^']*)'|([A-Za-z0-9_.:/+-]+)/y

function tokensOf(condition: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  for (const piece of piecesOf(condition)) {
    if ('name' in piece) {
      tokens.push({ kind: 'name', text: piece.name, at: piece.at })
      at = condition.indexOf('}}', piece.at) + 2
      continue
    }
    PIECE.lastIndex = 0
    while (PIECE.lastIndex < piece.text.length) {
      const start = PIECE.lastIndex
      const found = PIECE.exec(piece.text)
      if (!found) throw invalid(condition, at + start, `"${piece.text.slice(start, start + 10)}" is not understood`)
      const [, sign, double, single, word] = found
      if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, at: at + start })
      else if (double !== undefined || single !== undefined)
        tokens.push({ kind: 'text', text: double ?? single ?? '', at: at + start })
      else if (word !== undefined) tokens.push({ kind: 'word', text: word, at: at + start })
    }
    at += piece.text.length
  }
  return tokens
}

const invalid = (condition: string, at: number, why: string) =>
  new HeadroomError({
    code: 'CONDITION_INVALID',
    fact: `The condition "${condition}" cannot be read: at character ${at + 1}, ${why}.`,
    fix: 'Write it like ${{ os }} == "debian", ${{ role }} in [web, worker], or not ${{ dry_run }}; join with and, or, ( ).',
    field: 'when',
    value: condition,
  })
