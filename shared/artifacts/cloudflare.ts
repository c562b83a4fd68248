import { addressOf, type Making, type Outcome, unknownHost } from './made.ts'
import { balancerSettings } from './proxies.ts'
import { entry, field, type Told } from './told.ts'
import { slug } from './workload.ts'

const STEERING = [
  'off',
  'geo',
  'dynamic_latency',
  'random',
  'proximity',
  'least_outstanding_requests',
  'least_connections',
]

/** What Cloudflare's API takes for a load balancer: its monitor, its pool, itself. */
export function cloudflareLoadBalancer(making: Making): Outcome {
  const { plan, stage } = making
  const base = entry('', 'stages', stage.id)
  const settings = balancerSettings(making)
  const node = stage.nodes.find(({ kind, name }) => kind === 'load-balancer' && /cloudflare/i.test(name)) ?? null
  const named = settings.components.find(({ id, name }) => /cloudflare/i.test(`${id} ${name}`))
  if (!node && !named) return { left: 'The stage has no load balancer of Cloudflare.' }
  const balancers = new Set(stage.nodes.filter(({ kind }) => kind === 'load-balancer').map(({ id }) => id))
  const listed = settings.list('origins').map(({ value }) => value)
  const behind = stage.nodes.filter(
    ({ id, kind }) =>
      (kind === 'server' || kind === 'cluster') &&
      (stage.links.some((link) => balancers.has(link.from) && link.to === id) || listed.includes(id)),
  )
  if (behind.length === 0) return { left: 'No server of the stage is linked from the load balancer.' }
  const sources: string[] = []
  const open: string[] = []
  const value = <T extends string | number | boolean>(told: Told<T> | null, usual: T): T => {
    if (told) sources.push(...told.from)
    return told?.value ?? usual
  }
  const weight = settings.number('weight')
  const path = settings.text('health-path')
  const steering = settings.text('steering')
  const session = settings.text('session-affinity')
  const origins = behind.flatMap((one) => {
    sources.push(field(entry(base, 'nodes', one.id), 'id'))
    return Array.from({ length: Math.min(one.count, 100) }, (_, index) => {
      const name = one.count === 1 ? one.id : `${one.id}-${index + 1}`
      const address = addressOf(making, name, one.name)
      if (address === null) open.push(`The address of ${name}: a server of that name gives it.`)
      return {
        name,
        address: address ?? unknownHost(name),
        enabled: true,
        weight: Math.min(1, Math.max(0, value(weight, 1))),
      }
    })
  })
  const needed = behind[0]?.group !== undefined || behind.length > 1 ? 1 : (behind[0]?.needed ?? 1)
  const host = settings.text('host', 'domain')
  if (!host) open.push('The host name that is balanced: a component "load-balancer" with the setting host says it.')
  const poolName = slug(`${plan.id}-${stage.id}`)
  const body = {
    monitors: [
      {
        type: 'https',
        description: `headroom ${poolName}: ${[path, settings.number('health-interval-s'), settings.number('health-timeout-s')].flatMap((told) => told?.from ?? []).join(', ')}`,
        method: 'GET',
        path: value(path, '/'),
        interval: Math.max(5, value(settings.number('health-interval-s'), 60)),
        timeout: Math.max(1, value(settings.number('health-timeout-s'), 5)),
        retries: value(settings.number('health-retries'), 2),
        expected_codes: '2xx',
        follow_redirects: false,
        allow_insecure: false,
      },
    ],
    pools: [
      {
        name: poolName,
        description: `headroom: ${behind.map(({ id }) => entry(base, 'nodes', id)).join(', ')}${weight ? `; ${weight.remark}` : ''}`,
        enabled: true,
        minimum_origins: needed,
        monitor: `<id of the monitor "headroom ${poolName}">`,
        origins,
      },
    ],
    load_balancers: [
      {
        name: host ? value(host, '') : unknownHost('host'),
        description: `headroom: ${node ? entry(base, 'nodes', node.id) : ''}${steering ? `; ${steering.remark}` : ''}`,
        proxied: true,
        enabled: true,
        default_pools: [`<id of the pool "${poolName}">`],
        fallback_pool: `<id of the pool "${poolName}">`,
        steering_policy: steering && STEERING.includes(steering.value) ? value(steering, 'off') : 'off',
        session_affinity:
          session && ['none', 'cookie', 'ip_cookie'].includes(session.value) ? value(session, 'none') : 'none',
      },
    ],
  }
  return [
    {
      id: 'cloudflare-load-balancer',
      kind: 'cloudflare-load-balancer',
      path: 'cloudflare/load-balancer.json',
      language: 'json',
      text: `${JSON.stringify(body, null, 2)}\n`,
      sources,
      open,
      notes: [
        'Bodies for POST /accounts/ACCOUNT/load_balancers/monitors, .../pools and /zones/ZONE/load_balancers, in this order; the ids of each answer go into the next.',
      ],
    },
  ]
}
