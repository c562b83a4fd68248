import type { Service, ServiceOf } from '../model/service.ts'
import type { Readings } from './rate-memory.ts'
import { type DerivedSample, sample, share } from './sample.ts'

/** Metrics of the services that the probe asked on the host. Of one that did not answer there is nothing. */
export function services(now: Readings, asked: readonly Service[], at: number | null): DerivedSample[] {
  return asked.flatMap((service) => ofService(now, service, at))
}

function ofService(now: Readings, service: Service, at: number | null): DerivedSample[] {
  switch (service.kind) {
    case 'redis':
      return redis(now, service)
    case 'pgbouncer':
      return pgbouncer(now, service)
    case 'tls':
      return at === null ? [] : certificate(now, service, at)
    case 'own':
      return own(now, service)
    // HTTP checks are judged over a window, and Kubernetes answers by itself.
    case 'http':
    case 'kubernetes':
      return []
  }
}

function redis(now: Readings, { id, name, lists }: ServiceOf<'redis'>): DerivedSample[] {
  const of = (key: string) => ({ service: id, key })
  const value = (key: string) => now.value('redis', of(key))
  const service = { service: name }
  const used = value('used_memory')
  if (used === null) return []
  // Without a limit of its own, what the machine has is the limit.
  const limit = value('maxmemory') || value('total_system_memory')
  const clients = value('connected_clients')
  const isReplica = value('is_replica') === 1
  const failed = [value('rdb_last_bgsave_status'), value('aof_last_write_status')].filter((state) => state !== null)
  return [
    ...sample('redis_memory_used_bytes', used, service),
    ...sample('redis_memory_used_ratio', share(used, limit), service),
    ...sample('redis_clients', clients, service),
    ...sample('redis_clients_used_ratio', share(clients, value('maxclients')), service),
    ...sample('redis_clients_blocked', value('blocked_clients'), service),
    ...sample('redis_replicas', value('connected_slaves'), service),
    ...sample('redis_save_failed', failed.length === 0 ? null : failed.includes(0) ? 1 : 0, service),
    ...(isReplica ? sample('redis_replication_up', value('link_up'), service) : []),
    ...(isReplica
      ? sample('redis_replication_lag_seconds', notNegative(value('master_last_io_seconds_ago')), service)
      : []),
    ...redisRates(now, id, service),
    ...lists.flatMap((queue, index) =>
      sample('queue_length', now.value('redis_list', { service: id, index: String(index) }), { ...service, queue }),
    ),
  ]
}

function redisRates(now: Readings, id: string, service: { service: string }): DerivedSample[] {
  const of = (key: string) => ({ service: id, key })
  const [up, before] = [now.value('redis', of('uptime_in_seconds')), now.earlier('redis', of('uptime_in_seconds'))]
  // Restarted: its counters began again, even where they have already passed what they were.
  if (up === null || before === null || up < before) return []
  // The probe's own looks at keys are taken off: they count between its first and its second reading of the last round.
  const grown = (key: string) => {
    const growth = now.growth('redis', of(key))
    const [first, second] = [now.earlier('redis', of(key)), now.earlier('redis', of(`${key}_after`))]
    if (growth === null || first === null || second === null) return growth
    return { ...growth, by: Math.max(0, growth.by - (second - first)) }
  }
  const [hits, misses] = [grown('keyspace_hits'), grown('keyspace_misses')]
  const operations = grown('total_commands_processed')
  return [
    ...sample('redis_operations_per_second', operations === null ? null : operations.by / operations.seconds, service),
    ...sample('redis_evicted_per_second', now.perSecond('redis', of('evicted_keys')), service),
    ...sample('redis_clients_rejected', now.growth('redis', of('rejected_connections'))?.by ?? null, service),
    ...sample(
      'redis_hit_ratio',
      hits === null || misses === null ? null : share(hits.by, hits.by + misses.by),
      service,
    ),
  ]
}

