import { safeStorage } from 'electron'
import type { Keychain } from '../launch/index.ts'

/**
 * The operating system's keychain, or undefined where there is none. Linux without a keyring falls back to a fixed
 * password ("basic_text"), which protects nothing and therefore does not count.
 */
export function systemKeychain(): Keychain | undefined {
  if (!safeStorage.isEncryptionAvailable()) return undefined
  if (process.platform === 'linux') {
    // Older Electron cannot tell which backend it uses.
    const backend = safeStorage.getSelectedStorageBackend?.() ?? 'unknown'
    if (backend === 'basic_text' || backend === 'unknown') return undefined
  }
  return {
    encrypt: async (plain) => safeStorage.encryptString(plain).toString('base64'),
    decrypt: async (sealed) => safeStorage.decryptString(Buffer.from(sealed, 'base64')),
  }
}
