import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { failure, type OpenHosts, openHosts } from '../../../test/fixtures/hosts.ts'
import { isRunning, type Lab, type Sshd, startLab } from '../../../test/lab/index.ts'
import { readTroubles } from '../workspace/troubles.ts'
import { createMetrics, type Metrics } from './index.ts'

/** What befalls links that stand: each beside a host to which nothing happens. */
let lab: Lab
let open: OpenHosts
let metrics: Metrics
let good: string
/** How far this computer's clock is from the lab's. */
let shift = 0
const undo: (() => void)[] = []

const LIMITS = { socketMs: 1500, loginMs: 1500, keepaliveMs: 250 }

beforeAll(async () => {
  lab = await startLab({ servers: 0 })
  open = openHosts({ real: true, limits: LIMITS })
  metrics = createMetrics({ ...open, environment: { ...open.environment, now: () => Date.now() + shift } })
  good = (await host('good')).id
  await metrics.collect(good)
}, 60_000)
afterEach(() => {
  for (const one of undo.splice(0)) one()
  shift = 0
})
afterAll(async () => {
  await metrics?.close()
  await open?.close()
  await lab?.stop()
})

async function host(name: string): Promise<{ id: string; server: Sshd }> {
  const server = await lab.startServer()
  appendFileSync(open.knownHosts, `[${server.address}]:${server.port} ${server.hostKey.publicLine}\n`)
  const { id } = await open.hosts.add({
    ...{ kind: 'ssh', name, address: server.address, port: server.port, user: lab.user },
    auth: { kind: 'key', path: lab.keys.plain.path },
  })
  return { id, server }
}
const iptables = (...words: string[]) => execFileSync('iptables', ['-w', ...words], { stdio: 'ignore' })
/** Packets to and from an address vanish, as behind a cable that is pulled somewhere else. */
function cut(address: string): () => void {
  const rules = [
    ['-d', address],
    ['-s', address],
  ].map((match) => ['INPUT', ...match, '-j', 'DROP'])
  for (const rule of rules) iptables('-I', ...rule)
  let isCut = true
  const mend = () => {
    if (isCut) for (const rule of rules) iptables('-D', ...rule)
    isCut = false
  }
  undo.push(mend)
  return mend
}
const goodGoesOn = async () => {
  const round = await metrics.collect(good)
  expect(round.samples).toBeGreaterThan(20)
  expect(open.hosts.get(good).state).toBe('up')
}
/** The process of the shell that stays there, which tells one connection from another. */
const shellOf = async (id: string) => Number((await open.hosts.ask(id, { once: '', text: 'echo $$' })).stdout)

describe('a link', () => {
  it('whose path is cut is noticed by its keepalive, delays nobody, and is made anew when the path is back', async () => {
    const { id, server } = await host('cut')
    const before = await metrics.collect(id)
    const mend = cut(server.address)
    const [error] = await Promise.all([failure(metrics.collect(id)), goodGoesOn()])
    expect(error.problem).toMatchObject({ code: 'HOST_UNREACHABLE', fact: expect.stringContaining(server.address) })
    expect(open.hosts.get(id)).toMatchObject({ state: 'down', problem: { code: 'HOST_UNREACHABLE' } })
    expect(metrics.round(id)?.at).toBe(before.at)
    mend()
    expect((await metrics.collect(id)).samples).toBeGreaterThan(20)
    expect(open.hosts.get(id)).toMatchObject({ state: 'up', problem: null })
  }, 30_000)

  it('whose server process hangs is left for a new one within the same round', async () => {
    const { id, server } = await host('hangs')
    await metrics.collect(id)
    const stopped = server.sessions()
    for (const pid of stopped) process.kill(pid, 'SIGSTOP')
    const [round] = await Promise.all([metrics.collect(id), goodGoesOn()])
    expect(round.samples).toBeGreaterThan(20)
    expect(open.hosts.get(id)).toMatchObject({ state: 'up', problem: null })
    for (const pid of stopped) if (isRunning(pid)) process.kill(pid, 'SIGCONT')
  }, 30_000)

  it('to a server that hangs as a whole says so, and is made anew when it goes on', async () => {
    const { id, server } = await host('stands still')
    await metrics.collect(id)
    const all = [server.pid, ...server.sessions()]
    const resume = () => {
      for (const pid of all) if (isRunning(pid)) process.kill(pid, 'SIGCONT')
    }
    undo.push(resume)
    for (const pid of all) process.kill(pid, 'SIGSTOP')
    const [error] = await Promise.all([failure(metrics.collect(id)), goodGoesOn()])
    expect(error.code).toBe('HOST_UNREACHABLE')
    resume()
    expect((await metrics.collect(id)).samples).toBeGreaterThan(20)
  }, 30_000)
})

