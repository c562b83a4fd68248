import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Host } from '../../../shared/model/host.ts'
import { Secret } from '../../../shared/model/secret.ts'
import { failure, type OpenHosts, openHosts } from '../../../test/fixtures/hosts.ts'
import { isRunning, type Lab, type Sshd, startLab, stillRunning } from '../../../test/lab/index.ts'

let lab: Lab
let server: Sshd
let one: OpenHosts
let remote: Host
let local: Host

beforeAll(async () => {
  lab = await startLab({ servers: 1 })
  server = lab.servers[0] as Sshd
  one = openHosts({ real: true })
  writeFileSync(one.knownHosts, `[${server.address}]:${server.port} ${server.hostKey.publicLine}\n`)
  remote = await addTo(server, 'remote')
  local = await one.hosts.add({ kind: 'local', name: 'this computer' })
})
afterAll(async () => {
  await one.close()
  await lab.stop()
})

async function addTo(to: Sshd, name: string): Promise<Host> {
  return one.hosts.add({
    kind: 'ssh',
    name,
    address: to.address,
    port: to.port,
    user: lab.user,
    auth: {
      kind: 'key',
      path: lab.keys.plain.path,
    },
  })
}
/** Starts a command that says its process id and hangs; gives the id and the running promise. */
function hang(hostId: string, options: { timeoutMs?: number; signal?: AbortSignal } = {}) {
  let said: (pid: number) => void
  const pid = new Promise<number>((resolve) => {
    said = resolve
  })
  let text = ''
  const done = one.hosts.stream(
    hostId,
    {
      argv: ['sh', '-c', 'sleep 300 & echo $!; wait'],
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    },
    {
      onStdout(chunk) {
        text += chunk.toString()
        if (text.includes('\n')) said(Number(text))
      },
      onStderr() {},
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    },
  )
  done.catch(() => {})
  return { pid, done }
}

for (const kind of ['over SSH', 'on this computer'] as const) {
  const id = () => (kind === 'over SSH' ? remote.id : local.id)

  describe(`a command ${kind}`, () => {
    it('gives output, errors and the exit code; a non-zero exit is a result', async () => {
      const result = await one.hosts.run(id(), { argv: ['sh', '-c', 'echo out; echo err >&2; exit 3'] })
      expect(result).toMatchObject({ exitCode: 3, signal: null, stdout: 'out\n', stderr: 'err\n' })
      const killed = await one.hosts.run(id(), { argv: ['kill', '-9', { raw: '$$' }] })
      expect(killed).toMatchObject({ exitCode: null, signal: 'SIGKILL' })
    })

    it('gets any bytes of text on its input and gives them back', async () => {
      const text = `${'línea ‹€› \u0000\n'.repeat(20_000)}end`
      expect((await one.hosts.run(id(), { argv: ['cat'], stdin: text })).stdout).toBe(text)
    })

    it('may be a script', async () => {
      const result = await one.hosts.script(id(), 'a=1\nb=$((a + 1))\necho "b=$b"\nexit 4\n')
      expect(result).toMatchObject({ stdout: 'b=2\n', exitCode: 4 })
    })

    it('that hangs is killed with all that it started, and COMMAND_TIMEOUT says so', async () => {
      const hung = hang(id(), { timeoutMs: 1500 })
      const pid = await hung.pid
      expect(isRunning(pid)).toBe(true)
      const error = await failure(hung.done)
      expect(error.code).toBe('COMMAND_TIMEOUT')
      expect(await stillRunning([pid])).toEqual([])
      expect((await one.hosts.run(id(), { argv: ['echo', 'on'] })).stdout).toBe('on\n')
    })

    it('that ignores a polite end is killed all the same', async () => {
      const command = { argv: ['sh', '-c', "trap '' TERM; while :; do sleep 1; done"], timeoutMs: 300 }
      expect((await failure(one.hosts.run(id(), command))).code).toBe('COMMAND_TIMEOUT')
    })

    it('is killed when cancelled', async () => {
      const controller = new AbortController()
      const hung = hang(id(), { signal: controller.signal })
      const pid = await hung.pid
      controller.abort()
      expect((await failure(hung.done)).code).toBe('COMMAND_CANCELLED')
      expect(await stillRunning([pid])).toEqual([])
      const late = one.hosts.run(id(), { argv: ['true'] }, { signal: controller.signal })
      expect((await failure(late)).code).toBe('COMMAND_CANCELLED')
    })

    it('that prints without end is ended at the limit', async () => {
      const error = await failure(one.hosts.run(id(), { argv: ['yes'] }, { maxOutputBytes: 100_000 }))
      expect(error.code).toBe('OUTPUT_TOO_LARGE')
    })

    it('shows a secret in no command line, and in the environment of the program that needs it only', async () => {
      const canary = 'canary-51d09e'
      const seen = { lines: [] as string[], holders: [] as string[] }
      const hung = hangWithSecret(id(), canary)
      const pid = await hung.pid
      for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
        if (read(`/proc/${entry}/cmdline`).includes(canary)) seen.lines.push(entry)
        if (read(`/proc/${entry}/environ`).includes(canary)) seen.holders.push(entry)
      }
      hung.stop()
      await failure(hung.done)
      expect(seen.lines).toEqual([])
      expect(seen.holders).toEqual([String(pid)])
    })
  })
}

