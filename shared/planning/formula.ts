import { nearest } from '../format/nearest.ts'
import { HeadroomError } from '../model/problem.ts'
import { BINARY, type BinaryOp, type FunctionName, ONE_VALUE, SOME_VALUES } from './formula-arithmetic.ts'

/**
 * Formulas over the names of drivers and of demand resources, such as "ceil(memory / 8e9)" or "max(2, cpu / 0.7)".
 * Numbers may have an exponent and `_` between digits. Loosest first: one comparison (1 when it holds, else 0), + and -,
 * * and /, a sign, ^ (from the right, and before a sign: -2^2 is -4). An id with hyphens is one name where it is known,
 * the longest first; "a - b" with spaces always subtracts.
 */
export interface Formula {
  text: string
  root: FormulaNode
}
export type FormulaNode =
  | { kind: 'number'; value: number }
  | { kind: 'name'; name: string }
  | { kind: 'negate'; of: FormulaNode }
  | { kind: 'binary'; op: BinaryOp; left: FormulaNode; right: FormulaNode }
  | { kind: 'call'; name: FunctionName; of: FormulaNode[] }

/** Text from a file is parsed on every load: both limits keep a hostile one cheap and the stack shallow. */
export const FORMULA_LENGTH = 1000
const FORMULA_DEPTH = 50

/** A formula that cannot be read. `at` is the offset of the fault in its text, from 0. */
export class FormulaError extends HeadroomError {
  readonly at: number
  constructor(text: string, at: number, fact: string, fix: string) {
    super({ code: 'FORMULA_INVALID', fact, fix, field: 'formula', value: text, details: { at: String(at) } })
    this.name = 'FormulaError'
    this.at = at
  }
}

const BINDS: Readonly<Record<BinaryOp, number>> = {
  '>': 1,
  '>=': 1,
  '<': 1,
  '<=': 1,
  '==': 1,
  '!=': 1,
  '+': 2,
  '-': 2,
  '*': 3,
  '/': 3,
  '^': 5,
}
const SIGN_BINDS = 4

export const FUNCTIONS: readonly string[] = [...Object.keys(SOME_VALUES), ...Object.keys(ONE_VALUE)]
const isFunction = (name: string): name is FunctionName => FUNCTIONS.includes(name)

type Token = { kind: 'number' | 'name' | 'sign' | 'end'; text: string; at: number }

/**
 * @param known the names it may use, in the order in which hints list them
 * @throws FormulaError whose message tells the offset, what was found, and the nearest known name
 */
export function parseFormula(text: string, known: readonly string[]): Formula {
  if (text.length > FORMULA_LENGTH)
    throw new FormulaError(
      text.slice(0, 60),
      FORMULA_LENGTH,
      `the formula has ${text.length} characters.`,
      `Keep it within ${FORMULA_LENGTH}.`,
    )
  const tokens = tokensOf(text, known)
  let next = 0
  const peek = (): Token => tokens[next] as Token
  const take = (): Token => tokens[next++] as Token
  const fail = (token: Token, wanted: string): never => {
    const found = token.kind === 'end' ? 'the formula ends' : `"${token.text}" stands`
    throw new FormulaError(text, token.at, `${found} at character ${token.at + 1}, where ${wanted} is needed.`, HELP)
  }
  const expectSign = (sign: string, wanted: string): void => {
    if (peek().kind !== 'sign' || peek().text !== sign) fail(peek(), wanted)
    next += 1
  }

  function expression(binds: number, depth: number): FormulaNode {
    if (depth > FORMULA_DEPTH)
      throw new FormulaError(text, peek().at, `the formula is nested more than ${FORMULA_DEPTH} deep.`, 'Simplify it.')
    let left = operand(depth)
    let compared = false
    for (;;) {
      const token = peek()
      if (token.kind !== 'sign' || !(token.text in BINDS)) return left
      const op = token.text as BinaryOp
      const strength = BINDS[op]
      if (strength < binds) return left
      if (strength === 1 && compared)
        throw new FormulaError(
          text,
          token.at,
          `a second comparison stands at character ${token.at + 1}.`,
          'Put each in parentheses, such as (a > 1) * (a < 9).',
        )
      compared ||= strength === 1
      next += 1
      left = { kind: 'binary', op, left, right: expression(op === '^' ? SIGN_BINDS : strength + 1, depth + 1) }
    }
  }

  function operand(depth: number): FormulaNode {
    const token = take()
    if (token.kind === 'number') return { kind: 'number', value: Number(token.text.replaceAll('_', '')) }
    if (token.kind === 'sign' && token.text === '-') return { kind: 'negate', of: expression(SIGN_BINDS, depth + 1) }
    if (token.kind === 'sign' && token.text === '(') {
      const inside = expression(1, depth + 1)
      expectSign(')', '")"')
      return inside
    }
    if (token.kind !== 'name') return fail(token, 'a number, a name or "("')
    if (peek().kind === 'sign' && peek().text === '(') return call(token, depth)
    if (known.includes(token.text)) return { kind: 'name', name: token.text }
    throw unknownName(text, token, known)
  }

  function call(token: Token, depth: number): FormulaNode {
    const { text: name } = token
    if (!isFunction(name)) {
      const near = nearest(name, FUNCTIONS)
      throw new FormulaError(
        text,
        token.at,
        `unknown function "${name}" at character ${token.at + 1}${near ? `; did you mean "${near}"?` : '.'}`,
        `There are ${FUNCTIONS.join(', ')}.`,
      )
    }
    next += 1
    const of = [expression(1, depth + 1)]
    while (peek().kind === 'sign' && peek().text === ',') {
      next += 1
      of.push(expression(1, depth + 1))
    }
    expectSign(')', '"," or ")"')
    if (name in ONE_VALUE && of.length > 1)
      throw new FormulaError(
        text,
        token.at,
        `${name} at character ${token.at + 1} takes one value and got ${of.length}.`,
        'Write a decimal point for a decimal comma.',
      )
    return { kind: 'call', name, of }
  }

  const root = expression(1, 0)
  if (peek().kind !== 'end') fail(peek(), 'an operator or the end')
  return { text, root }
}

