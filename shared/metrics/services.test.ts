import { describe, expect, test } from 'vitest'
import { type ServiceOf, ServiceSchema } from '../model/service.ts'
import { CheckWindow, WINDOW_CHECKS } from './check-window.ts'
import { deriveSamples } from './derive.ts'
import { kubernetesSamples, quantity } from './kubernetes.ts'
import { parseProbe } from './probe-output.ts'

const http = ServiceSchema.parse({ kind: 'http', id: 'h', name: 'H', url: 'https://a.example/x' }) as ServiceOf<'http'>

describe('a window of web checks', () => {
  const filled = (times: readonly (number | null)[]) => {
    const window = new CheckWindow()
    for (const [i, ms] of times.entries())
      window.add({
        at: i * 15_000,
        status: ms === null ? null : 200,
        firstByteMs: ms,
        why: ms === null ? 'refused' : null,
      })
    return new Map(window.samples(http, 'laptop').map(({ metric, value }) => [metric, value]))
  }
  test('percentiles are by nearest rank of the last 20, and wait for enough of them', () => {
    const few = filled([10, 20, 30, 40])
    expect(few.has('http_response_p50_ms')).toBe(false)
    const some = filled([50, 10, 20, 40, 30])
    expect(some.get('http_response_p50_ms')).toBe(30)
    expect(some.has('http_response_p95_ms')).toBe(false)
    const all = filled([9999, ...Array.from({ length: WINDOW_CHECKS }, (_, i) => i + 1)])
    expect(all.get('http_response_p50_ms')).toBe(10)
    expect(all.get('http_response_p95_ms')).toBe(19)
  })
  test('a failed check has no time, and counts as an error', () => {
    const window = filled([10, null, 20, null])
    expect(window.get('http_error_ratio')).toBe(0.5)
    expect(window.get('http_up')).toBe(0)
    expect(window.has('http_response_ms')).toBe(false)
    expect(window.has('http_status')).toBe(false)
  })
  test('checks of more than an hour ago are forgotten', () => {
    const window = new CheckWindow()
    window.add({ at: 0, status: 500, firstByteMs: 1, why: null })
    window.add({ at: 3_700_000, status: 200, firstByteMs: 1, why: null })
    expect(window.samples(http, 'host').find(({ metric }) => metric === 'http_error_ratio')?.value).toBe(0)
  })
  test('stated statuses are the only right ones', () => {
    const teapot = { ...http, expect: [418] }
    const window = new CheckWindow()
    window.add({ at: 0, status: 200, firstByteMs: 1, why: null })
    expect(window.samples(teapot, 'host').find(({ metric }) => metric === 'http_up')?.value).toBe(0)
  })
})

describe('Kubernetes', () => {
  test.each([
    ['250m', 0.25],
    ['2', 2],
    [3, 3],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['128974848', 128974848],
    ['129e6', 129e6],
    ['129M', 129e6],
    ['123Mi', 123 * 2 ** 20],
    ['100u', 1e-4],
    ['.5', 0.5],
    [undefined, 0],
  ])('the quantity %s is %d', (text, number) => expect(quantity(text)).toBeCloseTo(number, 9))
  test.each(['1.5GiB', 'many', '1 Gi', '', '1ki'])('"%s" is no quantity', (text) =>
    expect(() => quantity(text)).toThrow(/no quantity/),
  )

  const node = (ready: string, closed = false) => ({
    spec: closed ? { unschedulable: true } : {},
    status: {
      allocatable: { cpu: '2', memory: '4Gi', pods: '110', 'ephemeral-storage': '1' },
      conditions: [
        { type: 'MemoryPressure', status: 'False' },
        { type: 'Ready', status: ready },
      ],
    },
  })
  const pod = (phase: string, cpu: string, more: object = {}) => ({
    spec: {
      ...(phase === 'Pending' ? {} : { nodeName: 'n1' }),
      containers: [
        { name: 'a', resources: { requests: { cpu, memory: '512Mi' } } },
        { name: 'b', resources: {} },
      ],
      ...more,
    },
    status: { phase, containerStatuses: [{ restartCount: 2, state: { waiting: { reason: 'CrashLoopBackOff' } } }] },
  })
  const samples = (nodes: object[], pods: object[]) =>
    new Map(
      kubernetesSamples(JSON.stringify({ items: nodes }), JSON.stringify({ items: pods })).map(
        ({ metric, labels, value }) => [[metric, ...Object.values(labels)].join(' '), value],
      ),
    )
  test('requests of what holds a place, against nodes that are ready and take pods', () => {
    const values = samples(
      [node('True'), node('True', true), node('Unknown')],
      [pod('Running', '500m'), pod('Succeeded', '1500m'), pod('Pending', '4'), pod('Failed', '1')],
    )
    expect(values.get('kubernetes_nodes ready')).toBe(1)
    expect(values.get('kubernetes_nodes ready, takes no pods')).toBe(1)
    expect(values.get('kubernetes_nodes not ready')).toBe(1)
    expect(values.get('kubernetes_pods Running')).toBe(1)
    expect(values.get('kubernetes_pods_pending')).toBe(1)
    expect(values.get('kubernetes_cpu_requested_ratio')).toBe(0.25)
    expect(values.get('kubernetes_memory_requested_ratio')).toBe(0.125)
    expect(values.get('kubernetes_pods_failing')).toBe(4)
    expect(values.get('kubernetes_restarts')).toBe(8)
  })
  test('init containers hold what the greatest of them needs, sidecars hold theirs all along', () => {
    const initContainers = [
      { resources: { requests: { cpu: '100m' } }, restartPolicy: 'Always' },
      { resources: { requests: { cpu: '1' } } },
    ]
    // max(0.1 + 1 before, 0.1 + 0.5 together) of 2 cores.
    expect(
      samples([node('True')], [pod('Running', '500m', { initContainers })]).get('kubernetes_cpu_requested_ratio'),
    ).toBeCloseTo(0.55)
  })
  test('a cluster without a node that is ready has no share, rather than an endless one', () => {
    expect(samples([node('False')], [pod('Running', '1')]).has('kubernetes_cpu_requested_ratio')).toBe(false)
  })
  test.each(['', 'error', '{}', '{"items":[{}]}', '[]'])('%j is no list of nodes', (text) =>
    expect(() => kubernetesSamples(text, '{"items":[]}')).toThrow(),
  )
})

