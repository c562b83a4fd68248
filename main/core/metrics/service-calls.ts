import { quoteWord } from '../../../shared/format/shell.ts'
import type { Secret } from '../../../shared/model/secret.ts'
import { POSTGRES_SECRET, type Service } from '../../../shared/model/service.ts'

/** The secrets of a host's services by id, for one round. */
export type ServiceSecrets = ReadonlyMap<string, Secret>

/** The services that the probe itself asks on the host, where they are due. */
export function askedOnHost(service: Service): boolean {
  switch (service.kind) {
    case 'redis':
    case 'pgbouncer':
    case 'own':
      return true
    case 'http':
    case 'tls':
      return service.from !== 'laptop'
    case 'kubernetes':
      return false
  }
}

/**
 * The lines that go before the probe. Secrets are words of the script, which travels over standard input, and arguments of
 * its functions: they reach no program's arguments, no environment and no file.
 */
export function serviceCalls(services: readonly Service[], secrets: ServiceSecrets): string {
  const postgres = secrets.get(POSTGRES_SECRET)
  const password = postgres === undefined ? '' : `HEADROOM_PG_PASSWORD=${quoteWord(postgres.reveal())}\n`
  const calls = services.filter(askedOnHost).map((service) => {
    const words = wordsOf(service, secrets.get(service.id)?.reveal() ?? '')
    return `${words.map(quoteWord).join(' ')}\n`
  })
  return calls.length === 0 ? password : `${password}headroom_services() {\n${calls.join('')}}\n`
}

function wordsOf(service: Service, secret: string): string[] {
  switch (service.kind) {
    case 'redis': {
      const { via, container = '', address, port, socket = '', user = '', lists } = service
      return ['redis_service', service.id, via, container, address, String(port), socket, user, secret, ...lists]
    }
    case 'pgbouncer': {
      const { via, container = '', address, port, user } = service
      return ['pgbouncer_service', service.id, via, container, address, String(port), user, secret]
    }
    case 'http':
      // As the URL standard writes it: no space or control character is left that a tool could read otherwise.
      return ['http_service', service.id, new URL(service.url).href, secret]
    case 'tls':
      return ['tls_service', service.id, service.address, String(service.port), service.serverName ?? service.address]
    case 'own':
      return ['own_service', service.id, service.source, service.text]
    case 'kubernetes':
      return [':']
  }
}
