import { createHash, createHmac } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Lab } from './lab.ts'

/** A stand-in for S3-compatible storage: one bucket in memory, for the real rclone. */
export interface ObjectStore {
  endpoint: string
  accessKey: string
  secretKey: string
  objects: Map<string, { body: Buffer; headers: Record<string, string> }>
  /** How many objects were put. */
  puts: number
}

const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest()
const sha256 = (data: Buffer | string) => createHash('sha256').update(data).digest('hex')
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** Puts, heads, gets and lists (versions 1 and 2) as the API is documented; a request whose signature is wrong gets 403. */
export async function startObjectStore(lab: Lab, bucket: string): Promise<ObjectStore> {
  const store: ObjectStore = {
    ...{ endpoint: '', accessKey: 'LABACCESSKEY', secretKey: 'lab/Secret+Key=of~the.store' },
    ...{ objects: new Map(), puts: 0 },
  }
  const http = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const body = Buffer.concat(parts)
      const url = new URL(request.url ?? '/', 'http://store')
      const fail = (status: number, code: string) =>
        response.writeHead(status, { 'content-type': 'application/xml' }).end(`<Error><Code>${code}</Code></Error>`)
      if (!isSigned(request, url, store)) return fail(403, 'SignatureDoesNotMatch')
      const [, name = '', ...rest] = url.pathname.split('/')
      if (name !== bucket) return fail(404, 'NoSuchBucket')
      const key = decodeURIComponent(rest.join('/'))
      if (key === '' && request.method === 'GET')
        return response.writeHead(200, { 'content-type': 'application/xml' }).end(listing(store, bucket, url))
      if (request.method === 'PUT') {
        const wanted = request.headers['content-md5']
        if (wanted !== undefined && createHash('md5').update(body).digest('base64') !== wanted)
          return fail(400, 'BadDigest')
        const kept = Object.entries(request.headers).filter(([header]) => header.startsWith('x-amz-meta-'))
        store.objects.set(key, { body, headers: Object.fromEntries(kept) as Record<string, string> })
        store.puts += 1
        return response.writeHead(200, { etag: tag(body) }).end()
      }
      const found = store.objects.get(key)
      if (!found) return fail(404, 'NoSuchKey')
      response.writeHead(200, {
        ...{ etag: tag(found.body), 'last-modified': new Date(0).toUTCString(), 'content-length': found.body.length },
        ...found.headers,
      })
      return response.end(request.method === 'HEAD' ? undefined : found.body)
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  lab.cleanUp(() => {
    http.closeAllConnections()
    http.close()
  })
  store.endpoint = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  return store
}

const tag = (body: Buffer) => `"${createHash('md5').update(body).digest('hex')}"`

function listing({ objects }: ObjectStore, bucket: string, url: URL): string {
  const prefix = url.searchParams.get('prefix') ?? ''
  const delimiter = url.searchParams.get('delimiter') ?? ''
  const common = new Set<string>()
  const contents: string[] = []
  for (const [key, { body }] of [...objects].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!key.startsWith(prefix)) continue
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    if (cut >= 0) common.add(key.slice(0, cut + 1))
    else
      contents.push(
        `<Contents><Key>${escaped(key)}</Key><Size>${body.length}</Size><ETag>${tag(body)}</ETag><LastModified>1970-01-01T00:00:00.000Z</LastModified></Contents>`,
      )
  }
  const folders = [...common].map((one) => `<CommonPrefixes><Prefix>${escaped(one)}</Prefix></CommonPrefixes>`)
  return `<?xml version="1.0"?><ListBucketResult><Name>${bucket}</Name><Prefix>${escaped(prefix)}</Prefix><IsTruncated>false</IsTruncated>${contents.join('')}${folders.join('')}</ListBucketResult>`
}

/** AWS Signature Version 4, over what the client says that it signed. */
function isSigned(request: IncomingMessage, url: URL, { accessKey, secretKey }: ObjectStore): boolean {
  const said =
    /Credential=([^/]+)\/(\d+)\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]+)/.exec(
      request.headers.authorization ?? '',
    )
  if (said?.[1] !== accessKey) return false
  const [, , day = '', region = '', signed = '', signature = ''] = said
  const query = [...url.searchParams]
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] < b[1] ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  const headers = signed.split(';').map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`)
  const canonical = [
    ...[request.method, url.pathname, query, headers.join(''), signed, request.headers['x-amz-content-sha256']],
  ].join('\n')
  const scope = `${day}/${region}/s3/aws4_request`
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical)].join('\n')
  const key = ['s3', 'aws4_request'].reduce<Buffer>(hmac, hmac(hmac(`AWS4${secretKey}`, day), region))
  return hmac(key, text).toString('hex') === signature
}

const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
