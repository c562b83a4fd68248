import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failure, type OpenHosts, openHosts } from '../../../test/fixtures/hosts.ts'
import { type Lab, startLab } from '../../../test/lab/index.ts'
import { createMetrics, type Metrics } from './index.ts'

/** Hosts that misbehave, each beside one that does not. `ForceCommand` puts a shell of the test's own before every command. */
let lab: Lab
let open: OpenHosts
let metrics: Metrics
let good: string

beforeAll(async () => {
  lab = await startLab({ servers: 0 })
  open = openHosts({ real: true })
  metrics = createMetrics(open)
  good = await host('good', '')
}, 120_000)
afterAll(async () => {
  await metrics?.close()
  await open?.close()
  await lab?.stop()
})

/** A server whose login runs `before` first: what a .bashrc does, and worse. Empty is a server like any other. */
async function host(name: string, before: string): Promise<string> {
  const login = join(lab.folder, `login-${name}`)
  const switched = join(lab.folder, `on-${name}`)
  writeFileSync(
    login,
    `#!/bin/sh\nif [ -e '${switched}' ]; then\n:\n${before}\nfi\nexec sh -c "$SSH_ORIGINAL_COMMAND"\n`,
    { mode: 0o755 },
  )
  const server = await lab.startServer(before === '' ? {} : { config: [`ForceCommand ${login}`] })
  appendFileSync(open.knownHosts, `[${server.address}]:${server.port} ${server.hostKey.publicLine}\n`)
  const { id } = await open.hosts.add({
    ...{ kind: 'ssh', name, address: server.address, port: server.port, user: lab.user },
    auth: { kind: 'key', path: lab.keys.plain.path },
  })
  writeFileSync(switched, '')
  return id
}
const others = async () => {
  const round = await metrics.collect(good)
  expect(round.samples).toBeGreaterThan(20)
  expect(open.hosts.get(good).state).toBe('up')
}

describe('a host that', () => {
  it('greets from its login script is measured all the same, and its greeting is no value', async () => {
    const id = await host('greets', "echo 'Welcome!'; echo 'load1 4242'; echo 'headroom is fine 1'")
    const [round] = await Promise.all([metrics.collect(id), others()])
    expect(round.samples).toBeGreaterThan(20)
    const load = metrics.latest(id).find(({ series }) => series.metric === 'load1')
    expect(load?.value).not.toBe(4242)
  })
  it('prints a gigabyte is cut off and says so', async () => {
    const id = await host('floods', 'yes headroom | head -c 1000000000')
    const [error] = await Promise.all([failure(metrics.collect(id)), others()])
    expect(error.code).toBe('OUTPUT_TOO_LARGE')
    expect(metrics.latest(id)).toEqual([])
    expect(open.hosts.get(id)).toMatchObject({ state: 'down', problem: { code: 'OUTPUT_TOO_LARGE' } })
  })
  it('closes in the middle of its answer stores nothing of it', async () => {
    const id = await host('closes', 'sh -c "$SSH_ORIGINAL_COMMAND" | head -n 30; kill -9 $PPID')
    const [error] = await Promise.all([failure(metrics.collect(id)), others()])
    expect(['LINK_LOST', 'PROBE_FAILED']).toContain(error.code)
    expect(metrics.latest(id)).toEqual([])
    expect(open.hosts.get(id)).toMatchObject({ state: 'down', problem: { code: error.code } })
  })
  it('ends its shell early says how it ended and what it printed', async () => {
    const id = await host('refuses', "echo 'This account is for files only.'; exit 7")
    const [error] = await Promise.all([failure(metrics.collect(id)), others()])
    expect(error.problem).toMatchObject({
      code: 'PROBE_FAILED',
      details: { printed: expect.stringContaining('files only') as string },
    })
    expect(error.problem.fact).toContain('exit code 7')
  })
  it('hangs is given up after its time, and says so', async () => {
    const id = await host('hangs', 'exec sleep 600')
    const [error] = await Promise.all([failure(metrics.collect(id)), others()])
    expect(error.code).toBe('COMMAND_TIMEOUT')
    expect(open.hosts.get(id)).toMatchObject({ state: 'down', problem: { code: 'COMMAND_TIMEOUT' } })
  }, 60_000)
})

describe('a round', () => {
  it('leaves nothing on the disk of the host', async () => {
    const home = join(lab.folder, 'home')
    const temporary = join(lab.folder, 'tmp')
    for (const folder of [home, temporary]) mkdirSync(folder)
    for (const shell of ['dash', 'bash', 'busybox sh']) {
      const [program = 'sh', ...args] = shell.split(' ')
      const traced = join(lab.folder, 'trace')
      const child = spawn(
        'strace',
        ['-f', '-qq', '-e', 'trace=openat,open,creat,mkdir,rename', '-o', traced, program, ...args, '-s'],
        {
          env: { PATH: process.env.PATH, HOME: home, TMPDIR: temporary, HEADROOM_SLOW: '1', HEADROOM_PG_VIA: 'off' },
          stdio: ['pipe', 'ignore', 'ignore'],
        },
      )
      child.stdin.end(readFileSync(join(open.environment.resources, 'probes', 'probe.sh')))
      await once(child, 'exit')
      const opened = readFileSync(traced, 'utf8')
        .split('\n')
        .filter((line) => /O_CREAT|O_WRONLY|O_RDWR|mkdir\(|rename\(/.test(line) && !/"\/dev\/(null|tty)"/.test(line))
      expect(opened.filter((line) => !line.includes('= -1'))).toEqual([])
      expect([...readdirSync(home), ...readdirSync(temporary)]).toEqual([])
    }
  }, 60_000)
})
