import { expect, it } from 'vitest'
import { HeadroomError, wellEnded } from './problem.ts'

it('a sentence that ends with what a program said has one mark at its end', () => {
  expect(wellEnded('Docker does not answer: Is the docker daemon running?.')).toBe(
    'Docker does not answer: Is the docker daemon running?',
  )
  expect(wellEnded('It said: stop!. Then "a?.b" and 1.5 were left...')).toBe(
    'It said: stop! Then "a?.b" and 1.5 were left...',
  )
  expect(new HeadroomError({ code: 'X', fact: 'Is it running?.', fix: 'Start it.' }).problem.fact).toBe(
    'Is it running?',
  )
})
