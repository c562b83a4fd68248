import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Lab } from './lab.ts'
import { freePort } from './loopback.ts'
import { ended, firstLine } from './process.ts'

/** A Redis server of its own, in memory only. */
export interface Redis {
  address: string
  port: number
  pid: number
  /** Runs one command and gives what redis-cli prints. */
  cli(...words: string[]): string
}

/** Starts a Redis that ends with the lab. `settings` are lines of redis.conf as words, such as "--maxmemory". */
export async function startRedis(
  lab: Lab,
  options: { address: string; password?: string; settings?: string[] },
): Promise<Redis> {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-redis-'))
  lab.cleanUp(() => rmSync(folder, { recursive: true, force: true }))
  const port = await freePort(options.address)
  const child = spawn(
    'redis-server',
    [
      ...['--bind', options.address, '--port', String(port), '--dir', folder, '--save', '', '--daemonize', 'no'],
      ...(options.password === undefined ? [] : ['--requirepass', options.password]),
      ...(options.settings ?? []),
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  lab.cleanUp(async () => {
    child.kill('SIGKILL')
    await ended(child)
  })
  await firstLine(child, child.stdout, /Ready to accept connections/)
  child.stdout.resume()
  const cli = (...words: string[]) =>
    execFileSync('redis-cli', ['-h', options.address, '-p', String(port), ...words], {
      env: {
        PATH: process.env.PATH ?? '',
        ...(options.password === undefined ? {} : { REDISCLI_AUTH: options.password }),
      },
      stdio: 'pipe',
      encoding: 'utf8',
    }).trimEnd()
  return { address: options.address, port, pid: child.pid ?? 0, cli }
}
