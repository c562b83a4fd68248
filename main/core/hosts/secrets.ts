import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import { HeadroomError } from '../../../shared/model/problem.ts'
import { Secret } from '../../../shared/model/secret.ts'
import type { Environment } from '../environment.ts'
import type { SealedSecrets, WritableDatabase } from '../workspace/index.ts'
import type { SecretStore } from './interface.ts'
import { deriveKey, SCRYPT_COST, seal, sealSame, unseal } from './vault-cipher.ts'

const VaultSchema = z.object({ salt: z.string(), cost: z.number(), proof: z.string() })
const SecretRowSchema = z.object({ kind: z.enum(['keychain', 'vault']), sealed: z.string() })
const PROOF = 'vault'

/** Opens the store that this environment offers: the keychain where there is one, else memory until a vault is opened. */
export function openSecrets(database: WritableDatabase, environment: Environment): SecretStore {
  const { keychain } = environment
  const memory = new Map<string, string>()
  let vaultKey: Buffer | null = null

  const readVault = () => {
    const row = database.prepare('SELECT salt, cost, proof FROM vault WHERE id = 1').get()
    return row === undefined ? null : VaultSchema.parse(row)
  }
  const write = (name: string, kind: 'keychain' | 'vault', sealed: string) =>
    database
      .prepare(
        'INSERT INTO secret (name, kind, sealed) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, sealed = excluded.sealed',
      )
      .run(name, kind, sealed)
  const read = (name: string) => {
    const row = database.prepare('SELECT kind, sealed FROM secret WHERE name = ?').get(name)
    return row === undefined ? null : SecretRowSchema.parse(row)
  }
  const names = () => database.prepare('SELECT name FROM secret ORDER BY name').pluck().all() as string[]
  const everyName = () => [...new Set([...names(), ...memory.keys()])].sort()
  const erase = (name: string) => database.prepare('DELETE FROM secret WHERE name = ?').run(name)

  const keyOf = async (vault: z.infer<typeof VaultSchema>, passphrase: string): Promise<Buffer> => {
    const key = await deriveKey(passphrase, Buffer.from(vault.salt, 'base64'), vault.cost)
    if (unseal(key, PROOF, vault.proof) === PROOF) return key
    throw new HeadroomError({
      code: 'VAULT_WRONG_PASSPHRASE',
      fact: 'The passphrase does not open the vault of this workspace.',
      fix: 'Try again; a lost passphrase cannot be recovered.',
      field: 'passphrase',
    })
  }
  /** A vault that came with an import: the keychain takes its secrets over, all or none, and the vault goes. */
  const moveToKeychain = async (passphrase: string, chain: NonNullable<Environment['keychain']>) => {
    const vault = readVault()
    if (vault === null)
      throw new HeadroomError({
        code: 'VAULT_NOT_USED',
        fact: 'Secrets are kept in the keychain of this computer, so there is no vault to open.',
        fix: 'Nothing needs to be done.',
      })
    const key = await keyOf(vault, passphrase)
    const moved: { name: string; sealed: string }[] = []
    for (const name of names()) {
      const row = read(name)
      if (row?.kind !== 'vault') continue
      const plain = unseal(key, name, row.sealed)
      if (plain === null) throw damaged(name)
      moved.push({ name, sealed: await keychainCall(() => chain.encrypt(plain)) })
    }
    database.transaction(() => {
      for (const { name, sealed } of moved) write(name, 'keychain', sealed)
      database.exec('DELETE FROM vault')
    })()
  }
  const unlock = async (passphrase: string) => {
    if (keychain !== undefined) return moveToKeychain(passphrase, keychain)
    const vault = readVault()
    if (vault === null) {
      const salt = randomBytes(16)
      vaultKey = await deriveKey(passphrase, salt, SCRYPT_COST)
      database
        .prepare('INSERT INTO vault (id, salt, cost, proof) VALUES (1, ?, CAST(? AS INTEGER), ?)')
        .run(salt.toString('base64'), SCRYPT_COST, seal(vaultKey, PROOF, PROOF))
    } else {
      vaultKey = await keyOf(vault, passphrase)
    }
    for (const [name, value] of memory) write(name, 'vault', seal(vaultKey, name, value))
    memory.clear()
  }

  const get = async (name: string): Promise<Secret | null> => {
    const kept = memory.get(name)
    if (kept !== undefined) return new Secret(name, kept)
    const row = read(name)
    if (row === null) return null
    if (row.kind === 'keychain') {
      if (keychain === undefined) return null
      return new Secret(name, await keychainCall(() => keychain.decrypt(row.sealed)))
    }
    if (vaultKey === null) return null
    const plain = unseal(vaultKey, name, row.sealed)
    if (plain !== null) return new Secret(name, plain)
    throw damaged(name)
  }

  return {
    get kind() {
      if (keychain !== undefined) return 'keychain'
      return readVault() === null ? 'memory' : 'vault'
    },
    get locked() {
      return vaultKey === null && readVault() !== null
    },
    async put(name, value) {
      const plain = value instanceof Secret ? value.reveal() : value
      if (keychain !== undefined) write(name, 'keychain', await keychainCall(() => keychain.encrypt(plain)))
      else if (vaultKey !== null) write(name, 'vault', seal(vaultKey, name, plain))
      else memory.set(name, plain)
    },
    get,
    async delete(name) {
      memory.delete(name)
      erase(name)
    },
    names: everyName,
    unlock,
    async sealAll(passphrase, salt) {
      const key = await deriveKey(passphrase, Buffer.from(salt, 'base64'), SCRYPT_COST)
      const secrets: SealedSecrets['secrets'] = []
      for (const name of everyName()) {
        const secret = await get(name)
        if (secret === null) throw closed(name)
        secrets.push({ name, sealed: sealSame(key, name, secret.reveal()) })
      }
      return { vault: { salt, cost: SCRYPT_COST, proof: sealSame(key, PROOF, PROOF) }, secrets }
    },
  }
}

function closed(name: string): HeadroomError {
  return new HeadroomError({
    code: 'VAULT_LOCKED',
    fact: `The secret "${name}" cannot be read now: its vault is locked, or the keychain that holds it is of another computer.`,
    fix: 'Unlock the vault in Settings first, or export without secrets.',
    value: name,
  })
}

function damaged(name: string): HeadroomError {
  return new HeadroomError({
    code: 'SECRET_DAMAGED',
    fact: `The stored secret "${name}" cannot be opened: it was changed outside the app.`,
    fix: 'Enter it again.',
    value: name,
  })
}

async function keychainCall(call: () => Promise<string>): Promise<string> {
  try {
    return await call()
  } catch (error) {
    throw new HeadroomError(
      {
        code: 'KEYCHAIN_FAILED',
        fact: `The keychain of this computer did not answer: ${error instanceof Error ? error.message : String(error)}.`,
        fix: 'Unlock the keychain and try again; nothing was stored.',
      },
      { cause: error },
    )
  }
}
