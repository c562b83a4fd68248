import * as z from 'zod'
import { UnitSchema } from './metric.ts'

const HOUR_MS = 3_600_000
const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'use small letters, digits and hyphens, at most 40')
  .describe('tells the services of one host apart; chosen once and kept')
const name = z.string().trim().min(1).max(80)
const port = z.number().int().min(1).max(65535)
const oneLine = (limit: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(limit)
    .regex(/^[^\r\n\0]*$/, 'write it on one line')
/** A program takes a word that begins with a hyphen for an option. */
const notAnOption = (limit: number) => oneLine(limit).regex(/^[^-]/, 'it must not begin with a hyphen')
const from = z.enum(['host', 'laptop', 'both']).describe('who asks: the server itself, this computer, or each')
const via = z.enum(['host', 'docker'])

/** A web address to ask; sign-in belongs in the secret, which is sent as the Authorization header. */
const checkedUrl = z
  .string()
  .max(2000)
  .refine((text) => {
    const url = URL.parse(text)
    return url !== null && (url.protocol === 'http:' || url.protocol === 'https:')
  }, 'write a whole address that begins with http:// or https://')
  .refine((text) => {
    const url = URL.parse(text)
    return url === null || (url.username === '' && url.password === '')
  }, 'leave user and password out of the address; the Authorization field takes them')

/**
 * What a host is asked besides itself. `everyMs` is the least time between two looks; without one, it is the round's
 * (Redis, PgBouncer, HTTP), a minute (Kubernetes, own metrics) or an hour (certificates).
 */
export const ServiceSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('redis'),
    id,
    name,
    via: via.default('host'),
    container: notAnOption(200).optional(),
    address: notAnOption(255).default('127.0.0.1'),
    port: port.default(6379),
    socket: z.string().startsWith('/').max(200).optional(),
    user: oneLine(100).optional(),
    lists: z.array(oneLine(200)).max(20).default([]).describe('keys whose length is measured: lists, sets, streams'),
    everyMs: z.number().int().min(1000).max(HOUR_MS).optional(),
  }),
  z.strictObject({
    kind: z.literal('pgbouncer'),
    id,
    name,
    via: via.default('host'),
    container: notAnOption(200).optional(),
    address: notAnOption(255).default('127.0.0.1').describe('an address or the folder of the socket'),
    port: port.default(6432),
    user: notAnOption(100).describe('a role of admin_users or stats_users'),
    everyMs: z.number().int().min(1000).max(HOUR_MS).optional(),
  }),
  z.strictObject({
    kind: z.literal('http'),
    id,
    name,
    url: checkedUrl,
    from: from.default('laptop'),
    expect: z
      .array(z.number().int().min(100).max(599))
      .max(20)
      .default([])
      .describe('statuses that are right; none stands for 200 to 399'),
    everyMs: z.number().int().min(1000).max(HOUR_MS).optional(),
  }),
  z.strictObject({
    kind: z.literal('tls'),
    id,
    name,
    address: notAnOption(255),
    port: port.default(443),
    serverName: notAnOption(255).optional().describe('the name the certificate is asked for; without one, the address'),
    from: from.default('laptop'),
    everyMs: z
      .number()
      .int()
      .min(60_000)
      .max(24 * HOUR_MS)
      .optional(),
  }),
  z.strictObject({
    kind: z.literal('kubernetes'),
    id,
    name,
    kubeconfig: z.string().startsWith('/').max(400).optional().describe('a file on the server; without one, its own'),
    everyMs: z.number().int().min(15_000).max(HOUR_MS).optional(),
  }),
  z.strictObject({
    kind: z.literal('own'),
    id,
    name,
    metric: z
      .string()
      .regex(/^[a-z][a-z0-9_]{0,79}$/, 'use small letters, digits and underscores, and begin with a letter'),
    source: z.enum(['command', 'sql']),
    text: z
      .string()
      .min(1)
      .max(4000)
      .regex(/^[^\0]*$/, 'it holds a NUL character'),
    unit: UnitSchema,
    everyMs: z.number().int().min(5000).max(HOUR_MS).optional(),
  }),
])
export type Service = z.infer<typeof ServiceSchema>
export type ServiceInput = z.input<typeof ServiceSchema>
export type ServiceKind = Service['kind']
export type ServiceOf<Kind extends ServiceKind> = Extract<Service, { kind: Kind }>

export const ServicesSchema = z.array(ServiceSchema).max(60)

/** The kinds that sign in; their secret is kept beside, by the service's id. PostgreSQL's own is called `postgres`. */
export const POSTGRES_SECRET = 'postgres'
export const KINDS_WITH_SECRET: ReadonlySet<ServiceKind> = new Set(['redis', 'pgbouncer', 'http'])

const MINUTE_MS = 60_000
/** The least time between two looks at a service, in milliseconds; 0 is each round. */
export function intervalOf(service: Service): number {
  if (service.everyMs !== undefined) return service.everyMs
  switch (service.kind) {
    case 'redis':
    case 'pgbouncer':
    case 'http':
      return 0
    case 'kubernetes':
    case 'own':
      return MINUTE_MS
    case 'tls':
      return HOUR_MS
  }
}

/** What was measured of one service just now, or why it was not. */
export const ServiceTrialSchema = z.object({
  values: z.array(
    z.object({
      metric: z.string(),
      labels: z.record(z.string(), z.string()),
      unit: UnitSchema,
      value: z.number(),
    }),
  ),
  problems: z.array(z.string()).describe('what it or its programs said'),
  durationMs: z.number(),
})
export type ServiceTrial = z.infer<typeof ServiceTrialSchema>

/** What a host was seen to run and nothing asks yet. `service` is a proposal for what can be set up as it is. */
export const ServiceOfferSchema = z.object({
  what: z.enum(['redis', 'pgbouncer', 'postgres', 'kubernetes', 'https']),
  port: z.number().int().nullable(),
  service: ServiceSchema.nullable(),
})
export type ServiceOffer = z.infer<typeof ServiceOfferSchema>
