import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { commandLine } from '../../test/fixtures/command-line.ts'

const line = commandLine()
const CANARY = 'canary-9d41c7'
const vault = { HEADROOM_VAULT_PASSPHRASE: 'the vault of one' }

test('a workspace goes into one file and makes another of it, whose export has the same bytes', async () => {
  const [first, second] = [join(line.folder, 'a.headroom'), join(line.folder, 'b.headroom')]
  const copy = join(line.folder, 'copy')
  await line.headroom(['hosts', 'add', 'kept', '--local'])
  await line.headroom(['plan', 'choose', 'pareto'])
  expect(await line.headroom(['workspace', 'export', first])).toMatchObject({
    code: 0,
    err: '',
    out: expect.stringContaining('No secret is in it.'),
  })
  expect(await line.headroom(['workspace', 'export', first])).toMatchObject({
    code: 1,
    err: expect.stringContaining('there already'),
  })

  const asked = await line.headroom(['workspace', 'import', first, '--workspace', copy])
  expect(asked).toMatchObject({ code: 1, out: expect.stringContaining('kept (localhost)') })
  expect(existsSync(join(copy, 'app.db'))).toBe(false)
  expect(readdirSync(join(copy, 'backups'))).toEqual([])

  expect(await line.headroom(['workspace', 'import', first, '--workspace', copy, '--yes'])).toMatchObject({ code: 0 })
  expect(await line.headroom(['workspace', 'export', second, '--workspace', copy])).toMatchObject({ code: 0 })
  expect(readFileSync(second).equals(readFileSync(first))).toBe(true)
  expect((await line.headroom(['hosts', 'list', '--workspace', copy])).out).toContain('kept')
})

test('secrets travel under a passphrase only, and the same ones give the same bytes', async () => {
  const [first, second] = [join(line.folder, 'a.headroom'), join(line.folder, 'b.headroom')]
  const copy = join(line.folder, 'copy')
  const passphrase = { ...vault, EXPORT: 'another one for the road' }
  await line.headroom(['hosts', 'list'], {
    prepare: async (core) => {
      await core.app.unlockVault({ passphrase: vault.HEADROOM_VAULT_PASSPHRASE })
      const host = await core.hosts.add({ kind: 'local', name: 'here' })
      await core.services.set({
        hostId: host.id,
        services: [{ kind: 'redis', id: 'cache', name: 'Cache' }],
        secrets: { cache: CANARY },
      })
    },
  })
  expect(await line.headroom(['workspace', 'export', first, '--passphrase', 'env:EXPORT'])).toMatchObject({ code: 1 })
  expect(
    await line.headroom(['workspace', 'export', first, '--passphrase', 'env:EXPORT'], {
      env: { EXPORT: passphrase.EXPORT },
    }),
  ).toMatchObject({
    code: 1,
    err: expect.stringContaining('its vault is locked'),
  })
  expect(
    await line.headroom(['workspace', 'export', first, '--passphrase', 'env:EXPORT'], { env: passphrase }),
  ).toMatchObject({ code: 0 })
  expect(gunzipSync(readFileSync(first)).includes(CANARY)).toBe(false)

  await line.headroom(['workspace', 'import', first, '--workspace', copy, '--yes'])
  const again = ['workspace', 'export', second, '--workspace', copy, '--passphrase', 'env:EXPORT']
  expect(
    await line.headroom(again, { env: { EXPORT: passphrase.EXPORT, HEADROOM_VAULT_PASSPHRASE: 'not this one' } }),
  ).toMatchObject({ code: 1 })
  expect(
    await line.headroom(again, { env: { EXPORT: passphrase.EXPORT, HEADROOM_VAULT_PASSPHRASE: passphrase.EXPORT } }),
  ).toMatchObject({ code: 0 })
  expect(readFileSync(second).equals(readFileSync(first))).toBe(true)
}, 60_000)

test('what is no export changes nothing', async () => {
  const file = join(line.folder, 'x.headroom')
  writeFileSync(file, 'something else')
  await line.headroom(['hosts', 'add', 'kept', '--local'])
  expect(await line.headroom(['workspace', 'import', file, '--yes'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('no whole export'),
  })
  expect(await line.headroom(['workspace', 'import', join(line.folder, 'none'), '--yes'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('There is no file'),
  })
  expect((await line.headroom(['hosts', 'list'])).out).toContain('kept')
})
