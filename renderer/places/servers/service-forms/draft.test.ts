import { describe, expect, test } from 'vitest'
import { type Service, type ServiceInput, ServiceSchema } from '../../../../shared/model/service.ts'
import { build, type Draft, draftOf, FIELDS, KINDS, newDraft, targetOf } from './draft.ts'

const examples: ServiceInput[] = [
  {
    kind: 'redis',
    id: 'a',
    name: 'A',
    via: 'docker',
    container: 'redis',
    user: 'u',
    lists: ['one', 'two words'],
    everyMs: 30_000,
  },
  { kind: 'redis', id: 'a', name: 'A', socket: '/run/redis.sock' },
  { kind: 'pgbouncer', id: 'a', name: 'A', user: 'stats', port: 6433 },
  { kind: 'http', id: 'a', name: 'A', url: 'https://a.example/x', from: 'both', expect: [200, 204] },
  { kind: 'tls', id: 'a', name: 'A', address: 'a.example', serverName: 'b.example', everyMs: 7_200_000 },
  { kind: 'kubernetes', id: 'a', name: 'A', kubeconfig: '/etc/k' },
  { kind: 'own', id: 'a', name: 'A', metric: 'orders', source: 'sql', text: 'SELECT 1\n', unit: 'per_second' },
]
const built = (draft: Draft, taken: string[] = []) => {
  const result = build(draft, taken)
  if ('service' in result) return result.service
  throw new Error(`${result.field}: ${result.message}`)
}

describe('a form and its service', () => {
  test.each(examples.map((input) => ServiceSchema.parse(input)))('%j comes back unchanged', (service: Service) => {
    const back = built(draftOf(service))
    expect(back).toEqual(service.kind === 'own' ? { ...service, text: service.text.trim() } : service)
    expect(targetOf(service)).not.toBe('')
  })
  test('a new one gets an id of its name that nobody has', () => {
    const draft = { ...newDraft('redis', 'Cache & Jobs!') }
    expect(built(draft).id).toBe('cache-jobs')
    expect(built(draft, ['cache-jobs', 'cache-jobs-2']).id).toBe('cache-jobs-3')
    expect(built(newDraft('redis', 'Postgres')).id).toBe('postgres-2')
    expect(built(newDraft('redis', 'Кэш')).id).toBe('redis')
  })
  test.each([
    [{ ...newDraft('http', 'W'), url: 'shop' }, 'url'],
    [{ ...newDraft('http', 'W'), url: 'http://a.example', expect: '200, many' }, 'expect'],
    [{ ...newDraft('redis', 'R'), port: '70000' }, 'port'],
    [{ ...newDraft('own', 'O'), metric: 'Bad Name', text: 'x' }, 'metric'],
    [{ ...newDraft('own', ''), metric: 'good', text: 'x' }, 'name'],
    [{ ...newDraft('tls', 'T') }, 'address'],
  ] as [Draft, string][])('what is wrong is told at its field: %j', (draft, field) => {
    expect(build(draft, [])).toMatchObject({ field })
  })
  test('a container is sent only where it is asked through one', () => {
    expect(built({ ...newDraft('redis', 'R'), container: 'left over' })).not.toHaveProperty('container')
  })
  test('each kind has fields', () => {
    for (const kind of KINDS) expect(FIELDS[kind].length).toBeGreaterThan(1)
  })
})
