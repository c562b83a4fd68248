import { execFileSync } from 'node:child_process'
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { HostInput } from '../../../shared/model/host.ts'
import { failure, type OpenHosts, openHosts } from '../../../test/fixtures/hosts.ts'
import { type Lab, type Sshd, startLab } from '../../../test/lab/index.ts'

let lab: Lab
let server: Sshd
const opened: OpenHosts[] = []
beforeAll(async () => {
  lab = await startLab({ servers: 1 })
  server = lab.servers[0] as Sshd
})
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})
afterAll(() => lab.stop())

function open(): OpenHosts {
  const one = openHosts({ real: true })
  opened.push(one)
  return one
}
const input = (to: Sshd): HostInput => ({
  kind: 'ssh',
  name: 'web',
  address: to.address,
  port: to.port,
  user: lab.user,
  auth: {
    kind: 'key',
    path: lab.keys.plain.path,
  },
})
const lineOf = (to: Sshd) => `[${to.address}]:${to.port} ${to.hostKey.publicLine}\n`

describe('a server whose key is not known', () => {
  it('is refused with its fingerprint, and connects once the operator accepted the key', async () => {
    const { hosts } = open()
    const { problem } = await failure(hosts.add(input(server)))
    expect(problem.code).toBe('HOST_KEY_UNKNOWN')
    expect(problem.details).toMatchObject({ fingerprint: server.hostKey.fingerprint, algorithm: 'ssh-ed25519' })
    expect(hosts.list()).toEqual([])

    const scanned = await hosts.scanKey({ address: server.address, port: server.port })
    expect(scanned).toMatchObject({ status: 'unknown', key: { fingerprint: server.hostKey.fingerprint }, expected: [] })
    hosts.acceptKey(scanned.key)
    expect((await hosts.scanKey({ address: server.address, port: server.port })).status).toBe('known')
    expect(hosts.knownKeys()).toMatchObject([{ source: 'headroom', fingerprint: server.hostKey.fingerprint }])
    expect((await hosts.add(input(server))).state).toBe('up')

    hosts.forgetKey(scanned.key)
    expect(hosts.knownKeys()).toEqual([])
    expect((await hosts.test(hosts.list()[0]?.id ?? '')).state).toBe('needs-host-key')
  })

  it('is not accepted under a fingerprint that is not its own', async () => {
    const { hosts } = open()
    const { key } = await hosts.scanKey({ address: server.address, port: server.port })
    const accept = async (change: object) => hosts.acceptKey({ ...key, ...change })
    expect((await failure(accept({ fingerprint: 'SHA256:other' }))).code).toBe('HOST_KEY_INVALID')
    expect((await failure(accept({ algorithm: 'ssh-rsa' }))).code).toBe('HOST_KEY_INVALID')
    expect(hosts.knownKeys()).toEqual([])
  })
})

describe('a server whose key is on file with ssh', () => {
  it('connects by a hashed entry that ssh-keygen wrote', async () => {
    const { hosts, knownHosts } = open()
    writeFileSync(knownHosts, lineOf(server))
    execFileSync('ssh-keygen', ['-q', '-H', '-f', knownHosts], { stdio: 'pipe' })
    expect((await hosts.add(input(server))).state).toBe('up')
    const { problem } = await failure(
      (async () => hosts.forgetKey({ ...server, fingerprint: server.hostKey.fingerprint }))(),
    )
    expect(problem).toMatchObject({ code: 'HOST_KEY_OF_SSH' })
    expect(problem.fix).toContain('ssh-keygen -R')
  })

  it('is refused when the key is revoked, also when another line trusts it', async () => {
    const { hosts, knownHosts } = open()
    writeFileSync(knownHosts, `${lineOf(server)}@revoked * ${server.hostKey.publicLine}\n`)
    const { problem } = await failure(hosts.add(input(server)))
    expect(problem).toMatchObject({ code: 'HOST_KEY_REVOKED', details: { fingerprint: server.hostKey.fingerprint } })
    const { key } = await hosts.scanKey({ address: server.address, port: server.port })
    expect((await failure((async () => hosts.acceptKey(key))())).code).toBe('HOST_KEY_REVOKED')
  })

  it('is asked about when only an authority is on file, which vouches for certificates and not for plain keys', async () => {
    const { hosts, knownHosts } = open()
    writeFileSync(knownHosts, `@cert-authority * ${lab.keys.stranger.publicLine}\n`)
    expect((await failure(hosts.add(input(server)))).code).toBe('HOST_KEY_UNKNOWN')
  })

  it('is not trusted when the file cannot be read', async () => {
    const { hosts, environment } = open()
    execFileSync('mkdir', [join(environment.home, '.ssh', 'known_hosts')])
    expect((await failure(hosts.add(input(server)))).code).toBe('KNOWN_HOSTS_UNREADABLE')
  })

  it('shows the kind of key that is on file, where it has several', async () => {
    const rsaKey = join(lab.folder, `second-${opened.length}`)
    execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', rsaKey])
    const both = await lab.startServer({ config: [`HostKey ${rsaKey}`] })
    const { hosts, knownHosts } = open()
    const rsaLine = execFileSync('cat', [`${rsaKey}.pub`], { encoding: 'utf8' })
    appendFileSync(knownHosts, `[${both.address}]:${both.port} ${rsaLine}`)
    expect(await hosts.scanKey(both)).toMatchObject({ status: 'known', key: { algorithm: 'ssh-rsa' } })
    expect((await hosts.add(input(both))).state).toBe('up')
  })
})

describe('a server whose key changed', () => {
  it('is refused with both fingerprints, by whichever way the first key came, and cannot be accepted', async () => {
    const first = await lab.startServer()
    const { hosts } = open()
    hosts.acceptKey((await hosts.scanKey(first)).key)
    const host = await hosts.add(input(first))
    await first.stop()
    const impostor = await lab.startServer({ address: first.address, port: first.port })

    const tested = await hosts.test(host.id)
    expect(tested).toMatchObject({ state: 'needs-host-key', problem: { code: 'HOST_KEY_CHANGED' } })
    const { problem } = await failure(hosts.run(host.id, { argv: ['true'] }))
    expect(problem.fact).toContain(impostor.hostKey.fingerprint)
    expect(problem.fact).toContain(first.hostKey.fingerprint)
    expect(problem.details).toMatchObject({ expected: first.hostKey.fingerprint })

    const scanned = await hosts.scanKey(impostor)
    expect(scanned).toMatchObject({ status: 'changed', expected: [{ fingerprint: first.hostKey.fingerprint }] })
    expect((await failure((async () => hosts.acceptKey(scanned.key))())).code).toBe('HOST_KEY_CHANGED')
    await expect.poll(() => impostor.sessions()).toEqual([])
  })
})
