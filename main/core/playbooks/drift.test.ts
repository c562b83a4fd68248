import { expect, it } from 'vitest'
import type { PreviewCommand } from '../../../shared/model/run.ts'
import type { Playbook } from '../../../shared/playbook/schema.ts'
import { Reviews } from './drift.ts'
import type { StepPlan } from './steps/step.ts'

const playbook = { steps: [{ name: 'Move' }] } as unknown as Playbook
const command = (text: string, purpose: PreviewCommand['purpose'] = 'run', stdin: string | null = null) =>
  ({ hostId: 'db', hostName: 'db', purpose, text, stdin }) as PreviewCommand
const reviewed = (...commands: PreviewCommand[]) => ({
  ...{ source: 'text', parameters: {} },
  plans: [{ alreadyDone: false, diffs: [], facts: {}, commands } as unknown as StepPlan],
})
function drift(was: PreviewCommand[], is: PreviewCommand[]): string[] {
  const reviews = new Reviews()
  reviews.keep('hash', reviewed(...was), 'move')
  return reviews.drift('hash', playbook, reviewed(...is), (id) => id)
}

it('tells the first line in which a command differs, and its input too', () => {
  expect(drift([command('cd /srv\nmake --jobs 2\ntrue')], [command('cd /srv\nmake --jobs 4\ntrue')])).toEqual([
    'Move: on db line 2 of what it runs was "make --jobs 2" and is now "make --jobs 4".',
  ])
  expect(drift([command('cat', 'run', 'one')], [command('cat', 'run', 'one\ntwo')])).toEqual([
    'Move: on db line 3 of what it runs was nothing and is now "two".',
  ])
})

it('tells commands that came and went', () => {
  const same = command('true')
  expect(drift([same], [same])).toEqual([])
  expect(drift([same], [same, command('reboot', 'undo')])).toEqual(['Move: on db it would now run: reboot'])
  expect(drift([same, command('reboot', 'undo')], [same])).toEqual(['Move: on db it would no longer run: reboot'])
  expect(drift([command('one', 'undo')], [command('two', 'verify')])).toEqual([
    'Move: on db it would now run: two',
    'Move: on db it would no longer run: one',
  ])
  // Checks only read; what they found is compared, not how they asked.
  expect(drift([command('one', 'check')], [command('two', 'check'), command('three', 'check')])).toEqual([])
})
