import * as z from 'zod'
import { ProblemSchema } from './problem.ts'

/** How the app proves who it is to an SSH server. Passwords and passphrases are sent once, on input, and never come back. */
export const SshAuthInputSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('agent') }),
  z.object({ kind: z.literal('key'), path: z.string().min(1), passphrase: z.string().optional() }),
  z.object({ kind: z.literal('password'), password: z.string().min(1) }),
])
export type SshAuthInput = z.infer<typeof SshAuthInputSchema>

export const HostInputSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('local'), name: z.string().min(1).max(100) }),
  z.strictObject({
    kind: z.literal('ssh'),
    name: z.string().min(1).max(100),
    address: z.string().min(1).max(255),
    port: z.number().int().min(1).max(65535).default(22),
    user: z.string().min(1).max(64),
    auth: SshAuthInputSchema,
  }),
  z
    .strictObject({
      kind: z.literal('ssh-config'),
      name: z.string().min(1).max(100),
      alias: z.string().min(1).max(255),
      secret: z.string().min(1).optional(),
    })
    .describe('a name of ~/.ssh/config; `secret` is the passphrase of its key, or the password'),
])
export type HostInput = z.infer<typeof HostInputSchema>

/** A PostgreSQL server the probe should ask on a host. `url` is for display and has no password. */
export const PostgresProbeSchema = z.object({
  via: z.enum(['psql', 'docker']),
  container: z.string().optional(),
  socketOrHost: z.string().optional(),
  port: z.number().int().optional(),
  user: z.string().optional(),
  database: z.string().optional(),
})
export type PostgresProbe = z.infer<typeof PostgresProbeSchema>

export const HostSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['local', 'ssh', 'sample']).describe('a sample has made-up figures and no computer behind it'),
  address: z.string(),
  port: z.number().int().nullable(),
  user: z.string().nullable(),
  authKind: z.enum(['none', 'agent', 'key', 'password', 'config']),
  keyPath: z.string().nullable(),
  route: z
    .object({
      user: z.string(),
      address: z.string(),
      port: z.number().int(),
      through: z.array(z.string()).describe('the jump hosts'),
      by: z.array(z.string()).describe("why the system's ssh is the transport; empty when the library is"),
    })
    .nullable()
    .optional()
    .describe('how a name of the SSH configuration was reached last'),
  postgres: PostgresProbeSchema.nullable(),
  createdAt: z.number(),
  state: z.enum(['unknown', 'connecting', 'up', 'down', 'needs-host-key', 'needs-secret']),
  lastSampleAt: z.number().nullable(),
  problem: ProblemSchema.nullable(),
})
export type Host = z.infer<typeof HostSchema>

/** A server's public key, as shown to the operator before it is trusted. `fingerprint` reads "SHA256:..." as ssh-keygen -l prints it. */
export const HostKeySchema = z.object({
  address: z.string(),
  port: z.number().int(),
  algorithm: z.string(),
  fingerprint: z.string(),
  keyBase64: z.string(),
})
export type HostKey = z.infer<typeof HostKeySchema>

/** `known`: may connect. `unknown`: ask the operator. `changed`/`revoked`: refused; `expected` lists the fingerprints on file. */
export const HostKeyCheckSchema = z.object({
  status: z.enum(['known', 'unknown', 'changed', 'revoked']),
  key: HostKeySchema,
  expected: z.array(z.object({ algorithm: z.string(), fingerprint: z.string(), source: z.string() })),
})
export type HostKeyCheck = z.infer<typeof HostKeyCheckSchema>
