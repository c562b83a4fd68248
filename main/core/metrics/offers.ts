import type { Host } from '../../../shared/model/host.ts'
import type { Service, ServiceOffer } from '../../../shared/model/service.ts'
import type { Finding } from './findings.ts'

/** What a host was seen to run and nothing asks yet, with what to set up where that can be proposed. */
export function offersOf(host: Host, services: readonly Service[], finding: Finding | null): ServiceOffer[] {
  if (finding === null) return []
  const ids = new Set(services.map(({ id }) => id))
  const free = (id: string) => {
    let one = id
    for (let n = 2; ids.has(one); n += 1) one = `${id}-${n}`
    return one
  }
  const asks = (kind: Service['kind'], port: number | null) =>
    services.some((one) => one.kind === kind && (port === null || !('port' in one) || one.port === port))
  const offers: ServiceOffer[] = []
  for (const port of finding.ports) {
    if (port === 6379 && !asks('redis', port))
      offers.push({
        what: 'redis',
        port,
        service: {
          kind: 'redis',
          id: free('redis'),
          name: 'Redis',
          via: 'host',
          address: '127.0.0.1',
          port,
          lists: [],
        },
      })
    if (port === 6432 && !asks('pgbouncer', port))
      offers.push({
        what: 'pgbouncer',
        port,
        service: {
          ...{ kind: 'pgbouncer', id: free('pgbouncer'), name: 'PgBouncer', via: 'host' },
          ...{ address: '127.0.0.1', port, user: 'pgbouncer' },
        },
      })
    if (port === 5432 && host.postgres === null) offers.push({ what: 'postgres', port, service: null })
    if (port === 443 && host.kind === 'ssh' && !asks('tls', port) && !services.some(({ kind }) => kind === 'http'))
      offers.push({
        what: 'https',
        port,
        service: {
          kind: 'tls',
          id: free('tls'),
          name: 'Certificate',
          address: host.route?.address ?? host.address,
          port,
          from: 'laptop',
        },
      })
  }
  if (finding.kubernetes && !asks('kubernetes', null))
    offers.push({
      what: 'kubernetes',
      port: null,
      service: { kind: 'kubernetes', id: free('kubernetes'), name: 'Kubernetes' },
    })
  return offers
}
