import { intervalOf, type Service, type ServiceKind, ServiceSchema } from '../../../../shared/model/service.ts'

/** A service as its form holds it: text as typed, by the name of its field. */
export type Draft = Readonly<Record<string, string>>

export type FieldKind = 'text' | 'number' | 'choice' | 'lines' | 'statuses' | 'code' | 'seconds'
export interface Field {
  name: string
  kind: FieldKind
  /** Takes the whole width of the form. */
  wide?: boolean
  placeholder?: string
  choices?: readonly string[]
  /** Shown only where another field has this value. */
  when?: readonly [string, string]
}

const UNITS = ['count', 'bytes', 'ratio', 'seconds', 'milliseconds', 'per_second', 'bytes_per_second', 'load']
const FROM: Field = { name: 'from', kind: 'choice', choices: ['laptop', 'host', 'both'] }
const VIA: Field = { name: 'via', kind: 'choice', choices: ['host', 'docker'] }
const CONTAINER: Field = { name: 'container', kind: 'text', when: ['via', 'docker'] }
const EVERY: Field = { name: 'everyMs', kind: 'seconds' }

/** The fields of each kind, in the order they are asked. Each has a name besides, and some a secret. */
export const FIELDS: Readonly<Record<ServiceKind, readonly Field[]>> = {
  redis: [
    VIA,
    CONTAINER,
    { name: 'address', kind: 'text' },
    { name: 'port', kind: 'number' },
    { name: 'socket', kind: 'text', placeholder: '/run/redis/redis-server.sock' },
    { name: 'user', kind: 'text', placeholder: 'default' },
    EVERY,
    { name: 'lists', kind: 'lines', wide: true, placeholder: 'bull:mails:wait' },
  ],
  pgbouncer: [
    VIA,
    CONTAINER,
    { name: 'address', kind: 'text' },
    { name: 'port', kind: 'number' },
    { name: 'user', kind: 'text' },
    EVERY,
  ],
  http: [
    { name: 'url', kind: 'text', wide: true, placeholder: 'https://shop.example.org/health' },
    FROM,
    { name: 'expect', kind: 'statuses', placeholder: '200–399' },
    EVERY,
  ],
  tls: [
    { name: 'address', kind: 'text', placeholder: 'shop.example.org' },
    { name: 'port', kind: 'number' },
    { name: 'serverName', kind: 'text' },
    FROM,
    EVERY,
  ],
  kubernetes: [{ name: 'kubeconfig', kind: 'text', wide: true, placeholder: '/home/deploy/.kube/config' }, EVERY],
  own: [
    { name: 'metric', kind: 'text', placeholder: 'orders_waiting' },
    { name: 'unit', kind: 'choice', choices: UNITS },
    { name: 'source', kind: 'choice', choices: ['command', 'sql'] },
    EVERY,
    { name: 'text', kind: 'code', wide: true },
  ],
}
export const KINDS = Object.keys(FIELDS) as ServiceKind[]

const BEGIN: Readonly<Record<ServiceKind, Draft>> = {
  redis: { via: 'host', address: '127.0.0.1', port: '6379' },
  pgbouncer: { via: 'host', address: '127.0.0.1', port: '6432', user: 'pgbouncer' },
  http: { from: 'laptop' },
  tls: { port: '443', from: 'laptop' },
  kubernetes: {},
  own: { source: 'command', unit: 'count' },
}

/** An empty form of a kind, named by its words. */
export function newDraft(kind: ServiceKind, name: string): Draft {
  return { ...BEGIN[kind], kind, name }
}

export function draftOf(service: Service): Draft {
  const draft: Record<string, string> = { kind: service.kind, id: service.id, name: service.name }
  const values = service as unknown as Record<string, unknown>
  for (const { name, kind } of FIELDS[service.kind]) {
    const value = values[name]
    if (value === undefined) continue
    if (Array.isArray(value)) draft[name] = value.join(kind === 'lines' ? '\n' : ', ')
    else draft[name] = kind === 'seconds' ? String(Number(value) / 1000) : String(value)
  }
  return draft
}

export type Built = { service: Service } | { field: string; message: string }

/** The service that a form describes, or its first field at fault. `taken` are the ids of the others. */
export function build(draft: Draft, taken: readonly string[]): Built {
  const kind = draft.kind as ServiceKind
  const given: Record<string, unknown> = { kind, name: draft.name ?? '', id: draft.id ?? newId(draft, taken) }
  for (const field of FIELDS[kind]) {
    const text = (draft[field.name] ?? '').trim()
    if (text === '' || (field.when && draft[field.when[0]] !== field.when[1])) continue
    given[field.name] = typedAs(field.kind, text)
  }
  const parsed = ServiceSchema.safeParse(given)
  if (parsed.success) return { service: parsed.data }
  const issue = parsed.error.issues[0]
  return { field: String(issue?.path[0] ?? 'name'), message: issue?.message ?? '' }
}

function typedAs(kind: FieldKind, text: string): unknown {
  switch (kind) {
    case 'number':
      return Number(text)
    case 'seconds':
      return Math.round(Number(text) * 1000)
    case 'lines':
      return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))
    case 'statuses':
      return text.split(/[\s,]+/).map(Number)
    case 'text':
    case 'choice':
    case 'code':
      return text
  }
}

function newId(draft: Draft, taken: readonly string[]): string {
  const plain = (draft.name ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 30)
  const base = plain === '' ? (draft.kind ?? 'service') : plain
  // "postgres" is how the probe's own part calls itself.
  const used = new Set([...taken, 'postgres'])
  let id = base
  for (let n = 2; used.has(id); n += 1) id = `${base}-${n}`
  return id
}

/** Where a service is, in a few words: an address, a file, the beginning of a command. */
export function targetOf(service: Service): string {
  switch (service.kind) {
    case 'redis':
      return service.via === 'docker'
        ? (service.container ?? '')
        : (service.socket ?? `${service.address}:${service.port}`)
    case 'pgbouncer':
      return service.via === 'docker' ? (service.container ?? '') : `${service.address}:${service.port}`
    case 'http':
      return service.url
    case 'tls':
      return `${service.serverName ?? service.address}:${service.port}`
    case 'kubernetes':
      return service.kubeconfig ?? 'kubectl'
    case 'own':
      return service.text.split('\n')[0] ?? ''
  }
}

/** The default interval, in seconds, of a kind without its own; null for each round. */
export function defaultSeconds(kind: ServiceKind): number | null {
  const ms = intervalOf({ kind } as Service)
  return ms === 0 ? null : ms / 1000
}
