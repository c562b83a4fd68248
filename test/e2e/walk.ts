import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { chooseTheme, type Face, look, openPlace, picture, type Theme } from './look.ts'
import { PATIENCE_MS } from './surroundings.ts'
import { drawTopology, planRoadmap } from './walk-drawings.ts'
import { editAndUndo } from './walk-edit.ts'
import type { WalkLab } from './walk-lab.ts'
import { moveGrowth, readVerdict } from './walk-plan.ts'
import { moveDatabase, scaleService } from './walk-playbooks.ts'
import { exchangePrices, findPrice, refreshPrices, takeOwnPrice, takeProvider } from './walk-prices.ts'
import {
  addServerAfterWrongKey,
  addServerWithUnknownKey,
  measureOwnNumber,
  openServer,
  pickPlanAndThisComputer,
  refuseChangedKey,
  watchValues,
} from './walk-servers.ts'
import {
  compareScenarios,
  findCheapestPath,
  fitWhatWasMeasured,
  lookAhead,
  promiseAvailability,
  scaleByLoad,
} from './walk-what-if.ts'

/** The main job from an empty workspace on, as a user does it; then a look at every place in both themes. */
export async function walk(options: Walk): Promise<void> {
  options.page.setDefaultTimeout(PATIENCE_MS)
  try {
    await steps(options)
  } catch (error) {
    await picture(options.page, options.face, 'stopped-here')
    // A fault in the page is why the rest is not there.
    throw options.faults.length > 0 ? new Error(options.faults.join('\n'), { cause: error }) : error
  }
  expect(options.faults).toEqual([])
}

interface Walk {
  page: Page
  home: string
  lab: WalkLab
  face: Face
  /** What the page logs as errors, and its uncaught errors. */
  faults: string[]
  /** The theme of the way itself, whose forms and dialogs are looked at too. */
  theme: Theme
}

async function steps({ page, home, lab, face, theme }: Walk): Promise<void> {
  const glance = (name: string) => look(page, face, name, theme)
  await chooseTheme(page, theme)
  await openPlace(page, 'Now')
  await pickPlanAndThisComputer(page, glance)
  await addServerWithUnknownKey(page, lab, glance)
  await refuseChangedKey(page, lab, home, glance)
  await addServerAfterWrongKey(page, lab, glance)
  await watchValues(page, lab)
  await measureOwnNumber(page, glance)
  await readVerdict(page, glance)
  await moveGrowth(page)
  await compareScenarios(page, glance)
  await findCheapestPath(page, glance)
  await scaleByLoad(page, glance)
  await fitWhatWasMeasured(page, glance)
  await promiseAvailability(page)
  await editAndUndo(page, glance)
  await drawTopology(page, glance)
  await planRoadmap(page, glance)
  await findPrice(page, glance)
  await takeOwnPrice(page, glance)
  await exchangePrices(page, glance)
  await takeProvider(page, glance)
  await refreshPrices(page, lab.priceLists, glance)
  if (lab.engine) await scaleService(page, lab)
  await moveDatabase(page, lab, glance)
  await lookAround(page, face)
}

/** The parts of places beside their first one. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  Plan: ['Topology', 'Roadmap', 'Advice', 'Tables'],
  'What-if': ['Compare', 'Cheapest path', 'Auto-scaling', 'Measured', 'Other providers'],
}

async function lookAround(page: Page, face: Face): Promise<void> {
  // The walk in the window is dark already, and its pages are those of the browser.
  for (const theme of face === 'desktop' ? (['light'] as const) : (['light', 'dark'] as const)) {
    await chooseTheme(page, theme)
    await look(page, face, 'settings', theme)
    for (const place of ['Now', 'Servers', 'Plan', 'What-if', 'Playbooks', 'Prices']) {
      await openPlace(page, place)
      await look(page, face, place.toLowerCase(), theme)
      for (const part of PARTS[place] ?? []) {
        await page.getByRole('tab', { name: part, exact: true }).click()
        await page.getByRole('tabpanel', { name: part }).waitFor()
        await look(page, face, `${place} ${part}`.toLowerCase().replaceAll(' ', '-'), theme)
      }
    }
    await openServer(page, 'new')
    await lookAhead(page)
    await look(page, face, 'server', theme)
    await openPlace(page, 'Playbooks')
    await page.getByRole('row').getByRole('link', { name: 'Move a PostgreSQL database' }).click()
    await page
      .getByRole('region', { name: /^Rows of / })
      .first()
      .waitFor()
    await look(page, face, 'run', theme)
  }
}
