import type { Page } from 'playwright-core'
import { chooseTheme, type Face, look, openPlace, picture } from './look.ts'
import type { WalkLab } from './walk-lab.ts'
import { moveGrowth, readVerdict } from './walk-plan.ts'
import { moveDatabase, scaleService } from './walk-playbooks.ts'
import {
  addServerAfterWrongKey,
  addServerWithUnknownKey,
  openServer,
  pickPlanAndThisComputer,
  refuseChangedKey,
  watchValues,
} from './walk-servers.ts'

/** The main job from an empty workspace on, as a user does it; then a look at every place in both themes. */
export async function walk(options: Walk): Promise<void> {
  options.page.setDefaultTimeout(20_000)
  try {
    await steps(options)
  } catch (error) {
    await picture(options.page, options.face, 'stopped-here')
    throw error
  }
}

interface Walk {
  page: Page
  home: string
  lab: WalkLab
  face: Face
}

async function steps({ page, home, lab, face }: Walk): Promise<void> {
  await look(page, face, 'welcome', 'light')
  await pickPlanAndThisComputer(page)
  await addServerWithUnknownKey(page, lab)
  await refuseChangedKey(page, lab, home)
  await addServerAfterWrongKey(page, lab)
  await watchValues(page, lab)
  await readVerdict(page)
  await moveGrowth(page)
  if (lab.engine) await scaleService(page, lab)
  await moveDatabase(page, lab)
  await lookAround(page, face)
}

async function lookAround(page: Page, face: Face): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await chooseTheme(page, theme)
    await look(page, face, 'settings', theme)
    for (const place of ['Now', 'Servers', 'Plan', 'What-if', 'Playbooks', 'Prices']) {
      await openPlace(page, place)
      await look(page, face, place.toLowerCase(), theme)
    }
    await openServer(page, 'new')
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
