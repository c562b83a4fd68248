import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ProbeOutput, parseProbe } from '../../../shared/metrics/probe-output.ts'
import { lean } from './probe.ts'

/** The probe, as it is sent, on hosts that differ: its /proc, cgroups and commands are folders and small scripts made for each test. */
const script = lean(readFileSync('resources/probes/probe.sh', 'utf8'))
const ID = 'a'.repeat(64)
let root: string
let bin: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'headroom-probe-'))
  bin = join(root, 'bin')
  file('proc/stat', 'cpu  10 20 30 40 50 60 70 80 0 0\ncpu0 1 2 3 4\ncpu1 1 2 3 4\nintr 5\n')
  file('proc/uptime', '0.08 0.09\n')
  file('proc/loadavg', '0.50 0.25 0.10 1/100 1234\n')
  file(
    'proc/meminfo',
    'MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 50 kB\nCached: 200 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n',
  )
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function file(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text, { mode })
}
const command = (name: string, text: string) => file(`bin/${name}`, `#!/bin/sh\n${text}\n`, 0o755)

/** Runs it with only the commands of the test's own folder before the system's, which the probe adds by itself. */
function probe(shell: readonly string[], env: Record<string, string> = {}, text = script): Promise<ProbeOutput> {
  const [program = 'sh', ...args] = shell
  const environment = {
    PATH: `${bin}:${process.env.PATH}`,
    HEADROOM_PROC: join(root, 'proc'),
    HEADROOM_CGROUP: join(root, 'cgroup'),
    HEADROOM_PG_VIA: 'off',
    // A daemon that these commands speak for; without one they are not asked.
    DOCKER_HOST: 'unix:///nowhere',
    HEADROOM_SLOW: '1',
    HEADROOM_SYS: join(root, 'sys'),
    ...env,
  }
  return new Promise((done, fail) => {
    const child = execFile(program, [...args, '-s'], { env: environment }, (error, stdout, stderr) => {
      if (error) fail(error)
      else if (stderr !== '') fail(new Error(`it complained: ${stderr}`))
      else done(parseProbe(stdout))
    })
    child.stdin?.end(text)
  })
}
const value = (output: ProbeOutput, key: string, labels: Record<string, string> = {}) =>
  output.readings.find((one) => one.key === key && JSON.stringify(one.labels) === JSON.stringify(labels))?.value

describe.each([[['dash']], [['bash']], [['busybox', 'sh']]])('in %j', (shell) => {
  test('a small old kernel: counters, cores, and nothing made up for what it lacks', async () => {
    const output = await probe(shell)
    expect(output).toMatchObject({ complete: true, broken: [] })
    expect(value(output, 'cpu_ticks', { mode: 'steal' })).toBe(80)
    expect(value(output, 'cpu_cores')).toBe(2)
    expect(value(output, 'load5')).toBe(0.25)
    expect(value(output, 'memory_kib', { kind: 'available' })).toBeUndefined()
    expect(value(output, 'memory_kib', { kind: 'cached' })).toBe(200)
    expect(output.notFound).toContainEqual({ what: 'network', why: `no ${join(root, 'proc')}/net/dev` })
  })

  test('network devices: real ones only, with glued and spaced columns', async () => {
    const rest = '1 0 0 0 0 0 0'
    file(
      'proc/net/dev',
      `Inter-|   Receive\n face |bytes\n    lo: 5 ${rest} 5 ${rest}\n  eth0:123 ${rest} 456 ${rest}\nveth1a: 9 ${rest} 9 ${rest}\n`,
    )
    const output = await probe(shell)
    expect(output.readings.filter(({ key }) => key === 'network_bytes')).toEqual([
      { key: 'network_bytes', labels: { device: 'eth0', direction: 'receive' }, value: 123 },
      { key: 'network_bytes', labels: { device: 'eth0', direction: 'transmit' }, value: 456 },
    ])
  })

  test('containers: by state, with CPU and memory of their cgroups (version 2), services of Swarm', async () => {
    command(
      'docker',
      `case "$1" in
  ps) echo '${ID} running web'; echo '${'b'.repeat(64)} exited old'; echo '${'c'.repeat(64)} dead gone' ;;
  inspect) echo '7 /web' ;;
  service) echo 'web 1/3 (max 1 per node)'; echo 'job 0/0' ;;
esac`,
    )
    file(`cgroup/system.slice/docker-${ID}.scope/cpu.stat`, 'usage_usec 123456\nuser_usec 1\n')
    file(`cgroup/system.slice/docker-${ID}.scope/memory.current`, '5000\n')
    file(`cgroup/system.slice/docker-${ID}.scope/memory.stat`, 'anon 1\ninactive_file 2000\nslab 3\n')
    const output = await probe(shell)
    expect(value(output, 'containers', { state: 'running' })).toBe(1)
    expect(value(output, 'containers', { state: 'exited' })).toBe(1)
    expect(value(output, 'containers', { state: 'paused' })).toBe(0)
    expect(value(output, 'container_cpu_usec', { name: 'web', id: ID.slice(0, 12) })).toBe(123456)
    expect(value(output, 'container_memory_bytes', { name: 'web', id: ID.slice(0, 12) })).toBe(3000)
    expect(value(output, 'container_restarts', { name: 'web' })).toBe(7)
    expect(value(output, 'service_replicas', { service: 'web', kind: 'running' })).toBe(1)
    expect(value(output, 'service_replicas', { service: 'web', kind: 'wanted' })).toBe(3)
    expect(value(output, 'service_replicas', { service: 'job', kind: 'wanted' })).toBe(0)
  })

  test('containers under cgroups of version 1', async () => {
    command('docker', `[ "$1" = ps ] && echo '${ID} running web'`)
    file(`cgroup/cpuacct/docker/${ID}/cpuacct.usage`, '9000000\n')
    file(`cgroup/memory/docker/${ID}/memory.usage_in_bytes`, '7000\n')
    file(`cgroup/memory/docker/${ID}/memory.stat`, 'cache 1\ntotal_inactive_file 1000\n')
    const output = await probe(shell)
    expect(value(output, 'container_cpu_usec', { name: 'web', id: ID.slice(0, 12) })).toBe(9000)
    expect(value(output, 'container_memory_bytes', { name: 'web', id: ID.slice(0, 12) })).toBe(6000)
    expect(output.notFound).toContainEqual({ what: 'docker swarm', why: 'this node is no swarm manager' })
  })
})

