import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ServiceSchema } from '../../../shared/model/service.ts'
import { type OpenHosts, openHosts } from '../../../test/fixtures/hosts.ts'
import { type DockerEngine, type Lab, startDocker, startLab } from '../../../test/lab/index.ts'
import { createMetrics, type Metrics } from './index.ts'

/** The app's numbers beside those that the usual tools gave at that moment. */
let lab: Lab
let open: OpenHosts
let metrics: Metrics
let engine: DockerEngine
let hostId: string

beforeAll(async () => {
  lab = await startLab({ servers: 0 })
  engine = await startDocker(lab)
  open = openHosts({ real: true, env: { PATH: process.env.PATH, DOCKER_HOST: engine.host, HOME: lab.folder } })
  metrics = createMetrics(open)
  hostId = (await open.hosts.add({ kind: 'local', name: 'here' })).id
}, 120_000)
afterAll(async () => {
  await metrics?.close()
  await open?.close()
  await lab?.stop()
})

const run = (program: string, ...args: string[]) =>
  execFileSync(program, args, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, LC_ALL: 'C', DOCKER_HOST: engine.host },
  })
const latest = (metric: string, labels: Record<string, string> = {}) =>
  metrics
    .latest(hostId)
    .find(
      ({ series }) =>
        series.metric === metric && Object.entries(labels).every(([key, value]) => series.labels[key] === value),
    )?.value ?? Number.NaN

