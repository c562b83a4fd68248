import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { type TestEnvironment, testEnvironment } from '../../../test/fixtures/environment.ts'
import { type Lab, type Sshd, startLab } from '../../../test/lab/index.ts'
import { type Core, openCore } from '../index.ts'

let lab: Lab
let server: Sshd
let environment: TestEnvironment
let workspace: string
let core: Core
let out: string
const children: ChildProcess[] = []
const LAST = 40
const COMPLAINT = 'stdin: is not a tty'

beforeAll(async () => {
  lab = await startLab({ servers: 0 })
  // As a start-up file that complains: what it prints is in no command's output.
  server = await lab.startServer({
    config: [`ForceCommand echo '${COMPLAINT}' >&2; exec sh -c "$SSH_ORIGINAL_COMMAND"`],
  })
}, 60_000)
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await lab?.stop()
})
beforeEach(async () => {
  environment = testEnvironment({ real: true })
  workspace = join(environment.folder, 'workspace')
  out = join(environment.folder, 'out')
  mkdirSync(join(environment.home, '.ssh'), { recursive: true })
  const line = `[${server.address}]:${server.port} ${server.hostKey.publicLine}\n`
  appendFileSync(join(environment.home, '.ssh', 'known_hosts'), line)
  core = await openCore({ folder: workspace, environment })
  const { address, port } = server
  await core.areas.hosts.add({
    ...{ kind: 'ssh', name: 'web', address, port, user: lab.user },
    auth: { kind: 'key', path: lab.keys.plain.path },
  })
  mkdirSync(join(workspace, 'playbooks'), { recursive: true })
  // A second copy of the command, or a second start, would show as a number that is there twice.
  playbook(
    'count',
    `  - id: count
    name: Count
    kind: run
    host: web
    command: 'i=0; while [ $i -lt ${LAST} ]; do i=$((i + 1)); echo $i >>${out}; echo "line $i"; sleep 0.1; done'
    verify: 'test "$(wc -l <${out})" -eq ${LAST}'
  - { id: after, name: After, kind: run, host: web, command: 'echo after >>${out}' }
`,
  )
})
afterEach(async () => {
  const runs = core.areas.playbooks.runs().map(({ id }) => `headroom-${id}`)
  await core.close()
  environment.dispose()
  expect(readdirSync(tmpdir()).filter((name) => runs.some((run) => name.startsWith(run)))).toEqual([])
})

function playbook(id: string, steps: string) {
  const head = `format: headroom/playbook@1\nid: ${id}\nname: ${id}\nsummary: A test\nsteps:\n`
  writeFileSync(join(workspace, 'playbooks', `${id}.yaml`), head + steps)
}
async function start(id: string) {
  const { playbooks } = core.areas
  return await playbooks.start(id, {}, (await playbooks.preview(id, {})).hash)
}
async function ended(runId: string) {
  for await (const run of core.areas.playbooks.follow(runId)) if (run.endedAt !== null) return run
  return core.areas.playbooks.run(runId)
}
const counted = () => (existsSync(out) ? readFileSync(out, 'utf8').trim().split('\n') : [])
const undisturbed = [...Array.from({ length: LAST }, (_, index) => String(index + 1)), 'after']
const printed = (runId: string) =>
  core.areas.playbooks
    .output(runId, 0, 2000)
    .lines.filter(({ stream }) => stream === 'stdout')
    .map(({ text }) => text)
const printedUndisturbed = undisturbed.slice(0, LAST).map((number) => `line ${number}`)
/** The processes of sshd itself that serve connections, without what runs in them. */
const connections = () =>
  server.sessions().filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('sshd')
    } catch {
      return false
    }
  })
const cut = () => {
  for (const pid of connections()) process.kill(pid, 'SIGKILL')
}

