import { afterAll, beforeAll, it } from 'vitest'
import { walk } from './walk.ts'
import { startWalkLab, type WalkLab } from './walk-lab.ts'
import { openWeb } from './web.ts'

let lab: WalkLab

beforeAll(async () => {
  lab = await startWalkLab({ swarm: true })
})
afterAll(() => lab?.stop())

it('goes from an empty workspace to a proved move in the browser', { timeout: 360_000 }, async () => {
  const web = await openWeb({ env: { HEADROOM_PRICE_LISTS: lab.priceLists.origin } })
  try {
    await walk({ page: web.page, home: web.home, faults: web.faults, lab, face: 'web', theme: 'light' })
  } finally {
    await web.close()
  }
})
