import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab } from '../lab.ts'
import { ended, firstLine } from '../process.ts'
import type { Sshd } from '../sshd.ts'

/** A host of its own for k3s: its folders, processes and name, behind a real SSH server. */
export interface Machine {
  name: string
  server: Sshd
  /** Where the installer lies on it. */
  installer: string
  /** Runs shell text in it, as root, and gives what it prints. */
  sh(text: string): string
  /** What the stand-in for k3s is told: how it is to behave. */
  tell(what: { neverReady?: boolean; clockOffset?: number }): void
}

const OWN = ['/usr/local/bin', '/etc/rancher', '/var/lib/rancher', '/etc/systemd/system', '/run/systemd'] as const
const here = import.meta.dirname

/** Needs root and the right to make namespaces, as dockerd does. All of it ends with the lab. */
export async function startMachine(lab: Lab, name: string): Promise<Machine> {
  const folder = join(lab.folder, `machine-${name}`)
  const own = (path: string) => join(folder, path.slice(1).replaceAll('/', '-'))
  for (const path of OWN) {
    mkdirSync(own(path), { recursive: true })
    if (existsSync(path)) continue
    mkdirSync(path, { recursive: true })
    lab.cleanUp(() => {
      // Another lab may use it as a mount point, too, and then it is not empty or busy.
      try {
        rmdirSync(path)
      } catch {}
    })
  }
  mkdirSync(join(own('/run/systemd'), 'system'), { recursive: true })
  const binaries = own('/usr/local/bin')
  furnish(binaries)
  const mounts = OWN.map((path) => `mount --bind ${own(path)} ${path}`).join(' && ')
  const child = spawn(
    'unshare',
    [
      ...['--mount', '--pid', '--uts', '--fork', '--kill-child', '--mount-proc', 'sh', '-c'],
      `hostname ${name} && ${mounts} && echo ready && exec sleep infinity`,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  lab.cleanUp(async () => {
    child.kill('SIGKILL')
    await ended(child)
    rmSync(folder, { recursive: true, force: true })
  })
  await firstLine(child, child.stdout, /ready/)
  const inside = innerPid(child)
  const enter = join(folder, 'enter')
  const into = `nsenter --target ${inside} --mount --pid --uts`
  writeFileSync(enter, `#!/bin/sh\ncd "$HOME"\nexec ${into} --wd="$HOME" -- sh -c "$SSH_ORIGINAL_COMMAND"\n`)
  chmodSync(enter, 0o755)
  const server = await lab.startServer({ config: [`ForceCommand ${enter}`] })
  const settings: Record<string, unknown> = { address: server.address }
  const tell = (what: object) => {
    Object.assign(settings, what)
    writeFileSync(join(binaries, '.machine.json'), JSON.stringify(settings))
  }
  tell({})
  return {
    name,
    server,
    installer: '/usr/local/bin/install-k3s.sh',
    tell,
    sh: (text) =>
      execFileSync('nsenter', ['--target', String(inside), '--mount', '--pid', '--uts', '--', 'sh', '-c', text], {
        encoding: 'utf8',
        stdio: 'pipe',
      }).trimEnd(),
  }
}

function furnish(binaries: string): void {
  const program = (name: string, text: string) => {
    writeFileSync(join(binaries, name), text)
    chmodSync(join(binaries, name), 0o755)
  }
  for (const [name, from] of [
    ['systemctl', 'systemctl.sh'],
    ['journalctl', 'journalctl.sh'],
    ['install-k3s.sh', 'installer.sh'],
  ] as const) {
    copyFileSync(join(here, from), join(binaries, name))
    chmodSync(join(binaries, name), 0o755)
  }
  const node = `exec ${process.execPath} --disable-warning=ExperimentalWarning`
  writeFileSync(
    join(binaries, '.k3s-program'),
    `#!/bin/sh\ncase $1 in\n--version) echo 'k3s version @VERSION@ (1234abcd)'; echo 'go version go1.23.6'; exit ;;\nkubectl) shift; export KUBECONFIG=\${KUBECONFIG:-/etc/rancher/k3s/k3s.yaml}; exec kubectl "$@" ;;\nesac\nK3S_LAB_VERSION=@VERSION@ ${node} ${join(here, 'k3s.ts')} "$@"\n`.replace(
      'K3S_LAB_VERSION=@VERSION@ exec',
      'export K3S_LAB_VERSION=@VERSION@; exec',
    ),
  )
  program('helm', `#!/bin/sh\n${node} ${join(here, 'helm.ts')} "$@"\n`)
  // A clock that is off, as far as other programs ask for the second.
  program(
    'date',
    `#!/bin/sh\noffset=$(sed -n 's/.*"clockOffset":\\(-*[0-9]*\\).*/\\1/p' /usr/local/bin/.machine.json)\nif [ "$*" = +%s ]; then echo $(($(/bin/date +%s) + \${offset:-0})); else exec /bin/date "$@"; fi\n`,
  )
}

/** The first process inside, which the namespaces are entered by. */
function innerPid(child: ChildProcess): number {
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ')
  return Number(children[0])
}