describe('beside the usual tools', () => {
  it('free: memory to 64 MiB, swap exactly', async () => {
    const free = (row: number, column: number) =>
      Number((run('free', '-b').split('\n')[row] ?? '').split(/\s+/)[column])
    // Other programs of this machine come and go between the two readings.
    await expect
      .poll(
        async () => {
          await metrics.collect(hostId)
          return Math.abs(latest('memory_available_bytes') - free(1, 6))
        },
        { timeout: 45_000 },
      )
      .toBeLessThan(64 * 2 ** 20)
    expect(latest('memory_total_bytes')).toBe(free(1, 1))
    const [swapTotal, swapUsed] = [free(2, 1), free(2, 2)]
    if (swapTotal === 0) expect(latest('swap_used_bytes')).toBe(0)
    else expect(Math.abs(latest('swap_used_bytes') - swapUsed)).toBeLessThan(2 ** 20)
  })

  it('df: sizes exactly, free space to 64 MiB, the share to a thousandth, inodes too', async () => {
    await metrics.collect(hostId)
    const row = (run('df', '-P', '-B1', '/').split('\n')[1] ?? '').split(/\s+/).map(Number)
    const [, total = 0, used = 0, available = 0] = row
    expect(latest('disk_total_bytes', { mount: '/' })).toBe(total)
    expect(Math.abs(latest('disk_free_bytes', { mount: '/' }) - available)).toBeLessThan(64 * 2 ** 20)
    expect(latest('disk_used_ratio', { mount: '/' })).toBeCloseTo(used / (used + available), 2.7)
    const inodes = (run('df', '-P', '-i', '/').split('\n')[1] ?? '').split(/\s+/).map(Number)
    expect(latest('inode_used_ratio', { mount: '/' })).toBeCloseTo((inodes[2] ?? 0) / (inodes[1] ?? 1), 3)
  })

  it('sar: CPU to 8 points of a hundred, disk writes to a third, over nearly the same seconds', async () => {
    const burn = spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' })
    const scratch = join(lab.folder, 'written')
    try {
      await metrics.collect(hostId)
      const told = await sarFor(6, () => {
        execFileSync('dd', ['if=/dev/zero', `of=${scratch}`, 'bs=1M', 'count=60', 'conv=fsync'], { stdio: 'pipe' })
      })
      await metrics.collect(hostId)
      expect(Math.abs(latest('cpu_used_ratio') * 100 - (100 - told.idle - told.iowait))).toBeLessThan(8)
      expect(latest('cpu_cores')).toBe(Number(run('nproc')))
      const written = metrics
        .latest(hostId)
        .filter(({ series }) => series.metric === 'disk_write_bytes_per_second')
        .reduce((sum, { value }) => sum + value, 0)
      expect(written).toBeGreaterThan(4 * 2 ** 20)
      expect(Math.abs(written / (told.writtenKib * 1024) - 1)).toBeLessThan(0.35)
    } finally {
      burn.kill('SIGKILL')
      rmSync(scratch, { force: true })
    }
  }, 60_000)

  it('docker: containers by state, CPU of one that burns a core, its memory to 4 MiB, restarts, replicas', async () => {
    const name = 'burner'
    engine.docker(
      'run',
      '--detach',
      '--network',
      'host',
      '--name',
      name,
      '--memory',
      '128m',
      engine.image,
      'sh',
      '-c',
      'while :; do :; done',
    )
    engine.docker(
      'run',
      '--detach',
      '--network',
      'host',
      '--name',
      'crasher',
      '--restart',
      'on-failure:2',
      engine.image,
      'sh',
      '-c',
      'exit 1',
    )
    await expect
      .poll(() => engine.docker('inspect', '--format', '{{.RestartCount}} {{.State.Status}}', 'crasher'), {
        timeout: 45_000,
      })
      .toBe('2 exited')
    engine.docker(
      'service',
      'create',
      '--detach',
      '--network',
      'host',
      '--no-resolve-image',
      '--name',
      'web',
      '--replicas',
      '2',
      engine.image,
      'sleep',
      '100000',
    )
    await expect
      .poll(() => engine.docker('service', 'ls', '--format', '{{.Replicas}}'), { timeout: 45_000 })
      .toBe('2/2')
    await metrics.collect(hostId)
    const stats = JSON.parse(engine.docker('stats', '--no-stream', '--format', '{{json .}}', name)) as Record<
      string,
      string
    >
    await metrics.collect(hostId)
    const cpu = Number.parseFloat(stats.CPUPerc ?? '') / 100
    expect(Math.abs(latest('docker_container_cpu_ratio', { name }) - cpu)).toBeLessThan(0.25)
    const memory = bytesOf(stats.MemUsage?.split(' / ')[0] ?? '')
    expect(Math.abs(latest('docker_container_memory_bytes', { name }) - memory)).toBeLessThan(4 * 2 ** 20)
    expect(latest('docker_container_memory_used_ratio', { name })).toBeCloseTo(
      latest('docker_container_memory_bytes', { name }) / (128 * 2 ** 20),
      3,
    )
    const states = engine.docker('ps', '-a', '--format', '{{.State}}').split('\n')
    expect(latest('docker_containers', { state: 'running' })).toBe(states.filter((one) => one === 'running').length)
    expect(latest('docker_containers', { state: 'exited' })).toBe(states.filter((one) => one === 'exited').length)
    expect(latest('docker_container_restarts', { name })).toBe(0)
    expect(latest('docker_service_replicas_running', { service: 'web' })).toBe(2)
    expect(latest('docker_service_replicas_wanted', { service: 'web' })).toBe(2)
  }, 120_000)

  it('with Docker, Swarm and all a round costs under 50 ms of CPU at its best; the dear parts come once a minute', async () => {
    metrics.setEvery(1000)
    metrics.start()
    const costs: number[] = []
    await expect
      .poll(
        () => {
          const cost = metrics.round(hostId)
          if (cost?.cpuMs != null && cost.cpuMs !== costs.at(-1)) costs.push(cost.cpuMs)
          return costs.length
        },
        { timeout: 60_000, interval: 300 },
      )
      .toBeGreaterThan(5)
    expect(Math.min(...costs)).toBeLessThan(50)
  }, 90_000)
})

