import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { HeadroomError, type Problem } from '../../../../shared/model/problem.ts'
import { Secret } from '../../../../shared/model/secret.ts'
import { createAsk, type Listing, PRICE_SOURCES, type ReaderLimits } from './index.ts'

const fixtures = join(import.meta.dirname, '../../../../test/fixtures/price-sources')
const fixture = (name: string): string => readFileSync(join(fixtures, name), 'utf8')
const open: { close(): unknown; closeAllConnections(): void }[] = []
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

type Answer = (request: IncomingMessage, response: ServerResponse) => void
async function serve(answer: Answer): Promise<{ origin: string; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = []
  const server: Server = createServer((request, response) => {
    asked.push(request)
    answer(request, response)
  })
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

/** Pages by path and query; anything else is 404. */
const pages =
  (bodies: Record<string, string>): Answer =>
  (request, response) => {
    const body = bodies[request.url ?? '']
    response.statusCode = body === undefined ? 404 : 200
    response.end(body ?? '')
  }

const ask = (
  origin: string,
  options: { region?: string; limits?: Partial<ReaderLimits>; token?: string; signal?: AbortSignal } = {},
) =>
  createAsk({
    source: { name: 'Testcloud', origin },
    region: options.region ?? 'all',
    today: '2026-11-21',
    token: options.token === undefined ? null : new Secret('t', options.token),
    signal: options.signal ?? new AbortController().signal,
    ...(options.limits && { limits: options.limits }),
  })

async function readFrom(id: string, bodies: Record<string, string>, region?: string): Promise<Listing> {
  const source = PRICE_SOURCES.find((one) => one.id === id)
  if (!source) throw new Error(`no source ${id}`)
  const { origin } = await serve(pages(bodies))
  return source.read(ask(origin, { region: region ?? source.regions[0] ?? 'all', token: 'token-of-the-test' }))
}
const short = ({ prices }: Listing) =>
  prices.map(({ sku, region, vcpu, ramGb, diskGb, trafficTb, monthly, hourly, currency, cpu, architecture }) =>
    [sku, region, vcpu, ramGb, diskGb, trafficTb, monthly, hourly, currency, cpu, architecture].join(' '),
  )

describe('the price lists', () => {
  it('of Vultr, in pages by a cursor', async () => {
    const list = await readFrom('vultr', {
      '/v2/plans?per_page=500': fixture('vultr.json'),
      '/v2/plans?per_page=500&cursor=bmV4dA%3D%3D': fixture('vultr-2.json'),
    })
    expect(short(list)).toEqual([
      'vc2-1c-1gb most regions 1 1 25 1 5 0.0068 USD shared x86',
      'vc2-2c-4gb most regions 2 4 80 3 22 0.0301 USD shared x86',
      'voc-c-4c-8gb-75s-amd most regions 4 8 75 5 80 0.1096 USD dedicated x86',
    ])
    expect(list.skipped).toEqual([
      { why: 'with a GPU', count: 1 },
      { why: 'in no location', count: 1 },
    ])
  })
  it('of Linode, with the regions that are dearer', async () => {
    const list = await readFrom('linode', {
      '/v4/linode/types?page=1&page_size=500': fixture('linode.json'),
      '/v4/linode/types?page=2&page_size=500': fixture('linode-2.json'),
    })
    expect(short(list)).toEqual([
      'g6-nanode-1 core regions (id-cgk, br-gru dearer) 1 1 25 1 5 0.0075 USD shared x86',
      'g6-nanode-1 id-cgk 1 1 25 1 6 0.009 USD shared x86',
      'g6-nanode-1 br-gru 1 1 25 1 7 0.0105 USD shared x86',
      'g6-standard-2 core regions (id-cgk, br-gru dearer) 2 4 80 4 27 0.0405 USD shared x86',
      'g6-dedicated-2 core regions (id-cgk, br-gru dearer) 2 4 80 4 36 0.054 USD dedicated x86',
    ])
    expect(list.skipped).toEqual([{ why: 'with a GPU', count: 1 }])
  })
  it('of Hetzner, by zone where its locations agree, and by location where they do not', async () => {
    const list = await readFrom('hetzner', {
      '/v1/pricing': fixture('hetzner-pricing.json'),
      '/v1/server_types?per_page=50&page=1': fixture('hetzner.json'),
      '/v1/server_types?per_page=50&page=2': fixture('hetzner-2.json'),
    })
    expect(short(list)).toEqual([
      'cx23 eu-central (fsn1/nbg1/hel1) 2 4 40 20 5.99 0.0095 EUR shared x86',
      'cax11 eu-central (fsn1/nbg1/hel1) 2 4 40 20 5.99 0.0096 EUR shared arm',
      'cpx22 eu-central (fsn1/nbg1/hel1) 2 4 80 20 19.49 0.0312 EUR shared x86',
      'cpx22 ap-southeast (sin) 2 4 80 1 26.99 0.0432 EUR shared x86',
      'ccx13 eu-central (fsn1) 2 8 80 20 42.99 0.0688 EUR dedicated x86',
      'ccx13 eu-central (nbg1) 2 8 80 20 43.49 0.069 EUR dedicated x86',
      'lb11 all     7.49 0.012 EUR  ',
      'volume all       EUR  ',
    ])
    expect(list.prices.at(-1)?.perUnit).toEqual({ unit: 'GB-month', price: 0.0572, freeTier: null })
    expect(list.skipped).toEqual([{ why: 'withdrawn from sale', count: 1 }])
  })
  it('of DigitalOcean, while a next page is named', async () => {
    const list = await readFrom('digitalocean', {
      '/v2/sizes?per_page=200&page=1': fixture('digitalocean.json'),
      '/v2/sizes?per_page=200&page=2': fixture('digitalocean-2.json'),
    })
    expect(short(list)).toEqual([
      's-1vcpu-1gb all 1 1 25 1 6 0.00893 USD shared x86',
      's-2vcpu-4gb all 2 4 80 4 24 0.03571 USD shared x86',
      'g-2vcpu-8gb all 2 8 25 4 63 0.09375 USD dedicated x86',
    ])
  })
  it('of Scaleway, of one zone', async () => {
    const list = await readFrom(
      'scaleway',
      { '/instance/v1/zones/nl-ams-1/products/servers?per_page=100&page=1': fixture('scaleway.json') },
      'nl-ams-1',
    )
    expect(short(list)).toEqual([
      'DEV1-S nl-ams-1 2 2   6.5554 0.00898 EUR shared x86',
      'DEV1-M nl-ams-1 3 4   14.892 0.0204 EUR shared x86',
      'POP2-2C-8G nl-ams-1 2 8   53.655 0.0735 EUR dedicated x86',
      'COPARM1-2C-8G nl-ams-1 2 8   31.098 0.0426 EUR dedicated arm',
    ])
    expect(list.skipped.map(({ why }) => why)).toEqual(['with Windows', 'withdrawn from sale', 'with a GPU'])
  })
  it('of OVHcloud, joining the ways of paying of one size', async () => {
    const list = await readFrom('ovh', { '/v1/order/catalog/public/cloud?ovhSubsidiary=DE': fixture('ovh.json') })
    expect(short(list)).toEqual([
      'b3-8 eu (DE catalogue) 2 8 50  29.9 0.0512 EUR dedicated ',
      'd2-2 eu (DE catalogue) 1 2 25   0.0108 EUR shared ',
    ])
  })
  it('of AWS, out of files that are read in pieces', async () => {
    const list = await readFrom('aws', {
      '/offers/v1.0/aws/AmazonEC2/current/eu-central-1/index.csv': fixture('aws-ec2.csv'),
      '/offers/v1.0/aws/AmazonRDS/current/eu-central-1/index.csv': fixture('aws-rds.csv'),
    })
    expect(short(list)).toEqual([
      't4g.micro on-demand eu-central-1 2 1   7.01 0.0096 USD shared arm',
      'm7g.large on-demand eu-central-1 2 8   75.92 0.104 USD dedicated arm',
      'm7i.large on-demand eu-central-1 2 8   88.18 0.1208 USD dedicated x86',
      'x2iedn.32xlarge on-demand eu-central-1 128 4096   23360 32 USD dedicated x86',
      'db.m7g.large single-AZ eu-central-1 2 8   143.08 0.196 USD dedicated arm',
    ])
    expect(list.prices.at(-1)?.kind).toBe('postgres')
    expect(list.skipped).toEqual([{ why: 'without a price or a size', count: 1 }])
  })
  it.each(PRICE_SOURCES.map(({ id }) => id))('of %s say so when the answer has another shape', async (id) => {
    const source = PRICE_SOURCES.find((one) => one.id === id)
    const { origin } = await serve((_request, response) => response.end('{"plans":7}'))
    await expect(source?.read(ask(origin, { region: source.regions[0] ?? 'all' }))).rejects.toMatchObject({
      code: 'PRICE_SHAPE_CHANGED',
    })
  })
  it('are only of hosts reached by HTTPS', () => {
    for (const { origin } of PRICE_SOURCES) expect(origin).toMatch(/^https:\/\/[a-z0-9.-]+$/)
    expect(() => ask('http://prices.example')).toThrow('over https')
  })
})

async function refused(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(HeadroomError)
  return (error as HeadroomError).problem
}
const anything = z.object({})
const TOKEN = 'canary-token-5f1c'

describe('reading a list', () => {
  it('sends the token in one header, and nothing of it into a message', async () => {
    const { origin, asked } = await serve((_request, response) => {
      response.statusCode = 401
      response.end(`{"error":"bad ${TOKEN}"}`)
    })
    const problem = await refused(ask(origin, { token: TOKEN }).json('/x', anything))
    expect(asked[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`)
    expect(asked[0]?.url).toBe('/x')
    expect(problem).toMatchObject({ code: 'PRICE_TOKEN_REFUSED', field: 'token' })
    expect(JSON.stringify(problem)).not.toContain('canary')
  })
  it('waits as long as it is asked to, and reads on', async () => {
    let count = 0
    const { origin, asked } = await serve((_request, response) => {
      count += 1
      if (count < 3) response.writeHead(429, { 'retry-after': '0' }).end()
      else response.end('{}')
    })
    await expect(ask(origin).json('/x', anything)).resolves.toEqual({})
    expect(asked).toHaveLength(3)
  })
  it.each([
    [{ 'retry-after': '600' }, '600 s'],
    [{}, 'some minutes'],
  ])('says when to come back, with %o', async (headers, words) => {
    const { origin, asked } = await serve((_request, response) => response.writeHead(429, headers).end())
    const problem = await refused(ask(origin).json('/x', anything))
    expect(problem.code).toBe('PRICE_RATE_LIMITED')
    expect(problem.fix).toContain(words)
    expect(asked).toHaveLength(1)
  })
  it('stops asking when it is put off again and again', async () => {
    const { origin, asked } = await serve((_request, response) => response.writeHead(429, { 'retry-after': '0' }).end())
    expect((await refused(ask(origin).json('/x', anything))).code).toBe('PRICE_RATE_LIMITED')
    expect(asked).toHaveLength(4)
  })
  it('follows a redirect on its host, and none to another, where the token would go along', async () => {
    const other = await serve((_request, response) => response.end('{}'))
    const { origin } = await serve((request, response) => {
      if (request.url === '/old') response.writeHead(301, { location: '/new' }).end()
      else if (request.url === '/away') response.writeHead(302, { location: `${other.origin}/x` }).end()
      else if (request.url === '/round') response.writeHead(302, { location: '/round' }).end()
      else response.end('{}')
    })
    await expect(ask(origin).json('/old', anything)).resolves.toEqual({})
    expect((await refused(ask(origin, { token: TOKEN }).json('/away', anything))).code).toBe('PRICE_REDIRECT_REFUSED')
    expect((await refused(ask(origin).json('/round', anything))).code).toBe('PRICE_REDIRECT_REFUSED')
    expect(other.asked).toHaveLength(0)
  })
  it.each([
    ['<html>sign in</html>', 'PRICE_ANSWER_INVALID'],
    ['{"plans":', 'PRICE_ANSWER_INVALID'],
    ['[]', 'PRICE_SHAPE_CHANGED'],
  ])('refuses the answer %s', async (body, code) => {
    const { origin } = await serve((_request, response) => response.end(body))
    expect((await refused(ask(origin).json('/x', anything))).code).toBe(code)
  })
  it('reads no more than it may', async () => {
    const { origin } = await serve((_request, response) => response.end(`{"a":"${'x'.repeat(5000)}"}`))
    const problem = await refused(ask(origin, { limits: { jsonBytes: 1000 } }).json('/x', anything))
    expect(problem.code).toBe('PRICE_ANSWER_TOO_LARGE')
  })
  it.each(['before the answer', 'in the middle of it'])('does not wait for ever on silence %s', async (when) => {
    const { origin } = await serve((_request, response) => {
      if (when !== 'before the answer') response.write('{"a":')
    })
    const problem = await refused(ask(origin, { limits: { silenceMs: 50 } }).json('/x', anything))
    expect(problem.code).toBe('PRICE_SOURCE_TIMEOUT')
  })
  it('is stopped by the operator', async () => {
    const stop = new AbortController()
    const { origin } = await serve(() => stop.abort())
    const problem = await refused(ask(origin, { signal: stop.signal }).json('/x', anything))
    expect(problem.code).toBe('PRICE_REFRESH_CANCELLED')
  })
  it('says that nobody answers', async () => {
    const { origin } = await serve(() => {})
    for (const server of open.splice(0)) server.close()
    const problem = await refused(ask(origin).json('/x', anything))
    expect(problem).toMatchObject({ code: 'PRICE_SOURCE_UNREACHABLE' })
    expect(problem.fact).toContain('ECONNREFUSED')
  })
  it('tells an answer that is none', async () => {
    const { origin } = await serve((_request, response) => response.writeHead(500).end())
    expect(await refused(ask(origin).json('/x', anything))).toMatchObject({ code: 'PRICE_SOURCE_FAILED', value: '500' })
  })
  it('trusts no certificate that nobody vouches for', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'headroom-tls-'))
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=127.0.0.1',
        '-addext',
        'subjectAltName=IP:127.0.0.1',
        '-keyout',
        key,
        '-out',
        cert,
      ],
      { stdio: 'ignore' },
    )
    let asked = 0
    const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_request, response) => {
      asked += 1
      response.end('{}')
    })
    open.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
    const problem = await refused(ask(origin, { token: TOKEN }).json('/x', anything))
    rmSync(folder, { recursive: true })
    expect(problem.code).toBe('PRICE_SOURCE_UNREACHABLE')
    expect(problem.fact).toContain('not trusted')
    expect(asked).toBe(0)
  })
})
