import { createHash } from 'node:crypto'
import type { HostKey } from '../../../shared/model/host.ts'

/** SHA-256 of a public key's wire form, written as `ssh-keygen -l` does: base64 without padding. */
export function fingerprintOf(keyBase64: string): string {
  const digest = createHash('sha256').update(Buffer.from(keyBase64, 'base64')).digest('base64')
  return `SHA256:${digest.replace(/=+$/, '')}`
}

/** The key type that a public key's wire form (RFC 4253, section 6.6) begins with, or null when it is not one. */
export function algorithmOf(key: Buffer): string | null {
  if (key.length < 4) return null
  const length = key.readUInt32BE(0)
  return length > 0 && length <= 64 && key.length >= 4 + length ? key.toString('latin1', 4, 4 + length) : null
}

/** A public key's wire form as the host key of an address. */
export function hostKeyOf(address: string, port: number, key: Buffer): HostKey {
  const keyBase64 = key.toString('base64')
  return { address, port, algorithm: algorithmOf(key) ?? 'unknown', fingerprint: fingerprintOf(keyBase64), keyBase64 }
}
