import { describe, expect, test } from 'vitest'
import { HeadroomError } from '../model/problem.ts'
import { checkParameters, parseSize } from './parameters.ts'
import { parsePlaybook } from './parse.ts'
import { stepHasRaw } from './places.ts'
import type { ParameterFile } from './schema.ts'

const head = `format: headroom/playbook@1
id: demo
name: Demo
summary: A demo
parameters:
  - { name: place, label: Server, type: host }
  - { name: word, label: Word, type: text }
  - { name: key, label: Key, type: secret }
steps:
`
const problemsOf = (yaml: string): string[] => {
  try {
    parsePlaybook(yaml, 'demo.yaml')
  } catch (error) {
    if (error instanceof HeadroomError) return [error.code, ...Object.values(error.problem.details ?? {})]
    throw error
  }
  return []
}

describe('parsePlaybook', () => {
  test('reads a playbook', () => {
    const playbook = parsePlaybook(
      `${head}  - { id: one, name: One, kind: run, host: '\${{ place }}', command: [echo, '\${{ word }}'], stdin: '\${{ key }}' }\n`,
      'demo.yaml',
    )
    expect(playbook.steps[0]).toMatchObject({ kind: 'run', command: ['echo', '${{ word }}'] })
  })

  test.each([
    [
      'a key that is not known',
      '  - { id: one, name: One, kind: run, host: h, command: ls, timout: 5s }',
      /:10:.*timout.*timeout/,
    ],
    ['a kind that is not known', '  - { id: one, name: One, kind: rum, host: h, command: ls }', /:10:.*kind.*/],
    [
      'a parameter that is not there',
      "  - { id: one, name: One, kind: run, host: h, command: 'ls ${{ wrod }}' }",
      /:10:.*no parameter "wrod"/,
    ],
    [
      'a secret in a command',
      "  - { id: one, name: One, kind: run, host: h, command: 'login ${{ key }}' }",
      /:10:.*process list/,
    ],
    [
      'a secret in a list of words',
      "  - { id: one, name: One, kind: run, host: h, command: [login, '${{ key }}'] }",
      /:10:.*process list/,
    ],
    [
      'an insertion that cannot be quoted',
      "  - { id: one, name: One, kind: run, host: h, command: 'ls `${{ word }}`' }",
      /:10:.*back-quotes/,
    ],
    [
      'an insertion without a name',
      "  - { id: one, name: One, kind: run, host: h, command: 'ls ${{ }}' }",
      /:10:.*not an insertion/,
    ],
    [
      'two steps of one id',
      '  - { id: one, name: One, kind: run, host: h, command: ls }\n  - { id: one, name: Two, kind: run, host: h, command: ls }',
      /:11:.*earlier step/,
    ],
  ])('names the line of %s', (_name, steps, expected) => {
    const [code, ...problems] = problemsOf(`${head}${steps}\n`)
    expect(code).toBe('YAML_INVALID')
    expect(problems.join('\n')).toMatch(expected)
  })

  test('a default that does not fit its type, a secret with a default, a choice without choices', () => {
    const parameters = (line: string) =>
      problemsOf(
        `format: headroom/playbook@1\nid: demo\nname: D\nsummary: s\nparameters:\n  - ${line}\nsteps:\n  - { id: a, name: A, kind: manual, instructions: x }\n`,
      ).join('\n')
    expect(parameters('{ name: p, label: P, type: port, default: 70000 }')).toMatch(/:6:.*no port/)
    expect(parameters('{ name: p, label: P, type: secret, default: hunter2 }')).toMatch(/:6:.*no default/)
    expect(parameters('{ name: p, label: P, type: choice }')).toMatch(/:6:.*needs choices/)
    expect(parameters('{ name: p, label: P, type: text, pattern: "(" }')).toMatch(/:6:.*regular expression/)
  })

  test('a step with a raw insertion is marked', () => {
    const step = (command: string) =>
      parsePlaybook(`${head}  - { id: one, name: One, kind: run, host: h, command: '${command}' }\n`, 'demo.yaml')
        .steps[0]
    expect(stepHasRaw(step('ls ${{ raw word }}') as never)).toBe(true)
    expect(stepHasRaw(step('ls ${{ word }}') as never)).toBe(false)
  })
})

describe('checkParameters', () => {
  const check = (parameter: Partial<ParameterFile>, value?: string | number | boolean) => {
    try {
      return checkParameters(
        [{ name: 'p', label: 'P', type: 'text', ...parameter }],
        value === undefined ? {} : { p: value },
      ).get('p')
    } catch (error) {
      return error instanceof HeadroomError
        ? `${error.code} ${error.problem.field} ${error.problem.value ?? ''}`
        : error
    }
  }
  test.each<[string, Partial<ParameterFile>, string | number | boolean, unknown]>([
    ['a port', { type: 'port' }, 5432, '5432'],
    ['no port', { type: 'port' }, 0, 'PARAMETER_INVALID p 0'],
    ['a number', { type: 'number', min: 0 }, '3', '3'],
    ['too small a number', { type: 'number', min: 0 }, -1, 'PARAMETER_INVALID p -1'],
    ['too big a number', { type: 'number', max: 5 }, 9, 'PARAMETER_INVALID p 9'],
    ['no number', { type: 'number' }, 'many', 'PARAMETER_INVALID p many'],
    ['a boolean', { type: 'boolean' }, true, 'true'],
    ['no boolean', { type: 'boolean' }, 'yes', 'PARAMETER_INVALID p yes'],
    ['a duration', { type: 'duration' }, '5m', '5m'],
    ['no duration', { type: 'duration' }, '5 parsecs', 'PARAMETER_INVALID p 5 parsecs'],
    ['a size', { type: 'size' }, '10GiB', '10GiB'],
    ['no size', { type: 'size' }, 'big', 'PARAMETER_INVALID p big'],
    ['a choice', { type: 'choice', choices: ['a', 'b'] }, 'b', 'b'],
    ['no choice', { type: 'choice', choices: ['a', 'b'] }, 'c', 'PARAMETER_INVALID p c'],
    ['a pattern not met', { pattern: '[a-z]+' }, 'a1', 'PARAMETER_INVALID p a1'],
    ['a line break', {}, 'a\nb', 'PARAMETER_INVALID p a\nb'],
    ['a secret that cannot be sent, unshown', { type: 'secret' }, 'hunter\n2', 'PARAMETER_INVALID p [redacted]'],
    ['a NUL', { type: 'secret' }, 'a\0', 'PARAMETER_INVALID p [redacted]'],
  ])('%s', (_name, parameter, value, expected) => {
    expect(check(parameter, value)).toBe(expected)
  })
  test('left out: missing, default or null', () => {
    expect(check({})).toBe('PARAMETER_MISSING p ')
    expect(check({ default: 'x' })).toBe('x')
    expect(check({ required: false })).toBe(null)
  })
  test('a name that is not there', () => {
    expect(() => checkParameters([], { nope: 1 })).toThrow(/no parameter "nope"/)
  })
  test('sizes', () => {
    expect(parseSize('1.5 GB')).toBe(1.5e9)
    expect(parseSize('2MiB')).toBe(2 * 2 ** 20)
    expect(parseSize('2 apples')).toBe(null)
  })
})
