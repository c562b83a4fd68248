import { execFileSync, spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Lab } from './lab.ts'
import { freePort } from './loopback.ts'
import { ended, firstLine, isRunning, processTree } from './process.ts'

const BRIDGE = '/sys/class/net/docker_gwbridge'

/** A Docker engine of its own that manages a one-node swarm. */
export interface DockerEngine {
  /** The value of DOCKER_HOST that reaches it. */
  host: string
  /** An image with busybox: sh, sleep, true. It is on this engine only and is never pulled. */
  image: string
  docker(...argv: string[]): string
  /** As `systemctl restart docker` does; resolves when it answers again. Containers go on as their restart policy says. */
  restart(): Promise<void>
}

/**
 * Starts dockerd with its data, sockets and state in a folder of its own, on the host's network and without bridge or
 * firewall rules, and makes a swarm of it. Needs root. All of it ends with the lab.
 */
export async function startDocker(lab: Lab, options: { swarm?: boolean } = {}): Promise<DockerEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-docker-'))
  const host = `unix://${join(folder, 'docker.sock')}`
  const bridgeWasThere = existsSync(BRIDGE)
  lab.cleanUp(() => {
    unmountBelow(folder)
    rmSync(folder, { recursive: true, force: true })
  })
  const start = () =>
    spawn(
      'dockerd',
      [
        ...['--storage-driver', 'vfs', '--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')],
        ...['--pidfile', join(folder, 'pid'), '--host', host, '--bridge=none', '--iptables=false', '--ip6tables=false'],
        ...['--ip-forward=false', '--ip-masq=false', '--userland-proxy=false', '--log-level', 'info'],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
  let child = start()
  const answers = async () => {
    await firstLine(child, child.stderr, /API listen on/)
    child.stderr.resume()
  }
  lab.cleanUp(async () => {
    const tree = processTree(child.pid ?? 0)
    child.kill('SIGTERM')
    await ended(child)
    for (const one of tree.filter(isRunning)) {
      try {
        process.kill(one, 'SIGKILL')
      } catch {
        // It ended by itself meanwhile.
      }
    }
    // The swarm's bridge is the one interface it makes on the host; another engine's is left alone.
    if (!bridgeWasThere && existsSync(BRIDGE))
      execFileSync('ip', ['link', 'delete', 'docker_gwbridge'], { stdio: 'pipe' })
  })
  await answers()
  const docker = (...argv: string[]) =>
    execFileSync('docker', argv, {
      env: { PATH: process.env.PATH ?? '', DOCKER_HOST: host },
      stdio: 'pipe',
      encoding: 'utf8',
    }).trimEnd()

  const tree = join(folder, 'image')
  mkdirSync(join(tree, 'bin'), { recursive: true })
  copyFileSync('/usr/bin/busybox', join(tree, 'bin', 'busybox'))
  for (const name of ['sh', 'sleep', 'true']) symlinkSync('busybox', join(tree, 'bin', name))
  const archive = join(folder, 'image.tar')
  execFileSync('tar', ['-C', tree, '-cf', archive, '.'])
  const image = 'headroom-lab:1'
  docker('import', archive, image)
  if (options.swarm ?? true) {
    docker(
      'swarm',
      'init',
      '--advertise-addr',
      '127.0.0.1',
      '--listen-addr',
      `127.0.0.1:${await freePort('127.0.0.1')}`,
    )
    lab.cleanUp(() => void docker('swarm', 'leave', '--force'))
  }
  return {
    ...{ host, image, docker },
    async restart() {
      child.kill('SIGTERM')
      await ended(child)
      child = start()
      await answers()
    },
  }
}

/** Network namespaces and container file systems stay mounted when dockerd has to be killed. */
function unmountBelow(folder: string): void {
  const mounted = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)
  for (const path of mounted) execFileSync('umount', ['--lazy', path], { stdio: 'pipe' })
}
