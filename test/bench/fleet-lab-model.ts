import { execFileSync, spawn } from 'node:child_process'
import { appendFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMetrics, type Metrics } from '../../main/core/metrics/index.ts'
import { quoteWord } from '../../shared/format/shell.ts'
import { type OpenHosts, openHosts } from '../fixtures/hosts.ts'
import { freePort, type Lab, loopbackAddresses, type Sshd, startLab } from '../lab/index.ts'

/**
 * Many SSH servers on loopback, each with its own address; one sshd serves them all. With `recorded` they answer the
 * probe with a round that was recorded here just before: the probe's own work is done by as many machines in a real fleet,
 * and by two cores here, where it would hide what the programs compared are doing.
 */
export interface FleetLab {
  lab: Lab
  addresses: string[]
  sshd: Sshd
  folder: string
  probe: string
  /** Where the core finds what it ships with; with `recorded` its probe is the recorded round. */
  resources: string
  /** The text of the operator's known_hosts file. */
  knownHosts: string
  /** Arguments that make OpenSSH's programs use this fleet's key and known hosts. */
  sshConfig(name: string, more?: string[]): string
  /** The production path on its own workspace; every host is in the inventory and none is connected. */
  open(): Fleet
  close(): Promise<void>
}

export interface Fleet {
  open: OpenHosts
  metrics: Metrics
  ids: string[]
  /** One round of every host. Resolves when all are stored. */
  round(): Promise<void>
  close(): Promise<void>
}

export async function startFleet(count: number, { recorded }: { recorded: boolean }): Promise<FleetLab> {
  const lab = await startLab({ servers: 0 })
  const next = loopbackAddresses()
  const addresses = Array.from({ length: count }, next)
  const probe = join(import.meta.dirname, '../../resources/probes/probe.sh')
  const round = recorded ? recordedRound(probe) : null
  const login = round === null ? null : recordedLogin(lab.folder, round)
  const shipped = join(import.meta.dirname, '../../resources')
  const resources = round === null ? shipped : recordedResources(lab.folder, shipped, round)
  const sshd = await lab.startServer({
    address: '0.0.0.0',
    // The port must be free on every address.
    port: await freePort('0.0.0.0'),
    config: ['AuthenticationMethods publickey', ...(login === null ? [] : [`ForceCommand ${login}`])],
  })
  const knownHosts = join(lab.folder, 'known_hosts')
  const lines = addresses.map((address) => `[${address}]:${sshd.port} ${sshd.hostKey.publicLine}\n`).join('')
  writeFileSync(knownHosts, lines)
  return {
    ...{ lab, addresses, sshd, folder: lab.folder, probe, resources, knownHosts: lines },
    sshConfig(name, more = []) {
      const path = join(lab.folder, `config-${name}`)
      const settings = [
        ...['Host *', `User ${lab.user}`, `Port ${sshd.port}`, `IdentityFile ${lab.keys.plain.path}`],
        ...[
          'IdentitiesOnly yes',
          `UserKnownHostsFile ${knownHosts}`,
          'GlobalKnownHostsFile /dev/null',
          'BatchMode yes',
        ],
        ...['StrictHostKeyChecking yes', 'KexAlgorithms curve25519-sha256', 'Ciphers aes128-gcm@openssh.com'],
      ]
      writeFileSync(path, `${[...settings, ...more].join('\n')}\n`)
      return path
    },
    open: () => openFleet(lab, sshd, addresses, lines, resources),
    close: () => lab.stop(),
  }
}

function openFleet(lab: Lab, sshd: Sshd, addresses: readonly string[], knownHosts: string, resources: string): Fleet {
  const open = openHosts({ real: true })
  appendFileSync(open.knownHosts, knownHosts)
  const add = open.workspace.app.prepare(
    `INSERT INTO host (id, name, kind, address, port, user, auth_kind, key_path, created_at)
     VALUES (?, ?, 'ssh', ?, CAST(? AS INTEGER), ?, 'key', ?, 1)`,
  )
  for (const address of addresses) add.run(address, address, address, sshd.port, lab.user, lab.keys.plain.path)
  const metrics = createMetrics({ ...open, environment: { ...open.environment, resources } })
  const ids = [...addresses]
  return {
    ...{ open, metrics, ids },
    async round() {
      await Promise.all(ids.map((id) => metrics.collect(id)))
    },
    async close() {
      await metrics.close()
      await open.close()
    },
  }
}

/** A round that was recorded here now, as shell text that prints it with the uptime of the moment it runs. */
function recordedRound(probe: string): string {
  const round = execFileSync('sh', ['-s'], { input: readFileSync(probe), encoding: 'utf8' })
  const at = round.indexOf('uptime_seconds ')
  const after = round.indexOf('\n', at) + 1
  return `printf %s ${quoteWord(round.slice(0, at))}
read -r up idle </proc/uptime
echo "uptime_seconds $up"
printf %s ${quoteWord(round.slice(after))}
`
}

/**
 * A login that answers every command with the recorded round, without one program more than the shell itself; what comes on
 * its input is not read. A command of ours runs as it is: it brings the recorded round with it.
 */
function recordedLogin(folder: string, round: string): string {
  const login = join(folder, 'login')
  const ours = 'case $SSH_ORIGINAL_COMMAND in "exec sh -s") exec sh -s ;; esac'
  writeFileSync(login, `#!/bin/sh\n${ours}\n${round}`, { mode: 0o755 })
  return login
}

/** What ships, with the recorded round for a probe. The real one travels along and is read by the shell, but does not run. */
function recordedResources(folder: string, shipped: string, round: string): string {
  const resources = join(folder, 'resources')
  mkdirSync(join(resources, 'probes'), { recursive: true })
  for (const name of readdirSync(shipped))
    if (name !== 'probes') symlinkSync(join(shipped, name), join(resources, name))
  const probe = readFileSync(join(shipped, 'probes', 'probe.sh'), 'utf8')
  writeFileSync(join(resources, 'probes', 'probe.sh'), `headroom_not_run() {\n${probe}}\n${round}`)
  return resources
}

export interface Spent {
  wallMs: number
  /** Of all processes that the program started and waited for. */
  cpuMs: number
}

/** Runs a bash script to its end and tells what it took; throws with what it said when it fails. */
export function spent(script: string, env: Record<string, string> = {}): Promise<Spent> {
  return new Promise((resolve, reject) => {
    const began = performance.now()
    const child = spawn('bash', ['-c', `set -e -o pipefail\n${script}\ntimes >&3`], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    })
    let said = ''
    let times = ''
    child.stdio[2]?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    child.stdio[3]?.on('data', (chunk: Buffer) => {
      times += chunk.toString()
    })
    child.on('error', reject)
    child.on('close', (code) => {
      const wallMs = performance.now() - began
      if (code === 0) resolve({ wallMs, cpuMs: childTimes(times) })
      else reject(new Error(`the peer ended with ${code}: ${said.slice(0, 2000)}`))
    })
  })
}

/** The second line of bash's `times`: user and system time of its children, as "0m0.012s". */
function childTimes(text: string): number {
  const line = text.trim().split('\n')[1] ?? ''
  return [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, minutes, seconds]) => {
    return sum + (Number(minutes) * 60 + Number(seconds)) * 1000
  }, 0)
}

/** What this process took for a piece of work. */
export async function spentHere(work: () => Promise<unknown>): Promise<Spent> {
  const began = performance.now()
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return { wallMs: performance.now() - began, cpuMs: (user + system) / 1000 }
}
