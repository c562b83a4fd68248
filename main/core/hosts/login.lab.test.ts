import { chmodSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { HostInput, SshAuthInput } from '../../../shared/model/host.ts'
import { failure, type OpenHosts, openHosts } from '../../../test/fixtures/hosts.ts'
import { freePort, type Lab, loopbackAddresses, type Sshd, startAgent, startLab } from '../../../test/lab/index.ts'

const isRoot = process.getuid?.() === 0
let lab: Lab
let server: Sshd
const opened: OpenHosts[] = []

beforeAll(async () => {
  lab = await startLab({ servers: 1, passwordUser: isRoot })
  server = lab.servers[0] as Sshd
})
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})
afterAll(() => lab.stop())

function open(options: Parameters<typeof openHosts>[0] = {}): OpenHosts {
  const one = openHosts({ real: true, ...options })
  opened.push(one)
  return one
}
/** An inventory that knows the server's key from ssh's own file. */
function openKnowing(options: Parameters<typeof openHosts>[0] = {}): OpenHosts {
  const one = open(options)
  writeFileSync(one.knownHosts, `[${server.address}]:${server.port} ${server.hostKey.publicLine}\n`)
  return one
}
const ssh = (auth: SshAuthInput, more: Partial<Extract<HostInput, { kind: 'ssh' }>> = {}): HostInput => ({
  kind: 'ssh',
  name: 'web',
  address: server.address,
  port: server.port,
  user: lab.user,
  auth,
  ...more,
})
const answers = async ({ hosts }: OpenHosts, hostId: string) =>
  (await hosts.run(hostId, { argv: ['printf', '%s', "it's $HOME"] })).stdout

describe('logging in', () => {
  it('works with a key file, and the state says so', async () => {
    const one = openKnowing()
    const host = await one.hosts.add(ssh({ kind: 'key', path: lab.keys.plain.path }))
    expect(host).toMatchObject({ name: 'web', kind: 'ssh', authKind: 'key', state: 'up', problem: null })
    expect(await answers(one, host.id)).toBe("it's $HOME")
    expect(one.hosts.list()).toEqual([one.hosts.get(host.id)])
  })

  it('works with an RSA key', async () => {
    const one = openKnowing()
    const host = await one.hosts.add(ssh({ kind: 'key', path: lab.keys.rsa.path }))
    expect(await answers(one, host.id)).toBe("it's $HOME")
  })

  it('works with an encrypted key and its passphrase, and says what is missing or wrong without it', async () => {
    const one = openKnowing()
    const { path, passphrase } = lab.keys.encrypted
    expect((await failure(one.hosts.add(ssh({ kind: 'key', path })))).problem).toMatchObject({
      code: 'KEY_NEEDS_PASSPHRASE',
      field: 'auth.passphrase',
    })
    expect((await failure(one.hosts.add(ssh({ kind: 'key', path, passphrase: 'wrong' })))).problem).toMatchObject({
      code: 'KEY_WRONG_PASSPHRASE',
      field: 'auth.passphrase',
    })
    expect(one.hosts.list()).toEqual([])
    const host = await one.hosts.add(ssh({ kind: 'key', path, passphrase }))
    expect(await answers(one, host.id)).toBe("it's $HOME")
  })

  it('works with the agent', async () => {
    const one = openKnowing({ env: { SSH_AUTH_SOCK: lab.agent.socket } })
    const host = await one.hosts.add(ssh({ kind: 'agent' }))
    expect(await answers(one, host.id)).toBe("it's $HOME")
  })

  it('says that there is no agent', async () => {
    const without = await failure(openKnowing().hosts.add(ssh({ kind: 'agent' })))
    expect(without.message).toBe('No SSH agent found. Start one, or choose a key file.')
    expect(without.code).toBe('NO_AGENT')
    const gone = openKnowing({ env: { SSH_AUTH_SOCK: join(lab.folder, 'no-such.sock') } })
    expect((await failure(gone.hosts.add(ssh({ kind: 'agent' })))).code).toBe('NO_AGENT')
  })

  it('says that the agent holds no key', async () => {
    const empty = await startAgent(lab.folder, [])
    lab.cleanUp(() => empty.stop())
    const one = openKnowing({ env: { SSH_AUTH_SOCK: empty.socket } })
    expect((await failure(one.hosts.add(ssh({ kind: 'agent' })))).code).toBe('AGENT_EMPTY')
  })

  it.runIf(isRoot)('works with a password, and refuses a wrong one naming what was tried', async () => {
    const one = openKnowing()
    const { name: user, password } = lab.passwordUser ?? { name: '', password: '' }
    const refused = await failure(one.hosts.add(ssh({ kind: 'password', password: 'wrong' }, { user })))
    expect(refused.problem).toMatchObject({ code: 'AUTH_REFUSED', details: { tried: 'password' } })
    expect(one.hosts.list()).toEqual([])
    const host = await one.hosts.add(ssh({ kind: 'password', password }, { user }))
    expect((await one.hosts.run(host.id, { argv: ['id', '-un'] })).stdout.trim()).toBe(user)
  })

  it('refuses a key that the server does not know, and names it', async () => {
    const one = openKnowing()
    const { problem } = await failure(one.hosts.add(ssh({ kind: 'key', path: lab.keys.stranger.path })))
    expect(problem.code).toBe('AUTH_REFUSED')
    expect(problem.fact).toContain(lab.keys.stranger.path)
    expect(one.hosts.list()).toEqual([])
  })

  it('says what is wrong with a key file', async () => {
    const one = openKnowing()
    const add = async (path: string) => (await failure(one.hosts.add(ssh({ kind: 'key', path })))).problem
    const broken = join(lab.folder, 'broken')
    writeFileSync(broken, 'not a key')
    expect(await add('~/no-such-key')).toMatchObject({
      code: 'KEY_NOT_FOUND',
      field: 'auth.path',
      value: '~/no-such-key',
    })
    expect(await add(lab.folder)).toMatchObject({
      code: 'KEY_UNREADABLE',
      fact: `The key file ${lab.folder} cannot be used: it is a folder.`,
      field: 'auth.path',
    })
    expect(await add(broken)).toMatchObject({ code: 'KEY_UNREADABLE', value: broken })
    expect((await add(`${lab.keys.plain.path}.pub`)).fact).toContain('public key')
    chmodSync(broken, 0o600)
  })

  it('asks for the secret again in a session that does not have it', async () => {
    const one = openKnowing()
    const { path, passphrase } = lab.keys.encrypted
    const host = await one.hosts.add(ssh({ kind: 'key', path, passphrase }))
    await one.hosts.secrets.delete(`host/${host.id}/login`)
    const tested = await one.hosts.test(host.id)
    expect(tested).toMatchObject({ state: 'needs-secret', problem: { code: 'SECRET_NEEDED', field: 'secret' } })
    expect((await failure(one.hosts.run(host.id, { argv: ['true'] }))).code).toBe('SECRET_NEEDED')
    expect(await one.hosts.setSecret(host.id, passphrase)).toMatchObject({ state: 'up', problem: null })
  })
})

