import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { parseProbe } from '../../../shared/metrics/probe-output.ts'
import type { Host } from '../../../shared/model/host.ts'
import { testEnvironment } from '../../../test/fixtures/environment.ts'
import { openHosts } from '../../../test/fixtures/hosts.ts'
import { EventHub } from '../events.ts'
import type { Hosts } from '../hosts/index.ts'
import { openWorkspace } from '../workspace/index.ts'
import { createMetrics } from './index.ts'
import { parameters } from './probe.ts'

const script = readFileSync('resources/probes/probe.sh', 'utf8')
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function measuring() {
  const open = openHosts({ real: true })
  closers.push(open.close)
  const metrics = createMetrics(open)
  closers.push(metrics.close)
  const host = await open.hosts.add({ kind: 'local', name: 'here' })
  return { ...open, metrics, host }
}

function runProbe(shell: string[], env: Record<string, string> = {}): Promise<string> {
  const [file = 'sh', ...args] = shell
  return new Promise((done, fail) => {
    const child = execFile(file, args, { env: { PATH: process.env.PATH, ...env } }, (error, stdout) =>
      error ? fail(error) : done(stdout),
    )
    child.stdin?.end(script)
  })
}

describe('the probe, for real', () => {
  test.each([[['dash', '-s']], [['bash', '-s']], [['bash', '--posix', '-s']], [['busybox', 'sh', '-s']]])(
    'runs in %j and says the same things',
    async (shell) => {
      const reading = parseProbe(await runProbe(shell))
      const names = new Set(reading.readings.map(({ key }) => key))
      for (const name of ['cpu_ticks', 'cpu_cores', 'load1', 'memory_kib', 'swap_kib', 'disk_kib', 'inodes'])
        expect(names).toContain(name)
      expect(reading.readings.filter(({ labels }) => labels.mount === '/' && labels.kind === 'total')).toHaveLength(2)
    },
  )
  test('a host without /proc says so', async () => {
    expect(parseProbe(await runProbe(['sh', '-s'], { HEADROOM_PROC: '/nowhere' }))).toMatchObject({ noProc: true })
  })
  test('what to ask of PostgreSQL reaches it as data, whatever it holds', () => {
    const text = parameters({ via: 'docker', container: "a'b; $(reboot)", port: 5433 })
    expect(text).toBe("HEADROOM_PG_VIA=docker\nHEADROOM_PG_CONTAINER='a'\\''b; $(reboot)'\nHEADROOM_PG_PORT=5433\n")
  })
})

describe('measuring this computer', () => {
  test('one call gives CPU, memory and disks, and everyone is told', async () => {
    const { metrics, host, hosts, events } = await measuring()
    const told: string[] = []
    events.listen((event) => told.push(event.kind))
    const first = await metrics.collect(host.id)
    expect(first.samples).toBeGreaterThan(8)
    expect(first.notFound.length).toBeGreaterThan(0)
    const latest = Object.fromEntries(metrics.latest(host.id).map(({ series, value }) => [series.metric, value]))
    expect(latest.memory_used_ratio).toBeGreaterThan(0)
    expect(latest.memory_used_ratio).toBeLessThan(1)
    expect(latest.cpu_used_ratio).toBeGreaterThanOrEqual(0)
    expect(told).toContain('samples')
    expect(hosts.get(host.id)).toMatchObject({ state: 'up', problem: null })
    expect(hosts.get(host.id).lastSampleAt).not.toBeNull()
  })
  test('two calls at once share one round', async () => {
    const { metrics, host } = await measuring()
    const [one, two] = await Promise.all([metrics.collect(host.id), metrics.collect(host.id)])
    expect(one).toBe(two)
  })
  test('the started collector measures by itself and stops on close', async () => {
    const { metrics, host, events } = await measuring()
    const sampled = new Promise<void>((done) => {
      events.listen((event) => {
        if (event.kind === 'samples' && event.hostId === host.id) done()
      })
    })
    metrics.setEvery(1000)
    metrics.start()
    await sampled
    await metrics.close()
  })
  test('the interval is kept in the workspace', async () => {
    const open = await measuring()
    open.metrics.setEvery(60_000)
    const again = createMetrics(open)
    closers.push(again.close)
    expect(again.everyMs()).toBe(60_000)
  })
  test('a probe that fails is told at the host, and its last values stay', async () => {
    const open = await measuring()
    await open.metrics.collect(open.host.id)
    const metrics = createMetrics({
      ...open,
      hosts: Object.assign(Object.create(open.hosts), {
        list: () => open.hosts.list(),
        get: (id: string) => open.hosts.get(id),
        noteSample: () => {},
        services: open.hosts.services,
        noteEarlierSample: () => {},
        noteFailure: open.hosts.noteFailure,
        ask: async () => ({ exitCode: 127, signal: null, stdout: '', stderr: 'sh: not found', durationMs: 1 }),
      }),
      environment: { ...open.environment, resources: join(import.meta.dirname, '../../../resources') },
    })
    closers.push(metrics.close)
    await expect(metrics.collect(open.host.id)).rejects.toMatchObject({ code: 'PROBE_FAILED' })
    expect(open.hosts.get(open.host.id)).toMatchObject({ state: 'down', problem: { code: 'PROBE_FAILED' } })
    expect(metrics.latest(open.host.id).length).toBeGreaterThan(0)
  })
  test('a host without /proc is a problem with its fix', async () => {
    const open = await measuring()
    const metrics = createMetrics({ ...open, hosts: answering(open, () => 'headroom_probe 1\nno_proc 1\n') })
    closers.push(metrics.close)
    await expect(metrics.collect(open.host.id)).rejects.toMatchObject({
      code: 'NO_PROC',
      problem: { fact: 'here has no readable /proc, so nothing can be measured on it.' },
    })
    expect(open.hosts.get(open.host.id)).toMatchObject({ state: 'down', problem: { code: 'NO_PROC' } })
  })
  test('removing a host takes its series along, whether it was measured in this session or not', async () => {
    const { metrics, host, hosts, workspace, ...open } = await measuring()
    await metrics.collect(host.id)
    const later = createMetrics({ ...open, hosts, workspace })
    closers.push(later.close)
    await hosts.remove(host.id)
    expect(later.latest()).toEqual([])
    expect(workspace.metrics.prepare('SELECT count(*) FROM series').pluck().get()).toBe(0)
  })
  test('a round that ends after its host was removed stores nothing', async () => {
    const open = await measuring()
    const asked = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<string>()
    const metrics = createMetrics({
      ...open,
      hosts: answering(open, () => {
        asked.resolve()
        return answer.promise
      }),
    })
    closers.push(metrics.close)
    const round = metrics.collect(open.host.id)
    await asked.promise
    await open.hosts.remove(open.host.id)
    answer.resolve('headroom_probe 1\nload1 1\nprobe_end{milliseconds="1"} 1\n')
    await expect(round).rejects.toMatchObject({ code: 'HOST_NOT_FOUND' })
    expect(metrics.latest()).toEqual([])
  })
})

