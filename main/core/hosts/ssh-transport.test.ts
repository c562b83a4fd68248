import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import ssh2 from 'ssh2'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { HostKeys } from './host-keys.ts'
import type { Offer } from './identity.ts'
import { CONNECT_LIMITS, connectSsh } from './ssh-connect.ts'
import { SshTransport } from './ssh-transport.ts'

/** A server whose commands are over when they begin: their start, output, exit and end leave in one go. */
let server: ssh2.Server
let port: number
let end: (channel: ssh2.ServerChannel) => void

beforeAll(async () => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
  server = new ssh2.Server({ hostKeys: [privateKey] }, (client) => {
    client.on('error', () => {})
    client.on('authentication', (login) => login.accept())
    client.on('session', (accept) =>
      accept().on('exec', (take, _refuse, { command }) => {
        const channel = take()
        const token = /headroom-\w+/.exec(command)?.[0] ?? ''
        channel.write(`${token} 4242\ndone\n`)
        end(channel)
        channel.close()
      }),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as { port: number }).port
})
afterAll(() => void server.close())

async function ran(): Promise<{ exitCode: number | null; signal: string | null; stdout: string }> {
  const transport = new SshTransport('quick', async () => {
    const client = new ssh2.Client()
    client.connect({ host: '127.0.0.1', port, username: 'somebody', password: 'any' })
    await once(client, 'ready')
    return client
  })
  let stdout = ''
  const onStdout = (chunk: Buffer) => {
    stdout += chunk.toString()
  }
  try {
    const exit = await transport.execute({ text: 'true', stdin: null, sudo: false }, { onStdout, onStderr: () => {} })
    return { ...exit, stdout }
  } finally {
    await transport.close()
  }
}

it('a command that ends at once keeps its exit status', async () => {
  end = (channel) => void channel.exit(7)
  expect(await ran()).toEqual({ exitCode: 7, signal: null, stdout: 'done\n' })
})

it('a command that is killed at once keeps its signal', async () => {
  end = (channel) => void channel.exit('KILL')
  expect(await ran()).toEqual({ exitCode: null, signal: 'SIGKILL', stdout: 'done\n' })
})

it('a command whose end nobody told is a lost link', async () => {
  end = () => {}
  await expect(ran()).rejects.toMatchObject({ problem: { code: 'LINK_LOST' } })
})

it('a server that breaks off while a key is looked at has refused nothing', async () => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
  let refuses = false
  const away = new ssh2.Server({ hostKeys: [privateKey] }, (client) => {
    client.on('error', () => {})
    client.on('authentication', (login) => {
      if (refuses && login.method === 'publickey') login.reject(['password'])
      else if (login.method === 'publickey') client.end()
    })
  })
  away.listen(0, '127.0.0.1')
  await once(away, 'listening')
  const target = { address: '127.0.0.1', port: (away.address() as { port: number }).port, user: 'somebody' }
  const offers: Offer[] = [
    { words: 'key file id', method: { type: 'publickey', username: 'somebody', key: privateKey } },
  ]
  const anyKey = {
    check: () => ({ status: 'known', key: { address: '127.0.0.1', port: 22 } }),
    knownAlgorithms: () => [],
  } as unknown as HostKeys
  const tried = () => connectSsh(target, offers, anyKey, CONNECT_LIMITS)
  await expect(tried()).rejects.toMatchObject({
    problem: { code: 'HOST_UNREACHABLE', fact: expect.stringMatching(/broke off in the middle of the login/) },
  })
  refuses = true
  await expect(tried()).rejects.toMatchObject({ problem: { code: 'AUTH_REFUSED' } })
  away.close()
})
