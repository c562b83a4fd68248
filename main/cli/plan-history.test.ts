import { expect, it } from 'vitest'
import { commandLine } from '../../test/fixtures/command-line.ts'

const line = commandLine()
const headroom = (...words: string[]) => line.headroom(words)

it('lists the changes of the plan, takes one back and does it again, each command on its own', async () => {
  await headroom('plan', 'choose', 'pareto')
  expect(await headroom('plan', 'undo')).toMatchObject({
    code: 1,
    err: expect.stringContaining('Nothing is left to undo'),
  })
  await headroom('plan', 'choose', 'tenant-guide')
  const undone = await headroom('plan', 'undo')
  expect(undone).toMatchObject({ code: 0, out: expect.stringMatching(/^Undone: Blueprint .* chosen\.\n$/) })
  expect(JSON.parse((await headroom('plan', 'show', '--json')).out).plan.id).toBe('pareto')
  const history = JSON.parse((await headroom('plan', 'history', '--json')).out)
  expect(history.map((one: { state: string }) => one.state)).toEqual(['undone', 'present'])
  expect((await headroom('plan', 'history')).out).toMatch(/undone +2 .*\n→ +1 /)
  expect((await headroom('plan', 'redo')).out).toMatch(/^Done again: Blueprint/)
  expect((await headroom('plan', 'history', '--to', '1')).out).toMatch(/^The plan is as it was after: Blueprint/)
  expect(JSON.parse((await headroom('plan', 'show', '--json')).out).plan.id).toBe('pareto')
  expect(await headroom('plan', 'history', '--to', '77')).toMatchObject({ code: 1, err: expect.stringContaining('77') })
})
