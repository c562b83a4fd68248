import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Command } from '../../../shared/model/command.ts'
import { failure } from '../../../test/fixtures/hosts.ts'
import { type OpenPlaybooks, openPlaybooks } from '../../../test/fixtures/playbooks.ts'
import { type Lab, type Sshd, startLab } from '../../../test/lab/index.ts'
import {
  beatCommand,
  breakCommand,
  type Claim,
  parseHolder,
  releaseCommand,
  takeCommand,
} from './host-lock-commands.ts'

const shells = [['dash'], ['bash', '--posix'], ['busybox', 'sh']]
let lab: Lab
let server: Sshd
/** What the server keeps for its users; the lock is in there. */
let state: string
let lock: string
let ann: OpenPlaybooks
let bob: OpenPlaybooks

beforeAll(async () => {
  lab = await startLab({ servers: 1 })
  server = lab.servers[0] as Sshd
  state = join(dirname(server.hostKey.path), 'state')
  lock = join(state, 'headroom', hostname(), 'lock')
}, 60_000)
afterAll(() => lab?.stop())
beforeEach(async () => {
  ann = await opened('ann@desk')
  bob = await opened('bob@sofa')
})
afterEach(async () => {
  await ann.close()
  await bob.close()
  chmodSync(dirname(server.hostKey.path), 0o755)
  rmSync(state, { recursive: true, force: true })
})

async function opened(user: string): Promise<OpenPlaybooks> {
  const one = openPlaybooks()
  one.environment.user = user
  // Who acts is asked when the area is opened.
  await one.reopen()
  await one.addServer(lab, server, 'web')
  const folder = join(one.workspace.folder, 'playbooks')
  mkdirSync(folder, { recursive: true })
  const head = (id: string) => `format: headroom/playbook@1\nid: ${id}\nname: The ${id}\nsummary: A test\nsteps:\n`
  const go = join(one.environment.folder, 'go')
  writeFileSync(
    join(folder, 'wait.yaml'),
    `${head('wait')}  - { id: a, name: A, kind: run, host: web, command: 'echo began; while [ ! -e ${go} ]; do sleep 0.05; done' }\n`,
  )
  writeFileSync(
    join(folder, 'look.yaml'),
    `${head('look')}  - { id: a, name: A, kind: wait-for, host: web, command: 'true' }\n`,
  )
  return one
}
const go = (one: OpenPlaybooks) => writeFileSync(join(one.environment.folder, 'go'), '')
async function start(one: OpenPlaybooks, id = 'wait') {
  return await one.playbooks.start(id, {}, (await one.playbooks.preview(id, {})).hash)
}
/** Its command runs on the server, and has said so. */
const begun = (one: OpenPlaybooks, runId: string) => one.until(runId, ({ lastSeq }) => lastSeq > 0)
/** The holder's last sign of life becomes this old. */
function silentFor(seconds: number) {
  const name = readdirSync(dirname(lock)).find((one) => one.startsWith('beat-'))
  writeFileSync(join(dirname(lock), name ?? ''), `${Math.floor(Date.now() / 1000) - seconds}\n`)
}

it('a run is seen from another workspace, which waits for its end, and nothing of the lock is left', async () => {
  const preview = await bob.playbooks.preview('wait', {})
  expect(existsSync(state)).toBe(false)
  expect(preview.problems).toEqual([])
  const first = await start(ann)
  await begun(ann, first.id)
  const second = await bob.playbooks.start('wait', {}, preview.hash)
  const refused = await bob.ended(second.id)
  expect(refused).toMatchObject({
    state: 'failed',
    problem: {
      code: 'HOST_BUSY',
      fact: expect.stringMatching(/web is held by the run "The wait" of ann@desk \(.*:.*\).* last sign of life was/),
      details: { runId: first.id },
    },
    steps: [{ state: 'pending' }],
  })
  expect(bob.playbooks.locks()).toMatchObject([{ hostName: 'web', runName: 'The wait', elsewhere: true, stale: false }])
  const held = await failure(bob.playbooks.breakLock(refused.hostIds[0] ?? '', 'she is away'))
  expect(held.problem).toMatchObject({ code: 'LOCK_HELD', fact: expect.stringContaining('ann@desk') })
  go(ann)
  expect(await ann.ended(first.id)).toMatchObject({ state: 'succeeded' })
  await expect.poll(() => readdirSync(dirname(lock))).toEqual([])
  go(bob)
  await bob.playbooks.resume(second.id, {})
  expect(await bob.ended(second.id)).toMatchObject({ state: 'succeeded' })
  expect(bob.playbooks.locks()).toEqual([])
})

