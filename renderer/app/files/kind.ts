/** Texts that places take in, each with a look at what is in it before it is saved. */
export const TEXT_KINDS = ['plan', 'compose', 'inventory', 'prices', 'series', 'keys'] as const
export type TextKind = (typeof TEXT_KINDS)[number]
/** And whole workspaces, which are no texts. */
export type FileKind = TextKind | 'workspace'

/** Where each kind is taken in. */
export const INTAKE: Readonly<Record<FileKind, string>> = {
  plan: '/plan',
  compose: '/plan?tab=files',
  inventory: '/plan?tab=files',
  prices: '/prices',
  series: '/what-if/fits',
  keys: '/settings?section=keys',
  workspace: '/settings?section=transfer',
}

/** So much of a file says what it is. */
const HEAD = 64_000

/** A name or hash, a type of key, and a key as base64 has it. */
const KNOWN_HOSTS_LINE = /^(?:@[\w-]+ )?\S+ (?:ssh-|ecdsa-|sk-)[\w@.-]+ AAAA[A-Za-z0-9+/]{20}/m

/** What a file most likely is, by its contents first and its name last; the operator may say otherwise. */
export function kindOf(name: string, text: string): TextKind {
  const head = text.slice(0, HEAD)
  if (/^known_hosts2?$/i.test(name) || KNOWN_HOSTS_LINE.test(head)) return 'keys'
  const isYaml = /\.ya?ml$/i.test(name)
  if (isYaml || /^---\s/.test(head)) {
    const keys = new Set([...head.matchAll(/^(["']?)([\w.-]+)\1\s*:/gm)].map((match) => match[2]))
    if (keys.has('stages')) return 'plan'
    if (keys.has('services')) return 'compose'
    if (keys.has('all') || /^\s+(hosts|ansible_host)\s*:/m.test(head)) return 'inventory'
    return 'plan'
  }
  if (/^\s*\[[\w:.-]+\]\s*$/m.test(head) || /\bansible_\w+=/.test(head)) return 'inventory'
  const first = (head.split('\n').find((line) => line.trim() !== '') ?? '').toLowerCase()
  if (/\.json$/i.test(name)) return 'prices'
  return /\bsku\b|\bprovider\b/.test(first) ? 'prices' : 'series'
}