describe('many hosts', () => {
  afterEach(() => vi.useRealTimers())
  test('one that hangs is asked once and holds up no other; dear parts come once a minute, and not with a first reading', async () => {
    vi.useFakeTimers()
    const environment = testEnvironment({ real: true })
    const workspace = openWorkspace(join(environment.folder, 'workspace'), environment)
    const asked: string[] = []
    /** Whether the dear parts were asked, round by round. */
    const dear: boolean[] = []
    let uptime = 0
    const hung = Promise.withResolvers<never>()
    const hosts = {
      list: () => [{ id: 'hangs' }, { id: 'works' }] as Host[],
      get: (id: string) => ({ id, name: id, postgres: null }) as Host,
      noteSample: () => {},
      noteFailure: () => {},
      noteEarlierSample: () => {},
      run: async () => whole(''),
      tunnel: () => Promise.reject(new Error('there is no tunnel')),
      secrets: {} as Hosts['secrets'],
      services: { list: () => [], secret: async () => null } as unknown as Hosts['services'],
      dropIdle: async () => {},
      script: async () => whole(''),
      ask: async (id: string, { text }: { text: string }) => {
        asked.push(id)
        if (id === 'works') dear.push(text.includes('HEADROOM_SLOW=1'))
        uptime += 1
        return id === 'hangs' ? hung.promise : whole(`uptime_seconds ${uptime}\nload1 1`)
      },
    }
    const metrics = createMetrics({ workspace, hosts, environment, events: new EventHub() })
    metrics.setEvery(5000)
    metrics.start()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked.filter((id) => id === 'hangs')).toHaveLength(1)
    expect(asked.filter((id) => id === 'works').length).toBeGreaterThanOrEqual(11)
    expect(dear.slice(0, 4)).toEqual([false, true, false, false])
    expect(dear.filter(Boolean).length).toBeLessThanOrEqual(2)
    hung.reject(new Error('let go'))
    await metrics.close()
    workspace.close()
    environment.dispose()
  })
})

function whole(lines: string) {
  const stdout = `headroom_probe 1\n${lines}\nprobe_end{milliseconds="1"} 1\n`
  return { exitCode: 0, signal: null, stdout, stderr: '', durationMs: 1 }
}

/** The real inventory, whose hosts answer the probe with a given text. */
function answering({ hosts }: { hosts: Hosts }, answer: () => string | Promise<string>): Hosts {
  return Object.assign(Object.create(hosts) as Hosts, {
    ask: async () => ({ exitCode: 0, signal: null, stdout: await answer(), stderr: '', durationMs: 1 }),
  })
}