it('a lock whose driver is silent can be broken with a reason, which both journals and the one it was taken from tell', async () => {
  const first = await start(ann)
  await begun(ann, first.id)
  await ann.reopen()
  expect(ann.playbooks.run(first.id)).toMatchObject({ state: 'interrupted' })
  expect(existsSync(lock)).toBe(true)
  const second = await start(bob)
  const { hostIds } = await bob.ended(second.id)
  silentFor(400)
  expect((await failure(bob.playbooks.breakLock(hostIds[0] ?? '', '  '))).code).toBe('BREAK_REASON')
  await bob.playbooks.breakLock(hostIds[0] ?? '', 'her laptop is lost')
  expect(bob.playbooks.run(second.id)).toMatchObject({ state: 'stopped', problem: null })
  expect(bob.playbooks.locks()).toEqual([])
  expect(bob.playbooks.journal(second.id).entries.find(({ kind }) => kind === 'lock-broken')?.text).toMatch(
    /bob@sofa takes web away from the run "The wait" of ann@desk.*: her laptop is lost/,
  )
  await bob.playbooks.resume(second.id, {})
  await begun(bob, second.id)
  // What was interrupted and lost its server does not go on beside the other.
  await ann.playbooks.resume(first.id, {})
  expect(await ann.ended(first.id)).toMatchObject({
    state: 'interrupted',
    problem: { code: 'HOST_BUSY', fact: expect.stringContaining('bob@sofa') },
  })
  go(bob)
  expect(await bob.ended(second.id)).toMatchObject({ state: 'succeeded' })
  await expect.poll(() => existsSync(lock)).toBe(false)
  go(ann)
  await ann.playbooks.resume(first.id, {})
  expect(await ann.ended(first.id)).toMatchObject({ state: 'succeeded' })
})

it('a lock that this workspace left behind stands in nobody’s way; one that cannot be left is told and hinders nothing', async () => {
  const first = await start(ann)
  await begun(ann, first.id)
  const left = readFileSync(lock)
  await ann.playbooks.stop(first.id)
  await ann.ended(first.id)
  await expect.poll(() => readdirSync(dirname(lock))).toEqual([])
  writeFileSync(lock, left)
  const second = await start(ann)
  await begun(ann, second.id)
  go(ann)
  expect(await ann.ended(second.id)).toMatchObject({ state: 'succeeded' })
  // A file where the folder would be: the home of that user takes nothing.
  rmSync(state, { recursive: true, force: true })
  writeFileSync(state, '')
  go(bob)
  const third = await start(bob)
  expect(await bob.ended(third.id)).toMatchObject({ state: 'succeeded' })
  const told = bob.playbooks.journal(third.id).entries.find(({ kind }) => kind === 'lock-not-left')
  expect(told?.text).toMatch(
    /No lock could be left on web \(.*(Not a directory|File exists).*\): from another computer/,
  )
})

