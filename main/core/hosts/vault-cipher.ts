import { createCipheriv, createDecipheriv, createHmac, randomBytes, scrypt } from 'node:crypto'

/** scrypt N; r = 8, p = 1. 2^16 takes 64 MB and some 200 ms, which makes guessing a passphrase dear. */
export const SCRYPT_COST = 2 ** 16

/** A 256-bit key from a passphrase. The passphrase is normalised (NFKC), so that it does not depend on the keyboard. */
export function deriveKey(passphrase: string, salt: Buffer, cost: number): Promise<Buffer> {
  const options = { N: cost, r: 8, p: 1, maxmem: 256 * cost * 8 }
  return new Promise((resolve, reject) =>
    scrypt(passphrase.normalize('NFKC'), salt, 32, options, (error, key) => (error ? reject(error) : resolve(key))),
  )
}

/** AES-256-GCM as base64 of nonce (12), tag (16) and text. `name` is authenticated: a blob moved to another name does not open. */
export function seal(key: Buffer, name: string, plain: string): string {
  return sealWith(key, randomBytes(12), name, plain)
}

/**
 * As `seal`, and the same text under the same name and key gives the same bytes: the nonce is drawn from what is sealed, as
 * in SIV (RFC 5297), so that it is never used for two texts. It tells only whether two exports hold the same secret.
 */
export function sealSame(key: Buffer, name: string, plain: string): string {
  const nonceKey = createHmac('sha256', key).update('headroom export nonce').digest()
  const nonce = createHmac('sha256', nonceKey)
    .update(JSON.stringify([name, plain]))
    .digest()
    .subarray(0, 12)
  return sealWith(key, nonce, name, plain)
}

function sealWith(key: Buffer, nonce: Buffer, name: string, plain: string): string {
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name))
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64')
}

/** The text again, or null when the key is another one or a byte was changed. */
export function unseal(key: Buffer, name: string, sealed: string): string | null {
  const bytes = Buffer.from(sealed, 'base64')
  if (bytes.length < 28) return null
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 })
  decipher.setAAD(Buffer.from(name)).setAuthTag(bytes.subarray(12, 28))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}
