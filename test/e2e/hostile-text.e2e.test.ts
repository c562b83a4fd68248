import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { SampleStore } from '../../main/core/metrics/store.ts'
import { openWorkspace } from '../../main/core/workspace/index.ts'
import type { CoreClient } from '../../shared/contract/client.ts'
import { testEnvironment } from '../fixtures/environment.ts'
import { coreOf } from './core-of.ts'
import { PATIENCE_MS } from './surroundings.ts'
import { openWeb, type WebApp } from './web.ts'

/** Markup that runs where it is taken for such, an address that is code, letters that turn the line round or are not seen. */
const HOSTILE = '<img src=x onerror=taken=1><a href="javascript:taken=2">\u202eab\u200bc</a>'
const HOST = 'hostile'
const SEEN = '<img src=x onerror=taken=1>'

let web: WebApp
let core: CoreClient
let closeLine: () => void
let runId: string

beforeAll(async () => {
  web = await openWeb({ prepare })
  web.page.setDefaultTimeout(PATIENCE_MS)
  const joined = await coreOf(web.workspace)
  core = joined.core
  closeLine = joined.close
  await core.plan.choose({ blueprintId: 'tenant-guide' })
  const { yaml } = await core.plan.exportYaml()
  await core.plan.importYaml({ yaml: stringify(everywhere(parse(yaml))), fileName: `${HOSTILE}.yaml` })
  await core.alerts.saveRule({
    name: HOSTILE,
    test: { metric: 'docker_container_cpu_ratio', op: '>', threshold: 0.5, forMs: 0 },
    voice: { action: HOSTILE },
  })
  const asked = { playbookId: HOST, parameters: { word: HOSTILE } }
  const { hash } = await core.playbooks.preview(asked)
  runId = (await core.playbooks.start({ ...asked, previewHash: hash })).id
  for await (const { state } of await core.playbooks.follow({ runId })) if (state !== 'running') break
})
afterAll(async () => {
  closeLine?.()
  await web?.close()
})

/** A server, its containers and statements, and a playbook, all of which call themselves so. */
function prepare(folder: string): void {
  const environment = testEnvironment({ real: true })
  const workspace = openWorkspace(folder, environment)
  workspace.app
    .prepare(
      "INSERT INTO host (id, name, kind, address, auth_kind, created_at) VALUES (?, ?, 'local', 'localhost', 'none', 1)",
    )
    .run(HOST, HOSTILE)
  const store = new SampleStore(workspace.metrics)
  const names = { container: { name: HOSTILE }, statement: { statement: HOSTILE }, mount: { mount: HOSTILE } }
  for (let round = 8; round >= 0; round -= 1)
    store.record(HOST, environment.now() - round * 15_000, [
      { metric: 'docker_container_cpu_ratio', labels: names.container, value: 0.9 },
      { metric: 'postgres_statement_mean_ms', labels: names.statement, value: 12 },
      { metric: 'postgres_statement_load', labels: names.statement, value: 1 },
      { metric: 'disk_used_ratio', labels: names.mount, value: 0.9 },
    ])
  workspace.close()
  mkdirSync(join(folder, 'playbooks'), { recursive: true })
  const steps = [
    { id: 'say', name: HOSTILE, kind: 'run', host: HOSTILE, command: ['printf', '%s\\n\\033[31m%s\\n', HOSTILE, SEEN] },
    { id: 'fail', name: HOSTILE, kind: 'run', host: HOSTILE, command: `echo '${SEEN}' >&2; exit 3` },
  ]
  const parameters = [{ name: 'word', label: HOSTILE, type: 'text' }]
  writeFileSync(
    join(folder, 'playbooks', 'hostile.yaml'),
    stringify({ format: 'headroom/playbook@1', id: HOST, name: HOSTILE, summary: HOSTILE, parameters, steps }),
  )
  environment.dispose()
}

