import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failure, type OpenHosts, openHosts } from '../../../test/fixtures/hosts.ts'
import { freePort, type Lab, type Sshd, startLab } from '../../../test/lab/index.ts'

let lab: Lab
let sshd: Sshd
let open: OpenHosts
let web: Server
let port: number
const ids = new Map<string, string>()

beforeAll(async () => {
  lab = await startLab({ servers: 1 })
  sshd = lab.servers[0] as Sshd
  open = openHosts({ real: true })
  const known = `[${sshd.address}]:${sshd.port} ${sshd.hostKey.publicLine}\n`
  writeFileSync(open.knownHosts, known)
  const folder = join(open.environment.home, '.ssh')
  mkdirSync(folder, { recursive: true })
  const about = `HostName ${sshd.address}\n Port ${sshd.port}\n User ${lab.user}\n IdentityFile ${lab.keys.plain.path}\n UserKnownHostsFile ${open.knownHosts}\n`
  // An address to bind to is beyond the library, so that this name is reached by the system's ssh.
  writeFileSync(join(folder, 'config'), `Host by-library\n ${about}\nHost by-ssh\n ${about} BindAddress 127.0.0.1\n`)
  const add = async (name: string, input: Parameters<typeof open.hosts.add>[0]) =>
    ids.set(name, (await open.hosts.add(input)).id)
  await add('direct', {
    ...{ kind: 'ssh', name: 'direct', address: sshd.address, port: sshd.port, user: lab.user },
    auth: { kind: 'key', path: lab.keys.plain.path },
  })
  await add('by-library', { kind: 'ssh-config', name: 'by-library', alias: 'by-library' })
  await add('by-ssh', { kind: 'ssh-config', name: 'by-ssh', alias: 'by-ssh' })
  await add('local', { kind: 'local', name: 'here' })
  web = createServer((request, response) => response.end(`you asked for ${request.url}`))
  await new Promise<void>((done) => web.listen(0, '127.0.0.1', done))
  port = (web.address() as AddressInfo).port
})
afterAll(async () => {
  web.close()
  await open.close()
  await lab.stop()
})

const ask = (stream: Duplex, path: string): Promise<string> => {
  stream.write(`GET ${path} HTTP/1.0\r\nHost: localhost\r\n\r\n`)
  return text(stream)
}

describe.each(['direct', 'by-library', 'by-ssh', 'local'])('a tunnel of a host reached %s', (name) => {
  const id = () => ids.get(name) as string

  it('carries a request and its answer, several at once', async () => {
    const answers = await Promise.all(
      ['/a', '/b', '/c'].map(async (path) => ask(await open.hosts.tunnel(id(), { address: '127.0.0.1', port }), path)),
    )
    expect(answers.map((answer) => answer.split('\r\n').at(-1))).toEqual(
      ['/a', '/b', '/c'].map((path) => `you asked for ${path}`),
    )
  })

  it('says that nothing listens there, and the host stays up', async () => {
    const nobody = await freePort('127.0.0.1')
    const error = await failure(
      open.hosts.tunnel(id(), { address: '127.0.0.1', port: nobody }).then((stream) => ask(stream, '/')),
    )
    expect(error.code).toBe('TUNNEL_REFUSED')
    expect(error.problem.fact).toContain(`127.0.0.1:${nobody}`)
    expect(open.hosts.get(id()).state).toBe('up')
  })
})

it('the host that is reached by the system uses its ssh', () => {
  expect(open.hosts.get(ids.get('by-ssh') as string).route).toMatchObject({ by: ['BindAddress'] })
})
