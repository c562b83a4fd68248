import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type MoveGround, startMoveGround } from '../../../test/faults/move-ground.ts'
import { playMove } from '../../../test/faults/move-play.ts'

let ground: MoveGround

beforeAll(async () => {
  ground = await startMoveGround()
}, 120_000)
afterAll(() => ground?.close())

/** Those that cost least; `node test/faults/moves.mjs` plays every fault on every way. */
it.each([
  ['stream', 'kill-core'],
  ['parallel', 'kill-core'],
  ['pgcopydb', 'kill-core'],
  ['relay', 'kill-core'],
  ['logical', 'kill-core'],
  ['parallel', 'fill-target'],
])('a %s copy and %s in its middle: told as it is, and resumed it ends as an undisturbed one', async (way, fault) => {
  const { breaches } = await playMove(ground, way, fault)
  expect(breaches).toEqual([])
})

it('kill -9 in the middle of a switch: resumed, the application uses the target; stopped, it has its old URL; undone, too', async () => {
  const { source, target } = ground
  const playbooks = () => ground.core.areas.playbooks
  for (const how of ['resume', 'stop'] as const) {
    const file = join(ground.folder, `${how}.env`)
    const begun = join(ground.folder, `${how}.begun`)
    const goOn = join(ground.folder, `${how}.on`)
    const before = `A=1\nDATABASE_URL=postgres://app:pw@${source.address}:${source.port}/shop\n`
    const name = `switch_${how}`
    writeFileSync(file, before)
    const restart = `touch ${begun}; for i in $(seq 600); do [ -e ${goOn} ] && exit 0; sleep 0.1; done`
    const app = { app_hosts: 'new', app_file: file, app_restart: restart, app_check: `grep -q A=1 ${file}` }
    const runId = await ground.killedWhere(() => existsSync(begun), ground.values(name, app))
    expect(readFileSync(file, 'utf8')).toContain(`:${target.port}/${name}`)
    expect(playbooks().run(runId)).toMatchObject({ state: 'interrupted' })
    writeFileSync(goOn, '')
    if (how === 'resume') {
      expect(await ground.resume(runId)).toMatchObject({ state: 'succeeded', problem: null })
      expect(readFileSync(file, 'utf8')).toBe(before.replace(/@.*/, `@${target.address}:${target.port}/${name}`))
      expect(source.sql('shop', 'SHOW default_transaction_read_only')).toBe('on')
      expect(ground.differences(name)).toEqual([])
      await playbooks().undo(runId, 'move', {})
      await ground.ended(runId)
    } else expect(await ground.stop(runId)).toMatchObject({ state: 'stopped' })
    expect(readFileSync(file, 'utf8')).toBe(before)
    expect(source.sql('shop', 'SHOW default_transaction_read_only')).toBe('off')
    expect(ground.leftovers()).toEqual([])
  }
})
