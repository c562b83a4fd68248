import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testEnvironment } from '../../../../test/fixtures/environment.ts'
import { failure } from '../../../../test/fixtures/hosts.ts'
import { type Lab, type Sshd, startLab } from '../../../../test/lab/index.ts'
import { type Core, openCore } from '../../index.ts'

/** Debian's data collector: real archives, one record a second. */
const SADC = '/usr/lib/sysstat/sadc'
const RECORDS = 4

let lab: Lab
let sshd: Sshd
let archives: string
let core: Core
let hostId: string
let dispose: () => void

beforeAll(async () => {
  lab = await startLab({ servers: 1 })
  sshd = lab.servers[0] as Sshd
  archives = mkdtempSync(join(lab.folder, 'sa-'))
  chmodSync(archives, 0o755)
  for (const name of ['sa20', 'sa21'])
    execFileSync(SADC, ['-S', 'XALL', '1', String(RECORDS + 1), join(archives, name)])
  const environment = testEnvironment({ real: true })
  dispose = () => environment.dispose()
  core = await openCore({ folder: join(environment.folder, 'workspace'), environment })
  const { hosts } = core.areas
  hosts.acceptKey((await hosts.scanKey(sshd)).key)
  hostId = await added('web-1')
})
afterAll(async () => {
  await core.close()
  dispose()
  await lab.stop()
})

async function added(name: string): Promise<string> {
  const host = await core.areas.hosts.add({
    ...{ kind: 'ssh', name, address: sshd.address, port: sshd.port, user: lab.user },
    auth: { kind: 'key', path: lab.keys.plain.path },
  })
  return host.id
}

const taken = async (id: string, folder: string) => {
  const { backfill } = core.areas.metrics
  return backfill.ended(backfill.start(id, { kind: 'sysstat', folder }).id)
}
/** What `sar` itself says, by its database format: host;interval;timestamp;fields. */
function sar(file: string, flags: string[]): Record<string, string>[] {
  const lines = execFileSync('sadf', ['-d', join(archives, file), '--', ...flags], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
  })
    .trim()
    .split('\n')
  const names = (lines[0] ?? '').replace(/^# /, '').split(';')
  return lines.slice(1).map((line) => Object.fromEntries(line.split(';').map((cell, i) => [names[i] ?? '', cell])))
}
const at = (row: Record<string, string>) =>
  Date.parse(`${(row.timestamp ?? '').replace(' UTC', '').replace(' ', 'T')}Z`)

