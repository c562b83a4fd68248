import * as z from 'zod'
import { ProblemSchema } from '../model/problem.ts'
import { PrometheusCheckSchema, PrometheusSecretSchema, PrometheusSettingsSchema } from '../model/prometheus.ts'
import { procedure } from './procedure.ts'

const FileSchema = z.object({ fileName: z.string(), text: z.string() })

/** The workspace's Prometheus, and what is made for one. */
export const prometheus = {
  settings: procedure.output(
    PrometheusSettingsSchema.extend({
      hasSecret: z.boolean(),
      /** What is read, with the usual expression of each. */
      sources: z.array(z.object({ metric: z.string(), exporter: z.string(), expr: z.string() })),
    }),
  ),
  /** PROMETHEUS_NOT_SET when it is to be the engine without a server; what the first look at the server throws. */
  save: procedure
    .input(z.object({ settings: PrometheusSettingsSchema, secret: PrometheusSecretSchema }))
    .output(z.object({})),
  /** A look at a server that need not be stored: reached, allowed in, which hosts and which metrics it has. */
  check: procedure
    .input(z.object({ settings: PrometheusSettingsSchema, secret: PrometheusSecretSchema }))
    .output(PrometheusCheckSchema),
  /** How reading from it goes; `problem` is of the last answer that did not come. */
  status: procedure.output(
    z.object({
      engine: z.enum(['local', 'prometheus']),
      problem: ProblemSchema.nullable(),
      warnings: z.array(z.string()),
      readAt: z.number().nullable(),
    }),
  ),
  /** The plan's rules for Prometheus. NO_PLAN. */
  rules: procedure.output(FileSchema.extend({ rules: z.number().int(), left: z.array(z.string()) })),
  dashboard: procedure.output(FileSchema),
  /** Settings of Loki and Promtail, and the plan's alerts on logs as Loki's rule file. */
  logging: procedure.output(z.object({ files: z.array(FileSchema) })),
}
