import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { faultsOf } from './check.ts'
import { completionsAt } from './complete.ts'

const TEXT = `format: headroom/playbook@1
id: try
name: Try
summary: Tries.
parameters:
  - { name: server, label: Server, type: host }
  - name: token
    label: Token
    type: secret
steps:
  - id: first
    name: First
    kind: run
    host: \${{ server }}
    command: [uname]
    register: { kernel: trim }
  - id: second
    name: Second
    kind: postgres-move
    source:
      host: x
`

/** The labels offered where the text has a bar. */
function at(text: string): string[] {
  const offset = text.indexOf('|')
  return completionsAt(text.replace('|', ''), offset, ['other'])?.options.map(({ label }) => label) ?? []
}

it('offers keys of the map the line belongs to, without those that are there', () => {
  expect(at(`${TEXT}|`)).toEqual(['downtime', 'effects', 'irreversible'])
  expect(at(TEXT.replace('    command: [uname]\n', '    |\n    command: [uname]\n'))).toContain('verify')
  expect(at(TEXT.replace('    command: [uname]\n', '    |\n    command: [uname]\n'))).not.toContain('command')
  expect(at(TEXT.replace('    register', '    |\n    register'))).not.toContain('source')
  expect(at(`${TEXT}      |`)).toContain('peer_server')
  expect(at(`${TEXT}      |`)).not.toContain('host')
  expect(at(`${TEXT}    |`)).toContain('strategy')
  expect(at(`${TEXT}  - |`)).toEqual(['id', 'name', 'kind', 'when', 'optional'])
  expect(at(TEXT.replace('    type: secret\n', '    type: secret\n    |\n'))).toEqual([
    ...['required', 'default', 'choices', 'pattern', 'min', 'max', 'help'],
  ])
})

it('offers the words a key may have', () => {
  expect(at(TEXT.replace('kind: run', 'kind: |'))).toContain('compose-deploy')
  expect(at(TEXT.replace('type: secret', 'type: |'))).toContain('duration')
  expect(at(TEXT.replace('host: ${{ server }}', 'host: |'))).toEqual(['${{ server }}'])
  expect(at(`${TEXT}    strategy: |`)).toEqual(['stream', 'parallel', 'logical'])
  expect(at(`${TEXT}  - id: third\n    kind: play\n    playbook: |`)).toEqual(['other'])
})

it('offers names within an insertion: parameters, earlier values, the server', () => {
  const names = at(`${TEXT}      password: \${{ |`)
  expect(names).toEqual(['server', 'token', 'steps.first.kernel', 'host.name', 'host.address'])
  expect(at(TEXT.replace('command: [uname]', 'command: echo ${{ |'))).not.toContain('steps.first.kernel')
})

it('says what is wrong, with line and column, by the rules of the engine', () => {
  const broken = TEXT.replace('kind: run', 'kind: runn').replace('summary', 'sumary')
  expect(faultsOf(broken, new Map()).map(({ line, column }) => [line, column])).toEqual([
    [1, 1],
    [4, 1],
    [13, 11],
    [17, 5],
  ])
  expect(faultsOf('a: [', new Map())[0]?.line).toBe(1)
})

it('finds nothing in what ships, and the id that another playbook has', () => {
  const folder = new URL('../../../../resources/playbooks/', import.meta.url)
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
  const all = new Map(files.map((name) => [name.replace('.yaml', ''), readFileSync(new URL(name, folder), 'utf8')]))
  expect(all.size).toBeGreaterThan(5)
  for (const [id, text] of all) {
    const others = new Map([...all].filter(([other]) => other !== id))
    expect(faultsOf(text, others)).toEqual([])
  }
  expect(faultsOf(all.get('restart-unit') ?? '', all)[0]).toMatchObject({ line: 2 })
})