describe('certificates from the host', () => {
  const tls = ServiceSchema.parse({ kind: 'tls', id: 't', name: 'T', address: 'a.example', from: 'host' })
  const left = (text: string, at: number) =>
    deriveSamples(
      null,
      parseProbe(
        `headroom_probe 2\nuptime_seconds 5\ntls_certificate{service="t",not_after="${text}"} 1\nprobe_end{milliseconds="1"} 1\n`,
      ),
      { at, services: [tls] },
    ).find(({ metric }) => metric === 'tls_left_seconds')
  test('OpenSSL’s date, with one digit of a day too, in seconds that may be below none', () => {
    expect(left('Nov 21 08:20:39 2027 GMT', Date.UTC(2027, 10, 20, 8, 20, 39))).toMatchObject({
      value: 86_400,
      labels: { endpoint: 'a.example:443', from: 'host' },
    })
    expect(left('Jan  5 00:00:00 2027 GMT', Date.UTC(2027, 0, 6))?.value).toBe(-86_400)
  })
  test.each(['Foo 21 08:20:39 2027 GMT', 'tomorrow', 'Nov 21 08:20:39 2027'])('"%s" gives nothing', (text) =>
    expect(left(text, 0)).toBeUndefined(),
  )
})

describe('services as settings', () => {
  const refused = (input: object) => ServiceSchema.safeParse(input).error?.issues[0]?.message
  test.each([
    [{ kind: 'http', id: 'a', name: 'A', url: 'shop.example.org' }, /http:\/\//],
    [{ kind: 'http', id: 'a', name: 'A', url: 'file:///etc/passwd' }, /http:\/\//],
    [{ kind: 'http', id: 'a', name: 'A', url: 'https://me:pw@a.example' }, /Authorization/],
    [{ kind: 'redis', id: 'A b', name: 'A' }, /small letters/],
    [{ kind: 'redis', id: 'a', name: 'A', address: '-rf' }, /hyphen/],
    [{ kind: 'redis', id: 'a', name: 'A', lists: ['a\nFLUSHALL'] }, /one line/],
    [{ kind: 'pgbouncer', id: 'a', name: 'A', user: '--help' }, /hyphen/],
    [{ kind: 'own', id: 'a', name: 'A', metric: 'No', source: 'sql', text: 'x', unit: 'count' }, /small letters/],
  ])('%j is refused with words', (input, words) => expect(refused(input)).toMatch(words))
})

test('a PgBouncer without clients says that it has none, and one that does not answer says nothing', () => {
  const pool = ServiceSchema.parse({ kind: 'pgbouncer', id: 'pool', name: 'Pool', user: 'stats' })
  const told = (text: string) =>
    deriveSamples(null, parseProbe(`headroom_probe 1\n${text}`), { at: 0, services: [pool] })
      .filter(({ metric }) => metric.startsWith('pgbouncer_'))
      .map(({ metric, value }) => [metric, value])
  expect(told('pgbouncer_config{service="pool",key="max_client_conn"} 100')).toEqual([
    ['pgbouncer_clients_used_ratio', 0],
  ])
  expect(told('')).toEqual([])
})