const notNegative = (value: number | null) => (value === null || value < 0 ? null : value)

function pgbouncer(now: Readings, { id, name }: ServiceOf<'pgbouncer'>): DerivedSample[] {
  const pools = now.all('pgbouncer_pool').filter(({ labels }) => labels.service === id)
  const pool = {
    cl_active: 'clients_active',
    cl_waiting: 'clients_waiting',
    sv_active: 'servers_active',
    sv_idle: 'servers_idle',
  }
  const clients = pools.filter(({ labels }) => labels.key === 'cl_active' || labels.key === 'cl_waiting')
  const max = now.value('pgbouncer_config', { service: id, key: 'max_client_conn' })
  const databases = new Set(
    now.all('pgbouncer_stat').flatMap(({ labels }) => (labels.service === id ? (labels.database ?? []) : [])),
  )
  return [
    ...pools.flatMap(({ labels, value }) => {
      const metric = pool[labels.key as keyof typeof pool]
      const { database = '', user = '' } = labels
      const names = { service: name, database, user }
      if (metric !== undefined) return sample(`pgbouncer_${metric}`, value, names)
      if (labels.key !== 'maxwait') return []
      const rest = now.value('pgbouncer_pool', { ...labels, key: 'maxwait_us' }) ?? 0
      return sample('pgbouncer_wait_ms', value * 1000 + rest / 1000, names)
    }),
    // A pool is there from its first client on: with none there are no clients, which is no lack of an answer.
    ...sample(
      'pgbouncer_clients_used_ratio',
      share(
        clients.reduce((sum, { value }) => sum + value, 0),
        max,
      ),
      { service: name },
    ),
    ...[...databases].flatMap((database) => {
      const of = (key: string) => ({ service: id, database, key })
      const grown = (key: string) => now.growth('pgbouncer_stat', of(key))
      const mean = (key: string, per: string) => {
        const [time, count] = [grown(key), grown(per)]
        return time === null || count === null || count.by === 0 ? null : time.by / 1000 / count.by
      }
      const names = { service: name, database }
      return [
        ...sample('pgbouncer_queries_per_second', now.perSecond('pgbouncer_stat', of('total_query_count')), names),
        ...sample('pgbouncer_transactions_per_second', now.perSecond('pgbouncer_stat', of('total_xact_count')), names),
        ...sample('pgbouncer_query_mean_ms', mean('total_query_time', 'total_query_count'), names),
        ...sample('pgbouncer_wait_mean_ms', mean('total_wait_time', 'total_xact_count'), names),
      ]
    }),
  ]
}

/** OpenSSL prints the end as "Nov 21 08:20:39 2027 GMT"; a day below 10 has two spaces before it. */
function certificate(now: Readings, service: ServiceOf<'tls'>, at: number): DerivedSample[] {
  const text = now.all('tls_certificate').find(({ labels }) => labels.service === service.id)?.labels.not_after ?? ''
  const match = /^([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4}) GMT$/.exec(text)
  const month = MONTHS.indexOf(match?.[1] ?? '')
  if (match === null || month < 0) return []
  const [day, hour, minute, second, year] = match.slice(2).map(Number) as [number, number, number, number, number]
  const end = Date.UTC(year, month, day, hour, minute, second)
  return sample('tls_left_seconds', (end - at) / 1000, { endpoint: endpointOf(service), from: 'host' })
}
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** How a certificate's place is written: "shop.example.org:443". */
export function endpointOf({ address, port, serverName }: ServiceOf<'tls'>): string {
  const host = address.includes(':') ? `[${address}]` : address
  return serverName === undefined || serverName === address ? `${host}:${port}` : `${serverName} at ${host}:${port}`
}

function own(now: Readings, { id, metric, unit }: ServiceOf<'own'>): DerivedSample[] {
  return sample(metric, now.value('own', { service: id })).map((each) => ({ ...each, unit }))
}