describe('Kubernetes by the real kubectl', () => {
  it('reads nodes and pods of an API, writes no cache, and says what kubectl says of one that refuses', async () => {
    const node = {
      metadata: { name: 'n1' },
      status: {
        allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    }
    const pod = {
      spec: { nodeName: 'n1', containers: [{ resources: { requests: { cpu: '1', memory: '2Gi' } } }] },
      status: { phase: 'Running' },
    }
    const lists: Record<string, object> = {
      '/api/v1/nodes': { kind: 'NodeList', apiVersion: 'v1', items: [node] },
      '/api/v1/pods': { kind: 'PodList', apiVersion: 'v1', items: [pod, { ...pod, status: { phase: 'Pending' } }] },
    }
    const asked: string[] = []
    const api = createServer((request, response) => {
      const path = request.url?.split('?')[0] ?? ''
      asked.push(path)
      const refused = request.socket.localAddress === '127.0.0.2'
      response.setHeader('content-type', 'application/json')
      response.statusCode = refused ? 401 : lists[path] ? 200 : 404
      response.end(
        JSON.stringify(
          refused ? { kind: 'Status', status: 'Failure', message: 'Unauthorized', code: 401 } : lists[path],
        ),
      )
    })
    await new Promise<void>((done) => void api.listen(0, '0.0.0.0', done))
    const home = mkdtempSync(join(tmpdir(), 'headroom-kube-'))
    const config = (address: string) => {
      const path = join(home, `config-${address}`)
      const server = `http://${address}:${(api.address() as AddressInfo).port}`
      writeFileSync(
        path,
        JSON.stringify({
          ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
          clusters: [{ name: 'c', cluster: { server } }],
          users: [{ name: 'u', user: {} }],
          contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
        }),
      )
      return path
    }
    const kubernetes = (kubeconfig: string) =>
      ServiceSchema.parse({ kind: 'kubernetes', id: 'k', name: 'Cluster', kubeconfig })
    try {
      const trial = await metrics.tryService(hostId, kubernetes(config('127.0.0.1')), null)
      const value = (metric: string) => trial.values.find((one) => one.metric === metric)?.value
      expect(trial.problems).toEqual([])
      expect(value('kubernetes_cpu_requested_ratio')).toBe(0.5)
      expect(value('kubernetes_pods_pending')).toBe(1)
      expect(asked.filter((path) => path.startsWith('/api'))).toEqual(['/api/v1/nodes', '/api/v1/pods'])
      expect(existsSync(join(lab.folder, '.kube', 'cache', 'discovery'))).toBe(false)
      const refused = await metrics.tryService(hostId, kubernetes(config('127.0.0.2')), null)
      expect(refused.values).toEqual([])
      expect(refused.problems.join()).toMatch(/Unauthorized|logged in/)
    } finally {
      api.close()
      rmSync(home, { recursive: true, force: true })
    }
  }, 60_000)
})

/**
 * What sysstat measured over some seconds: shares of CPU in percent, KiB written a second by whole disks. What is done
 * `meanwhile` begins after the first of its two looks, whose record follows a header of some 1,100 bytes.
 */
async function sarFor(
  seconds: number,
  meanwhile: () => void,
): Promise<{ idle: number; iowait: number; writtenKib: number }> {
  const file = join(lab.folder, 'sar')
  mkdirSync(lab.folder, { recursive: true })
  const child = spawn('/usr/lib/sysstat/sadc', ['-S', 'DISK', String(seconds), '2', file], { stdio: 'ignore' })
  const ended = new Promise((done) => child.once('exit', done))
  await expect.poll(() => (existsSync(file) ? statSync(file).size : 0), { interval: 10 }).toBeGreaterThan(2000)
  meanwhile()
  await ended
  const read = (...args: string[]) => run('sadf', '-j', file, '--', ...args)
  type Report = { sysstat: { hosts: { statistics: Record<string, unknown>[] }[] } }
  const last = (text: string) => (JSON.parse(text) as Report).sysstat.hosts[0]?.statistics.at(-1) ?? {}
  const cpu = (last(read('-u'))['cpu-load'] as { idle: number; iowait: number }[])[0]
  const disks = last(read('-d')).disk as { 'disk-device': string; wkB: number; wr_sec?: number }[]
  const whole = new Set(
    readFileSync('/proc/diskstats', 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/)[2]),
  )
  return {
    idle: cpu?.idle ?? 0,
    iowait: cpu?.iowait ?? 0,
    writtenKib: disks.filter((disk) => whole.has(disk['disk-device'])).reduce((sum, disk) => sum + (disk.wkB ?? 0), 0),
  }
}

/** "1.234MiB", as docker prints it. */
function bytesOf(text: string): number {
  const match = /^([\d.]+)([KMG]i)?B$/.exec(text)
  const scale = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 }[match?.[2] ?? ''] ?? 1
  return Number(match?.[1]) * scale
}
