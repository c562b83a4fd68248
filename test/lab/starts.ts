import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Sshd } from './sshd.ts'

/** A program that was started: its arguments and its whole environment, as strace writes them. */
export interface Start {
  argv: string
  environment: string
}

export interface StartsWatch {
  /** Ends the watch. Every program that the servers' sessions have started meanwhile. */
  stop(): Promise<Start[]>
}

/**
 * Watches what is started over connections to these servers, those that are open included, from now on. What a service does
 * that was running before, such as dockerd, is not in it. `file`: where strace writes.
 */
export async function watchStarts(servers: readonly Sshd[], file: string): Promise<StartsWatch> {
  if (servers.length === 0) throw new Error('there is no server to watch')
  const processes = servers.flatMap((sshd) => [sshd.pid, ...sshd.sessions()])
  const strace: ChildProcess = spawn(
    'strace',
    [
      ...['-f', '-v', '-s', '100000', '-e', 'trace=execve', '-e', 'signal=none', '-o', file],
      ...processes.flatMap((pid) => ['-p', String(pid)]),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let said = ''
  await new Promise<void>((done, fail) => {
    strace.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      // A process that ended meanwhile is told as one that is not there.
      if ((said.match(/ attached| attach: /g)?.length ?? 0) >= processes.length) done()
    })
    strace.once('exit', () => fail(new Error(said)))
  })
  return {
    async stop() {
      if (strace.exitCode === null && strace.signalCode === null) {
        const ended = once(strace, 'exit')
        strace.kill('SIGINT')
        await ended
      }
      const lines = readFileSync(file, 'utf8').split('\n')
      return lines.flatMap((line) => {
        const [, argv, environment = ''] = /execve\("[^"]*", (\[.*?\]), (\[.*\])?/.exec(line) ?? []
        return argv === undefined ? [] : [{ argv, environment }]
      })
    },
  }
}

/** The programs that show a secret to other users (in their arguments), and those that were given it (in their environment). */
export function showing(starts: readonly Start[], secret: string): { toAll: string[]; given: string[] } {
  const inBase64 = [0, 1, 2].map((lead) => {
    const bytes = Buffer.concat([Buffer.alloc(lead), Buffer.from(secret)])
    // What depends on the secret alone, wherever it stands in what was encoded.
    return bytes.toString('base64').slice(Math.ceil((lead * 8) / 6), Math.floor((bytes.length * 8) / 6))
  })
  const forms = [secret, encodeURIComponent(secret), ...inBase64]
  const shown = (text: string) => forms.some((form) => text.includes(form))
  const of = (part: keyof Start) => starts.filter((start) => shown(start[part])).map(({ argv }) => argv)
  return { toAll: of('argv'), given: of('environment') }
}
