import { afterAll, beforeAll, describe, it } from 'vitest'
import { openDesktop } from './desktop.ts'
import { electronBinary } from './surroundings.ts'
import { walk } from './walk.ts'
import { startWalkLab, type WalkLab } from './walk-lab.ts'

const binary = electronBinary()
if (!binary) process.stdout.write('No Electron binary is here, so the walk in the window does not run.\n')

describe.runIf(binary)('in the window', () => {
  let lab: WalkLab
  beforeAll(async () => {
    lab = await startWalkLab({ swarm: false })
  })
  afterAll(() => lab?.stop())

  it('goes from an empty workspace to a proved move', { timeout: 360_000 }, async () => {
    const desktop = await openDesktop({ env: { HEADROOM_PRICE_LISTS: lab.priceLists.origin } })
    try {
      await walk({
        page: desktop.page,
        home: desktop.home,
        faults: desktop.faults,
        lab,
        face: 'desktop',
        theme: 'dark',
      })
    } finally {
      await desktop.close()
    }
  })
})
