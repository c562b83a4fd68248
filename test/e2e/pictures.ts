// npm run pictures: every place and its main parts in both themes and three sizes, into test-results/pictures, and what a
// measuring eye finds on them into findings.txt. `-- --only=now,plan`, `--sample=pareto,measured`, `--whole` (as tall as the
// page is), `--size=1280x800`, `--theme=dark` narrow it down.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { coreOf } from './core-of.ts'
import { measureLayout } from './layout-findings.ts'
import { MEASURED_VIEWS, PLACE_VIEWS, type View } from './picture-views.ts'
import { root } from './surroundings.ts'
import { faultsOf, openWeb, type WebApp } from './web.ts'

interface Size {
  width: number
  height: number
  scale: number
}
/** What 200% zoom leaves of 1280x800 to a page: half of its pixels, each drawn with four. */
const ZOOMED = '200'
const SIZES = ['1280x800', '1920x1080', ZOOMED]
const THEMES = ['light', 'dark'] as const
const SAMPLES = ['tenant-guide', 'cost-first', 'k3s-roadmap', 'pareto', 'scaling-phases'] as const
/** The workspace with this computer, measured. */
const MEASURED = 'measured'
const ROUND_MS = 2000
const ROUNDS = 6

const option = (name: string) => {
  const given = process.argv.find((word) => word.startsWith(`--${name}=`))
  return given === undefined ? null : given.slice(name.length + 3).split(',')
}
const only = option('only')
const workspaces = option('sample') ?? ['tenant-guide', MEASURED]
const sizes = option('size') ?? SIZES
const themes = option('theme') ?? THEMES
const whole = process.argv.includes('--whole')
const unknown = workspaces.filter((one) => one !== MEASURED && !SAMPLES.includes(one as (typeof SAMPLES)[number]))
if (unknown.length > 0) throw new Error(`There is no sample ${unknown.join(', ')}.`)

const findings = new Set<string>()
const folder = join(root, 'test-results', 'pictures')
for (const workspace of workspaces) await picturesOf(workspace)
writeFileSync(join(folder, 'findings.txt'), `${[...findings].join('\n')}\n`)
process.stdout.write(`${folder}: ${findings.size} findings\n`)

async function picturesOf(workspace: string): Promise<void> {
  const web = await openWeb()
  try {
    const ids = workspace === MEASURED ? await measureThisComputer(web) : await openSample(web, workspace)
    const views = (workspace === MEASURED ? MEASURED_VIEWS : PLACE_VIEWS).filter(
      ({ name }) => only === null || only.includes(name),
    )
    const storageState = await web.context.storageState()
    for (const size of sizes) {
      const { scale, ...viewport } = sizeOf(size)
      const context = await web.context.browser()?.newContext({ viewport, deviceScaleFactor: scale, storageState })
      if (!context) throw new Error('The browser is gone.')
      const page = await context.newPage()
      const faults = faultsOf(page)
      for (const view of views) {
        // From another page, so that nothing of the last view is left over.
        await page.goto('about:blank')
        await page.goto(`${web.origin}/#${view.route.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? '')}`)
        await picturesOfView(page, view, workspace, size)
      }
      for (const fault of faults) findings.add(`${workspace} ${size}: the page logged: ${fault}`)
      await context.close()
    }
  } finally {
    await web.close()
  }
}

async function picturesOfView(page: Page, view: View, workspace: string, size: string): Promise<void> {
  const { scale: _, ...viewport } = sizeOf(size)
  const target = join(folder, workspace)
  mkdirSync(target, { recursive: true })
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await calm(page)
  await view.after?.(page)
  for (const theme of themes as (typeof THEMES)[number][]) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await calm(page)
    if (whole) {
      await page.setViewportSize({ ...viewport, height: await heightOf(page, viewport.height) })
      await calm(page)
    }
    await page.screenshot({ path: join(target, `${view.name}-${theme}-${size}.png`) })
    if (whole) await page.setViewportSize(viewport)
  }
  for (const finding of await page.evaluate(measureLayout)) findings.add(`${view.name} ${size}: ${finding}`)
}

/** The height at which the content needs no scrolling. */
function heightOf(page: Page, least: number): Promise<number> {
  return page.evaluate((floor) => {
    const main = document.getElementById('content')
    return Math.min(6000, Math.max(floor, (main?.scrollHeight ?? 0) + (window.innerHeight - (main?.clientHeight ?? 0))))
  }, least)
}

function sizeOf(text: string): Size {
  if (text === ZOOMED) return { width: 640, height: 400, scale: 2 }
  const [width = Number.NaN, height = Number.NaN] = text.split('x').map(Number)
  if (!Number.isInteger(width) || !Number.isInteger(height)) throw new Error(`${text} is no size such as 1280x800.`)
  return { width, height, scale: 1 }
}

/** Until nothing loads, fonts are there, and three frames in a row have drawn the same text. */
async function calm(page: Page): Promise<void> {
  await page.getByText('Loading…').first().waitFor({ state: 'detached' })
  await page.evaluate(async () => {
    await document.fonts.ready
    const frame = () => new Promise((done) => setTimeout(done, 150))
    let [last, same] = ['', 0]
    for (let turn = 0; turn < 40 && same < 3; turn += 1) {
      await frame()
      const text = document.body.innerText.length + String(document.querySelectorAll('canvas, svg').length)
      same = text === last ? same + 1 : 0
      last = text
    }
  })
}

async function openSample(web: WebApp, blueprintId: string): Promise<Record<string, string>> {
  const { core, close } = await coreOf(web.workspace)
  try {
    await core.app.saveSettings({ tourEnded: true })
    await core.samples.open({ blueprintId })
    const [host] = await core.hosts.list()
    return { server: host?.id ?? '' }
  } finally {
    close()
  }
}

/** This computer, measured for a few rounds, with a run of the playbook that only looks. */
async function measureThisComputer(web: WebApp): Promise<Record<string, string>> {
  const { core, close } = await coreOf(web.workspace)
  try {
    await core.app.saveSettings({ tourEnded: true, collectEveryMs: ROUND_MS })
    await core.plan.choose({ blueprintId: 'scaling-phases' })
    const host = await core.hosts.add({ kind: 'local', name: 'This computer' } as Parameters<typeof core.hosts.add>[0])
    for (let round = 0; round < ROUNDS; round += 1) {
      await core.metrics.collect({ hostId: host.id })
      await new Promise((done) => setTimeout(done, ROUND_MS))
    }
    const work = { playbookId: 'server-look', parameters: { host: host.id }, rehearsal: false }
    const preview = await core.playbooks.preview(work)
    const run = await core.playbooks.start({ ...work, previewHash: preview.hash })
    return { server: host.id, run: run.id }
  } finally {
    close()
  }
}