const HELP = `Write numbers, names, + - * / ^, comparisons, parentheses, and ${FUNCTIONS.join(', ')}.`

function unknownName(text: string, { text: name, at }: Token, known: readonly string[]): FormulaError {
  if (isFunction(name))
    return new FormulaError(
      text,
      at,
      `the function ${name} at character ${at + 1} has no values.`,
      `Write ${name}(...).`,
    )
  const near = nearest(name, known)
  const list = known.length === 0 ? 'The plan has no drivers or demands to name.' : `Known: ${known.join(', ')}.`
  return new FormulaError(
    text,
    at,
    `unknown name "${name}" at character ${at + 1}${near ? `; did you mean "${near}"?` : '.'}`,
    list,
  )
}

const NUMBER = /(?:\d+(?:_\d+)*(?:\.\d+(?:_\d+)*)?|\.\d+)(?:[eE][+-]?\d+)?/y
const NAME = /[A-Za-z_]\w*(?:-\w+)*/y
const SIGN = /[<>=!]=|[-+*/^(),<>]/y
const SPACE = /\s*/y

function tokensOf(text: string, known: readonly string[]): Token[] {
  const tokens: Token[] = []
  let at = 0
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0] ?? null
  }
  for (;;) {
    at += (match(SPACE) ?? '').length
    if (at >= text.length) break
    const number = match(NUMBER)
    const name = number === null ? match(NAME) : null
    const sign = number === null && name === null ? match(SIGN) : null
    const found = number ?? (name === null ? null : longestKnown(name, known)) ?? sign
    const kind = number !== null ? 'number' : name !== null ? 'name' : 'sign'
    if (found === null) {
      const what = text.slice(at, at + 1)
      throw new FormulaError(text, at, `"${what}" at character ${at + 1} has no meaning in a formula.`, HELP)
    }
    if (kind === 'number' && /[\w.]/.test(text.charAt(at + found.length)))
      throw new FormulaError(
        text,
        at,
        `the number at character ${at + 1} runs into "${text.charAt(at + found.length)}".`,
        'Write numbers as 1500, 1_500, 1.5 or 15e2, without a unit.',
      )
    tokens.push({ kind, text: found, at })
    at += found.length
  }
  tokens.push({ kind: 'end', text: '', at: text.length })
  return tokens
}

/** "object-storage-2" is the longest of its beginnings that is known; whole where none is, so that hints see all of it. */
function longestKnown(name: string, known: readonly string[]): string {
  for (let end = name.length; end > 0; end = name.lastIndexOf('-', end - 1)) {
    const part = name.slice(0, end)
    if (known.includes(part)) return part
  }
  return name
}

/** Every name it uses, once, in order of appearance. */
export function namesOf(formula: Formula): string[] {
  const names = new Set<string>()
  const visit = (node: FormulaNode): void => {
    if (node.kind === 'name') names.add(node.name)
    else if (node.kind === 'negate') visit(node.of)
    else if (node.kind === 'binary') {
      visit(node.left)
      visit(node.right)
    } else if (node.kind === 'call') for (const one of node.of) visit(one)
  }
  visit(formula.root)
  return [...names]
}

/** Its value; NaN or infinite where it divides by 0 or leaves a function's domain. */
export function evaluate(formula: Formula, values: (name: string) => number): number {
  const names = namesOf(formula)
  return compile(formula, (name) => names.indexOf(name))(Float64Array.from(names, values))
}

/** The formula as one closure over an array, for loops. `indexOf` says where in it each name's value stands. */
export function compile(formula: Formula, indexOf: (name: string) => number): (state: Float64Array) => number {
  return compiled(formula.root, indexOf)
}

function compiled(node: FormulaNode, indexOf: (name: string) => number): (state: Float64Array) => number {
  switch (node.kind) {
    case 'number': {
      const { value } = node
      return () => value
    }
    case 'name': {
      const at = indexOf(node.name)
      return (state) => state[at] as number
    }
    case 'negate': {
      const of = compiled(node.of, indexOf)
      return (state) => -of(state)
    }
    case 'binary': {
      const apply = BINARY[node.op]
      const left = compiled(node.left, indexOf)
      const right = compiled(node.right, indexOf)
      return (state) => apply(left(state), right(state))
    }
    case 'call': {
      const of = node.of.map((one) => compiled(one, indexOf))
      const first = of[0] as (state: Float64Array) => number
      if (node.name === 'min' || node.name === 'max') {
        const apply = SOME_VALUES[node.name]
        const rest = of.slice(1)
        return (state) => {
          let result = first(state)
          for (const one of rest) result = apply(result, one(state))
          return result
        }
      }
      const apply = ONE_VALUE[node.name]
      return (state) => apply(first(state))
    }
  }
}
