import { execFileSync } from 'node:child_process'
import { appendFileSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failure, type OpenHosts, openHosts } from '../../../test/fixtures/hosts.ts'
import { isRunning, type Lab, type Sshd, startLab } from '../../../test/lab/index.ts'

let lab: Lab
let one: OpenHosts
let id: string

beforeAll(async () => {
  lab = await startLab({ servers: 1 })
  one = openHosts({ real: true })
  id = await added(lab.servers[0] as Sshd, 'server')
})
afterAll(async () => {
  await one?.close()
  await lab?.stop()
})

async function added({ address, port, hostKey }: Sshd, name: string): Promise<string> {
  appendFileSync(one.knownHosts, `[${address}]:${port} ${hostKey.publicLine}\n`)
  const auth = { kind: 'key' as const, path: lab.keys.plain.path }
  return (await one.hosts.add({ kind: 'ssh', name, address, port, user: lab.user, auth })).id
}
/** `where` tells the shell's own process id; in a subshell it is that of the shell all the same. */
const once = `where() { echo "$$"; }\n`
const ask = (text: string, options: { timeoutMs?: number; signal?: AbortSignal; hostId?: string } = {}) => {
  const { signal, hostId, timeoutMs } = options
  const kept = { once, text, ...(timeoutMs === undefined ? {} : { timeoutMs }) }
  return one.hosts.ask(hostId ?? id, kept, signal === undefined ? {} : { signal })
}
const shellOf = async (hostId = id) => Number((await ask('where', { hostId })).stdout)

describe('a shell that stays on its host', () => {
  it('is the same from call to call; nothing of a call is left for the next one', async () => {
    const shell = await shellOf()
    expect(await ask('left=here; cd /; set -f; where; exit 7')).toMatchObject({ exitCode: 7, stdout: `${shell}\n` })
    const told = await ask('echo "${left-nothing} $PWD $-"; cat')
    expect(told.stdout).not.toContain('here')
    expect(told.stdout).not.toContain(' / ')
    expect(await shellOf()).toBe(shell)
  })

  it('gets its text by its input: neither script nor secret is a word of any process', async () => {
    const shell = await shellOf()
    const seen = await ask(`secret='canary-4711'; tr '\\0' ' ' </proc/$$/cmdline; ps -eo args`)
    expect(seen.exitCode).toBe(0)
    expect(seen.stdout).not.toContain('canary-4711')
    expect(readFileSync(`/proc/${shell}/cmdline`, 'utf8')).not.toContain('where')
  })

  it('that dies in a call has the call run once more, and is made anew', async () => {
    const shell = await shellOf()
    const result = await ask(`[ $$ = ${shell} ] && kill -9 ${shell}; echo survived`)
    expect(result.stdout).toBe('survived\n')
    const next = await shellOf()
    expect(next).not.toBe(shell)
    expect(await shellOf()).toBe(next)
  })

  it('that was killed between two calls is made anew', async () => {
    const shell = await shellOf()
    process.kill(shell, 'SIGKILL')
    await expect.poll(() => isRunning(shell)).toBe(false)
    await shellOf()
    const next = await shellOf()
    expect(next).not.toBe(shell)
    expect(await shellOf()).toBe(next)
  })

  it('that hangs is killed with all that it started, and the next call has another one', async () => {
    const shell = await shellOf()
    const error = await failure(ask('sleep 301 & sleep 302', { timeoutMs: 300 }))
    expect(error.code).toBe('COMMAND_TIMEOUT')
    await expect.poll(() => isRunning(shell)).toBe(false)
    expect(execFileSync('sh', ['-c', `pgrep -f 'sleep 30[12]' -g ${shell} || echo none`], { encoding: 'utf8' })).toBe(
      'none\n',
    )
    expect(await shellOf()).not.toBe(shell)
  })

  it('that is cancelled is killed', async () => {
    const shell = await shellOf()
    const stop = new AbortController()
    const call = failure(ask('sleep 303', { signal: stop.signal }))
    await expect.poll(() => execFileSync('pgrep', ['-g', String(shell)], { encoding: 'utf8' })).toContain('\n')
    stop.abort()
    expect((await call).code).toBe('COMMAND_CANCELLED')
    await expect.poll(() => isRunning(shell)).toBe(false)
  })

  it('stops one that floods at the limit', async () => {
    const error = await failure(one.hosts.ask(id, { once, text: 'yes' }, { maxOutputBytes: 100_000 }))
    expect(error.code).toBe('OUTPUT_TOO_LARGE')
    expect((await ask('echo fine')).stdout).toBe('fine\n')
  })

  it('serves one call at a time; others run beside it', async () => {
    const pids = await Promise.all([1, 2, 3].map(() => shellOf()))
    expect(new Set(pids).size).toBe(3)
  })

  it('gives its session up where the server allows only one', async () => {
    const strict = await added(await lab.startServer({ config: ['MaxSessions 1'] }), 'strict')
    const shell = await shellOf(strict)
    expect((await one.hosts.run(strict, { argv: ['echo', 'mine'] })).stdout).toBe('mine\n')
    await expect.poll(() => isRunning(shell)).toBe(false)
    expect((await ask('echo still', { hostId: strict })).stdout).toBe('still\n')
  })

  it('ends with its connection', async () => {
    const other = await added(await lab.startServer(), 'leaves')
    const shell = await shellOf(other)
    await one.hosts.remove(other)
    await expect.poll(() => isRunning(shell)).toBe(false)
  })
})
