import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { HeadroomError } from '../../../shared/model/problem.ts'
import { type Feed, type FeedFile, FeedSchema, type PackageKind } from '../../../shared/model/update.ts'

/** Whom a build asks for newer versions, and whose signature it takes. */
export interface FeedSource {
  /** The folder of feed.json, feed.json.sig and the files. */
  url: URL
  key: KeyObject
}

const SourceSchema = z.strictObject({ url: z.url(), publicKey: z.string() })

/** What a release build carries in update/feed.json; null in any other build, which then asks nobody. */
export function feedSource(resources: string): FeedSource | null {
  let text: string
  try {
    text = readFileSync(join(resources, 'update', 'feed.json'), 'utf8')
  } catch {
    return null
  }
  const { url, publicKey } = SourceSchema.parse(JSON.parse(text))
  const folder = new URL(url.endsWith('/') ? url : `${url}/`)
  if (!isPrivate(folder)) throw new TypeError(`updates are fetched over https, not from ${folder.href}`)
  const key = createPublicKey(publicKey)
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('the key of the update feed must be Ed25519')
  return { url: folder, key }
}

/** HTTPS; plain HTTP to this computer itself only. */
export function isPrivate(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && url.hostname === '127.0.0.1')
}

/**
 * The feed in `bytes`, once its signature holds: nothing in it is looked at before.
 * @throws UPDATE_NOT_SIGNED, UPDATE_FEED_INVALID
 */
export function readFeed(bytes: Buffer, signature: string, key: KeyObject): Feed {
  const sealed = Buffer.from(signature.trim(), 'base64')
  if (sealed.length !== 64 || !verify(null, bytes, key, sealed)) {
    throw new HeadroomError({
      code: 'UPDATE_NOT_SIGNED',
      fact: 'What the update feed sent is not signed with the key that this version trusts.',
      fix: 'Nothing was installed. Use another network, or fetch the new version by hand and compare its checksum.',
    })
  }
  try {
    return FeedSchema.parse(JSON.parse(bytes.toString('utf8')))
  } catch (error) {
    throw new HeadroomError(
      {
        code: 'UPDATE_FEED_INVALID',
        fact: 'The update feed is signed, but this version cannot read it.',
        fix: 'Fetch the new version by hand.',
      },
      { cause: error },
    )
  }
}

/** True where `offered` is a later version than `current`; equal and older ones never are, so that no feed can take an app back. */
export function isNewer(offered: string, current: string): boolean {
  const [a, b] = [offered, current].map((version) => version.split('.').map(Number)) as [number[], number[]]
  const at = a.findIndex((part, index) => part !== b[index])
  return at !== -1 && (a[at] as number) > (b[at] ?? 0)
}

/** What is installed here, as far as it matters to a new version. */
export interface Installed {
  platform: string
  arch: string
  kind: PackageKind
}

/** The file of a release that takes the place of what is installed, or undefined. */
export function fileFor({ files }: Feed, { platform, arch, kind }: Installed): FeedFile | undefined {
  return files.find(
    (file) => file.platform === platform && file.kind === kind && (file.arch === arch || file.arch === 'universal'),
  )
}