describe('after this computer slept', () => {
  it('links are made anew at once, and a host that had failed is measured without its back-off', async () => {
    const { id, server } = await host('sleeps')
    const shell = await shellOf(id)
    metrics.setEvery(3_600_000)
    metrics.start()
    await expect
      .poll(() => metrics.round(id), { timeout: 45_000 })
      .not.toBeNull()
      .catch(() => {})
    const seen = open.hosts.get(id).lastSampleAt ?? 0
    const mend = cut(server.address)
    shift = 8 * 3_600_000
    await expect.poll(() => open.hosts.get(id).state, { timeout: 45_000 }).toBe('down')
    mend()
    shift = 16 * 3_600_000
    await expect.poll(() => open.hosts.get(id).state, { timeout: 45_000 }).toBe('up')
    expect(open.hosts.get(id).lastSampleAt ?? 0).toBeGreaterThan(seen)
    expect(await shellOf(id)).not.toBe(shell)
    await expect.poll(() => isRunning(shell), { timeout: 45_000 }).toBe(false)
  }, 90_000)
})

describe('a clock that is wrong by a day', () => {
  it('on this computer stores each round at the time it shows, and no rate goes wrong', async () => {
    const { id } = await host('clock')
    await metrics.collect(id)
    shift = 86_400_000
    const ahead = await metrics.collect(id)
    shift = -86_400_000
    const behind = await metrics.collect(id)
    expect(ahead.at - behind.at).toBeGreaterThan(2 * 86_400_000 - 60_000)
    for (const { value, series } of metrics.latest(id))
      if (series.unit === 'ratio') {
        expect(value).toBeGreaterThanOrEqual(0)
        expect(value).toBeLessThanOrEqual(1)
      }
    const load = metrics.series(id).find(({ metric }) => metric === 'load1')
    const samples = metrics.samples({ hostId: id, metric: 'load1', from: behind.at, to: ahead.at })
    expect(load).toBeDefined()
    expect(samples[0]?.samples.length).toBeGreaterThanOrEqual(4)
  }, 30_000)
})

describe('a disk of this computer that is full', () => {
  it('is told as that and not as the fault of a host; what was stored stays, and storing goes on', async () => {
    const disk = join(lab.folder, 'disk')
    mkdirSync(disk)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk])
    undo.push(() => void execFileSync('umount', ['-l', disk]))
    const small = openHosts({ real: true, limits: LIMITS, workspace: join(disk, 'workspace') })
    const fleet = createMetrics(small)
    const told: unknown[] = []
    const explain = small.workspace.explain
    small.workspace.explain = (error) => {
      const answer = explain(error)
      told.push(answer?.problem.code)
      return answer
    }
    try {
      const ids: string[] = []
      for (const name of ['a', 'b', 'c']) {
        const server = await lab.startServer()
        appendFileSync(small.knownHosts, `[${server.address}]:${server.port} ${server.hostKey.publicLine}\n`)
        const auth = { kind: 'key' as const, path: lab.keys.plain.path }
        const target = { address: server.address, port: server.port, user: lab.user }
        ids.push((await small.hosts.add({ kind: 'ssh', name, ...target, auth })).id)
      }
      const all = () => Promise.all(ids.map((id) => fleet.collect(id)))
      const before = await all()
      expect(() => writeFileSync(join(disk, 'filler'), Buffer.alloc(32 << 20))).toThrow('ENOSPC')
      const full = async () => (await all()).every(({ samples }) => samples === 0)
      await expect.poll(full, { timeout: 45_000 }).toBe(true)
      expect(told).toContain('DISK_FULL')
      for (const id of ids) expect(small.hosts.get(id)).toMatchObject({ state: 'up', problem: null })
      rmSync(join(disk, 'filler'))
      const after = await all()
      expect(after.every(({ samples }) => samples > 20)).toBe(true)
      expect(readTroubles(join(disk, 'workspace'))).toEqual([])
      for (const [i, id] of ids.entries()) {
        const [load] = fleet.samples({ hostId: id, metric: 'load1', from: 0, to: Number.MAX_SAFE_INTEGER })
        const times = load?.samples.map(({ at }) => at) ?? []
        expect(times).toContain(before[i]?.at)
        expect(times).toContain(after[i]?.at)
      }
    } finally {
      await fleet.close()
      await small.close()
    }
  }, 90_000)
})
