import type { HostKey } from '../../../shared/model/host.ts'
import type { KeyImport } from '../../../shared/model/key-import.ts'
import { algorithmOf, hostKeyOf } from './fingerprint.ts'
import { type KnownHostsLine, namesServer, parseKnownHosts, serversOf } from './known-hosts.ts'

/** A key that is on file for a server, and where. */
interface OnFile {
  algorithm: string
  keyBase64: string
  fingerprint: string
  source: string
  revoked: boolean
}

/**
 * What a known_hosts file would add to the keys on file. Nothing on file is replaced: a key of a server that is on file with
 * other keys only is a conflict, and so is another key of a type that is on file. A file that also has a key which is on file
 * may add that server's keys of other types. Hashed names are found among `servers`, the ones in the inventory; lines for
 * patterns, certificate authorities and revoked keys belong to ssh's own file, which is read as it stands.
 */
export function readKeyImport(
  text: string,
  servers: readonly { address: string; port: number }[],
  onFile: (address: string, port: number) => OnFile[],
): KeyImport {
  const lines = parseKnownHosts(text)
  const found: KeyImport = { adds: [], known: 0, conflicts: [], passedOver: unread(text, lines) }
  const revoked = new Set(lines.filter(({ marker }) => marker === 'revoked').map(({ keyBase64 }) => keyBase64))
  const named = lines.flatMap((line) => {
    const targets = line.marker === null ? targetsOf(line.patterns, servers) : []
    if (targets.length === 0) found.passedOver.push({ line: line.lineNumber, why: whyPassedOver(line) })
    return targets.map((target) => ({ line, ...target }))
  })
  const keysOf = new Map<string, Set<string>>()
  for (const { line, address, port } of named) {
    const name = `${address} ${port}`
    keysOf.set(name, (keysOf.get(name) ?? new Set()).add(line.keyBase64))
  }
  const seen = new Set<string>()
  for (const { line, address, port } of named) {
    const entry = `${address} ${port} ${line.keyBase64}`
    if (seen.has(entry)) continue
    seen.add(entry)
    const bytes = Buffer.from(line.keyBase64, 'base64')
    if (bytes.toString('base64') !== line.keyBase64 || algorithmOf(bytes) !== line.algorithm) {
      found.passedOver.push({ line: line.lineNumber, why: 'not-a-key' })
      continue
    }
    const key: HostKey = hostKeyOf(address, port, bytes)
    const filed = onFile(address, port)
    const same = filed.filter(({ keyBase64 }) => keyBase64 === key.keyBase64)
    const trusted = filed.filter((one) => !one.revoked)
    const isAgreed = trusted.length === 0 || trusted.some((one) => keysOf.get(`${address} ${port}`)?.has(one.keyBase64))
    const hasType = trusted.some(({ algorithm }) => algorithm === key.algorithm)
    if (revoked.has(key.keyBase64) || same.some((one) => one.revoked))
      found.conflicts.push({ ...key, line: line.lineNumber, why: 'revoked', expected: [] })
    else if (same.length > 0) found.known += 1
    else if (isAgreed && !hasType) found.adds.push({ ...key, line: line.lineNumber })
    else {
      const expected = trusted.map(({ algorithm, fingerprint, source }) => ({ algorithm, fingerprint, source }))
      found.conflicts.push({ ...key, line: line.lineNumber, why: 'changed', expected })
    }
  }
  found.passedOver.sort((a, b) => a.line - b.line)
  return found
}

/** The servers that a line names outright, or by a hash that one of the inventory has. */
function targetsOf(
  patterns: string,
  servers: readonly { address: string; port: number }[],
): { address: string; port: number }[] {
  if (patterns.startsWith('|'))
    return servers
      .filter(({ address, port }) => namesServer(patterns, address, port))
      .map(({ address, port }) => ({ address: address.toLowerCase(), port }))
  return serversOf(patterns)
    .filter(({ address, port }) => address !== '' && port > 0 && port <= 65535)
    .map(({ address, port }) => ({ address: address.toLowerCase(), port }))
}

function whyPassedOver({ marker, patterns }: KnownHostsLine): KeyImport['passedOver'][number]['why'] {
  if (marker !== null) return marker
  return patterns.startsWith('|') ? 'hashed' : 'pattern'
}

/** Lines that say something but hold no key that could be read. */
function unread(text: string, lines: readonly KnownHostsLine[]): KeyImport['passedOver'] {
  const read = new Set(lines.map(({ lineNumber }) => lineNumber))
  return text.split(/\r?\n/).flatMap((line, index) => {
    const number = index + 1
    return line.trim() === '' || line.trim().startsWith('#') || read.has(number)
      ? []
      : [{ line: number, why: 'not-a-key' as const }]
  })
}
