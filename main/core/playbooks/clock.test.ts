import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type OpenPlaybooks, openPlaybooks } from '../../../test/fixtures/playbooks.ts'

const DAY = 86_400_000
let one: OpenPlaybooks
let mark: string

beforeEach(async () => {
  one = openPlaybooks()
  await one.hosts.add({ kind: 'local', name: 'here' })
  mark = join(one.environment.folder, 'mark')
})
afterEach(() => one.close())

/** The computer's clock is set; what goes by elapsed time is not. */
function setClock(byMs: number) {
  const { now } = one.environment
  one.environment.now = () => now() + byMs
}
const printed = (runId: string) =>
  one.playbooks
    .output(runId, 0, 100)
    .lines.filter(({ stream }) => stream === 'stdout')
    .map(({ text }) => text)
const folders = (runId: string) => readdirSync(tmpdir()).filter((name) => name.startsWith(`headroom-${runId}`))

/** Prints, waits for a file and prints again; the core is closed once it has printed. */
async function leftBehind(timeout: string) {
  const command = `echo begun; until [ -e ${mark} ]; do sleep 0.05; done; echo ended`
  const id = await one.startSteps(
    'long',
    `  - { id: a, name: A, kind: run, host: here, timeout: ${timeout}, command: '${command}' }\n`,
  )
  await one.until(id, () => printed(id).length > 0)
  await one.reopen()
  expect(one.playbooks.run(id).state).toBe('interrupted')
  return id
}

it.each([DAY, -DAY])('a command with a timeout is not ended because the clock was set by %i ms', async (byMs) => {
  const id = await leftBehind('1h')
  setClock(byMs)
  await one.playbooks.resume(id, {})
  await one.until(id, () => one.playbooks.journal(id).entries.some(({ kind }) => kind === 'attached'))
  writeFileSync(mark, '')
  expect(await one.ended(id)).toMatchObject({ state: 'succeeded' })
  expect(printed(id)).toEqual(['begun', 'ended'])
  const ran = one.playbooks
    .journal(id)
    .entries.flatMap(({ data }) => (data.durationMs === undefined ? [] : data.durationMs))
  for (const ms of ran) expect(ms).toBeGreaterThanOrEqual(0)
})

it('a command that came to its end while nobody watched has ended in time, however long ago that was', async () => {
  const id = await leftBehind('1h')
  writeFileSync(mark, '')
  const [folder = ''] = folders(id)
  await expect.poll(() => existsSync(join(tmpdir(), folder, 'exit'))).toBe(true)
  setClock(30 * DAY)
  await one.playbooks.resume(id, {})
  expect(await one.ended(id)).toMatchObject({ state: 'succeeded' })
})

it('a command that still goes on after its time is ended when it is seen again, by a clock that was put back too', async () => {
  const id = await leftBehind('1h')
  setClock(-DAY)
  const [folder = ''] = folders(id)
  const started = join(tmpdir(), folder, 'started')
  const begun = Number(readFileSync(started, 'utf8'))
  expect(begun).toBeGreaterThan(1e9)
  writeFileSync(started, `${begun - 7200}\n`)
  await one.playbooks.resume(id, {})
  expect(await one.ended(id)).toMatchObject({ state: 'failed', problem: { code: 'COMMAND_TIMEOUT' } })
  await expect.poll(() => folders(id)).toEqual([])
})

it('what is waited for is waited for as long as was asked, whatever the clock says', async () => {
  const id = await one.startSteps(
    'wait',
    `  - { id: a, name: A, kind: wait-for, host: here, command: 'test -e ${mark}', every: 20ms, timeout: 1h }\n`,
  )
  const looked = async () => one.until(id, ({ steps }) => steps[0]?.progressText?.startsWith('Not yet') === true)
  await looked()
  setClock(DAY)
  await looked()
  setClock(-2 * DAY)
  writeFileSync(mark, '')
  expect(await one.ended(id)).toMatchObject({ state: 'succeeded' })
})

it('a wait is over after its time also where the clock was put back', async () => {
  const id = await one.startSteps(
    'never',
    `  - { id: a, name: A, kind: wait-for, host: here, command: 'false', every: 20ms, timeout: 500ms }\n`,
  )
  setClock(-DAY)
  expect(await one.ended(id)).toMatchObject({ state: 'failed', problem: { code: 'WAIT_FAILED' } })
})

it('how long a step takes is not learned from a clock that was set meanwhile', async () => {
  const step = `  - { id: a, name: A, kind: wait-for, host: here, command: 'test -e ${mark}', every: 20ms, timeout: 1h }\n`
  const id = await one.startSteps('taken', step)
  await one.until(id, ({ steps }) => steps[0]?.progressText?.startsWith('Not yet') === true)
  setClock(-DAY)
  writeFileSync(mark, '')
  await one.ended(id)
  const { estimateMs } = await one.playbooks.preview('taken', {})
  expect(estimateMs).toBeGreaterThan(0)
  expect(estimateMs).toBeLessThan(DAY / 2)
})

it.each(['slept', 'was killed'])(
  'a run that waits for approval while the computer %s for a night is told as waiting, and goes on when somebody agrees',
  async (how) => {
    const text = `  - { id: ask, name: Ask, kind: approve, text: Switch over?, type: web }
  - { id: a, name: A, kind: run, host: here, command: 'echo switched' }\n`
    const id = await one.startSteps('ask', text)
    expect(await one.ended(id)).toMatchObject({ state: 'stopped', waiting: { kind: 'approve', step: 'ask' } })
    setClock(9 * 3_600_000)
    if (how === 'was killed') await one.reopen()
    // Nobody is kept from the server meanwhile: nothing of the run goes on.
    expect(one.playbooks.run(id)).toMatchObject({ state: 'stopped', waiting: { text: 'Switch over?' } })
    expect(one.playbooks.locks()).toEqual([])
    await one.playbooks.approve(id, 'ask', 'web')
    expect(await one.ended(id)).toMatchObject({ state: 'succeeded', waiting: null })
    expect(printed(id)).toEqual(['switched'])
    const { entries, intact } = one.playbooks.journal(id)
    expect(intact).toBe(true)
    const at = (kind: string) => entries.find((entry) => entry.kind === kind)?.at ?? Number.NaN
    expect(at('approved') - at('waiting')).toBeGreaterThanOrEqual(9 * 3_600_000)
  },
)
