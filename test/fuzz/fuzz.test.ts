import { expect, test } from 'vitest'
import { fuzz } from './fuzz.ts'
import { TARGETS } from './targets/index.ts'

/** As many in every run; `npm run fuzz` reads as many as it is told to. */
const IN_TESTS = 300
const SEED = 20_261_121

test.each(TARGETS)('$name: whatever is read is answered or refused in words', async (target) => {
  const { crashes } = await fuzz(target, { seed: SEED, inputs: target.inTests ?? IN_TESTS })
  await target.close?.()
  expect(crashes).toEqual([])
})
