import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type KeyPair, makeKey } from './keys.ts'
import { freePort } from './loopback.ts'
import { holdPrivsepFolder } from './privsep.ts'
import { ended, firstLine, processTree, stillRunning } from './process.ts'

export interface SshdOptions {
  folder: string
  address: string
  port?: number
  authorized: KeyPair[]
  hostKeyType?: 'ed25519' | 'rsa' | 'ecdsa'
  /** Further lines of sshd_config, such as "MaxSessions 2". */
  config?: string[]
  /**
   * Lines of a PAM service of this server's own (needs root). The service is named as the program is, so the server runs by a
   * name of its own; keyboard-interactive is what PAM asks, and a password alone is not taken.
   */
  pam?: string[]
}

export interface Sshd {
  address: string
  port: number
  hostKey: KeyPair
  pid: number
  /** The processes that serve the connections open now. */
  sessions(): number[]
  stop(): Promise<void>
}

const SSHD = '/usr/sbin/sshd'

/** What sessions find in their environment, in one line, since sshd takes the first only. */
function environmentLine(folder: string, config: readonly string[]): string {
  const given = config.filter((line) => line.startsWith('SetEnv ')).map((line) => line.slice('SetEnv '.length))
  const own = [
    // Keeps bash from reading the .bashrc of whoever runs the lab, which may wait for anything.
    'SHLVL=2',
    // Each server is a machine of its own to those who leave something in a home folder.
    `XDG_STATE_HOME=${join(folder, 'state')}`,
  ]
  return `SetEnv ${[...given, ...own].join(' ')}`
}

/** A name for sshd, and the PAM service of that name. */
function startPam(folder: string, lines: readonly string[]): { program: string; remove(): void } {
  const name = `hrlab${randomBytes(4).toString('hex')}`
  const program = join(folder, name)
  symlinkSync(SSHD, program)
  const service = join('/etc/pam.d', name)
  writeFileSync(service, `${lines.join('\n')}\n`, { mode: 0o644 })
  return { program, remove: () => rmSync(service, { force: true }) }
}

/** Starts an sshd with a host key of its own. UsePAM is off unless asked for, so that a password is checked without PAM's set-up. */
export async function startSshd(options: SshdOptions): Promise<Sshd> {
  const { folder, address } = options
  mkdirSync(folder, { mode: 0o755 })
  const hostKey = makeKey(folder, 'host', { type: options.hostKeyType ?? 'ed25519' })
  const port = options.port ?? (await freePort(address))
  const authorized = join(folder, 'authorized_keys')
  writeFileSync(authorized, options.authorized.map((key) => `${key.publicLine}\n`).join(''), { mode: 0o644 })
  const config = join(folder, 'sshd_config')
  const pam = options.pam === undefined ? null : startPam(folder, options.pam)
  writeFileSync(
    config,
    [
      `ListenAddress ${address}`,
      `Port ${port}`,
      `HostKey ${hostKey.path}`,
      'PidFile none',
      `AuthorizedKeysFile ${authorized}`,
      'StrictModes no',
      `UsePAM ${pam === null ? 'no' : 'yes'}`,
      'UseDNS no',
      'PermitRootLogin yes',
      'PubkeyAuthentication yes',
      `PasswordAuthentication ${pam === null ? 'yes' : 'no'}`,
      `KbdInteractiveAuthentication ${pam === null ? 'no' : 'yes'}`,
      'MaxStartups 200',
      'LogLevel INFO',
      ...(options.config ?? []).filter((line) => !line.startsWith('SetEnv ')),
      environmentLine(folder, options.config ?? []),
      '',
    ].join('\n'),
  )
  const releaseFolder = holdPrivsepFolder()
  const release = () => {
    releaseFolder()
    pam?.remove()
  }
  const child = spawn(pam?.program ?? SSHD, ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] })
  try {
    await firstLine(child, child.stderr, /Server listening/)
  } catch (error) {
    release()
    throw error
  }
  child.stderr.resume()
  const pid = child.pid ?? 0
  return {
    address,
    port,
    hostKey,
    pid,
    sessions: () => processTree(pid).slice(1),
    async stop() {
      const tree = processTree(pid)
      for (const one of tree)
        try {
          process.kill(one, 'SIGKILL')
        } catch {}
      await ended(child)
      release()
      const left = await stillRunning(tree)
      if (left.length > 0) throw new Error(`processes of sshd ${address}:${port} did not end: ${left.join(', ')}`)
    },
  }
}
