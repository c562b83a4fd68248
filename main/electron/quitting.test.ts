import { expect, it } from 'vitest'
import type { Run } from '../../shared/model/run.ts'
import { wordsBeforeQuit } from './quitting.ts'
import { words as spoken, systemLanguage } from './words.ts'

const step = (name: string, progress: number | null) => ({ name, state: 'running', progress })
const run = (given: object): Run =>
  ({ name: 'Move a database', state: 'running', waiting: null, steps: [], ...given }) as unknown as Run

it('asks nothing while no run goes on', () => {
  expect(wordsBeforeQuit([], spoken.en)).toBeNull()
  expect(wordsBeforeQuit([run({ state: 'succeeded' }), run({ state: 'interrupted' })], spoken.en)).toBeNull()
})

it('names each run, where it stands, and what goes on without Headroom', () => {
  const runs = [
    run({ steps: [{ name: 'Check', state: 'succeeded', progress: null }, step('Copy the rows', 0.427)] }),
    run({ name: 'Scale', state: 'stopping', waiting: { step: 'Agree' } }),
    run({ name: 'Old', state: 'failed' }),
  ]
  const words = wordsBeforeQuit(runs, spoken.en)
  expect(words?.message).toBe('2 runs are going on.')
  expect(words?.detail).toContain('Move a database: at "Copy the rows", 42 % done')
  expect(words?.detail).toContain('Scale: waits for you at "Agree"')
  expect(words?.detail).not.toContain('Old')
  expect(words?.detail).toMatch(/detached.*go on on the servers/)
})

it('says the same in German', () => {
  const words = wordsBeforeQuit([run({ steps: [step('Copy the rows', 0.427)] })], spoken.de)
  expect(words?.message).toBe('Ein Lauf ist im Gang.')
  expect(words?.detail).toContain('Move a database: bei „Copy the rows“, 42 % getan')
})

it('speaks the first language of the system that there are words in', () => {
  expect(systemLanguage(['fr-FR', 'de-CH', 'en'])).toBe('de')
  expect(systemLanguage(['fr'])).toBe('en')
  expect(systemLanguage([])).toBe('en')
})
