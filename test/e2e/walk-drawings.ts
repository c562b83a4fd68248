import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { type Glance, openPlace } from './look.ts'
import { saved } from './saved.ts'

/** The topology by keyboard and mouse: along links, a node added, linked, placed, laid out again, and all of it undone. */
export async function drawTopology(page: Page, glance: Glance): Promise<void> {
  await openPlace(page, 'Plan')
  await page.getByRole('tab', { name: 'Topology' }).click()
  const drawing = page.getByRole('region', { name: 'Topology', exact: true })
  await drawing.getByLabel('Stage').selectOption({ label: 'Several VPS with managed data' })
  const node = (name: RegExp) => drawing.getByRole('button', { name })
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '')
  await node(/^Cloudflare load balancer;/).waitFor()
  await glance('topology')

  // The arrow keys go along the links, both ways.
  await node(/^Cloudflare;/).focus()
  await page.keyboard.press('ArrowRight')
  await expect.poll(focused).toMatch(/^Cloudflare load balancer;.*calls VPS/)
  await page.keyboard.press('ArrowRight')
  await expect.poll(focused).toMatch(/^VPS \d/)
  await page.keyboard.press('ArrowLeft')
  await expect.poll(focused).toMatch(/^Cloudflare load balancer;/)

  // What this stage adds and takes away.
  await drawing.getByLabel('Compare with').selectOption({ label: 'One VPS' })
  await drawing.getByText(/^Against One VPS: \+ 5 added, − 1 removed/).waitFor()
  await node(/^Dokploy VPS.*; removed;/).waitFor()
  await glance('topology-compared')
  await drawing.getByRole('button', { name: /^Show table: Topology/ }).click()
  await drawing.getByRole('row', { name: /^Cloudflare load balancer load balancer .*added/ }).waitFor()
  await drawing.getByRole('button', { name: /^Show drawing: Topology/ }).click()
  await drawing.getByLabel('Compare with').selectOption({ label: 'nothing' })

  // A node is added, named, linked by keyboard, and put elsewhere.
  const untouched = await page.getByRole('button', { name: /^Undo(:|$)/ }).getAttribute('aria-label')
  await page.getByText('Edit', { exact: true }).click()
  await drawing.getByRole('toolbar', { name: 'Add a node' }).getByRole('button', { name: 'queue' }).click()
  const form = drawing.getByRole('region', { name: 'Node New queue' })
  await form.getByLabel('Node', { exact: true }).fill('Jobs')
  await form.getByLabel('Node', { exact: true }).press('Enter')
  await node(/^Jobs; queue/).waitFor()
  await node(/^VPS 1/).focus()
  await page.keyboard.press('l')
  await drawing.getByText(/^Link from VPS 1/).waitFor()
  await node(/^Jobs;/).focus()
  await page.keyboard.press('Enter')
  await node(/^Jobs;.*called by VPS 1/).waitFor()
  const jobs = node(/^Jobs;/)
  const placed = () => jobs.getAttribute('transform')
  const laidOut = await placed()
  await page.keyboard.press('Alt+ArrowDown')
  await page.getByRole('button', { name: /^Undo: Node Jobs placed in the topology/ }).waitFor()
  expect(await placed()).not.toBe(laidOut)
  await page.keyboard.press('Control+z')
  await expect.poll(placed).toBe(laidOut)
  await glance('topology-edited')

  // Dragging puts it where it is let go, and keeps it there.
  const before = await jobs.boundingBox()
  if (!before) throw new Error('the node is not drawn')
  const middle = { x: before.x + before.width / 2, y: before.y + before.height / 2 }
  await page.mouse.move(middle.x, middle.y)
  await page.mouse.down()
  await page.mouse.move(middle.x - 40, middle.y + 60, { steps: 5 })
  await page.mouse.up()
  await page.getByRole('button', { name: /^Undo: Node Jobs placed in the topology/ }).waitFor()
  const dragged = await placed()
  await page.keyboard.press('Control+z')
  await expect.poll(placed).not.toBe(dragged)
  await page.keyboard.press('Control+Shift+z')
  await expect.poll(placed).toBe(dragged)
  await drawing.getByRole('button', { name: 'Lay out again' }).click()
  await expect.poll(placed).not.toBe(dragged)

  // What links name stays until they go with it.
  await jobs.focus()
  await page.keyboard.press('Delete')
  await drawing.getByText(/is still named by/).waitFor()
  await drawing.getByRole('button', { name: 'Remove with its link' }).click()
  await jobs.waitFor({ state: 'detached' })
  const undo = page.getByRole('button', { name: /^Undo(:|$)/ })
  const lastDone = () => undo.getAttribute('aria-label')
  expect(await lastDone()).toMatch(/^Undo: Node Jobs and its links removed/)
  for (let label = await lastDone(); label !== untouched; label = await lastDone()) {
    await undo.click()
    await expect.poll(lastDone).not.toBe(label)
  }
  await expect.poll(() => node(/^(Jobs|New queue);/).count()).toBe(0)
  expect(await node(/^VPS 1/).getAttribute('aria-label')).not.toContain('Jobs')

  const svg = await saved(page, () => drawing.getByRole('button', { name: /^Save as SVG: Topology/ }).click())
  const picture = svg.toString('utf8')
  expect(picture).toContain('Cloudflare load balancer')
  expect(picture).not.toMatch(/var\(--|data-handle/)
  const png = await saved(page, () => drawing.getByRole('button', { name: /^Save as PNG: Topology/ }).click())
  expect(png.subarray(1, 4).toString()).toBe('PNG')
  await page.getByText('Read', { exact: true }).click()
}

