import { createHmac, randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { fingerprintOf } from './fingerprint.ts'
import { readKeyImport } from './known-hosts-import.ts'

/** A public key's wire form with its type, as base64. */
function keyOf(type: string, fill: number): string {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(type.length)
  return Buffer.concat([length, Buffer.from(type), Buffer.alloc(36, fill)]).toString('base64')
}
const [ed, ed2, rsa] = [keyOf('ssh-ed25519', 1), keyOf('ssh-ed25519', 2), keyOf('ssh-rsa', 3)]
const filed = (algorithm: string, keyBase64: string, revoked = false) => ({
  algorithm,
  keyBase64,
  fingerprint: fingerprintOf(keyBase64),
  source: 'headroom',
  revoked,
})
const read = (
  text: string,
  onFile: Record<string, ReturnType<typeof filed>[]> = {},
  servers: { address: string; port: number }[] = [],
) => readKeyImport(text, servers, (address, port) => onFile[`${address} ${port}`] ?? [])

it('adds each server that a line names with each of its keys, once', () => {
  const found = read(
    `A.example.org,10.0.0.1 ssh-ed25519 ${ed}\n[a.example.org]:2222 ssh-rsa ${rsa}\na.example.org ssh-rsa ${rsa}\na.example.org ssh-rsa ${rsa} twice\n`,
  )
  expect(found.adds.map(({ address, port, algorithm, line }) => [address, port, algorithm, line])).toEqual([
    ['a.example.org', 22, 'ssh-ed25519', 1],
    ['10.0.0.1', 22, 'ssh-ed25519', 1],
    ['a.example.org', 2222, 'ssh-rsa', 2],
    ['a.example.org', 22, 'ssh-rsa', 3],
  ])
  expect(found).toMatchObject({ known: 0, conflicts: [], passedOver: [] })
})

it('refuses a key that speaks against the ones on file, whatever its type', () => {
  const onFile = { 'db 22': [filed('ssh-ed25519', ed)] }
  const found = read(`db ssh-ed25519 ${ed2}\ndb ssh-rsa ${rsa}\n`, onFile)
  expect(found.adds).toEqual([])
  expect(found.conflicts.map(({ algorithm, why }) => [algorithm, why])).toEqual([
    ['ssh-ed25519', 'changed'],
    ['ssh-rsa', 'changed'],
  ])
  expect(found.conflicts[0]?.expected).toEqual([
    { algorithm: 'ssh-ed25519', fingerprint: fingerprintOf(ed), source: 'headroom' },
  ])
})

it('adds a key of another type where the file agrees on the one that is on file, and no second one of its type', () => {
  const onFile = { 'db 22': [filed('ssh-ed25519', ed)] }
  const found = read(`db ssh-ed25519 ${ed}\ndb ssh-rsa ${rsa}\ndb ssh-ed25519 ${ed2}\n`, onFile)
  expect(found.known).toBe(1)
  expect(found.adds.map(({ algorithm }) => algorithm)).toEqual(['ssh-rsa'])
  expect(found.conflicts.map(({ line }) => line)).toEqual([3])
})

it('adds no key that the file or ssh revokes', () => {
  expect(read(`@revoked * ssh-ed25519 ${ed}\ndb ssh-ed25519 ${ed}\n`)).toMatchObject({
    adds: [],
    conflicts: [{ line: 2, why: 'revoked' }],
    passedOver: [{ line: 1, why: 'revoked' }],
  })
  const onFile = { 'db 22': [filed('ssh-ed25519', ed, true)] }
  expect(read(`db ssh-ed25519 ${ed}\n`, onFile)).toMatchObject({ adds: [], conflicts: [{ why: 'revoked' }] })
})

it('finds hashed names among the servers there are, and says which lines are passed over and why', () => {
  const salt = randomBytes(20)
  const hash = createHmac('sha1', salt).update('[db]:2200').digest('base64')
  const hashed = `|1|${salt.toString('base64')}|${hash}`
  const lines = [
    `${hashed} ssh-ed25519 ${ed}`,
    `*.example.org ssh-rsa ${rsa}`,
    `@cert-authority *.example.org ssh-rsa ${rsa}`,
    'no key here',
    `db ssh-rsa ${ed}`,
    '# a comment',
  ]
  const servers = [
    { address: 'web', port: 22 },
    { address: 'DB', port: 2200 },
  ]
  expect(read(lines.join('\n'), {}, servers)).toMatchObject({
    adds: [{ address: 'db', port: 2200, line: 1 }],
    passedOver: [
      { line: 2, why: 'pattern' },
      { line: 3, why: 'cert-authority' },
      { line: 4, why: 'not-a-key' },
      { line: 5, why: 'not-a-key' },
    ],
  })
  expect(read(lines[0] ?? '').passedOver).toEqual([{ line: 1, why: 'hashed' }])
})