/** Only `sleep` gets the secret in its environment: the shells around it read it from their input. */
function hangWithSecret(hostId: string, canary: string) {
  const controller = new AbortController()
  let said: (pid: number) => void
  const pid = new Promise<number>((resolve) => {
    said = resolve
  })
  const done = one.hosts.stream(
    hostId,
    { argv: ['sh', '-c', 'echo $$; exec sleep 300'], env: { TOKEN: new Secret('token', canary) } },
    { onStdout: (chunk) => said(Number(chunk.toString())), onStderr() {}, signal: controller.signal },
  )
  done.catch(() => {})
  return { pid, done, stop: () => controller.abort() }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}

describe('a link', () => {
  it('that is lost fails what runs with LINK_LOST, and is made anew by the next command', async () => {
    const other = await lab.startServer()
    one.hosts.acceptKey((await one.hosts.scanKey(other)).key)
    const host = await addTo(other, 'flaky')
    const hung = hang(host.id)
    await hung.pid
    for (const pid of other.sessions()) process.kill(pid, 'SIGKILL')
    expect((await failure(hung.done)).code).toBe('LINK_LOST')
    expect(one.hosts.get(host.id)).toMatchObject({ state: 'down', problem: { code: 'LINK_LOST' } })
    expect((await one.hosts.run(host.id, { argv: ['echo', 'again'] })).stdout).toBe('again\n')
    expect(one.hosts.get(host.id).state).toBe('up')

    // Lost between two commands: nothing had started, so nothing is reported.
    for (const pid of other.sessions()) process.kill(pid, 'SIGKILL')
    expect((await one.hosts.run(host.id, { argv: ['echo', 'once more'] })).stdout).toBe('once more\n')

    await other.stop()
    expect(await one.hosts.test(host.id)).toMatchObject({ state: 'down', problem: { code: 'HOST_UNREACHABLE' } })
    await one.hosts.remove(host.id)
  })

  it('carries more commands at once than the server has sessions for', async () => {
    const narrow = await lab.startServer({ config: ['MaxSessions 3'] })
    one.hosts.acceptKey((await one.hosts.scanKey(narrow)).key)
    const host = await addTo(narrow, 'narrow')
    const numbers = Array.from({ length: 30 }, (_, index) => String(index))
    const results = await Promise.all(numbers.map((number) => one.hosts.run(host.id, { argv: ['echo', number] })))
    expect(results.map((result) => result.stdout.trim())).toEqual(numbers)
    await one.hosts.remove(host.id)
  })

  it('whose only session hangs still has the means to kill it', async () => {
    const single = await lab.startServer({ config: ['MaxSessions 1'] })
    one.hosts.acceptKey((await one.hosts.scanKey(single)).key)
    const host = await addTo(single, 'single')
    const hung = hang(host.id, { timeoutMs: 1000 })
    const pid = await hung.pid
    expect((await failure(hung.done)).code).toBe('COMMAND_TIMEOUT')
    expect(await stillRunning([pid])).toEqual([])
    await one.hosts.remove(host.id)
  })

  it('to a server that runs no commands is refused with the reason', async () => {
    const none = await lab.startServer({ config: ['MaxSessions 0'] })
    one.hosts.acceptKey((await one.hosts.scanKey(none)).key)
    expect((await failure(addTo(none, 'none'))).code).toBe('SESSION_REFUSED')
  })

  it('to a server whose login fails after the key is refused with what it said', async () => {
    const odd = await lab.startServer({ config: ['ForceCommand echo no commands here; exit 9'] })
    one.hosts.acceptKey((await one.hosts.scanKey(odd)).key)
    const { problem } = await failure(addTo(odd, 'odd'))
    expect(problem.code).toBe('HOST_CHECK_FAILED')
    expect(problem.fact).toContain('no commands here')
  })
})
