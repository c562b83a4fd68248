import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Ground, startGround } from './ground.ts'
import { play } from './play.ts'
import { bundleProgram, type Program } from './program.ts'
import { FAULT_KINDS, scheduleOf } from './schedule.ts'

/** Few, and short ones: `run.mjs` beside this plays any number. */
const SEEDS: readonly number[] = [3, 4, 105]

let program: Program
let ground: Ground

beforeAll(async () => {
  program = await bundleProgram()
  ground = await startGround(program)
})
afterAll(async () => {
  await ground?.close()
  program?.remove()
})

describe('fault schedules', () => {
  it.each(SEEDS)('from the seed %i break no promise', async (seed) => {
    const { breaches } = await play(ground, scheduleOf(seed))
    expect(breaches).toEqual([])
  })

  it('follow from their seed alone, and every kind of fault comes up', () => {
    const schedules = Array.from({ length: 400 }, (_, seed) => scheduleOf(seed))
    expect(schedules).toEqual(Array.from({ length: 400 }, (_, seed) => scheduleOf(seed)))
    const desktop = Array.from({ length: 100 }, (_, seed) => scheduleOf(seed, FAULT_KINDS, true))
    const kinds = [...schedules, ...desktop].flatMap(({ faults }) => faults.map(({ fault }) => fault.kind))
    expect(new Set(kinds)).toEqual(new Set(FAULT_KINDS))
    for (const works of ['run', 'move'] as const) expect(schedules.some((one) => one[works])).toBe(true)
  })
})
