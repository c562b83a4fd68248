import * as z from 'zod'
import { ProblemSchema } from './problem.ts'

/** A Prometheus-compatible server, and the way to it. The secret of its login is kept apart, and never sent out. */
export const PrometheusServerSchema = z.object({
  url: z
    .url({ protocol: /^https?$/, error: 'write an address such as http://prometheus:9090' })
    .max(2000)
    .refine((url) => !/^[a-z]+:\/\/[^/]*@/i.test(url), 'leave the login out of the address; it has fields of its own'),
  auth: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('none') }),
    z.object({ kind: z.literal('bearer') }),
    z.object({ kind: z.literal('basic'), user: z.string().min(1, 'write the user name').max(200) }),
  ]),
  /** The server whose SSH connection leads to it; null: it is reached from this computer. */
  tunnelHostId: z.string().nullable(),
  hostLabel: z
    .string()
    .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'write the name of a label, such as instance')
    .default('instance'),
  where: z
    .string()
    .max(500)
    .regex(/^[^{}]*$/, 'write matchers without the braces, such as cluster="prod"')
    .default('')
    .describe('matchers that hold for every query'),
  timeoutMs: z.number().int().min(1000).max(300_000).default(30_000),
})
export type PrometheusServer = z.infer<typeof PrometheusServerSchema>

/** A secret that comes with a server: undefined keeps the one on file, null forgets it. */
export const PrometheusSecretSchema = z.string().min(1).max(10_000).nullable().optional()

/** The workspace's Prometheus: where it is, and whether series are read from it instead of from the local store. */
export const PrometheusSettingsSchema = z.object({
  engine: z.enum(['local', 'prometheus']).default('local'),
  server: PrometheusServerSchema.nullable().default(null),
  /** The label's value of a server, by host id, where neither its name nor its address is it. */
  names: z.record(z.string(), z.string().max(500)).default({}),
  /** PromQL by metric where the usual one is not meant; empty text: the metric is not read. */
  expressions: z.record(z.string(), z.string().max(4000)).default({}),
})
export type PrometheusSettings = z.infer<typeof PrometheusSettingsSchema>

/** What a look at a server found. `problem` says what stood in the way; the rest is then what was found before. */
export const PrometheusCheckSchema = z.object({
  problem: ProblemSchema.nullable(),
  version: z.string().nullable(),
  values: z.array(z.string()).describe('values of the label that names the host'),
  hosts: z.array(z.object({ hostId: z.string(), name: z.string(), value: z.string().nullable() })),
  metrics: z.array(z.object({ metric: z.string(), series: z.number().int(), problem: ProblemSchema.nullable() })),
  warnings: z.array(z.string()),
  tookMs: z.number(),
})
export type PrometheusCheck = z.infer<typeof PrometheusCheckSchema>