test.each([[['dash']], [['bash']]])(
  'in %j disks: names with spaces and quotes, no pseudo filesystems, a df that knows no -l',
  async (shell) => {
    mkdirSync(join(root, 'my "disk'))
    command(
      'df',
      `case " $* " in *" -l "*) echo "df: unknown option" >&2; exit 1 ;; esac
echo 'Filesystem 1024-blocks Used Available Capacity Mounted on'
echo 'tmpfs 100 1 99 1% /tmp'
echo '/dev/loop0 100 100 0 100% /'
echo '/dev/sdb1 1000 400 600 40% ${join(root, 'my "disk')}'
echo '/dev/sdb1 1000 400 600 40% ${join(root, 'proc/stat')}'`,
    )
    const output = await probe(shell)
    const mount = join(root, 'my "disk')
    expect(output.readings.filter(({ key }) => key === 'disk_kib').map(({ labels }) => labels.mount)).toEqual([
      mount,
      mount,
      mount,
    ])
    expect(value(output, 'disk_kib', { mount, kind: 'available' })).toBe(600)
    expect(value(output, 'inodes', { mount, kind: 'used' })).toBe(400)
  },
)

// busybox runs its own timeout(1), df(1) and the like whatever the path says; the other shells run what they find.
test.each([[['dash']], [['busybox', 'sh']]])(
  'in %j a command that hangs is ended, without timeout(1) too, and none reads the rest of the script',
  async (shell) => {
    command('timeout', 'exit 1')
    command('docker', 'cat; exec sleep 60')
    const began = performance.now()
    const output = await probe(shell)
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(output.complete).toBe(true)
    expect(output.notFound.map(({ what }) => what)).toContain('docker')
  },
)

test('costs under 50 ms of CPU where there is neither Docker nor PostgreSQL', async () => {
  symlinkSync('/proc', join(root, 'real'))
  command('docker', 'exit 1')
  const measured = `(${script}\n) >/dev/null; times`
  const env = { PATH: `${bin}:${process.env.PATH}`, HEADROOM_PG_VIA: 'off', HEADROOM_PROC: join(root, 'real') }
  const once = () =>
    new Promise<number>((done, fail) => {
      const child = execFile('dash', ['-s'], { env }, (error, stdout) => {
        const times = [...stdout.matchAll(/(\d+)m([\d.]+)s/g)].map(([, m, s]) => Number(m) * 60 + Number(s))
        if (error || times.length !== 4) fail(error ?? new Error(`no times in ${stdout}`))
        else done(times.reduce((sum, seconds) => sum + seconds, 0))
      })
      child.stdin?.end(measured)
    })
  // The best of some: a busy machine makes each dearer, none cheaper.
  const costs: number[] = []
  for (let i = 0; i < 5; i += 1) costs.push(await once())
  expect(Math.min(...costs)).toBeLessThan(0.05)
})