const WORDS = new Set([
  ...['name', 'summary', 'source', 'title', 'text', 'note', 'action', 'assumed', 'cost', 'effect', 'how'],
  ...['notes', 'decisionPoints', 'columns', 'rows'],
])

/** A plan with the text in front of everything that is said in words. */
function everywhere(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return WORDS.has(key) ? `${HOSTILE} ${value}` : value
  if (Array.isArray(value)) return value.map((one) => everywhere(one, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, everywhere(one, name)]))
}

/** What the page made of the text: nothing but text. */
const made = () =>
  web.page.evaluate(() => {
    const addresses = [...document.querySelectorAll('[href], [src], [action], [formaction]')].flatMap((element) =>
      ['href', 'src', 'action', 'formaction'].map((name) => element.getAttribute(name) ?? ''),
    )
    return {
      taken: Reflect.get(window, 'taken') ?? null,
      elements: document.querySelectorAll('img[src="x"], [onerror], [onload], iframe, object, embed').length,
      code: addresses.filter((address) => /^\s*(javascript|vbscript|data:text)/i.test(address)),
    }
  })
const NOTHING = { taken: null, elements: 0, code: [] }

async function show(hash: string): Promise<void> {
  await web.page.evaluate((to) => {
    window.location.hash = to
  }, hash)
  await expect.poll(() => web.page.locator('main').innerText(), { timeout: 45_000 }).toContain(SEEN)
  expect(await made(), hash).toEqual(NOTHING)
}

it('names of servers, stages, playbooks, alerts, containers, statements and steps are text, whatever they say', async () => {
  const { page } = web
  for (const hash of [
    ...['#/now', '#/servers', `#/servers/${HOST}`, '#/plan', '#/plan?tab=topology', '#/plan?tab=advice'],
    ...['#/plan?tab=tables', '#/plan/roadmap', '#/what-if', '#/playbooks', `#/playbooks/${HOST}?file=hostile.yaml`],
    ...[`#/runs/${runId}`, '#/settings?section=rules'],
  ])
    await show(hash)
  await show(`#/servers/${HOST}?metric=docker_container_cpu_ratio`)
  // What a chart says beside the pointer is made of names too.
  const box = await page.locator('main canvas').first().boundingBox()
  if (box) await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  expect(await made()).toEqual(NOTHING)
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Search or act' }).fill('onerror')
  await page.getByRole('option').filter({ hasText: SEEN }).first().waitFor()
  expect(await made()).toEqual(NOTHING)
  await page.keyboard.press('Escape')
  expect(web.faults).toEqual([])
})

it('what is dropped on the window is looked at and neither opened nor followed', async () => {
  const { page, home, origin } = web
  const cdp = await page.context().newCDPSession(page)
  const drop = async (data: { items: { mimeType: string; data: string }[]; files?: string[] }) => {
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await cdp.send('Input.dispatchDragEvent', { type, x: 640, y: 400, data: { ...data, dragOperationsMask: 1 } })
  }
  await show('#/servers')
  const stays = page.url()
  await drop({ items: [{ mimeType: 'text/uri-list', data: 'javascript:taken=3' }] })
  await drop({ items: [{ mimeType: 'text/html', data: `${HOSTILE}<script>taken=4</script>` }] })
  await drop({ items: [{ mimeType: 'text/uri-list', data: 'https://example.com/' }] })
  const name = `${SEEN}.html`
  writeFileSync(join(home, name), `<script>taken=5</script>${HOSTILE}`)
  await drop({ items: [], files: [join(home, name)] })
  const dialog = page.getByRole('dialog', { name: `What is in ${name}?` })
  await dialog.waitFor()
  await expect.poll(() => dialog.innerText()).toContain('<script>taken=5</script>')
  expect(await made()).toEqual(NOTHING)
  expect(page.url()).toBe(stays)
  expect(page.url().startsWith(origin)).toBe(true)
  expect(web.faults).toEqual([])
})
