import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { KeyPair } from './keys.ts'
import { ended, firstLine } from './process.ts'

export interface SshAgent {
  socket: string
  pid: number
  stop(): Promise<void>
}

/** Starts ssh-agent in the foreground and gives it the keys. */
export async function startAgent(folder: string, keys: KeyPair[]): Promise<SshAgent> {
  const socket = join(folder, `agent-${keys.length}.sock`)
  const child: ChildProcess = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] })
  await firstLine(child, child.stdout, /SSH_AUTH_SOCK/)
  for (const key of keys)
    execFileSync('ssh-add', ['-q', key.path], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'pipe' })
  return {
    socket,
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM')
      await ended(child)
    },
  }
}