test('a Docker command is asked where a daemon can answer it, or Podman behind its name', async () => {
  command('docker', `echo asked >>'${join(root, 'asked')}'; [ "$1" = ps ]`)
  const alone = { DOCKER_HOST: '', XDG_RUNTIME_DIR: root, DOCKER_CONFIG: root, HEADROOM_SOCKETS: root }
  const told = (await probe(['dash'], alone)).notFound
  expect(told).toContainEqual({ what: 'docker', why: 'no daemon has its socket here' })
  expect(existsSync(join(root, 'asked'))).toBe(false)
  command('podman', 'exit 1')
  expect((await probe(['dash'], alone)).notFound.map(({ what }) => what)).not.toContain('docker')
  rmSync(join(bin, 'podman'))
  mkdirSync(join(root, 'contexts'))
  expect((await probe(['dash'], alone)).notFound.map(({ what }) => what)).not.toContain('docker')
})

test('PostgreSQL is asked by its own psql where it is the only server, else by what finds the right one', async () => {
  // Debian's wrapper, the program behind it, and servers that are sockets only.
  command('psql', 'echo wrapper $1 $2 $3 $4 $5 $6')
  file('lib/15/bin/psql', '#!/bin/sh\necho own $1 $2 $3 $4 $5 $6\n', 0o755)
  const text = script
    .replace('= /usr/bin/psql ]', `= '${join(bin, 'psql')}' ]`)
    .replace('/usr/lib/postgresql/*/', `'${join(root, 'lib')}'/*/`)
  const asked = async (...ports: number[]) => {
    mkdirSync(join(root, 'postgresql'))
    const servers = ports.map((port) => createServer().listen(join(root, 'postgresql', `.s.PGSQL.${port}`)))
    await Promise.all(servers.map((server) => once(server, 'listening')))
    const { notFound } = await probe(['dash'], { HOME: root, HEADROOM_PG_VIA: 'psql', HEADROOM_SOCKETS: root }, text)
    for (const server of servers) server.close()
    rmSync(join(root, 'postgresql'), { recursive: true })
    return notFound.find(({ what }) => what === 'postgres')?.why
  }
  expect(await asked(5433)).toMatch(/^own -X -q -A -p 5433 -w/)
  expect(await asked(5432, 5433)).toMatch(/^wrapper -X -q -A -w/)
  expect(await asked()).toMatch(/^wrapper -X -q -A -w/)
  writeFileSync(join(root, '.postgresqlrc'), '15 main *\n')
  expect(await asked(5433)).toMatch(/^wrapper -X -q -A -w/)
})

// busybox's shell has a df of its own.
describe.each([[['dash']], [['bash']]])('in %j', (shell) => {
  test("disks by GNU's df: asked once, and nothing made up for a filesystem without inodes", async () => {
    mkdirSync(join(root, 'data'))
    command(
      'df',
      `echo asked >>'${join(root, 'asked')}'
case " $* " in *" --output="*) ;; *) exit 1 ;; esac
echo 'Filesystem 1K-blocks Used Avail Inodes IUsed Mounted on'
echo '/dev/sdb1 1000 400 600 64 8 ${join(root, 'data')}'
echo '/dev/sdc1 2000 500 1500 - - ${root}'`,
    )
    const output = await probe(shell)
    expect(value(output, 'disk_kib', { mount: join(root, 'data'), kind: 'available' })).toBe(600)
    expect(value(output, 'disk_kib', { mount: root, kind: 'used' })).toBe(500)
    expect(output.readings.filter(({ key }) => key === 'inodes')).toEqual([
      { key: 'inodes', labels: { mount: join(root, 'data'), kind: 'total' }, value: 64 },
      { key: 'inodes', labels: { mount: join(root, 'data'), kind: 'used' }, value: 8 },
    ])
    expect(output.broken).toEqual([])
    expect(readFileSync(join(root, 'asked'), 'utf8')).toBe('asked\n')
  })

  test('a df that hangs is given up once', async () => {
    command('df', 'exec sleep 60')
    const output = await probe(shell)
    expect(output.notFound).toContainEqual({ what: 'df -k', why: 'df gave no answer within 3 seconds' })
    expect(output).toMatchObject({ complete: true, broken: [] })
    expect(output.durationMs).not.toBeNull()
  }, 30_000)
})
