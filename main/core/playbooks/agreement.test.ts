import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { failure } from '../../../test/fixtures/hosts.ts'
import { type OpenPlaybooks, openPlaybooks } from '../../../test/fixtures/playbooks.ts'
import { agreedTo, commandChanged } from './agreement.ts'
import { approved } from './commands.ts'
import { Interrupted } from './steps/step.ts'

let one: OpenPlaybooks
let folder: string

beforeEach(async () => {
  one = openPlaybooks()
  folder = one.environment.folder
  await one.hosts.add({ kind: 'local', name: 'here' })
})
afterEach(() => one.close())

const marks = () => (existsSync(join(folder, 'marks')) ? readFileSync(join(folder, 'marks'), 'utf8') : '')

/**
 * A run that was interrupted within its first step, of which an update then writes commands otherwise: it was reviewed with
 * these words in the place of those that are sent now.
 */
async function updated(reviewed: (plan: string) => string): Promise<string> {
  const runId = await one.startSteps(
    'two',
    `  - id: a
    name: A
    kind: run
    host: here
    detached: true
    command: 'echo began; while [ ! -e ${folder}/go ]; do sleep 0.05; done; echo first >>${folder}/marks'
  - { id: b, name: B, kind: run, host: here, command: 'echo second >>${folder}/marks', undo: 'echo undone' }
`,
  )
  await one.until(runId, ({ lastSeq }) => lastSeq > 0)
  await one.reopen()
  const { app } = one.workspace
  const { plan } = app.prepare('SELECT plan FROM playbook_run WHERE id = ?').get(runId) as { plan: string }
  app.prepare('UPDATE playbook_run SET plan = ? WHERE id = ?').run(reviewed(plan), runId)
  return runId
}
const resumed = async (runId: string) => {
  await one.playbooks.resume(runId, {})
  return await one.ended(runId)
}

it('what was begun as reviewed is followed; what would be sent otherwise is held back, shown, agreed to, and sent once', async () => {
  const runId = await updated((plan) =>
    plan.replaceAll('echo began', 'echo starts').replaceAll('echo second', 'echo 2nd'),
  )
  writeFileSync(join(folder, 'go'), '')
  const held = await resumed(runId)
  expect(held).toMatchObject({ state: 'interrupted', problem: { code: 'COMMAND_CHANGED' } })
  expect(held.steps.map(({ state }) => state)).toEqual(['succeeded', 'running'])
  const { digest = '', difference } = held.problem?.details ?? {}
  expect(difference).toMatch(/^-.*echo 2nd/m)
  expect(difference).toMatch(/^\+.*echo second/m)
  expect(marks()).toBe('first\n')

  expect((await failure(one.playbooks.agree(runId, 'x'))).code).toBe('AGREEMENT_MISMATCH')
  expect(await one.playbooks.agree(runId, digest)).toMatchObject({ state: 'interrupted', problem: null })
  expect((await failure(one.playbooks.agree(runId, digest))).code).toBe('NOTHING_TO_AGREE')
  expect(await resumed(runId)).toMatchObject({ state: 'succeeded' })
  expect(marks()).toBe('first\nsecond\n')
  const { entries, intact } = one.playbooks.journal(runId)
  expect(intact).toBe(true)
  expect(entries.find(({ kind }) => kind === 'command-agreed')).toMatchObject({
    text: expect.stringMatching(/agrees to a command for here that was not reviewed: .*echo second/),
    data: { was: { text: expect.stringContaining('echo 2nd') }, by: { user: expect.any(String) } },
  })
})

it('a run that holds such a command can be closed without it', async () => {
  const runId = await updated((plan) => plan.replaceAll('echo second', 'echo 2nd'))
  writeFileSync(join(folder, 'go'), '')
  expect((await resumed(runId)).problem?.code).toBe('COMMAND_CHANGED')
  expect(await one.playbooks.stop(runId)).toMatchObject({ state: 'stopped' })
  expect(marks()).toBe('first\n')
  expect(one.playbooks.locks()).toEqual([])
})

it('a run that was never resumed sends nothing but what was reviewed, and asks for nothing', () => {
  const command = { argv: ['reboot'] }
  expect(() => approved([], 'h', command, 'r')).toThrow(/not one of those reviewed, so nothing was sent/)
  expect(() => approved([], 'h', command, 'r', { agreements: [], hostName: () => 'web' })).toThrow(Interrupted)
})

const planned = (hostId: string, text: string, stdin: string | null = null, readOnly = false) => ({
  ...{ hostId, hostName: hostId, purpose: 'run' as const, text, stdin },
  ...{ readOnly, detached: false, raw: false },
})

it('an agreement holds for the same exchange on another server, and for nothing else', () => {
  const was = planned('web', 'cd /srv && docker compose up -d')
  const now = planned('web', 'cd /srv && docker compose up --detach')
  const agreements = [{ now, was }]
  const sent = { text: now.text, stdin: null }
  const both = [was, planned('db', was.text), planned('odd', 'something else')]
  expect(agreedTo(agreements, both, { hostId: 'web', ...sent })).toEqual(now)
  expect(agreedTo(agreements, both, { hostId: 'db', ...sent })).toMatchObject({ hostId: 'db', text: now.text })
  expect(agreedTo(agreements, both, { hostId: 'odd', ...sent })).toBe(null)
  expect(agreedTo(agreements, both, { hostId: 'web', ...sent, stdin: 'x' })).toBe(null)
  expect(agreedTo(agreements, both, { hostId: 'web', ...sent, text: `${now.text}; reboot` })).toBe(null)
})

it('what resembles no reviewed command is told as new; what only reads may carry other offsets', () => {
  const alone = commandChanged([planned('web', 'cat /etc/hosts')], { ...planned('web', 'reboot now please') })
  expect(alone.details?.difference).toMatch(/^--- \/dev\/null\n/)
  expect(JSON.parse(alone.details?.command ?? '')).toMatchObject({ was: null, now: { readOnly: false } })
  const poll = commandChanged([planned('web', 'read x\ncat out', '0', true)], planned('web', 'read y\ncat out', '5'))
  const agreement = JSON.parse(poll.details?.command ?? '')
  expect(agreedTo([agreement], [], { hostId: 'web', text: 'read y\ncat out', stdin: '9' })).toMatchObject({
    readOnly: true,
  })
})
