import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Lab, type Sshd, startLab } from '../lab/index.ts'

const bundles = join(import.meta.dirname, '..', '..', 'dist', 'main')
let lab: Lab
let server: Sshd
let folder: string

beforeAll(async () => {
  lab = await startLab({ servers: 1 })
  server = lab.servers[0] as Sshd
  folder = mkdtempSync(join(tmpdir(), 'headroom-outgoing-'))
  mkdirSync(join(folder, '.ssh'), { mode: 0o700 })
  appendFileSync(
    join(folder, '.ssh', 'known_hosts'),
    `[${server.address}]:${server.port} ${server.hostKey.publicLine}\n`,
  )
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await lab?.stop()
})

/** Runs a program of the build under strace, in all its processes and threads. */
const traced = (program: string, args: string[]) =>
  [
    ...['-ff', '-qq', '-e', 'trace=connect,sendto,sendmsg,sendmmsg', '-e', 'signal=none', '-o', join(folder, 'trace')],
    ...[process.execPath, join(bundles, program), ...args],
  ] as const
const env = () => ({
  PATH: process.env.PATH,
  HOME: folder,
  HEADROOM_WORKSPACE: join(folder, 'workspace'),
})

/** Addresses of the network that were connected or sent to, as strace prints them, each once. */
function reached(): string[] {
  const found = new Set<string>()
  for (const name of readdirSync(folder).filter((file) => file.startsWith('trace')))
    for (const [, port, address] of readFileSync(join(folder, name), 'utf8').matchAll(
      /sin6?_port=htons\((\d+)\).*?"([0-9a-fA-F.:]+)"/g,
    ))
      found.add(`${address}:${port}`)
  return [...found]
}

it('nothing leaves the computer but SSH to the servers: measured, judged, simulated', async () => {
  expect(existsSync(join(bundles, 'cli.mjs')), 'npm test builds before the lab').toBe(true)
  const steps = [
    ['hosts', 'add', 'web', `${lab.user}@${server.address}:${server.port}`, '--key', lab.keys.plain.path],
    ['collect'],
    ['plan', 'choose', 'tenant-guide'],
    ['verdict'],
    ['what-if', '--present', '25000', '--rate', '0.08', '--months', '12'],
    ['playbooks'],
  ]
  const results = steps.map((args) => {
    const { status, stdout, stderr } = spawnSync('strace', traced('cli.mjs', args), {
      env: env(),
      encoding: 'utf8',
      timeout: 60_000,
    })
    return { args: args[0], status, said: `${stdout}${stderr}`.slice(0, 400) }
  })
  expect(results).toEqual(steps.map(([first]) => ({ args: first, status: 0, said: expect.any(String) })))
  expect(reached()).toEqual([`${server.address}:${server.port}`])
})