/** The roadmap: a duration by keyboard moves what follows and the latest start, a step is ticked, and the files hold it. */
export async function planRoadmap(page: Page, glance: Glance): Promise<void> {
  await page.evaluate(() => {
    window.location.hash = '#/plan/roadmap'
  })
  const roadmap = page.getByRole('region', { name: 'Roadmap', exact: true })
  await roadmap.getByText(/10,000 paths, 5 years ahead/).waitFor()
  await glance('roadmap')
  await page.getByText('Edit', { exact: true }).click()
  const stage = (name: string) => roadmap.getByRole('button', { name: new RegExp(`^${name}:`) })
  const spoken = (name: string) => stage(name).getAttribute('aria-label')
  const first = await spoken('Several VPS with managed data')
  expect(first).toMatch(/The trigger “.*” fires on 9 of 10 paths after/)
  const next = await spoken('Kubernetes')

  const longest = roadmap.getByRole('slider', { name: 'Longest duration of Several VPS with managed data' })
  await longest.focus()
  for (let step = 1; step <= 4; step++) {
    await longest.press('ArrowRight')
    await expect.poll(() => longest.getAttribute('aria-valuenow')).toBe(String(step / 2))
  }
  await expect.poll(() => spoken('Several VPS with managed data')).toMatch(/: 2 months|0.5 to 2 months/)
  expect(await spoken('Kubernetes')).not.toBe(next)
  await roadmap
    .getByText(/begin by/)
    .first()
    .waitFor()

  const step = roadmap.getByRole('checkbox', { name: 'Done: Order the second VPS' })
  await step.focus()
  await page.keyboard.press('Space')
  await expect.poll(() => step.getAttribute('aria-checked')).toBe('true')
  await page.getByRole('button', { name: /^Undo: “Order the second VPS” marked as done$/ }).waitFor()
  await stage('Several VPS with managed data').focus()
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'Work on Several VPS with managed data' }).waitFor()
  await glance('roadmap-edited')

  const csv = await saved(page, () => roadmap.getByRole('button', { name: /^Save as CSV: Roadmap/ }).click())
  expect(csv.toString('utf8')).toMatch(/Several VPS with managed data,"?open.*,\d{4}-\d\d-\d\d/)
  const ics = await saved(page, () => roadmap.getByRole('button', { name: /^Save as calendar/ }).click())
  expect(ics.toString('utf8')).toMatch(/SUMMARY:Work on Several VPS with managed data\r\n/)

  // The plan is left as it was.
  const undo = page.getByRole('button', { name: /^Undo(:|$)/ })
  await undo.click()
  await expect.poll(() => step.getAttribute('aria-checked')).toBe('false')
  for (let left = 4; left > 0; left--) {
    await undo.click()
    await expect.poll(() => longest.getAttribute('aria-valuenow')).toBe(String((left - 1) / 2))
  }
  await expect.poll(() => spoken('Several VPS with managed data')).toBe(first)
  await page.getByText('Read', { exact: true }).click()
  await page.getByRole('tab', { name: 'Stages' }).click()
}
