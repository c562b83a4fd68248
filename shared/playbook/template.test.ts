import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HeadroomError } from '../model/problem.ts'
import { expandPlain, expandShell, hasRaw, namesIn } from './template.ts'

const shell = (text: string) => {
  const result = spawnSync('sh', ['-c', text], { encoding: 'utf8' })
  expect(result.stderr).toBe('')
  return result.stdout
}
const codeOf = (action: () => unknown) => {
  try {
    action()
  } catch (error) {
    return error instanceof HeadroomError ? error.code : error
  }
  return 'none'
}

describe('expandShell', () => {
  const hostile = fc
    .string({ unit: fc.constantFrom(...`ab '"\\$\`(){}!*?~#;&|<>\n\té`), maxLength: 12 })
    .filter((value) => !value.endsWith('\n'))
  test.each([
    ['bare', 'printf %s ${{ x }}'],
    ['in double quotes', 'printf %s "a${{ x }}b"'],
    ['in single quotes', `printf %s 'a\${{ x }}b'`],
    ['in a command substitution', 'printf %s "$(printf %s ${{ x }})"'],
    ['in quotes in a command substitution', 'printf %s "$(printf %s "${{ x }}")"'],
    ['after a comment that quotes', `: # it's "open\nprintf %s \${{ x }}`],
    ['after escaped quotes', 'printf %s "\\""${{ x }}'],
  ])('any value arrives unchanged %s', (_name, template) => {
    fc.assert(
      fc.property(hostile, (value) => {
        const printed = shell(expandShell(template, () => value))
        expect(printed.includes(value)).toBe(true)
        const rest = template.includes('a${{') ? `a${value}b` : template.includes('\\"') ? `"${value}` : value
        expect(printed).toBe(rest)
      }),
      { numRuns: 40 },
    )
  })

  test('raw insertions are put in as they are, and can be found', () => {
    expect(shell(expandShell('printf "%s;" ${{ raw words }}', () => 'a b'))).toBe('a;b;')
    expect(hasRaw('x ${{ raw words }}')).toBe(true)
    expect(hasRaw('x ${{ words }}')).toBe(false)
  })

  test.each([
    ['cat <<END\n${{ x }}\nEND'],
    ['echo `ls ${{ x }}`'],
    ['true # ${{ x }}'],
    ['echo $((1 + ${{ x }}))'],
    ['echo ${HOME:-${{ x }}}'],
    ['echo \\${{ x }}'],
    ['echo "$(case x in x) echo ${{ x }} ;; esac)"'],
    ['echo $[ ${{ x }} ]'],
  ])('refuses a place where no quoting is safe: %s', (template) => {
    expect(codeOf(() => expandShell(template, () => 'v'))).toBe('TEMPLATE_PLACE')
  })

  test('names what is not an insertion, and a parameter that is not there', () => {
    expect(codeOf(() => expandShell('echo ${{ Not A Name }}', () => 'v'))).toBe('TEMPLATE_INVALID')
    expect(codeOf(() => expandShell('echo ${{ x }}', () => undefined))).toBe('PARAMETER_UNKNOWN')
    expect(codeOf(() => expandShell('echo ${{ x }}', () => 'a\0b'))).toBe('PARAMETER_INVALID')
  })
})

test('plain expansion and names', () => {
  expect(expandPlain('${{ a }}/${{b}}', (name) => `<${name}>`)).toBe('<a>/<b>')
  expect(namesIn('${{ a }} ${{ b }} ${{ a }}')).toEqual(['a', 'b'])
})
