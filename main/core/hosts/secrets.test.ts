import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import {
  type TestEnvironment,
  type TestEnvironmentOptions,
  testEnvironment,
} from '../../../test/fixtures/environment.ts'
import { openWorkspace, type Workspace } from '../workspace/index.ts'
import { openSecrets } from './secrets.ts'

const CANARY = 'canary-7f3b2a'
const opened: { environment: TestEnvironment; workspace: Workspace }[] = []
function open(options: TestEnvironmentOptions = {}) {
  const environment = testEnvironment(options)
  const workspace = openWorkspace(join(environment.folder, 'workspace'), environment)
  opened.push({ environment, workspace })
  return { environment, workspace, secrets: openSecrets(workspace.app, environment) }
}
afterEach(() => {
  for (const { environment, workspace } of opened.splice(0)) {
    workspace.close()
    environment.dispose()
  }
})
/** Whether any file of the workspace holds the text, in clear or in base64. */
function onDisk(workspace: Workspace, text: string): boolean {
  workspace.app.pragma('wal_checkpoint(TRUNCATE)')
  const encoded = Buffer.from(text).toString('base64').replace(/=+$/, '').slice(0, -1)
  return readdirSync(workspace.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)))
    .some((bytes) => bytes.includes(text) || bytes.includes(encoded))
}

describe('secrets', () => {
  it('live in memory only where there is neither keychain nor vault', async () => {
    const { workspace, environment, secrets } = open()
    await secrets.put('host/1/login', CANARY)
    expect(secrets.kind).toBe('memory')
    expect((await secrets.get('host/1/login'))?.reveal()).toBe(CANARY)
    expect(onDisk(workspace, CANARY)).toBe(false)
    expect(await openSecrets(workspace.app, environment).get('host/1/login')).toBeNull()
  })

  it('are sealed in the vault once it is unlocked, and come back in the next session with the passphrase only', async () => {
    const { workspace, environment, secrets } = open()
    await secrets.put('before', CANARY)
    await secrets.unlock('a good passphrase')
    await secrets.put('after', `${CANARY}2`)
    expect([secrets.kind, secrets.locked]).toEqual(['vault', false])
    expect(onDisk(workspace, CANARY)).toBe(false)

    const next = openSecrets(workspace.app, environment)
    expect([next.kind, next.locked, await next.get('before')]).toEqual(['vault', true, null])
    await expect(next.unlock('another passphrase')).rejects.toMatchObject({
      problem: { code: 'VAULT_WRONG_PASSPHRASE', field: 'passphrase' },
    })
    expect(next.locked).toBe(true)
    await next.unlock('a good passphrase')
    expect((await next.get('before'))?.reveal()).toBe(CANARY)
    expect((await next.get('after'))?.reveal()).toBe(`${CANARY}2`)
    await next.delete('before')
    expect(await next.get('before')).toBeNull()
  })

  it('notice a sealed text that was changed, or moved to another name', async () => {
    const { workspace, secrets } = open()
    await secrets.unlock('a good passphrase')
    await secrets.put('one', CANARY)
    workspace.app.prepare("INSERT INTO secret (name, kind, sealed) SELECT 'two', kind, sealed FROM secret").run()
    await expect(secrets.get('two')).rejects.toMatchObject({ problem: { code: 'SECRET_DAMAGED', value: 'two' } })
    workspace.app.prepare("UPDATE secret SET sealed = 'AAAA' || substr(sealed, 5) WHERE name = 'one'").run()
    await expect(secrets.get('one')).rejects.toMatchObject({ problem: { code: 'SECRET_DAMAGED' } })
  })

  it('go to the keychain where there is one, and nowhere when it fails', async () => {
    let works = true
    const flip = (bytes: Buffer) => Buffer.from(bytes.map((byte) => byte ^ 0x5a))
    const keychain = {
      async encrypt(plain: string) {
        if (!works) throw new Error('locked')
        return flip(Buffer.from(plain)).toString('base64')
      },
      decrypt: async (sealed: string) => flip(Buffer.from(sealed, 'base64')).toString(),
    }
    const { workspace, environment, secrets } = open({ keychain })
    await secrets.put('one', CANARY)
    expect(secrets.kind).toBe('keychain')
    expect((await openSecrets(workspace.app, environment).get('one'))?.reveal()).toBe(CANARY)
    works = false
    await expect(secrets.put('two', CANARY)).rejects.toMatchObject({ problem: { code: 'KEYCHAIN_FAILED' } })
    expect(await secrets.get('two')).toBeNull()
    expect(onDisk(workspace, CANARY)).toBe(false)
    await expect(secrets.unlock('a good passphrase')).rejects.toMatchObject({ problem: { code: 'VAULT_NOT_USED' } })

    works = true
    const sealed = await secrets.sealAll('a good passphrase', 'c2FsdC1vZi0xNi1ieXRlcw==')
    expect(await secrets.sealAll('a good passphrase', 'c2FsdC1vZi0xNi1ieXRlcw==')).toEqual(sealed)
    const other = open({ keychain })
    const { vault } = sealed
    other.workspace.app
      .prepare('INSERT INTO vault (id, salt, cost, proof) VALUES (1, ?, CAST(? AS INTEGER), ?)')
      .run(vault.salt, vault.cost, vault.proof)
    for (const { name, sealed: text } of sealed.secrets)
      other.workspace.app.prepare("INSERT INTO secret (name, kind, sealed) VALUES (?, 'vault', ?)").run(name, text)
    expect([other.secrets.locked, await other.secrets.get('one')]).toEqual([true, null])
    await expect(other.secrets.sealAll('another passphrase', vault.salt)).rejects.toMatchObject({
      problem: { code: 'VAULT_LOCKED', value: 'one' },
    })
    await expect(other.secrets.unlock('another passphrase')).rejects.toMatchObject({
      problem: { code: 'VAULT_WRONG_PASSPHRASE' },
    })
    await other.secrets.unlock('a good passphrase')
    expect([other.secrets.locked, (await other.secrets.get('one'))?.reveal()]).toEqual([false, CANARY])
    expect(onDisk(other.workspace, CANARY)).toBe(false)
  })

  it('never print themselves', async () => {
    const { secrets } = open()
    await secrets.put('one', CANARY)
    const secret = await secrets.get('one')
    expect(`${secret} ${JSON.stringify({ secret })} ${inspect(secret)}`).not.toContain(CANARY)
  })
})
