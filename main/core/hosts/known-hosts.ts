import { createHmac, timingSafeEqual } from 'node:crypto'

/** One line of a known_hosts file (format: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
export interface KnownHostsLine {
  marker: 'revoked' | 'cert-authority' | null
  /** The first field: comma-separated patterns, or one hashed name. */
  patterns: string
  algorithm: string
  keyBase64: string
  lineNumber: number
}

/** The lines that hold keys. Comments, blank lines, unknown markers and lines that are not keys are passed over, as ssh does. */
export function parseKnownHosts(text: string): KnownHostsLine[] {
  const lines: KnownHostsLine[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const fields = line.trim().split(/[ \t]+/)
    if (fields[0] === undefined || fields[0] === '' || fields[0].startsWith('#')) continue
    const marker = fields[0].startsWith('@') ? fields.shift() : undefined
    if (marker !== undefined && marker !== '@revoked' && marker !== '@cert-authority') continue
    const [patterns, algorithm, keyBase64] = fields
    if (patterns === undefined || algorithm === undefined || keyBase64 === undefined) continue
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(keyBase64)) continue
    lines.push({
      marker: marker === '@revoked' ? 'revoked' : marker === '@cert-authority' ? 'cert-authority' : null,
      patterns,
      algorithm,
      keyBase64,
      lineNumber: index + 1,
    })
  }
  return lines
}

/** The name ssh files a server under: the bare address on port 22, "[address]:port" on any other. Lower case. */
export function knownHostsName(address: string, port: number): string {
  const name = address.toLowerCase()
  return port === 22 ? name : `[${name}]:${port}`
}

/** Whether a line's first field names the server. A negated pattern that matches excludes the server from the line. */
export function namesServer(patterns: string, address: string, port: number): boolean {
  const name = knownHostsName(address, port)
  if (patterns.startsWith('|')) return matchesHashed(patterns, name)
  let matched = false
  for (const pattern of patterns.split(',')) {
    const negated = pattern.startsWith('!')
    if (!matchesPattern(negated ? pattern.slice(1) : pattern, name)) continue
    if (negated) return false
    matched = true
  }
  return matched
}

/** "|1|salt|hash": HMAC-SHA1 of the name, keyed with the salt, both base64. */
function matchesHashed(field: string, name: string): boolean {
  const [, version, salt, hash] = field.split('|')
  if (version !== '1' || salt === undefined || hash === undefined) return false
  const expected = Buffer.from(hash, 'base64')
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest()
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

/** `*` stands for any run of characters, `?` for one. Walks back to the last `*` only, so that no pattern takes long. */
function matchesPattern(pattern: string, name: string): boolean {
  const wanted = pattern.toLowerCase()
  let at = 0
  let star = -1
  let resumeAt = 0
  let index = 0
  while (index < name.length) {
    if (wanted[at] === '*') {
      star = at++
      resumeAt = index
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === name[index])) {
      at++
      index++
    } else if (star >= 0) {
      at = star + 1
      index = ++resumeAt
    } else return false
  }
  while (wanted[at] === '*') at++
  return at === wanted.length
}

/** The servers a line names outright; hashed names stay as they are written, and patterns name no one server. */
export function serversOf(patterns: string): { address: string; port: number }[] {
  if (patterns.startsWith('|')) return [{ address: patterns, port: 22 }]
  return patterns
    .split(',')
    .filter((pattern) => !pattern.startsWith('!') && !/[*?]/.test(pattern))
    .map((pattern) => {
      const bracketed = /^\[(.+)\]:(\d+)$/.exec(pattern)
      return { address: bracketed?.[1] ?? pattern, port: Number(bracketed?.[2] ?? 22) }
    })
}
