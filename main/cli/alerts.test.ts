import { expect, it } from 'vitest'
import { commandLine } from '../../test/fixtures/command-line.ts'

const line = commandLine()
const headroom = (...words: string[]) => line.headroom(words)

it('lists the limits of the present stage as rules and mutes one by its name', async () => {
  await headroom('plan', 'choose', 'tenant-guide')
  expect((await headroom('alerts', 'rules')).out).toMatch(/plan:cpu-critical +critical +CPU +CPU > 85% for 15 min\n/)
  expect(await headroom('alerts', 'mute', 'cpu', '--for', '2h')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^CPU, critical, is muted until .*Z\.\nCPU, warning, is muted until .*Z\.\n$/),
  })
  expect((await headroom('alerts', 'rules')).out).toMatch(/plan:cpu-warning .*muted until/)
  await headroom('alerts', 'mute', 'CPU', '--off')
  expect((await headroom('alerts', 'rules')).out).not.toMatch(/muted/)
  expect(await headroom('alerts', 'mute', 'nothing')).toMatchObject({
    code: 1,
    err: expect.stringContaining('There is no alert rule "nothing"'),
  })
})

it('says what is firing, and that nothing is judged while no Headroom runs', async () => {
  for (const words of [['alerts'], ['alerts', 'list']])
    expect(await headroom(...words)).toMatchObject({
      code: 0,
      out: 'Nothing is firing. 0 rules watch 0 series.\nNo Headroom is running on this workspace, so nothing is judged now.\n',
    })
})
