import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Notice } from '../../../shared/model/alert.ts'
import type { Run } from '../../../shared/model/run.ts'
import { openPlaybooks } from '../../../test/fixtures/playbooks.ts'
import { endNotice } from './end-notice.ts'

const run = (given: Partial<Run>) =>
  ({
    id: 'r 1',
    name: 'Move a database',
    state: 'succeeded',
    waiting: null,
    outcome: null,
    problem: null,
    ...given,
  }) as Run

it('says how a run ended, and leads to it', () => {
  expect(endNotice(run({ outcome: '1 of 1 steps done.' }), 5)).toMatchObject({
    kind: 'run',
    severity: 'info',
    title: 'Move a database succeeded',
    body: '1 of 1 steps done.',
    href: '#/runs/r%201',
  })
  const problem = { code: 'X', fact: 'It broke.', fix: 'Mend it.' }
  expect(endNotice(run({ state: 'failed', problem }), 5)).toMatchObject({
    severity: 'critical',
    title: 'Move a database failed',
    body: 'It broke. Mend it.',
  })
})

it('says that a run waits, and nothing of one that goes on', () => {
  const waiting = { step: 'Agree', kind: 'approve', text: 'x', type: null } as const
  expect(endNotice(run({ state: 'stopped', waiting }), 5)).toMatchObject({
    title: 'Move a database waits for you',
    body: 'At "Agree".',
  })
  expect(endNotice(run({ state: 'running' }), 5)).toBeNull()
  expect(endNotice(run({ state: 'stopping' }), 5)).toBeNull()
})

it('is told to the desktop once when a run has ended, and not where a person stopped it', async () => {
  const one = openPlaybooks()
  try {
    const told: Notice[] = []
    one.environment.notify = (notice) => void told.push(notice)
    await one.hosts.add({ kind: 'local', name: 'here' })
    mkdirSync(join(one.workspace.folder, 'playbooks'), { recursive: true })
    writeFileSync(
      join(one.workspace.folder, 'playbooks', 'short.yaml'),
      'format: headroom/playbook@1\nid: short\nname: Short\nsummary: A test\nparameters: []\nsteps:\n  - { id: a, name: A, kind: run, host: here, command: "true" }\n',
    )
    const { hash } = await one.playbooks.preview('short', {})
    const { id } = await one.playbooks.start('short', {}, hash)
    await one.ended(id)
    await expect.poll(() => told).toMatchObject([{ title: 'Short succeeded', href: `#/runs/${id}` }])
    const longer = await one.startSteps('long', '  - { id: a, name: A, kind: run, host: here, command: "sleep 60" }\n')
    await one.playbooks.stop(longer)
    await one.ended(longer)
    // The next end comes after any word of the one that was stopped.
    const last = await one.startSteps('last', '  - { id: a, name: A, kind: run, host: here, command: "false" }\n')
    await one.ended(last)
    await expect.poll(() => told.map(({ title }) => title)).toContain('last failed')
    expect(told.map(({ title }) => title)).toEqual(['Short succeeded', 'last failed'])
  } finally {
    await one.close()
  }
})
