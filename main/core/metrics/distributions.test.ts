import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { deriveSamples } from '../../../shared/metrics/derive.ts'
import { parseProbe } from '../../../shared/metrics/probe-output.ts'

/** The probe over what hosts of other distributions hold (test/fixtures/probes/README.md). */
const script = readFileSync('resources/probes/probe.sh', 'utf8')
const BLOCKS: Record<string, string[]> = {
  'centos-7': ['dm-0', 'dm-1', 'sda', 'sr0'],
  'ubuntu-24.04': ['loop0', 'loop1', 'nvme0n1'],
  'alpine-3.20': ['vda'],
}
let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'headroom-distribution-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** What GNU's df prints of space and inodes at once, from what it prints of each. */
function both(space: string, inodes: string): string {
  const rows = (text: string) =>
    text
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(/\s+/))
  const counted = new Map(rows(inodes).map((row) => [row.at(-1), row]))
  const lines = rows(space).map((row) => {
    const [, total = '-', used = '-'] = counted.get(row.at(-1)) ?? []
    return [...row.slice(0, 4), total, used, row.at(-1)].join(' ')
  })
  return ['Filesystem 1K-blocks Used Avail Inodes IUsed Mounted on', ...lines, ''].join('\n')
}

/** Runs it in a shell whose `df` is the host's; the mount points are made, since the probe looks whether they are there. */
async function measure(name: string, shell: string): Promise<Record<string, number>> {
  const host = resolve('test/fixtures/probes/hosts', name)
  const table = (kind: string) => readFileSync(join(host, `df-${kind}`), 'utf8')
  const below = (text: string) => text.replace(/ (\/\S*)$/gm, (_, path: string) => ` ${join(root, 'mnt', path)}`)
  for (const kind of ['k', 'i']) {
    const moved = below(table(kind))
    for (const line of moved.split('\n').slice(1, -1)) mkdirSync(line.split(/\s+/).at(-1) ?? '', { recursive: true })
    writeFileSync(join(root, `df-${kind}`), moved)
  }
  writeFileSync(join(root, 'df-both'), both(below(table('k')), below(table('i'))))
  mkdirSync(join(root, 'bin'))
  // busybox runs its own applets whatever the path says, so `df` is a function there.
  const df = `case "$*" in *-l*) [ "${name}" = alpine-3.20 ] && exit 1 ;; esac\ncase "$*" in *--output*) cat '${root}/df-both' ;; *i*) cat '${root}/df-i' ;; *) cat '${root}/df-k' ;; esac`
  writeFileSync(join(root, 'bin', 'fake-df'), `#!/bin/sh\n${df}\n`, { mode: 0o755 })
  writeFileSync(join(root, 'bin', 'docker'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
  for (const block of BLOCKS[name] ?? []) mkdirSync(join(root, 'sys', 'block', block), { recursive: true })
  const env = {
    ...{ PATH: `${root}/bin:${process.env.PATH}`, HEADROOM_PROC: join(host, 'proc'), HEADROOM_SYS: join(root, 'sys') },
    HEADROOM_PG_VIA: 'off',
    HEADROOM_SLOW: '1',
  }
  const [program = 'sh', ...args] = shell.split(' ')
  const text = script.replaceAll(/limited df (?=-[Pk])/g, 'limited fake-df ')
  expect(text).not.toContain('limited df')
  const printed = await new Promise<string>((done, fail) => {
    const child = execFile(program, [...args, '-s'], { env }, (error, stdout, stderr) =>
      error || stderr !== '' ? fail(error ?? new Error(stderr)) : done(stdout),
    )
    child.stdin?.end(text)
  })
  const output = parseProbe(printed)
  expect(output).toMatchObject({ complete: true, broken: [] })
  const mounts = join(root, 'mnt')
  return Object.fromEntries(
    deriveSamples(null, output, { at: 0, services: [] }).map(({ metric, labels, value }) => {
      const label = Object.values(labels).join(' ').replace(mounts, '')
      return [label === '' ? metric : `${metric} ${label}`, value]
    }),
  )
}

describe.each(['dash', 'bash', 'busybox sh'])('in %s', (shell) => {
  test('CentOS 7: a kernel without pressure and OOM counters, LVM, swap in use', async () => {
    const values = await measure('centos-7', shell)
    expect(values).toMatchObject({
      cpu_cores: 2,
      load15: 0.15,
      memory_used_ratio: 0.3787,
      swap_used_bytes: (2097148 - 2080252) * 1024,
      'disk_used_ratio /': 0.2352,
      'disk_total_bytes /boot': 1038336 * 1024,
      'inode_used_ratio /': 0.0063,
      file_handles_open: 1472,
      'tcp_connections established': 1,
      'tcp_connections listen': 2,
      'tcp_connections time-wait': 1,
      'processes running': 2,
    })
    expect(Object.keys(values).filter((name) => name.startsWith('disk_total'))).toHaveLength(2)
    expect(values).not.toHaveProperty('oom_kills_since_boot')
    expect(Object.keys(values).join()).not.toContain('pressure')
  })
  test('Ubuntu 24.04: snaps, overlays and bind mounts count for nothing, no swap has no share', async () => {
    const values = await measure('ubuntu-24.04', shell)
    expect(values).toMatchObject({
      cpu_cores: 4,
      oom_kills_since_boot: 3,
      'disk_used_ratio /': 0.2021,
      swap_used_bytes: 0,
    })
    expect(values).not.toHaveProperty('swap_used_ratio')
    expect(values.file_handles_used_ratio).toBe(0)
    const disks = Object.keys(values).filter((name) => name.startsWith('disk_used_ratio'))
    expect(disks).toEqual(['disk_used_ratio /', 'disk_used_ratio /boot'])
    expect(values['tcp_connections listen']).toBe(3)
  })
  test('Alpine 3.20: half a gigabyte, a df that knows no -l', async () => {
    const values = await measure('alpine-3.20', shell)
    expect(values).toMatchObject({
      cpu_cores: 1,
      memory_used_ratio: 0.1765,
      'disk_used_ratio /': 0.1089,
      'inode_used_ratio /': 0.0784,
    })
  })
})
