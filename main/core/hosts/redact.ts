import type { Secret } from '../../../shared/model/secret.ts'

/**
 * Replaces secrets in a stream of bytes by [name]. Feed it chunks of any size; what it gives back depends only on the
 * bytes, not on how they were cut. It holds back only what may be the beginning of a secret; `end` gives the rest.
 */
export interface Redactor {
  write(chunk: Buffer): Buffer
  end(): Buffer
}

/** Where a pattern stands from a position: the end of a full match (0: none), and whether more bytes could make one. */
interface Found {
  end: number
  partial: boolean
}
interface Matcher {
  label: Buffer
  /** Which byte values the pattern may begin with. */
  first: Set<number>
  match(buffer: Buffer, from: number): Found
}

/** Base64 cores shorter than this are too common in other text to be taken for a secret. */
const MIN_ENCODED = 4
/** A single line of a secret of several lines, such as a private key, is a secret in itself from this length on. */
const MIN_LINE = 8

/**
 * The forms looked for: as it is, percent-encoded wholly or in part (any letter case, "+" for a space), base64 in both
 * alphabets at each of the three alignments within a longer text and wrapped into lines, JSON-escaped, and each longer
 * line of a value of several lines.
 */
export function redactor(secrets: Iterable<Secret>): Redactor {
  const matchers = [...secrets].flatMap(matchersOf)
  const starts = new Map<number, Matcher[]>()
  for (const matcher of matchers)
    for (const byte of matcher.first) starts.set(byte, [...(starts.get(byte) ?? []), matcher])

  let held: Buffer = Buffer.alloc(0)
  const process = (buffer: Buffer, last: boolean): Buffer => {
    const out: Buffer[] = []
    let copied = 0
    let at = 0
    while (at < buffer.length) {
      const candidates = starts.get(buffer[at] ?? -1)
      const found = candidates === undefined ? null : widest(buffer, at, candidates, starts, last)
      if (found === null) {
        at++
        continue
      }
      out.push(buffer.subarray(copied, at))
      if (found === 'hold') {
        held = Buffer.from(buffer.subarray(at))
        return Buffer.concat(out)
      }
      out.push(found.label)
      at = found.end
      copied = at
    }
    held = Buffer.alloc(0)
    out.push(buffer.subarray(copied))
    return Buffer.concat(out)
  }
  return {
    write: (chunk) => process(held.length === 0 ? chunk : Buffer.concat([held, chunk]), false),
    end: () => process(held, true),
  }
}

/** A text with its secrets replaced; see `redactor`. */
export function redactText(text: string, secrets: Iterable<Secret>): string {
  const one = redactor(secrets)
  return Buffer.concat([one.write(Buffer.from(text)), one.end()]).toString()
}

/** The match that begins here, grown over every match that begins inside it, so that no tail of an overlap is left. */
function widest(
  buffer: Buffer,
  at: number,
  candidates: Matcher[],
  starts: Map<number, Matcher[]>,
  last: boolean,
): { end: number; label: Buffer } | 'hold' | null {
  let end = 0
  let label: Buffer | null = null
  for (const matcher of candidates) {
    const found = matcher.match(buffer, at)
    if (found.partial && !last) return 'hold'
    if (found.end > end) {
      end = found.end
      label = matcher.label
    }
  }
  if (label === null) return null
  for (let inside = at + 1; inside < end; inside++)
    for (const matcher of starts.get(buffer[inside] ?? -1) ?? []) {
      const found = matcher.match(buffer, inside)
      if (found.partial && !last) return 'hold'
      if (found.end > end) end = found.end
    }
  return { end, label }
}

function matchersOf(secret: Secret): Matcher[] {
  const value = secret.reveal()
  const label = Buffer.from(`[${secret.name}]`)
  if (value === '') return []
  const lines = value.split(/\r?\n/)
  const parts = lines.length > 1 ? [value, ...lines.filter((line) => line.length >= MIN_LINE)] : [value]
  const matchers: Matcher[] = []
  for (const part of new Set(parts)) {
    const bytes = Buffer.from(part)
    matchers.push(percentMatcher(bytes, label))
    const escaped = JSON.stringify(part).slice(1, -1)
    if (escaped !== part) matchers.push(percentMatcher(Buffer.from(escaped), label))
    for (const core of base64Cores(bytes)) matchers.push(base64Matcher(core, label))
  }
  return matchers
}

/** The characters of the base64 of any text with these bytes in it that depend on these bytes alone. */
function base64Cores(bytes: Buffer): Set<string> {
  const cores = new Set<string>()
  for (const shift of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
    const from = Math.ceil((shift * 8) / 6)
    const to = Math.floor(((shift + bytes.length) * 8) / 6)
    const core = encoded.slice(from, to)
    if (core.length >= MIN_ENCODED) cores.add(core)
  }
  return cores
}

const PLUS = 0x2b
const SLASH = 0x2f
const HYPHEN = 0x2d
const UNDERSCORE = 0x5f
const PERCENT = 0x25
const SPACE = 0x20
const isLineEnd = (byte: number | undefined) => byte === 0x0a || byte === 0x0d

/** Base64 in the standard or the URL alphabet, with line ends anywhere between its characters. */
function base64Matcher(core: string, label: Buffer): Matcher {
  const wanted = [...Buffer.from(core)]
  const same = (have: number | undefined, want: number) =>
    have === want || (want === PLUS && have === HYPHEN) || (want === SLASH && have === UNDERSCORE)
  const [head = 0] = wanted
  return {
    label,
    first: new Set([head, ...(head === PLUS ? [HYPHEN] : []), ...(head === SLASH ? [UNDERSCORE] : [])]),
    match(buffer, from) {
      let at = from
      for (const [index, want] of wanted.entries()) {
        while (index > 0 && at < buffer.length && isLineEnd(buffer[at])) at++
        if (at >= buffer.length) return { end: 0, partial: true }
        if (!same(buffer[at], want)) return { end: 0, partial: false }
        at++
      }
      return { end: at, partial: false }
    },
  }
}

/** Each byte as it is or as %XX in either case; a space also as "+". A "%" of the value may itself be escaped or not. */
function percentMatcher(bytes: Buffer, label: Buffer): Matcher {
  const head = bytes[0] ?? 0
  const match = (buffer: Buffer, from: number): Found => {
    let end = 0
    let partial = false
    let positions = new Set([from])
    for (const want of bytes) {
      const next = new Set<number>()
      for (const at of positions) {
        if (at >= buffer.length) {
          partial = true
          continue
        }
        const have = buffer[at]
        if (have === want || (want === SPACE && have === PLUS)) next.add(at + 1)
        if (have !== PERCENT) continue
        const hex = want.toString(16).padStart(2, '0')
        const shown = buffer.toString('latin1', at + 1, at + 3).toLowerCase()
        if (shown.length < 2) partial ||= hex.startsWith(shown)
        else if (shown === hex) next.add(at + 3)
      }
      positions = next
      if (positions.size === 0) return { end: 0, partial }
    }
    for (const at of positions) end = Math.max(end, at)
    return { end, partial }
  }
  return { label, first: new Set([head, PERCENT, ...(head === SPACE ? [PLUS] : [])]), match }
}