describe('sysstat archives of a server', () => {
  it('are found with their number and size, and the program that reads them', async () => {
    const found = await core.areas.metrics.backfill.discover(hostId)
    expect(found).toMatchObject({ prometheus: false, measuredFrom: null, taken: false })
  })

  it('are taken in as sar tells them, value by value', async () => {
    const job = await taken(hostId, archives)
    expect(job).toMatchObject({ state: 'done', problem: null, parts: { done: 2, total: 2 }, notes: [] })
    expect(job.bytes.done).toBe(job.bytes.total)
    const { metrics, workspace } = core.areas
    const measured = (metric: string, labels: Record<string, string> = {}) => {
      const series = metrics
        .series(hostId)
        .find((one) => one.metric === metric && JSON.stringify(one.labels) === JSON.stringify(labels))
      expect(series, `${metric} ${JSON.stringify(labels)}`).toBeDefined()
      const found = metrics.samples({ metric, labels, from: 0, to: Date.now() })
      return new Map(found.find((one) => one.series.id === series?.id)?.samples.map((one) => [one.at, one.value]))
    }
    let compared = 0
    const same = (
      values: Map<number, number>,
      rows: Record<string, string>[],
      of: (row: Record<string, string>) => number,
    ) => {
      expect(rows).toHaveLength(RECORDS)
      for (const row of rows) {
        const value = values.get(at(row))
        expect(value, row.timestamp ?? '').toBeDefined()
        expect(value).toBeCloseTo(of(row), 6)
        compared += 1
      }
    }
    const number = (row: Record<string, string>, name: string) => Number(row[name])
    const round = (value: number, decimals: number) => Math.round(value * 10 ** decimals) / 10 ** decimals
    for (const file of ['sa20', 'sa21']) {
      const cpu = sar(file, ['-u'])
      same(measured('cpu_used_ratio'), cpu, (row) =>
        round((100 - number(row, '%idle') - number(row, '%iowait')) / 100, 4),
      )
      same(measured('cpu_iowait_ratio'), cpu, (row) => round(number(row, '%iowait') / 100, 4))
      same(measured('load1'), sar(file, ['-q']), (row) => number(row, 'ldavg-1'))
      const memory = sar(file, ['-r', 'ALL'])
      same(measured('memory_available_bytes'), memory, (row) => number(row, 'kbavail') * 1024)
      const total = Number(/MemTotal: +(\d+)/.exec(execFileSync('cat', ['/proc/meminfo'], { encoding: 'utf8' }))?.[1])
      same(measured('memory_total_bytes'), memory, () => total * 1024)
      same(measured('memory_used_ratio'), memory, (row) => round(1 - number(row, 'kbavail') / total, 4))
      const disks = sar(file, ['-d', '-p'])
      for (const device of new Set(disks.map((row) => row.DEV ?? ''))) {
        if (/^(loop|ram|zram|sr)\d/.test(device)) continue
        const own = disks.filter((row) => row.DEV === device)
        same(measured('disk_read_bytes_per_second', { device }), own, (row) => Math.round(number(row, 'rkB/s') * 1024))
        same(measured('disk_write_bytes_per_second', { device }), own, (row) => Math.round(number(row, 'wkB/s') * 1024))
        same(measured('disk_busy_ratio', { device }), own, (row) => round(number(row, '%util') / 100, 4))
      }
      const links = sar(file, ['-n', 'DEV']).filter((row) => row.IFACE === 'eth0')
      if (links.length > 0)
        same(measured('network_receive_bytes_per_second', { device: 'eth0' }), links, (row) =>
          Math.round(number(row, 'rxkB/s') * 1024),
        )
      const root = sar(file, ['-F', 'MOUNT']).filter((row) => row.MOUNTPOINT === '/')
      if (root.length > 0)
        same(measured('disk_used_ratio', { mount: '/' }), root, (row) => round(number(row, '%ufsused') / 100, 4))
    }
    expect(compared).toBeGreaterThan(80)
    expect(metrics.series(hostId).filter(({ labels }) => labels.device === 'lo')).toEqual([])
    expect(workspace.metrics.prepare('SELECT count(*) FROM rollup').pluck().get()).toBeGreaterThan(0)
  })

  it('bring nothing when they are taken in again', async () => {
    const job = await taken(hostId, archives)
    expect(job.samples.stored).toBe(0)
    expect(job.samples.dropped).toBe(job.samples.read)
  })

  it('that cannot be read are named, and the others are taken in', async () => {
    const folder = mkdtempSync(join(lab.folder, 'sa-'))
    copyFileSync(join(archives, 'sa21'), join(folder, 'sa21'))
    writeFileSync(join(folder, 'sa22'), 'this is no archive')
    writeFileSync(join(folder, 'sa19.xz'), 'packed')
    const id = await added('web-2')
    const job = await taken(id, folder)
    expect(job).toMatchObject({ state: 'done', parts: { done: 2, total: 2 } })
    expect(job.samples.stored).toBeGreaterThan(50)
    expect(job.notes.join('\n')).toMatch(/sa22 cannot be read/)
    expect(job.notes.join('\n')).toMatch(/sa19\.xz: packed/)
  })

  it('that are not there are said to be missing', async () => {
    const empty = mkdtempSync(join(lab.folder, 'sa-'))
    const job = await taken(hostId, empty)
    expect(job).toMatchObject({ state: 'failed', problem: { code: 'SYSSTAT_NONE' } })
  })

  it('are left in the middle, and gone on with', async () => {
    const folder = mkdtempSync(join(lab.folder, 'many-'))
    mkdirSync(folder, { recursive: true })
    for (let day = 10; day < 22; day += 1) copyFileSync(join(archives, 'sa21'), join(folder, `sa${day}`))
    const id = await added('web-3')
    const { backfill } = core.areas.metrics
    const started = backfill.start(id, { kind: 'sysstat', folder })
    await expect.poll(() => backfill.jobs(id)[0]?.parts.done, { timeout: 45_000, interval: 5 }).toBeGreaterThan(1)
    const stopped = await backfill.cancel(started.id)
    expect(stopped.state).toBe('cancelled')
    expect(stopped.parts.done).toBeLessThan(12)
    const error = await failure(Promise.resolve().then(() => backfill.resume('no-such')))
    expect(error.code).toBe('BACKFILL_NOT_FOUND')
    backfill.resume(started.id)
    const done = await backfill.ended(started.id)
    expect(done).toMatchObject({ state: 'done', parts: { done: 12, total: 12 } })
    expect((await failure(Promise.resolve().then(() => backfill.resume(started.id)))).code).toBe('BACKFILL_DONE')
  })

  it('a server that does not answer is told as such', async () => {
    const gone = await lab.startServer()
    core.areas.hosts.acceptKey((await core.areas.hosts.scanKey(gone)).key)
    const host = await core.areas.hosts.add({
      ...{ kind: 'ssh', name: 'gone', address: gone.address, port: gone.port, user: lab.user },
      auth: { kind: 'key', path: lab.keys.plain.path },
    })
    await gone.stop()
    const job = await taken(host.id, archives)
    expect(job.state).toBe('failed')
    expect(['LINK_LOST', 'HOST_UNREACHABLE']).toContain(job.problem?.code)
  })
})
