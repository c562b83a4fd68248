import type { Formula, FormulaNode } from './formula.ts'
import { BINARY, ONE_VALUE, SOME_VALUES } from './formula-arithmetic.ts'

/** Puts what is asked of `count` states into a column. Of the states, each column that is read has one entry a state. */
export type Fill = (states: readonly Float64Array[], count: number, into: Float64Array) => void

/** The values of a part of a formula, in a column that may be a state's own and is not to be written to. */
type Part = (states: readonly Float64Array[], count: number) => Float64Array
type Loop = (left: Float64Array, right: Float64Array, into: Float64Array, count: number) => void
type OneLoop = (of: Float64Array, into: Float64Array, count: number) => void

/**
 * The same as `compile`, to the digit, for many states at once: each part of the formula is one short loop over a column.
 * `indexOf` says which of the states' columns holds a name.
 */
export function compileColumns(formula: Formula, indexOf: (name: string) => number): Fill {
  const root = part(formula.root, indexOf)
  return (states, count, into) => {
    const values = root(states, count)
    for (let i = 0; i < count; i += 1) into[i] = values[i] as number
  }
}

/** A column for a part's values, made longer when more states come. */
function room(value = 0): (count: number) => Float64Array {
  let column = new Float64Array(0)
  return (count) => {
    if (column.length < count) column = new Float64Array(count).fill(value)
    return column
  }
}

function part(node: FormulaNode, indexOf: (name: string) => number): Part {
  const take = room(node.kind === 'number' ? node.value : 0)
  switch (node.kind) {
    case 'number':
      return (_, count) => take(count)
    case 'name': {
      const at = indexOf(node.name)
      return (states) => states[at] as Float64Array
    }
    case 'negate':
      return one(part(node.of, indexOf), negate, take)
    case 'binary':
      return two(part(node.left, indexOf), part(node.right, indexOf), LOOPS[node.op] ?? loopOf(BINARY[node.op]), take)
    case 'call': {
      const of = node.of.map((each) => part(each, indexOf))
      const first = of[0] as Part
      if (node.name !== 'min' && node.name !== 'max') {
        const apply = ONE_VALUE[node.name]
        return one(first, node.name === 'ceil' ? ceil : oneLoopOf(apply), take)
      }
      const loop = node.name === 'min' ? min : max
      return of.slice(1).reduce((left, right) => two(left, right, loop, room()), first)
    }
  }
}

const one =
  (of: Part, loop: OneLoop, take: (count: number) => Float64Array): Part =>
  (states, count) => {
    const into = take(count)
    loop(of(states, count), into, count)
    return into
  }

const two =
  (left: Part, right: Part, loop: Loop, take: (count: number) => Float64Array): Part =>
  (states, count) => {
    const into = take(count)
    loop(left(states, count), right(states, count), into, count)
    return into
  }

// Loops of their own for what most formulas are made of: a call of a function that differs from loop to loop takes longer
// than the arithmetic.
const negate: OneLoop = (of, into, count) => {
  for (let i = 0; i < count; i += 1) into[i] = -(of[i] as number)
}
const ceil: OneLoop = (of, into, count) => {
  for (let i = 0; i < count; i += 1) into[i] = ONE_VALUE.ceil(of[i] as number)
}
const min: Loop = (left, right, into, count) => {
  for (let i = 0; i < count; i += 1) into[i] = SOME_VALUES.min(left[i] as number, right[i] as number)
}
const max: Loop = (left, right, into, count) => {
  for (let i = 0; i < count; i += 1) into[i] = SOME_VALUES.max(left[i] as number, right[i] as number)
}
const LOOPS: Partial<Record<keyof typeof BINARY, Loop>> = {
  '+': (left, right, into, count) => {
    for (let i = 0; i < count; i += 1) into[i] = (left[i] as number) + (right[i] as number)
  },
  '-': (left, right, into, count) => {
    for (let i = 0; i < count; i += 1) into[i] = (left[i] as number) - (right[i] as number)
  },
  '*': (left, right, into, count) => {
    for (let i = 0; i < count; i += 1) into[i] = (left[i] as number) * (right[i] as number)
  },
  '/': (left, right, into, count) => {
    for (let i = 0; i < count; i += 1) into[i] = (left[i] as number) / (right[i] as number)
  },
}
const loopOf =
  (apply: (a: number, b: number) => number): Loop =>
  (left, right, into, count) => {
    for (let i = 0; i < count; i += 1) into[i] = apply(left[i] as number, right[i] as number)
  }
const oneLoopOf =
  (apply: (x: number) => number): OneLoop =>
  (of, into, count) => {
    for (let i = 0; i < count; i += 1) into[i] = apply(of[i] as number)
  }