it.each(shells)(
  'the lock of another user by %s: only that user removes it, and what it says is nobody’s command',
  (...shell) => {
    const homes = join(lab.folder, `homes of ${shell[0]}`)
    // Other tests leave their locks in the real one.
    const everybody = join(lab.folder, `everybody's of ${shell[0]}`)
    mkdirSync(everybody)
    chmodSync(everybody, 0o1777)
    const ran = (uid: number, command: Command) => {
      const home = join(homes, String(uid))
      mkdirSync(home, { recursive: true })
      chownSync(home, uid, uid)
      const enter =
        'mount --bind "$1" /run/lock; uid=$2; shift 2; exec setpriv --reuid "$uid" --regid "$uid" --clear-groups "$@"'
      const words = [everybody, String(uid), ...shell, '-c', String(command.argv[2])]
      const { stdout, stderr } = spawnSync('unshare', ['--mount', 'sh', '-e', '-c', enter, 'sh', ...words], {
        ...{ input: String(command.stdin), encoding: 'utf8', cwd: '/' },
        env: { PATH: process.env.PATH, HOME: home },
      })
      const [word = '', ...lines] = stdout.split('\n')
      return { word, lines, stderr }
    }
    chmodSync(lab.folder, 0o755)
    const [ann, bob, eve] = [40_001, 40_002, 40_003] as const
    const mine: Claim = { runId: 'a-1', workspace: 'desk' }
    const other: Claim = { runId: 'b-2', workspace: 'sofa' }
    const take = (uid: number, claim: Claim) => ran(uid, takeCommand(claim, 'somebody', 'The run'))
    const holder = (lines: string[]) => parseHolder(lines)
    expect(take(ann, mine)).toMatchObject({ word: 'taken', stderr: '' })
    const held = take(bob, other)
    expect(held).toMatchObject({ word: 'held', stderr: '' })
    expect(holder(held.lines)).toMatchObject({ ...mine, login: String(ann), signOfLifeMs: expect.any(Number) })
    expect(ran(bob, releaseCommand(mine)).word).toBe('')
    expect(take(bob, other).word).toBe('held')
    expect(ran(bob, breakCommand(mine, 'bob: she left', 300)).word).toBe('fresh')
    expect(ran(bob, breakCommand({ ...mine, workspace: 'x' }, 'bob', 0)).word).toBe('changed')
    // A note of eve's, who has no right to break it, interrupts nobody that gives signs of life.
    const note = join(everybody, `headroom-broken-${mine.runId}`)
    mkdirSync(note)
    writeFileSync(join(note, 'why'), 'because')
    chownSync(note, eve, eve)
    expect(ran(ann, beatCommand(mine, 300))).toMatchObject({ word: 'kept', stderr: '' })
    rmSync(note, { recursive: true })
    expect(ran(bob, breakCommand(mine, 'bob: she left', 0))).toMatchObject({ word: 'broken', stderr: '' })
    expect(take(bob, other).word).toBe('taken')
    expect(ran(ann, beatCommand(mine, 0))).toMatchObject({
      word: 'broken',
      lines: [`bob: she left (user ${bob})`, ''],
    })
    expect(take(ann, mine).word).toBe('held')
    expect(ran(bob, releaseCommand(other)).word).toBe('')
    expect(take(ann, mine).word).toBe('taken')
    expect(ran(ann, releaseCommand(mine)).word).toBe('')
    expect(ran(bob, releaseCommand(other)).word).toBe('')
    expect(readdirSync(everybody)).toEqual([])

    // A claim that lies about whose it is, and an id that would be a path.
    const precious = join(homes, String(bob), 'precious')
    mkdirSync(precious)
    chownSync(precious, bob, bob)
    const trap = join(everybody, 'headroom-lock-')
    mkdirSync(trap)
    writeFileSync(join(trap, 'who'), `/../../..${precious}\nsofa\n\u001b[2Jsomebody\nThe run\n1\n`)
    writeFileSync(join(trap, 'sign'), '1\n')
    chownSync(trap, eve, eve)
    const found = holder(take(bob, other).lines)
    expect(found).toMatchObject({ login: String(eve), by: ' [2Jsomebody' })
    for (const command of [releaseCommand(found), breakCommand(found, 'x', 0), beatCommand(found, 0)])
      expect(ran(bob, command)).toMatchObject({ word: '', stderr: expect.stringContaining('no id of a run') })
    expect(existsSync(precious)).toBe(true)
    // A link where the run's own folder would be is not followed.
    symlinkSync(precious, join(everybody, `headroom-lock-${other.runId}`))
    rmSync(trap, { recursive: true })
    expect(take(bob, other).word).toMatch(/taken|alone/)
    expect(readdirSync(precious)).toEqual([])
    expect(ran(bob, releaseCommand(other)).word).toBe('')
    expect(existsSync(precious)).toBe(true)
  },
)

it.each(shells)('the lock by %s: one holder, signs of life, and what is written arrives as it is', (...shell) => {
  const home = join(lab.folder, `home of ${shell[0]}`)
  const ran = (command: Command) => {
    const [file = '', ...words] = shell
    const { stdout, stderr } = spawnSync(file, [...words, '-c', String(command.argv[2])], {
      ...{ input: String(command.stdin), encoding: 'utf8', env: { PATH: process.env.PATH, HOME: home } },
    })
    const [word = '', ...lines] = stdout.split('\n')
    return { word, lines, stderr }
  }
  mkdirSync(home)
  const mine: Claim = { runId: 'a-1', workspace: `desk:\\n "'$(id) Ž` }
  const other: Claim = { runId: 'b-2', workspace: 'sofa' }
  expect(ran(takeCommand(mine, 'ann', '`x` \\t'))).toMatchObject({ word: 'taken', stderr: '' })
  expect(ran(takeCommand(mine, 'ann', 'again')).word).toBe('taken')
  const held = ran(takeCommand(other, 'bob', 'y'))
  expect(held).toMatchObject({ word: 'held', stderr: '' })
  expect(parseHolder(held.lines)).toMatchObject({
    ...mine,
    by: 'ann',
    name: '`x` \\t',
    signOfLifeMs: expect.any(Number),
  })
  expect(ran(beatCommand(mine, 300)).word).toBe('kept')
  expect(ran(beatCommand(other, 300)).word).toBe('held')
  expect(ran(releaseCommand(other)).word).toBe('')
  expect(ran(breakCommand(mine, 'why', 300)).word).toBe('fresh')
  expect(ran(breakCommand(other, 'why', 0)).word).toBe('changed')
  expect(ran(breakCommand(mine, 'bob: "why"', 0)).word).toBe('broken')
  expect(ran(beatCommand(mine, 300))).toMatchObject({ word: 'broken', lines: ['bob: "why"', ''] })
  expect(ran(beatCommand(mine, 300)).word).toBe('gone')
  expect(ran(takeCommand(other, 'bob', 'y')).word).toBe('taken')
  expect(ran(releaseCommand(other)).word).toBe('')
  expect(readdirSync(join(home, '.local/state/headroom', hostname()))).toEqual([])
  const nowhere = { ...takeCommand(mine, 'ann', 'x') }
  rmSync(home, { recursive: true })
  writeFileSync(home, '')
  expect(ran(nowhere).word).toBe('none')
})
