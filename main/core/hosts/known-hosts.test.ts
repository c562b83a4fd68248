import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { knownHostsName, namesServer, parseKnownHosts } from './known-hosts.ts'

const hasKeygen = spawnSync('ssh-keygen', ['-?']).error === undefined
const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIJ0Zc5Rk3bGm0qU8hXq0d0H3a8t5E0N5vB5m0y7yqz1C'
const line = (names: string) => `${names} ssh-ed25519 ${key}\n`

describe('known_hosts lines', () => {
  it('are read with their markers, and what is no key is passed over', () => {
    const text = `# comment\n\n${line('a,b')}@revoked ${line('*')}@cert-authority ${line('*.example.org')}@strange ${line('x')}broken\nx ssh-rsa not!base64\n`
    expect(parseKnownHosts(text).map((one) => [one.marker, one.patterns, one.lineNumber])).toEqual([
      [null, 'a,b', 3],
      ['revoked', '*', 4],
      ['cert-authority', '*.example.org', 5],
    ])
  })

  it('name servers by address, port, wildcard and negation', () => {
    expect(knownHostsName('DB.example.org', 22)).toBe('db.example.org')
    expect(namesServer('[db]:2222', 'db', 2222)).toBe(true)
    expect(namesServer('db', 'db', 2222)).toBe(false)
    expect(namesServer('*.example.org,!bad.example.org', 'good.example.org', 22)).toBe(true)
    expect(namesServer('*.example.org,!bad.example.org', 'bad.example.org', 22)).toBe(false)
    expect(namesServer('!bad,*', 'bad', 22)).toBe(false)
    expect(namesServer('10.0.0.?', '10.0.0.7', 22)).toBe(true)
    expect(namesServer('10.0.0.?', '10.0.0.77', 22)).toBe(false)
    expect(namesServer('[*.lan]:22??', 'x.lan', 2201)).toBe(true)
    expect(namesServer('a.c', 'abc', 22)).toBe(false)
  })

  it('take no longer for a pattern made of stars', () => {
    expect(namesServer(`${'*a'.repeat(60)}b`, 'a'.repeat(250), 22)).toBe(false)
  })
})

describe.runIf(hasKeygen)('known_hosts as ssh-keygen has it', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'headroom-known-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const found = (file: string, name: string) => spawnSync('ssh-keygen', ['-F', name, '-f', file]).status === 0

  it('agrees with ssh-keygen -F on which lines name a server, plain and hashed', () => {
    const plain = join(folder, 'plain')
    writeFileSync(
      plain,
      line('alpha,10.1.2.3') + line('[alpha]:2222') + line('[10.1.2.3]:2200') + line('beta.example.org'),
    )
    const hashed = join(folder, 'hashed')
    writeFileSync(hashed, '')
    appendFileSync(hashed, parseText(plain))
    execFileSync('ssh-keygen', ['-q', '-H', '-f', hashed], { stdio: 'pipe' })
    const hashedLines = parseKnownHosts(parseText(hashed))
    expect(hashedLines.length).toBe(5)
    expect(hashedLines.every((one) => one.patterns.startsWith('|1|'))).toBe(true)
    for (const file of [plain, hashed])
      for (const [address, port] of [
        ...([
          ['alpha', 22],
          ['alpha', 2222],
          ['alpha', 2200],
          ['10.1.2.3', 22],
          ['10.1.2.3', 2200],
        ] as const),
        ...([
          ['beta.example.org', 22],
          ['beta.example.org', 2222],
          ['gamma', 22],
        ] as const),
      ]) {
        const ours = parseKnownHosts(parseText(file)).some((one) => namesServer(one.patterns, address, port))
        expect([file, address, port, ours]).toEqual([file, address, port, found(file, knownHostsName(address, port))])
      }
  })
})

function parseText(file: string): string {
  return execFileSync('cat', [file], { encoding: 'utf8' })
}
