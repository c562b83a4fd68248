import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { HeadroomError, type Problem } from '../model/problem.ts'
import { parseYamlDocument, YAML_LIMITS } from './yaml-document.ts'

const Schema = z.strictObject({
  name: z.string(),
  size: z.number().int().min(1).optional(),
  kind: z.enum(['small', 'large']).optional(),
  tags: z.array(z.string()).default([]),
  price: z
    .union([z.strictObject({ amount: z.number(), currency: z.string() }), z.strictObject({ sku: z.string() })])
    .optional(),
  inner: z.record(z.string(), z.number()).optional(),
})

function problemOf(text: string, check?: Parameters<typeof parseYamlDocument<typeof Schema>>[3]): Problem {
  try {
    parseYamlDocument(text, 'file.yaml', Schema, check)
  } catch (error) {
    expect(error).toBeInstanceOf(HeadroomError)
    const { problem } = error as HeadroomError
    expect(problem.code).toBe('YAML_INVALID')
    expect(problem.fix).not.toBe('')
    return problem
  }
  throw new Error('nothing was refused')
}
const faults = (...given: Parameters<typeof problemOf>): string[] => Object.values(problemOf(...given).details ?? {})

describe('parseYamlDocument', () => {
  it('gives the value with its defaults', () => {
    expect(parseYamlDocument('name: one\nsize: 3\n', 'file.yaml', Schema)).toEqual({ name: 'one', size: 3, tags: [] })
  })

  it('keeps YAML 1.2 scalars: yes is a text, 0644 is a number', () => {
    const schema = z.strictObject({ a: z.string(), b: z.number() })
    expect(parseYamlDocument('a: yes\nb: 0644\n', 'file.yaml', schema)).toEqual({ a: 'yes', b: 644 })
  })

  it.each([
    ['a flow list that never ends', 'name: a\ntags: [x\n', ['file.yaml:3:1 ']],
    ['a tab as indentation', 'name: a\nprice:\n\tsku: x\n', ['file.yaml:3:1 ']],
    ['a duplicate key', 'name: a\nsize: 1\nname: b\n', ['file.yaml:3:1 the key name is there twice in one map']],
    ['two documents', 'name: a\n---\nname: b\n', ['file.yaml:2:1 ']],
    ['an unknown alias', 'name: *nobody\n', ['file.yaml:1:7 ']],
    ['an unknown tag', 'name: !secret a\n', ['file.yaml:1:7 ']],
    ['nothing at all', '# only a remark\n', ['file.yaml:1:1 the file holds no values']],
    [
      'a mistyped key, with the nearest known one',
      'name: a\nsise: 2\n',
      ['file.yaml:2:1 sise: unknown key "sise"; did you mean "size"?'],
    ],
    [
      'a key that resembles none',
      'name: a\nzzzzzz: 2\n',
      ['file.yaml:2:1 zzzzzz: unknown key "zzzzzz"; known here: name, size, kind, tags, price, inner'],
    ],
    ['a wrong type', 'name: a\nsize: big\n', ['file.yaml:2:7 size: needs a number; found the text "big"']],
    ['a wrong type in a list', 'name: a\ntags:\n  - x\n  - 3\n', ['file.yaml:4:5 tags[1]: needs text; found 3']],
    ['a list for a map', '- name\n', ['file.yaml:1:1 needs a map; found a list']],
    ['a value left empty', 'name:\nsize: 1\n', ['file.yaml:1:1 name: needs text; found nothing']],
    ['a missing key, at its map', 'size: 1\n', ['file.yaml:1:1 name: is missing']],
    [
      'a word that is not on the list',
      'name: a\nkind: smal\n',
      ['file.yaml:2:7 kind: must be one of small, large; found the text "smal"; did you mean "small"?'],
    ],
    ['a number too small', 'name: a\nsize: 0\n', ['file.yaml:2:7 size: must be at least 1']],
    ['a fraction for a whole number', 'name: a\nsize: 1.5\n', ['file.yaml:2:7 size: needs a whole number; found 1.5']],
    ['a value in a record', 'name: a\ninner:\n  x: y\n', ['file.yaml:3:6 inner.x: needs a number; found the text "y"']],
  ])('names the line and column of %s', (_what, text, expected) => {
    const found = faults(text)
    expect(found).toHaveLength(expected.length)
    for (const [index, start] of expected.entries()) expect(found[index]?.startsWith(start), found[index]).toBe(true)
  })

  it('tells about the member of a union that fits best', () => {
    expect(faults('name: a\nprice: { amont: 3, currency: EUR }\n')).toEqual([
      'file.yaml:2:8 price.amount: is missing',
      'file.yaml:2:10 price.amont: unknown key "amont"; did you mean "amount"?',
    ])
    expect(faults('name: a\nprice: { sku: 3 }\n')).toEqual(['file.yaml:2:15 price.sku: needs text; found 3'])
    expect(faults('name: a\nprice: 15\n')).toEqual(['file.yaml:2:8 price: needs a map; found 15'])
  })

  it('lists every fault in the order of the file, a duplicate key along with the rest', () => {
    expect(faults('sise: 1\nname: 3\nkind: x\nkind: y\n')).toEqual([
      'file.yaml:1:1 sise: unknown key "sise"; did you mean "size"?',
      'file.yaml:2:7 name: needs text; found 3',
      'file.yaml:4:1 the key kind is there twice in one map',
      'file.yaml:4:7 kind: must be one of small, large; found the text "y"',
    ])
  })

  it('counts what is beyond the first fifty', () => {
    const many = Array.from({ length: 60 }, (_, index) => `k${index}x: 1\n`).join('')
    const problem = problemOf(`name: a\n${many}`)
    expect(problem.fact).toContain('60 problems')
    expect(problem.details?.more).toBe('and 10 more')
  })

  it('finds the place of what a further check says, through an alias too', () => {
    const text = 'name: &it bad\ntags:\n  - fine\n  - *it\n'
    const check = (value: z.output<typeof Schema>) =>
      value.tags.flatMap((tag, index) => (tag === 'bad' ? [{ path: ['tags', index], message: 'is bad' }] : []))
    expect(faults(text, check)).toEqual(['file.yaml:4:5 tags[1]: is bad'])
    // A finding that is a sentence ends once.
    const sentence = (value: z.output<typeof Schema>) =>
      check(value).map((one) => ({ ...one, message: `${one.message}. Known: good.` }))
    expect(faults(text, sentence)).toEqual(['file.yaml:4:5 tags[1]: is bad. Known: good'])
  })

  it('refuses an alias bomb, too many aliases, bottomless nesting and a file too large', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
    for (const [index, name] of ['b', 'c', 'd', 'e', 'f', 'g', 'h'].entries()) {
      const before = 'abcdefgh'[index]
      bomb.push(
        `${name}: &${name} [*${before}, *${before}, *${before}, *${before}, *${before}, *${before}, *${before}]`,
      )
    }
    expect(faults(bomb.join('\n'))).toEqual([expect.stringMatching(/^file.yaml:2:\d+ an alias cannot be expanded/)])
    const uses = '  - *it\n'.repeat(YAML_LIMITS.aliases + 1)
    expect(faults(`name: &it a\ntags:\n${uses}`)).toEqual([
      `file.yaml:${YAML_LIMITS.aliases + 3}:5 too many aliases: at most ${YAML_LIMITS.aliases} are read`,
    ])
    expect(faults('['.repeat(50_000))).toEqual([expect.stringMatching(/^file.yaml:1:\d+ values are nested too deep/)])
    expect(faults(`name: ${'x'.repeat(YAML_LIMITS.characters)}`)).toEqual([
      expect.stringMatching(/^file.yaml:1:1 the file has 2000006 characters; at most 2000000 are read$/),
    ])
  })
})
