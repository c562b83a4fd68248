import * as z from 'zod'
import { ProblemSchema } from './problem.ts'

/** One file of a release: `name` stands beside the feed, `sha512` is in hex. */
const FeedFileSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,150}$/),
  platform: z.enum(['linux', 'darwin', 'win32']),
  arch: z.enum(['x64', 'arm64', 'universal']),
  kind: z.enum(['AppImage', 'deb', 'rpm', 'dmg', 'exe', 'headless']),
  bytes: z.number().int().positive(),
  sha512: z.string().regex(/^[0-9a-f]{128}$/),
})
export type FeedFile = z.infer<typeof FeedFileSchema>
export type PackageKind = FeedFile['kind']

const version = z.string().regex(/^\d{1,6}\.\d{1,6}\.\d{1,6}$/)

/** What a feed says: the newest release. Its signature is Ed25519 over these very bytes, as base64 in a file beside it. */
export const FeedSchema = z.strictObject({
  format: z.literal('headroom/feed@1'),
  version,
  /** UTC epoch ms. */
  publishedAt: z.number().int().nonnegative(),
  files: z.array(FeedFileSchema).min(1).max(50),
})
export type Feed = z.infer<typeof FeedSchema>

/** A verified file on this computer. `replaced`: it took the running one's place; else `command` (or opening it) installs it. */
const ReadySchema = z.object({ version, path: z.string(), replaced: z.boolean(), command: z.string().nullable() })

/** Where updates stand. `feed` is the address that is asked, null in a build without one. */
export const UpdateStatusSchema = z.object({
  feed: z.string().nullable(),
  on: z.boolean(),
  current: z.string(),
  /** When the feed was last read, whatever came of it; UTC epoch ms. */
  checkedAt: z.number().nullable(),
  newer: z.object({ version, publishedAt: z.number(), bytes: z.number().nullable() }).nullable(),
  ready: ReadySchema.nullable(),
  problem: ProblemSchema.nullable(),
})
export type UpdateStatus = z.infer<typeof UpdateStatusSchema>
