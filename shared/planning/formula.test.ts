import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate, FORMULA_LENGTH, FormulaError, namesOf, parseFormula } from './formula.ts'
import { compileColumns } from './formula-columns.ts'

const KNOWN = ['users', 'cpu', 'memory', 'object-storage', 'object', 'a', 'b', 'a-b']
const VALUES: Record<string, number> = {
  users: 1000,
  cpu: 3,
  memory: 17e9,
  'object-storage': 250,
  object: 7,
  a: 10,
  b: 4,
  'a-b': 99,
}
const value = (text: string) => evaluate(parseFormula(text, KNOWN), (name) => VALUES[name] ?? Number.NaN)
/** As a month's costs ask it: of the second of three states in columns. */
const inColumns = (text: string) => {
  const into = Float64Array.of(0, 0, 0)
  const states = KNOWN.map((name) => Float64Array.of(1, VALUES[name] ?? Number.NaN, 2))
  compileColumns(parseFormula(text, KNOWN), (name) => KNOWN.indexOf(name))(states, 3, into)
  return into[1]
}

describe('a formula', () => {
  it.each([
    ['2', 2],
    ['1e9', 1e9],
    ['1_000_000.5', 1_000_000.5],
    ['.5e-1', 0.05],
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 4 - 3', 3],
    ['64 / 4 / 2', 8],
    ['2 ^ 3 ^ 2', 512],
    ['-2 ^ 2', -4],
    ['2 ^ -1', 0.5],
    ['2 * -3', -6],
    ['--3', 3],
    ['9 ^ 0.5', 3],
    ['users / 100', 10],
    ['ceil(memory / 8e9)', 3],
    ['max(2, cpu / 0.7)', 3 / 0.7],
    ['min(9, 4, 6)', 4],
    ['max(1, 2, 3) + min(5)', 8],
    ['floor(2.9) + round(2.5) + round(-2.5)', 2],
    ['sqrt(16) + log2(8)', 7],
    ['ceil(log2(1024))', 10],
    ['ceil(0.3 / 0.1)', 3],
    ['floor(0.7 * 10 / 0.1 / 10)', 7],
    ['object-storage / 2', 125],
    ['object - 2', 5],
    ['object-2', 5],
    ['a-b', 99],
    ['a - b', 6],
    ['a -b', 6],
    ['(users > 500) * 3', 3],
    ['(users > 1000) + (users >= 1000) + (users < 1) + (users <= 1000) + (cpu == 3) + (cpu != 3)', 3],
    ['1 + 1 > 1', 1],
    ['1 + (2 < 1)', 1],
  ])('%s is %d', (text, expected) => {
    expect(value(text)).toBeCloseTo(expected, 12)
    expect(inColumns(text)).toBe(value(text))
  })

  it('names what it uses, once', () => {
    expect(namesOf(parseFormula('max(users, cpu) + users * object-storage', KNOWN))).toEqual([
      'users',
      'cpu',
      'object-storage',
    ])
  })

  it('is not a number where it has no value', () => {
    expect(value('1 / 0')).toBe(Number.POSITIVE_INFINITY)
    expect(value('0 / 0')).toBeNaN()
    expect(value('max(0 / 0, 1)')).toBeNaN()
    expect(value('max(1, 0 / 0)')).toBeNaN()
    expect(value('min(1, 0 / 0)')).toBeNaN()
    expect(value('sqrt(-1)')).toBeNaN()
    expect(value('log2(-1)')).toBeNaN()
    expect(value('(-2) ^ 0.5')).toBeNaN()
    for (const text of ['0 / 0', 'max(1, 0 / 0)', 'min(0 / 0, 1)', 'sqrt(-1)', '1 / 0'])
      expect(inColumns(text)).toBe(value(text))
  })
})

describe('a formula that cannot be read', () => {
  it.each([
    ['', 0, 'the formula ends at character 1, where a number, a name or "(" is needed'],
    ['2 +', 3, 'the formula ends at character 4'],
    ['usrs * 2', 0, 'unknown name "usrs" at character 1; did you mean "users"? Known: users, cpu'],
    ['2 * object-storag', 11, 'unknown name "storag" at character 12'],
    ['qwertz', 0, 'unknown name "qwertz" at character 1. Known: users'],
    ['cell(cpu)', 0, 'unknown function "cell" at character 1; did you mean "ceil"?'],
    ['ceil', 0, 'the function ceil at character 1 has no values. Write ceil(...)'],
    ['ceil(1, 2)', 0, 'ceil at character 1 takes one value and got 2'],
    ['max()', 4, '")" stands at character 5'],
    ['max(1', 5, 'the formula ends at character 6, where "," or ")" is needed'],
    ['(1', 2, 'where ")" is needed'],
    ['1 2', 2, '"2" stands at character 3, where an operator or the end is needed'],
    ['8GB', 0, 'the number at character 1 runs into "G"'],
    ['1__0', 0, 'runs into "_"'],
    ['1.2.3', 0, 'runs into "."'],
    ['cpu % 2', 4, '"%" at character 5 has no meaning'],
    ['cpu = 2', 4, '"=" at character 5 has no meaning'],
    ['1 < cpu < 3', 8, 'a second comparison stands at character 9'],
    ['constructor', 0, 'unknown name "constructor"'],
    ['toString(1)', 0, 'unknown function "toString"'],
  ])('%s fails at %d', (text, at, message) => {
    const error = failure(text)
    expect(error.at).toBe(at)
    expect(error.code).toBe('FORMULA_INVALID')
    expect(error.message).toContain(message)
  })

  it('is refused when it is too long or too deep', () => {
    expect(failure(`1${'+1'.repeat(FORMULA_LENGTH)}`).message).toContain('Keep it within 1000')
    expect(failure(`${'('.repeat(400)}1${')'.repeat(400)}`).message).toContain('nested more than 50 deep')
    expect(failure(`${'-'.repeat(400)}1`).message).toContain('nested more than 50 deep')
    expect(failure(`${'2^'.repeat(400)}1`).message).toContain('nested more than 50 deep')
  })

  function failure(text: string): FormulaError {
    try {
      parseFormula(text, KNOWN)
    } catch (error) {
      expect(error).toBeInstanceOf(FormulaError)
      return error as FormulaError
    }
    throw new Error(`"${text}" was read`)
  }
})

describe('laws', () => {
  const number = fc.double({ min: 0, max: 1e9, noNaN: true }).map((one) => one.toString())
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      number,
      fc.constantFrom('users', 'cpu'),
      fc.tuple(tie('tree'), fc.constantFrom('+', '-', '*', '/'), tie('tree')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    ),
  }))
  it('arithmetic is that of the language', () => {
    fc.assert(
      fc.property(tree, (text) => {
        const expected: unknown = new Function('users', 'cpu', `return ${text}`)(1000, 3)
        expect(Object.is(value(text), expected) || value(text) === expected).toBe(true)
      }),
    )
  })
  it('whatever is written is read or refused as a FormulaError', () => {
    const character = fc.constantFrom(...'users cpu0189.e_-+*/^(),<>=!max$é'.split(''))
    fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 60 }), (text) => {
        try {
          expect(typeof value(text)).toBe('number')
        } catch (error) {
          expect(error).toBeInstanceOf(FormulaError)
        }
      }),
    )
  })
})
