import { appendFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { failure, type OpenHosts, openHosts } from '../../../test/fixtures/hosts.ts'
import { type Lab, type Sshd, startLab } from '../../../test/lab/index.ts'
import { START_LIMITS } from './starts.ts'

let lab: Lab
let strict: Sshd
let silent: Server
let silentPort: number
const opened: OpenHosts[] = []

beforeAll(async () => {
  lab = await startLab({ servers: 1 })
  strict = await lab.startServer({ config: ['MaxStartups 10:100:10'] })
  silent = createServer((socket) => socket.on('error', () => {}).resume())
  silentPort = await new Promise<number>((resolve) =>
    silent.listen(0, '127.0.0.1', () => resolve((silent.address() as { port: number }).port)),
  )
})
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})
afterAll(async () => {
  silent.close()
  await lab.stop()
})

/** An operator with many names for a few servers, as a configuration file of a fleet has them. */
function fleet(blocks: string[], limits: Parameters<typeof openHosts>[0] = {}): OpenHosts {
  const one = openHosts({ real: true, ...limits })
  opened.push(one)
  for (const server of [strict, lab.servers[0] as Sshd])
    appendFileSync(one.knownHosts, `[${server.address}]:${server.port} ${server.hostKey.publicLine}\n`)
  const common = `Host *\n  User ${lab.user}\n  IdentityFile ${lab.keys.plain.path}\n  UserKnownHostsFile ${one.knownHosts}\n`
  writeFileSync(join(one.environment.home, '.ssh', 'config'), `${blocks.join('\n')}\n${common}`)
  return one
}
const at = (alias: string, { address, port }: { address: string; port: number }, more = '') =>
  `Host ${alias}\n  HostName ${address}\n  Port ${port}\n${more}`
const names = (count: number) => Array.from({ length: count }, (_, i) => `s${i}`)
/** Puts a host into the inventory without connecting to it, as one is that was added in an earlier session. */
function stored({ workspace }: OpenHosts, alias: string): string {
  workspace.app
    .prepare("INSERT INTO host (id, name, kind, address, auth_kind, created_at) VALUES (?, ?, 'ssh', ?, 'config', 1)")
    .run(alias, alias, alias)
  return alias
}
const all = (one: OpenHosts, ids: string[]) =>
  Promise.all(ids.map((id) => one.hosts.run(id, { argv: ['echo', id] }).then(({ stdout }) => stdout.trim())))

describe('a cold start', () => {
  it('of many names of one server stays below what its MaxStartups drops', async () => {
    // Where a login takes seconds, as on a machine that does much else, its place is not given to the next here.
    const limits = { starts: { ...START_LIMITS, patienceMs: 60_000 } }
    const one = fleet(
      names(40).map((name) => at(name, strict)),
      { limits },
    )
    const ids = names(40).map((name) => stored(one, name))
    expect(await all(one, ids)).toEqual(ids)
  }, 60_000)

  it('of many servers behind a jump host goes through one connection to it', async () => {
    const jump = lab.servers[0] as Sshd
    const one = fleet([at('jump', jump), ...names(20).map((name) => at(name, strict, '  ProxyJump jump\n'))])
    const ids = names(20).map((name) => stored(one, name))
    expect(await all(one, ids)).toEqual(ids)
  }, 60_000)

  it('is not held up by servers that never answer', async () => {
    const limits = { socketMs: 60_000, loginMs: 60_000, starts: { atOnce: 4, atOnceEach: 4, patienceMs: 100 } }
    const dead = names(30)
    const one = fleet(
      [...dead.map((name) => at(name, { address: '127.0.0.1', port: silentPort })), at('good', strict)],
      {
        limits,
      },
    )
    const hanging = dead.map((name) => failure(one.hosts.run(stored(one, name), { argv: ['true'] })))
    // Long before any of them is given up.
    expect(await all(one, [stored(one, 'good')])).toEqual(['good'])
    await one.hosts.close()
    for (const error of await Promise.all(hanging)) expect(error.code).toBe('LINK_LOST')
  }, 30_000)

  it('ends at once when the program does, with connections waiting and under way', async () => {
    const limits = { socketMs: 60_000, loginMs: 60_000, starts: { atOnce: 2, atOnceEach: 2, patienceMs: 60_000 } }
    const one = fleet(
      names(6).map((name) => at(name, { address: '127.0.0.1', port: silentPort })),
      { limits },
    )
    const hanging = names(6).map((name) => failure(one.hosts.run(stored(one, name), { argv: ['true'] })))
    await expect.poll(() => new Promise((resolve) => silent.getConnections((_, count) => resolve(count)))).toBe(2)
    await one.hosts.close()
    expect((await Promise.all(hanging)).map(({ code }) => code)).toEqual(names(6).map(() => 'LINK_LOST'))
  }, 30_000)
})