describe('servers that cannot be reached', () => {
  const quick = { limits: { socketMs: 2000, loginMs: 500 } }

  it('a closed port', async () => {
    const address = loopbackAddresses()()
    const port = await freePort(address)
    const { problem } = await failure(
      open().hosts.add(ssh({ kind: 'key', path: lab.keys.plain.path }, { address, port })),
    )
    expect(problem).toMatchObject({ code: 'HOST_UNREACHABLE', value: address, details: { reason: 'ECONNREFUSED' } })
  })

  it('a name that does not exist', async () => {
    const input = ssh({ kind: 'key', path: lab.keys.plain.path }, { address: 'no-such-host.invalid' })
    const { problem } = await failure(open().hosts.add(input))
    expect(problem).toMatchObject({ code: 'HOST_UNREACHABLE', field: 'address', value: 'no-such-host.invalid' })
  })

  it('a port that takes connections and never answers', async () => {
    const silent = createServer()
    const port = await new Promise<number>((resolve) =>
      silent.listen(0, '127.0.0.1', () => resolve((silent.address() as { port: number }).port)),
    )
    try {
      const one = open(quick)
      const target = { address: '127.0.0.1', port }
      const { problem } = await failure(one.hosts.add(ssh({ kind: 'key', path: lab.keys.plain.path }, target)))
      expect(problem).toMatchObject({ code: 'HOST_UNREACHABLE', details: { reason: 'TIMEOUT' } })
      expect((await failure(one.hosts.scanKey(target))).code).toBe('HOST_UNREACHABLE')
    } finally {
      silent.close()
    }
  })

  it('a port where something else than SSH answers', async () => {
    const other = createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const port = await new Promise<number>((resolve) =>
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port)),
    )
    try {
      const input = ssh({ kind: 'key', path: lab.keys.plain.path }, { address: '127.0.0.1', port })
      expect((await failure(open(quick).hosts.add(input))).code).toBe('HOST_UNREACHABLE')
    } finally {
      other.close()
    }
  })
})
