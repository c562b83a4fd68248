import type { Page } from 'playwright-core'

/** What is pictured: an address, and what is pressed or waited for once it is open. `{server}` and `{run}` are filled in. */
export interface View {
  name: string
  route: string
  after?: (page: Page) => Promise<void>
}

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().click()

/** Every place and its main parts. */
export const PLACE_VIEWS: readonly View[] = [
  { name: 'now', route: '/now' },
  { name: 'servers', route: '/servers' },
  { name: 'server', route: '/servers/{server}' },
  { name: 'server-forecast', route: '/servers/{server}?metric=disk_used_ratio&forecast=1' },
  { name: 'plan', route: '/plan' },
  { name: 'plan-edit', route: '/plan?edit=1' },
  { name: 'plan-whole', route: '/plan?edit=1&tab=whole' },
  { name: 'plan-topology', route: '/plan?tab=topology' },
  { name: 'plan-roadmap', route: '/plan/roadmap' },
  { name: 'plan-files', route: '/plan?tab=files' },
  { name: 'plan-advice', route: '/plan?tab=advice' },
  { name: 'plan-tables', route: '/plan?tab=tables' },
  { name: 'what-if', route: '/what-if' },
  { name: 'what-if-compare', route: '/what-if/compare' },
  { name: 'what-if-cheapest', route: '/what-if/cheapest-path' },
  { name: 'what-if-week', route: '/what-if/auto-scaling' },
  { name: 'what-if-fits', route: '/what-if/fits' },
  { name: 'what-if-providers', route: '/what-if/providers' },
  { name: 'playbooks', route: '/playbooks' },
  { name: 'playbook', route: '/playbooks/postgres-move' },
  { name: 'prices', route: '/prices' },
  { name: 'prices-refresh', route: '/prices', after: (page) => press(page, /^Refresh/) },
  { name: 'settings', route: '/settings' },
  { name: 'palette', route: '/now', after: (page) => page.keyboard.press('Control+k') },
  { name: 'help', route: '/plan', after: (page) => page.keyboard.press('F1') },
]

/** What only servers that were really measured have. */
export const MEASURED_VIEWS: readonly View[] = [
  { name: 'now', route: '/now' },
  { name: 'servers', route: '/servers' },
  { name: 'server', route: '/servers/{server}?range=h1' },
  { name: 'run', route: '/runs/{run}' },
  { name: 'playbooks', route: '/playbooks' },
  { name: 'add-server', route: '/servers', after: (page) => press(page, 'Add a server over SSH') },
]
