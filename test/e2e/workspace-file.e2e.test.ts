import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { CoreClient } from '../../shared/contract/client.ts'
import { coreOf, killCore } from './core-of.ts'
import { look } from './look.ts'
import { saved } from './saved.ts'
import { PATIENCE_MS } from './surroundings.ts'
import { openWeb, type WebApp } from './web.ts'

const COMMAND = 'wc -l < /var/spool/the-queue'
let web: WebApp

beforeAll(async () => {
  web = await openWeb()
  web.page.setDefaultTimeout(PATIENCE_MS)
})
afterAll(() => web?.close())

async function onCore<T>(work: (core: CoreClient) => Promise<T>): Promise<T> {
  const { core, close } = await coreOf(web.workspace)
  try {
    return await work(core)
  } finally {
    close()
  }
}
const show = (section: string) =>
  web.page.evaluate((name) => {
    window.location.hash = `#/settings?section=${name}`
  }, section)
const panel = (name: string) => web.page.getByRole('region', { name, exact: true })

it('goes out as one file, comes in once its contents were seen, and what it replaced can be gone back to', async () => {
  const { page, home } = web
  const hostId = await onCore(async (core) => {
    const { id } = await core.hosts.add({ kind: 'local', name: 'kept' })
    await core.services.set({
      hostId: id,
      services: [
        {
          kind: 'own',
          id: 'queue',
          name: 'Queue',
          metric: 'queue_length',
          source: 'command',
          text: COMMAND,
          unit: 'count',
        },
      ],
      secrets: {},
    })
    return id
  })
  await show('transfer')
  const transfer = panel('Export and import')
  await transfer.getByLabel('With the secrets').check()
  await transfer.getByRole('textbox', { name: 'Passphrase of the file' }).fill('short')
  await transfer.getByRole('button', { name: 'Export…' }).click()
  await transfer.getByText('Use 8 characters or more.').waitFor()
  await transfer.getByLabel('With the secrets').uncheck()
  const file = await saved(page, () => transfer.getByRole('button', { name: 'Export…' }).click())
  await transfer.getByText(createHash('sha256').update(file).digest('hex')).waitFor()
  await look(page, 'web', 'settings-transfer', 'light')

  await onCore((core) => core.hosts.remove({ hostId }))
  await page
    .locator('input[aria-label="Open a file"]')
    .setInputFiles({ name: 'mine.headroom', mimeType: 'application/octet-stream', buffer: file })
  const preview = page.getByRole('dialog', { name: 'Put mine.headroom in the place of this workspace?' })
  await preview.getByRole('cell', { name: 'kept' }).first().waitFor()
  await preview.getByText(COMMAND).waitFor()
  expect(
    await preview
      .getByRole('button', { name: 'No, keep what there is' })
      .evaluate((no) => no === document.activeElement),
  ).toBe(true)
  await look(page, 'web', 'settings-import', 'light')
  await page.keyboard.press('Enter')
  await preview.waitFor({ state: 'detached' })
  expect((await onCore((core) => core.backups.list())).filter(({ kind }) => kind === 'imported')).toEqual([])

  const path = join(home, 'mine.headroom')
  await transfer.getByLabel('Or its path').fill(join(home, 'none.headroom'))
  await transfer.getByRole('button', { name: 'Look at it' }).click()
  await transfer.getByText(`There is no file ${join(home, 'none.headroom')}.`).waitFor()
  writeFileSync(path, file)
  await transfer.getByLabel('Or its path').fill(path)
  await transfer.getByRole('button', { name: 'Look at it' }).click()
  await preview.getByRole('button', { name: 'Import it' }).click()
  const aside = panel('Backups').getByRole('row').filter({ hasText: 'moved aside by a restore' })
  await aside.first().waitFor()
  expect((await onCore((core) => core.hosts.list())).map(({ name }) => name)).toEqual(['kept'])

  await aside
    .first()
    .getByRole('button', { name: /^Restore/ })
    .click()
  await page.getByRole('dialog').getByRole('button', { name: 'Restore it' }).click()
  await expect.poll(() => aside.count(), { timeout: 45_000 }).toBe(1)
  await expect.poll(() => onCore((core) => core.hosts.list()), { timeout: 45_000 }).toEqual([])
})

