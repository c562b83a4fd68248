import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { artifactPlan } from '../../test/fixtures/artifact-plan.ts'
import { shippedPlans } from '../../test/fixtures/blueprints.ts'
import { PROMQL } from '../metrics/promql.ts'
import type { Artifact } from '../model/artifact.ts'
import type { Plan } from '../model/plan.ts'
import { artifactNamed, artifactsOf } from './index.ts'
import { bytesOf } from './settings.ts'
import { slug } from './workload.ts'

const plans = shippedPlans()
const rules = { sources: PROMQL, hostLabel: 'instance', where: '' }
const made = (plan: Plan, stage: string, machines: Parameters<typeof artifactsOf>[2]['machines'] = []) =>
  artifactsOf(plan, stage, { machines, rules })

/** The rows that a file's own remarks name. */
const ROW = /\b(?:stages|components|calculations|alerts|seasonality)(?:\[[^\]]+\]|\.[A-Za-z0-9_-]+)+/g
const rowsIn = (text: string): string[] => [...new Set(text.match(ROW) ?? [])]

/** Changes the value at a row so that it is still one of its kind; returns null where there is no value. */
function changed(plan: Plan, row: string): Plan | null {
  const copy = structuredClone(plan) as Plan
  const steps = [...row.matchAll(/\[("(?:[^"\\]|\\.)*"|[^\]]+)\]|([A-Za-z0-9_-]+)/g)].map((match) =>
    match[1] === undefined
      ? (match[2] as string)
      : match[1].startsWith('"')
        ? (JSON.parse(match[1]) as string)
        : match[1],
  )
  // biome-ignore lint/suspicious/noExplicitAny: any part of a plan may be on the way
  let at: any = copy
  for (const [index, step] of steps.entries()) {
    const last = index === steps.length - 1
    const key = Array.isArray(at) ? indexIn(at, step) : step
    if (at?.[key] === undefined) return null
    if (last && typeof at[key] === 'object' && !Array.isArray(at[key])) return null
    if (last) at[key] = other(at[key], step)
    else at = at[key]
  }
  return copy
}

const indexIn = (list: { id?: string; name?: string; resource?: string }[], step: string): number => {
  const found = list.findIndex(
    (one) => one.id === step || one.resource === step || (one.id === undefined && one.name === step),
  )
  return found >= 0 ? found : Number(step)
}

const WORDS: Record<string, string> = {
  ...{ max: 'min', min: 'max', pods: 'percent', percent: 'pods', random: 'geo', dynamic_latency: 'geo' },
  ...{
    session: 'transaction',
    transaction: 'session',
    kubernetes: 'k3s',
    k3s: 'kubernetes',
    compose: 'k3s',
    swarm: 'k3s',
    none: 'k3s',
    cluster: 'k3s',
    storage: 'server',
  },
  ...{ server: 'cluster', database: 'server' },
}
function other(value: unknown, key: string): unknown {
  if (typeof value === 'number')
    return key === 'weight'
      ? value / 2
      : Number.isInteger(value)
        ? value + Math.max(2, Math.floor(value / 2))
        : value * 1.5
  if (typeof value === 'boolean') return !value
  if (Array.isArray(value))
    return key === 'days'
      ? ['wed']
      : key === 'hourOfDay'
        ? [...value.slice(1), value[0]]
        : [...value.slice(1), other(value[0], key)]
  if (typeof value !== 'string') return value
  const [duration, amount, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(value) ?? []
  if (duration) return `${Number(amount) * 2}${unit}`
  const [bytes, count, scale] = /^(\d+)( ?[kmgKMG][bB]?)$/.exec(value) ?? []
  if (bytes) return `${Number(count) * 2}${scale}`
  if (/^\d\d:\d\d$/.test(value)) return '05:15'
  if (/^\d+:\d+$/.test(value)) return `8${value}`
  if (key === 'formula') return `(${value}) / 2`
  return (
    WORDS[value] ??
    (value.includes(':') && value.includes('/') ? `${value}x` : value.startsWith('/') ? `${value}2` : `${value}x`)
  )
}

const withoutRemarks = (text: string): string =>
  text
    .split('\n')
    .map((line) => (/^\s*[#;]/.test(line) ? '' : line.replace(/ +# .*$/, '')))
    .join('\n')

describe('the rows that files name', () => {
  const cases = [
    ...plans.flatMap((plan) => plan.stages.map(({ id }) => [plan, id] as const)),
    [artifactPlan(), 'one'] as const,
  ]
  it.each(cases.map(([plan, stage]) => [plan.id, stage, plan] as const))(
    '%s, stage %s: a change of any of them changes the file',
    (_, stage, plan) => {
      const { artifacts } = made(plan, stage)
      const unmoved: string[] = []
      for (const one of artifacts) {
        if (one.kind === 'plan-json') continue
        for (const row of rowsIn(one.text.split('\n').slice(2).join('\n'))) {
          // What is not in the plan cannot be changed; it is told as missing.
          const plan2 = changed(plan, row)
          if (!plan2 || /\.id$/.test(row)) continue
          const again = made(plan2, stage).artifacts.find(({ id }) => id === one.id)
          if (again && withoutRemarks(again.text) === withoutRemarks(one.text)) unmoved.push(`${one.id}: ${row}`)
        }
      }
      expect(unmoved).toEqual([])
    },
  )

  it('are named for every figure of the full plan', () => {
    const { artifacts } = made(artifactPlan(), 'one')
    const all = new Set(artifacts.flatMap(({ text }) => rowsIn(text)))
    for (const row of [
      'stages[one].nodes[app].services[api].replicas',
      'stages[one].nodes[app].services[api].memoryGb',
      'stages[one].nodes[app].services[api].cpuRequest',
      'stages[one].nodes[app].services[worker].health',
      'stages[one].autoscalers[api].scaleUp.stabilisation',
      'stages[one].autoscalers[jobs].polling',
      'stages[one].supply.connections',
      'stages[one].nodes[db].ramGb',
      'components[nginx].settings.gzip_comp_level',
      'components[api-pod].settings.readiness',
      'seasonality.hourOfDay',
    ])
      expect(all).toContain(row)
  })
})

describe('files', () => {
  it('exist of every kind for a plan that says enough', () => {
    const { artifacts, left } = made(artifactPlan(), 'one')
    expect(left).toEqual([])
    expect(new Set(artifacts.map(({ kind }) => kind)).size).toBe(17)
    expect(new Set(artifacts.map(({ path }) => path)).size).toBe(artifacts.length)
    expect(new Set(artifacts.map(({ id }) => id)).size).toBe(artifacts.length)
  })

  it('are the same bytes for the same plan', () => {
    expect(made(artifactPlan(), 'one')).toEqual(made(artifactPlan(), 'one'))
  })

  it('that are YAML can be read, whatever the words of the plan', () => {
    const plan = artifactPlan()
    const nasty = 'x"\'\n# y: ${HOME} $(id) {{ z }} \u2028 é'
    plan.name = nasty
    const stage = plan.stages[0] as Plan['stages'][number]
    stage.name = nasty
    for (const node of stage.nodes) {
      node.name = nasty
      node.services = node.services.map((one) => ({
        ...one,
        name: `${one.name} ${nasty}`,
        command: [nasty],
        health: nasty,
      }))
    }
    const { artifacts } = made(plan, 'one')
    for (const { language, text, path } of artifacts) {
      if (language === 'yaml')
        for (const document of parseAllDocuments(text, { version: '1.1' })) expect(document.errors, path).toEqual([])
      if (language === 'json') JSON.parse(text)
      expect(path).toMatch(/^[A-Za-z0-9._/-]+$/)
      // Nothing of it becomes a line of its own.
      if (language !== 'json' && language !== 'yaml') expect(text).not.toMatch(/^ ?# y: /m)
    }
    const compose = artifactNamed({ artifacts, left: [], stage: 'one' }, 'compose-app')
    expect(withoutRemarks(compose.text)).not.toMatch(/[^$]\$\{HOME\}/)
  })

  it('use the addresses of the servers that are known', () => {
    const machines = [
      { name: 'app-1', address: '192.0.2.1', port: 22, user: 'root' },
      { name: 'app-2', address: '192.0.2.2', port: 2222, user: 'deploy' },
    ]
    const { artifacts } = made(artifactPlan(), 'one', machines)
    const text = (kind: Artifact['kind']) => artifacts.find((one) => one.kind === kind)?.text ?? ''
    expect(text('haproxy')).toContain('192.0.2.1:8080')
    expect(text('ansible-inventory')).toContain('ansible_port: 2222')
    expect(text('cloudflare-load-balancer')).toContain('"address": "192.0.2.2"')
    expect(artifacts.find(({ kind }) => kind === 'haproxy')?.open).toEqual([])
  })

  it('hold no value of a secret', () => {
    const { artifacts } = made(artifactPlan(), 'one')
    expect(artifacts.find(({ kind }) => kind === 'compose')?.text).toContain(
      'DATABASE_URL: ${DATABASE_URL:?set it in .env}',
    )
    expect(artifacts.find(({ id }) => id === 'env-app')?.text).toMatch(/^DATABASE_URL=$/m)
    expect(artifacts.find(({ kind }) => kind === 'kubernetes')?.text).toContain('secretKeyRef')
  })

  it('say what the plan leaves open', () => {
    const plan = plans.find(({ id }) => id === 'pareto') as Plan
    const { artifacts } = made(plan, 'scale')
    expect(artifacts.find(({ kind }) => kind === 'kubernetes')?.open[0]).toContain('The image of api')
    expect(artifacts.find(({ kind }) => kind === 'kubernetes')?.text).toContain('.invalid/api:unset')
  })
})

describe('artifactNamed', () => {
  const all = made(artifactPlan(), 'one')
  it('takes an id, or a kind that has one file', () => {
    expect(artifactNamed(all, 'compose-app').kind).toBe('compose')
    expect(artifactNamed(all, 'hpa').id).toBe('hpa')
  })
  it('refuses what is not there, with what is', () => {
    expect(() => artifactNamed(all, 'hpaa')).toThrowError(
      expect.objectContaining({
        problem: expect.objectContaining({
          code: 'UNKNOWN_ARTIFACT',
          field: 'artifact',
          fix: expect.stringContaining('Did you mean "hpa"?'),
        }),
      }),
    )
    expect(() => artifactNamed(all, 'compose')).toThrowError(/2 artifacts of the kind compose/)
    const none = made(plans.find(({ id }) => id === 'tenant-guide') as Plan, 'current')
    expect(() => artifactNamed(none, 'hpa')).toThrowError(/no autoscaler of the kind hpa/)
  })
  it('refuses a stage that is not there', () => {
    expect(() => made(artifactPlan(), 'two')).toThrowError(
      expect.objectContaining({ problem: expect.objectContaining({ code: 'UNKNOWN_STAGE' }) }),
    )
  })
})

describe('words and sizes', () => {
  it.each([
    ['1G', 1024 ** 3],
    ['256mb', 256 * 1024 ** 2],
    ['4 GB', 4 * 1024 ** 3],
    ['512', 512],
    ['much', null],
  ])('%s', (text, bytes) => {
    expect(bytesOf(text)).toBe(bytes)
  })
  it('makes names fit for machines', () => {
    expect(slug('Über API (v2)')).toBe('u-ber-api-v2')
    expect(slug('…')).toBe('service')
    expect(slug('a'.repeat(80))).toHaveLength(63)
  })
})
