import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { vaultPassphrase } from './vault-passphrase.ts'

test('the passphrase is typed, or the first line of a file or a descriptor, and is never taken for given', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-vault-'))
  try {
    const file = join(folder, 'vault')
    writeFileSync(file, 'open sesame\nsecond line\n')
    expect(await vaultPassphrase({})).toBeNull()
    expect(await vaultPassphrase({ vault: true }, async () => 'typed')).toBe('typed')
    expect(await vaultPassphrase({ 'vault-file': file })).toBe('open sesame')
    expect(await vaultPassphrase({ 'vault-fd': String(openSync(file, 'r')) })).toBe('open sesame')
    writeFileSync(file, '\n')
    const missing = { code: 'VAULT_PASSPHRASE_MISSING' }
    await expect(vaultPassphrase({ 'vault-file': file })).rejects.toMatchObject(missing)
    await expect(vaultPassphrase({ 'vault-file': join(folder, 'none') })).rejects.toMatchObject(missing)
    await expect(vaultPassphrase({ 'vault-fd': 'three' })).rejects.toMatchObject(missing)
    await expect(vaultPassphrase({ vault: true }, async () => '')).rejects.toMatchObject(missing)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