/** A line of known_hosts with a key of that content. */
function knownHost(name: string, fill: number): string {
  const type = Buffer.from('ssh-ed25519')
  const length = Buffer.alloc(4)
  length.writeUInt32BE(type.length)
  return `${name} ssh-ed25519 ${Buffer.concat([length, type, Buffer.alloc(36, fill)]).toString('base64')}\n`
}

it('takes keys from a known_hosts file, and none that speaks against one on file', async () => {
  const { page } = web
  await show('keys')
  const choose = (text: string) =>
    page
      .locator('input[aria-label="A known_hosts file"]')
      .setInputFiles({ name: 'known_hosts', mimeType: 'text/plain', buffer: Buffer.from(text) })
  const dialog = page.getByRole('dialog', { name: 'Keys in known_hosts' })
  await choose(`${knownHost('[db.example.org]:2222', 1)}${knownHost('*.example.org', 2)}`)
  await dialog
    .getByRole('row', { name: /db\.example\.org:2222/ })
    .getByText('new', { exact: true })
    .waitFor()
  await dialog.getByText(/^1 line is for a pattern/).waitFor()
  await dialog.getByRole('button', { name: 'Trust 1 key' }).click()
  await dialog.waitFor({ state: 'detached' })
  await panel('Known host keys').getByText('db.example.org:2222').waitFor()
  await choose(knownHost('[db.example.org]:2222', 3))
  await dialog.getByText('differs: refused').waitFor()
  expect(await dialog.getByRole('button', { name: 'Nothing to add' }).isDisabled()).toBe(true)
  await look(page, 'web', 'settings-known-hosts', 'light')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
})

it('checks itself, and saves the report that was read', async () => {
  const { page } = web
  await show('doctor')
  await panel('Self-check').getByRole('button', { name: 'Check now' }).click()
  const found = page.getByRole('list', { name: 'What the self-check found' })
  await found.waitFor()
  expect(await found.getByRole('listitem').count()).toBe(13)
  await look(page, 'web', 'settings-doctor', 'light')
  await show('report')
  await panel('Report for a bug, and the log').getByText('Every call', { exact: true }).click()
  await expect.poll(() => onCore(async (core) => (await core.app.settings()).logLevel)).toBe('debug')
  await page.getByRole('button', { name: 'Write a report…' }).click()
  const dialog = page.getByRole('dialog')
  const text = dialog.getByRole('region', { name: 'This is the whole report' })
  await text.waitFor()
  await look(page, 'web', 'settings-report', 'light')
  const shown = await text.textContent()
  const file = await saved(page, () => dialog.getByRole('button', { name: /^Save as/ }).click())
  expect(file.toString('utf8')).toBe(shown)
  expect(shown).toContain('== Self-check')
  // While the engine is put anew the page asks for its line, in vain at first.
  expect(web.faults.filter((fault) => !/\/core' failed: .* 503$/.test(fault))).toEqual([])
})

it('makes a vault, and opens it at the next start with its passphrase only', async () => {
  const { page } = web
  const word = 'the passphrase of the vault'
  await show('secrets')
  const secrets = panel('Secrets')
  await secrets.getByText('In memory only').waitFor()
  await secrets.getByRole('textbox', { name: 'Passphrase', exact: true }).fill(word)
  await secrets.getByRole('textbox', { name: 'Passphrase again' }).fill(`${word}!`)
  await secrets.getByRole('button', { name: 'Create the vault' }).click()
  await secrets.getByText('The two differ.').waitFor()
  await secrets.getByRole('textbox', { name: 'Passphrase again' }).fill(word)
  await secrets.getByRole('button', { name: 'Create the vault' }).click()
  await secrets.getByText('In a vault, open').waitFor()
  const before = await killCore(web.workspace)
  await expect.poll(async () => (await onCore((core) => core.app.info())).pid, { timeout: 45_000 }).not.toBe(before)
  await page.reload()
  await secrets.getByText('In a vault, locked').waitFor()
  await secrets.getByRole('textbox', { name: 'Passphrase', exact: true }).fill('another passphrase')
  await secrets.getByRole('button', { name: 'Unlock' }).click()
  await secrets.getByRole('alert').waitFor()
  expect((await onCore((core) => core.app.info())).vaultLocked).toBe(true)
  await secrets.getByRole('textbox', { name: 'Passphrase', exact: true }).fill(word)
  await secrets.getByRole('button', { name: 'Unlock' }).click()
  await secrets.getByText('In a vault, open').waitFor()
  await look(page, 'web', 'settings-vault', 'light')
})
