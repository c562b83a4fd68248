import { generateKeyPairSync, KeyObject } from 'node:crypto'
import { once } from 'node:events'
import ssh2 from 'ssh2'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { giveBack, keepPacketsSmall } from './packet-memory.ts'

let server: ssh2.Server
let client: ssh2.Client
let exchangeKeys: () => Promise<void>

beforeEach(async () => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
  server = new ssh2.Server({ hostKeys: [privateKey] }, (connection) => {
    connection.on('error', () => {})
    connection.on('authentication', (login) => login.accept())
    connection.on('session', (accept) =>
      accept().on('exec', (take) => {
        const channel = take()
        channel.pipe(channel)
      }),
    )
    exchangeKeys = () => new Promise((done) => connection.rekey(() => done()))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  client = new ssh2.Client()
  keepPacketsSmall(client)
})
afterEach(() => {
  client.end()
  server.close()
})

async function connect(cipher: ssh2.CipherAlgorithm): Promise<void> {
  const { port } = server.address() as { port: number }
  client.connect({ host: '127.0.0.1', port, username: 'somebody', password: 'any', algorithms: { cipher: [cipher] } })
  await once(client, 'ready')
}

/** What comes back of what is sent through the connection. */
async function echoed(bytes: Buffer): Promise<Buffer> {
  const channel = await new Promise<ssh2.ClientChannel>((done, fail) =>
    client.exec('cat', (error, opened) => (error ? fail(error) : done(opened))),
  )
  channel.end(bytes)
  return Buffer.concat(await channel.toArray())
}

const keys = () => {
  const { _cipher, _decipher } = (client as unknown as { _protocol: Record<string, Record<string, unknown>> })._protocol
  return [_cipher?._encKey, _decipher?._decipherKey]
}

/** More packets than one byte of the nonce counts. */
const MANY = Buffer.alloc(10_000_000, 'many packets ')

it('has key objects from the first exchange of keys on, and new ones after the next', async () => {
  await connect('aes128-gcm@openssh.com')
  const first = keys()
  for (const key of first) expect(key).toBeInstanceOf(KeyObject)
  expect((await echoed(MANY)).equals(MANY)).toBe(true)
  await exchangeKeys()
  const next = keys()
  for (const [index, key] of next.entries()) {
    expect(key).toBeInstanceOf(KeyObject)
    expect((key as KeyObject).equals(first[index] as KeyObject)).toBe(false)
  }
  expect((await echoed(MANY)).equals(MANY)).toBe(true)
})

it('leaves a cipher alone that is made once', async () => {
  await connect('aes128-ctr')
  expect((await echoed(MANY)).equals(MANY)).toBe(true)
})

it('gives back memory that nobody else has a part of', () => {
  const own = Buffer.from(new ArrayBuffer(8192))
  const part = Buffer.from(new ArrayBuffer(8192), 1)
  const pooled = Buffer.from('some of the memory that small buffers share')
  for (const bytes of [own, part, pooled]) giveBack(bytes)
  expect([own, part, pooled].map(({ length }) => length)).toEqual([0, 8191, 43])
})
