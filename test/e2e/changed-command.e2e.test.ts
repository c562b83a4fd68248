import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openPlaybooks } from '../fixtures/playbooks.ts'
import { chooseTheme, look } from './look.ts'
import { freshFolder, PATIENCE_MS } from './surroundings.ts'
import { openWeb, type WebApp } from './web.ts'

const folder = freshFolder()
const marks = join(folder.home, 'marks')
let web: WebApp
let runId: string

/** A run that the app was closed in, of which an update then writes a command otherwise than it was reviewed. */
beforeAll(async () => {
  const before = openPlaybooks({ workspace: folder.workspace })
  await before.hosts.add({ kind: 'local', name: 'here' })
  runId = await before.startSteps(
    'updated',
    `  - id: a
    name: Wait for the sign
    kind: run
    host: here
    detached: true
    command: 'echo began; while [ ! -e ${folder.home}/go ]; do sleep 0.05; done; echo first >>${marks}'
  - { id: b, name: Write the second mark, kind: run, host: here, command: 'echo second >>${marks}' }
`,
  )
  await before.until(runId, ({ lastSeq }) => lastSeq > 0)
  await before.playbooks.close()
  const { app } = before.workspace
  const { plan } = app.prepare('SELECT plan FROM playbook_run WHERE id = ?').get(runId) as { plan: string }
  app
    .prepare('UPDATE playbook_run SET plan = ? WHERE id = ?')
    .run(plan.replaceAll(`echo second >>${marks}`, `printf 'second\\\\n' >>${marks}`), runId)
  await before.close()
  writeFileSync(join(folder.home, 'go'), '')
  web = await openWeb({ env: { HEADROOM_WORKSPACE: folder.workspace } })
  web.page.setDefaultTimeout(PATIENCE_MS)
})
afterAll(async () => {
  await web?.close()
  folder.remove()
})

it('a command that nobody reviewed is held back, shown beside the reviewed one, and sent once agreed to', async () => {
  const { page } = web
  const open = async () => {
    await page.goto(`${web.origin}/#/runs/${runId}`)
    await page.getByRole('heading', { level: 1, name: 'updated' }).waitFor()
  }
  await open()
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.getByRole('heading', { name: 'A command that was not reviewed' }).waitFor()
  const difference = page.getByRole('figure').filter({ hasText: 'The reviewed command' })
  await difference.getByText(`echo second >>${marks}`).waitFor()
  await difference.getByText('printf').waitFor()
  expect(readFileSync(marks, 'utf8')).toBe('first\n')
  for (const theme of ['light', 'dark'] as const) {
    await chooseTheme(page, theme)
    await open()
    await page.getByRole('button', { name: 'Agree to this command' }).waitFor()
    await look(page, 'web', 'changed-command', theme)
  }
  await page.getByRole('button', { name: 'Agree to this command' }).click()
  await page.getByRole('heading', { name: 'A command that was not reviewed' }).waitFor({ state: 'detached' })
  expect(existsSync(marks) && readFileSync(marks, 'utf8')).toBe('first\n')
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.getByText('succeeded', { exact: true }).first().waitFor()
  expect(readFileSync(marks, 'utf8')).toBe('first\nsecond\n')
  expect(web.faults).toEqual([])
})