it('kill -9 of the program in the middle of a command: the command goes on, and the resumed run ends as an undisturbed one', async () => {
  await core.close()
  const child = spawn(process.execPath, [resolve('main/cli/index.ts'), 'run', 'count', '--yes'], {
    env: { ...process.env, HOME: environment.home, HEADROOM_WORKSPACE: workspace },
    stdio: 'ignore',
  })
  children.push(child)
  await expect.poll(() => counted().length, { timeout: 45_000 }).toBeGreaterThan(3)
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
  core = await openCore({ folder: workspace, environment })
  const [run] = core.areas.playbooks.runs()
  expect(run).toMatchObject({
    state: 'interrupted',
    problem: { fact: expect.stringMatching(/may still be running on web/) },
  })
  await core.areas.playbooks.resume(run?.id ?? '', {})
  expect(await ended(run?.id ?? '')).toMatchObject({ state: 'succeeded' })
  expect(counted()).toEqual(undisturbed)
  expect(printed(run?.id ?? '')).toEqual(printedUndisturbed)
}, 60_000)

it('a link that is cut twice, and an sshd that is restarted: the run reads on where it was, and starts nothing twice', async () => {
  const run = await start('count')
  await expect.poll(() => counted().length, { timeout: 45_000 }).toBeGreaterThan(3)
  cut()
  await expect.poll(() => counted().length, { timeout: 45_000 }).toBeGreaterThan(12)
  cut()
  const title = readFileSync(`/proc/${server.pid}/cmdline`, 'latin1').replaceAll('\0', ' ')
  const config = /-f (\S+)/.exec(title)?.[1] ?? ''
  process.kill(server.pid, 'SIGKILL')
  await expect.poll(() => existsSync(`/proc/${server.pid}/fd/0`), { timeout: 45_000 }).toBe(false)
  children.push(spawn('/usr/sbin/sshd', ['-D', '-f', config], { stdio: 'ignore' }))
  expect(await ended(run.id)).toMatchObject({ state: 'succeeded' })
  expect(counted()).toEqual(undisturbed)
  expect(printed(run.id)).toEqual(printedUndisturbed)
  const notes = core.areas.playbooks.output(run.id, 0, 2000).lines.filter(({ stream }) => stream === 'note')
  const said = notes.map(({ text }) => text).join('\n')
  expect(said).toMatch(/Looking what became of the command/)
  expect(said).toContain(`The login shell printed: ${COMPLAINT}`)
}, 60_000)

it('a run that is stopped leaves neither its command nor a folder on the server', async () => {
  const run = await start('count')
  await expect.poll(() => counted().length, { timeout: 45_000 }).toBeGreaterThan(3)
  await core.areas.playbooks.stop(run.id)
  expect(await ended(run.id)).toMatchObject({ state: 'stopped' })
  const then = counted().length
  const again = await start('count')
  await expect.poll(() => counted().length, { timeout: 45_000 }).toBeGreaterThan(then)
  await core.areas.playbooks.stop(again.id)
  await ended(again.id)
  // Each start counts from one: a survivor's numbers would stand between those of the second.
  const second = counted().slice(then)
  expect(second).toEqual(second.map((_, index) => String(index + 1)))
}, 60_000)

it('200,000 lines of output arrive whole, in order, in bounded pages and memory; commands are journalled with key and digest', async () => {
  playbook('much', `  - { id: a, name: A, kind: run, host: web, command: 'seq 1 199999' }\n`)
  const before = process.memoryUsage().rss
  const run = await start('much')
  let most = before
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 50)
  expect(await ended(run.id)).toMatchObject({ state: 'succeeded' })
  clearInterval(watch)
  let seq = 0
  let next = 1
  for (let more = true; more; ) {
    const page = core.areas.playbooks.output(run.id, seq, 2000)
    for (const { text, stream } of page.lines) if (stream === 'stdout') expect(text === String(next++)).toBe(true)
    seq = page.lines.at(-1)?.seq ?? seq
    more = page.more
  }
  expect(next).toBe(200_000)
  expect(most - before).toBeLessThan(300e6)
  const command = core.areas.playbooks.journal(run.id).entries.find(({ kind }) => kind === 'command')
  expect(command).toMatchObject({
    text: "sh -c 'seq 1 199999'",
    data: { hostKeys: [expect.stringMatching(/^SHA256:/)] },
  })
  const end = core.areas.playbooks.journal(run.id).entries.find(({ kind }) => kind === 'command-ended')
  expect(end?.data).toMatchObject({
    exitCode: 0,
    lines: 199_999,
    outputSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
}, 60_000)
