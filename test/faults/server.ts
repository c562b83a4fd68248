import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ended, firstLine, isRunning, type Lab, processTree, type Sshd } from '../lab/index.ts'

/** A real sshd that can be stopped short, and started again on the same port. */
export interface Server {
  sshd: Sshd
  /** Ends it and every connection; what its commands detached goes on. */
  kill(): void
  start(): Promise<void>
  /** Stands still, with all of its connections, until `resume`. */
  freeze(): void
  resume(): void
  /** The processes that serve connections, of sshd itself. */
  killSessions(): void
}

export async function startServer(lab: Lab, temporary: string): Promise<Server> {
  const sshd = await lab.startServer({ config: [`SetEnv TMPDIR=${temporary}`] })
  const config = join(dirname(sshd.hostKey.path), 'sshd_config')
  let pid = sshd.pid
  let own: ChildProcess | null = null
  let frozen: number[] = []
  let killed = false
  const connections = () => connectionsOf(pid)
  const server: Server = {
    sshd,
    kill() {
      killed = true
      signal([pid, ...connections()], 'SIGKILL')
    },
    async start() {
      // A kill takes its moment on a busy computer.
      while (killed && isRunning(pid)) await pause(10)
      if (isRunning(pid)) return
      killed = false
      own = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] })
      await firstLine(own, own.stderr, /Server listening/)
      own.stderr?.resume()
      pid = own.pid ?? 0
    },
    freeze() {
      frozen = [pid, ...connections()]
      signal(frozen, 'SIGSTOP')
    },
    resume() {
      signal(frozen, 'SIGCONT')
      frozen = []
    },
    killSessions: () => killSessions(pid),
  }
  lab.cleanUp(async () => {
    server.resume()
    if (own === null) return
    server.kill()
    await ended(own)
  })
  return server
}

/** The processes that serve connections. What runs in a session is left to the session's end, as at a real restart. */
const connectionsOf = (pid: number): number[] => processTree(pid).slice(1).filter(isSshd)

/** Cuts every connection to the sshd of this id. */
export const killSessions = (pid: number): void => signal(connectionsOf(pid), 'SIGKILL')

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const one of pids)
    try {
      process.kill(one, name)
    } catch {}
}

function isSshd(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('sshd')
  } catch {
    return false
  }
}
