import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Lab } from './lab.ts'

export interface CloudServer {
  id: number
  name: string
  type: string
  status: 'running' | 'off'
  protected: boolean
}

/** A stand-in for the HTTP API of Hetzner Cloud, for the real `hcloud`. */
export interface HcloudApi {
  /** For HCLOUD_ENDPOINT. */
  endpoint: string
  token: string
  servers: CloudServer[]
  /** Requests that change something, in their order: method, path and body. */
  changes: { method: string; path: string; body: Record<string, unknown> }[]
  /** What it was asked and does not know: a client that strays from the protocol shows here. */
  unknown: string[]
}

const TYPES = [
  { id: 104, name: 'cx23', cores: 2, memory: 4, disk: 40, net: '2.9900000000' },
  { id: 105, name: 'cx33', cores: 4, memory: 8, disk: 80, net: '4.9900000000' },
]
const price = (net: string) => ({ net, gross: (Number(net) * 1.19).toFixed(10) })
const typeOf = ({ net, ...type }: (typeof TYPES)[number]) => ({
  ...type,
  description: type.name.toUpperCase(),
  deprecated: false,
  storage_type: 'local',
  cpu_type: 'shared',
  architecture: 'x86',
  prices: ['fsn1', 'hel1'].map((location, index) => ({
    location,
    price_hourly: price('0.0048000000'),
    price_monthly: price(index === 0 ? net : (Number(net) + 1).toFixed(10)),
  })),
})
const named = (id: number, name: string) => ({ id, name, labels: {}, created: '2026-01-01T00:00:00+00:00' })

/** Answers as the API is documented, keeps servers in memory, and ends with the lab. */
export async function startHcloudApi(lab: Lab): Promise<HcloudApi> {
  const api: HcloudApi = { endpoint: '', token: 'T'.repeat(64), servers: [], changes: [], unknown: [] }
  let count = 41
  const action = (command: string, status: 'running' | 'success') => ({
    ...{ id: ++count, command, status, progress: status === 'success' ? 100 : 0, error: null, resources: [] },
    ...{ started: '2026-01-01T00:00:00+00:00', finished: status === 'success' ? '2026-01-01T00:00:01+00:00' : null },
  })
  const shown = ({ id, name, type, status, protected: kept }: CloudServer) => ({
    ...named(id, name),
    status,
    public_net: {
      ipv4: { ip: `192.0.2.${id % 250}`, blocked: false, dns_ptr: '' },
      ipv6: { ip: '2001:db8::/64', blocked: false, dns_ptr: [] },
      floating_ips: [],
      firewalls: [],
    },
    private_net: [],
    server_type: typeOf(TYPES.find((one) => one.name === type) as (typeof TYPES)[number]),
    datacenter: { ...named(1, 'fsn1-dc14'), location: named(1, 'fsn1'), server_types: {} },
    image: { ...named(3, 'debian-12'), type: 'system', architecture: 'x86', os_flavor: 'debian' },
    protection: { delete: kept, rebuild: kept },
    volumes: [],
    load_balancers: [],
    ...{ primary_disk_size: 40, locked: false, rescue_enabled: false, backup_window: null, iso: null },
  })
  const lists: Record<string, { key: string; of: () => { name: string }[] }> = {
    '/server_types': { key: 'server_types', of: () => TYPES.map(typeOf) },
    '/servers': { key: 'servers', of: () => api.servers.map(shown) },
    '/images': {
      key: 'images',
      of: () => [{ ...named(3, 'debian-12'), type: 'system', architecture: 'x86' } as never],
    },
    '/locations': { key: 'locations', of: () => [named(1, 'fsn1'), named(2, 'hel1')] },
    '/ssh_keys': { key: 'ssh_keys', of: () => [{ ...named(8, 'deploy'), fingerprint: '', public_key: '' } as never] },
    '/networks': { key: 'networks', of: () => [{ ...named(9, 'private'), ip_range: '10.0.0.0/16' } as never] },
    '/firewalls': { key: 'firewalls', of: () => [{ ...named(7, 'web'), rules: [], applied_to: [] } as never] },
  }
  const answer = (method: string, url: URL, body: Record<string, unknown>): [number, unknown] => {
    const path = url.pathname
    const notFound = (): [number, unknown] => [404, { error: { code: 'not_found', message: `${path} not found` } }]
    if (method !== 'GET') api.changes.push({ method, path, body })
    const list = lists[path]
    if (method === 'GET' && list !== undefined) {
      const name = url.searchParams.get('name')
      return [200, { [list.key]: list.of().filter((one) => name === null || one.name === name), meta: {} }]
    }
    if (method === 'GET' && path === '/actions')
      return [
        200,
        { actions: url.searchParams.getAll('id').map((id) => ({ ...action('wait', 'success'), id: Number(id) })) },
      ]
    const one = /^\/(actions|servers|server_types)\/(\d+)(?:\/actions\/(\w+))?$/.exec(path)
    const server = api.servers.find(({ id }) => id === Number(one?.[2]))
    if (method === 'GET' && one?.[1] === 'actions')
      return [200, { action: { ...action('wait', 'success'), id: Number(one[2]) } }]
    if (method === 'GET' && one?.[1] === 'server_types') return notFound()
    if (method === 'POST' && path === '/servers') {
      const type = [...TYPES].find(({ id, name }) => [String(id), name].includes(String(body.server_type)))
      if (!type) return [422, { error: { code: 'invalid_input', message: 'server type not found' } }]
      if (api.servers.some(({ name }) => name === body.name))
        return [409, { error: { code: 'uniqueness_error', message: 'server name is already used' } }]
      const made: CloudServer = {
        id: ++count,
        name: String(body.name),
        type: type.name,
        status: 'running',
        protected: false,
      }
      api.servers.push(made)
      return [
        201,
        { server: shown(made), action: action('create_server', 'running'), next_actions: [], root_password: null },
      ]
    }
    if (server && one?.[1] === 'servers') {
      if (method === 'GET' && !one[3]) return [200, { server: shown(server) }]
      if (method === 'DELETE') {
        if (server.protected) return [423, { error: { code: 'protected', message: 'server deletion is protected' } }]
        api.servers.splice(api.servers.indexOf(server), 1)
        return [200, { action: action('delete_server', 'running') }]
      }
      const verb = one[3]
      if (method === 'POST' && (verb === 'shutdown' || verb === 'poweroff')) server.status = 'off'
      else if (method === 'POST' && verb === 'poweron') server.status = 'running'
      else if (method === 'POST' && verb === 'change_type') {
        if (server.status !== 'off')
          return [422, { error: { code: 'server_not_stopped', message: 'server must be stopped' } }]
        const type = TYPES.find(({ id, name }) => [String(id), name].includes(String(body.server_type)))
        if (!type || typeof body.upgrade_disk !== 'boolean')
          return [422, { error: { code: 'invalid_input', message: '' } }]
        server.type = type.name
      } else return notFound()
      return [201, { action: action(verb ?? '', 'running') }]
    }
    if (path.startsWith('/servers/')) return notFound()
    api.unknown.push(`${method} ${path}`)
    return notFound()
  }
  const http = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const text = Buffer.concat(parts).toString('utf8')
      const allowed = request.headers.authorization === `Bearer ${api.token}`
      const [status, body] = allowed
        ? answer(
            request.method ?? 'GET',
            new URL(request.url ?? '/', 'http://api'),
            text === '' ? {} : JSON.parse(text),
          )
        : [401, { error: { code: 'unauthorized', message: 'unable to authenticate' } }]
      response.writeHead(status as number, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  lab.cleanUp(() => void http.close())
  api.endpoint = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  return api
}
