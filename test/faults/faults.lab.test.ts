import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { detachedCommands, parsePoll } from '../../main/core/playbooks/detached.ts'
import type { Command } from '../../shared/model/command.ts'
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

it('a command at whose end the disk of its server is full has left its exit code', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-test-'))
  const filler = join(ground.disk, 'filler')
  const go = join(folder, 'go')
  const commands = detachedCommands('full-end', `until [ -e ${go} ]; do sleep 0.05; done; exit 7`, '')
  const run = ({ argv, stdin }: Command) =>
    spawnSync('sh', ['-c', argv[2] as string], {
      ...{ input: String(stdin ?? ''), env: { PATH: process.env.PATH, TMPDIR: ground.temporary } },
    }).stdout
  try {
    expect(run(commands.launch).toString()).toBe('started\n')
    await expect
      .poll(() => parsePoll(run(commands.poll), { out: 0, err: 0 })?.state, { timeout: 45_000 })
      .toBe('running')
    expect(() => writeFileSync(filler, Buffer.alloc(64 << 20))).toThrow(/ENOSPC/)
    writeFileSync(go, '')
    await expect
      .poll(() => parsePoll(run(commands.poll), { out: 0, err: 0 }), { timeout: 45_000 })
      .toMatchObject({ state: 'ended', exitCode: 7 })
  } finally {
    rmSync(filler, { force: true })
    run(commands.remove)
    rmSync(folder, { recursive: true })
  }
})
