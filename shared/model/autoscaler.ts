import * as z from 'zod'
import { durationField, idField } from './field.ts'

const policy = z.strictObject({
  type: z.enum(['pods', 'percent']),
  value: z.number().positive(),
  period: durationField,
})
/** A time of day in UTC. */
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a time of day such as 07:30')
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

const behaviour = z.strictObject({
  stabilisation: durationField.describe('how long back the most cautious recommendation counts'),
  policies: z.array(policy).default([]),
  select: z.enum(['max', 'min', 'disabled']).default('max'),
})

/**
 * Something that adds and removes replicas or nodes by itself. The control law and the defaults are those that Kubernetes
 * documents for the HorizontalPodAutoscaler; `keda` is the same on a queue length, with activation from and to zero;
 * `nodes` is a node pool that follows what its pods request.
 */
export const AutoscalerSchema = z.strictObject({
  id: idField,
  name: z.string(),
  kind: z.enum(['hpa', 'keda', 'nodes']),
  service: z
    .string()
    .optional()
    .describe('the service of the stage whose replicas it changes; default: the one that is called like it'),
  min: z.number().int().nonnegative(),
  max: z.number().int().positive(),
  metrics: z
    .array(
      z.strictObject({
        resource: idField.describe('a demand resource of the plan'),
        perReplica: z.number().positive().describe("what one replica (or node) offers of it, in the demand's unit"),
        target: z.number().positive().describe('the share of it to be used, such as 0.7; for keda entries a replica'),
      }),
    )
    .min(1),
  tolerance: z.number().nonnegative().default(0.1),
  sync: durationField.default('15s'),
  startup: durationField.default('30s').describe('from the decision until the new replica serves'),
  scaleUp: behaviour.optional(),
  scaleDown: behaviour.optional(),
  polling: durationField.optional().describe('keda: how often the source is asked'),
  cooldown: durationField.optional().describe('keda: how long idle before it goes to zero'),
  activation: z
    .number()
    .nonnegative()
    .optional()
    .describe('keda: how many entries it must pass to leave zero; default 0, which is any'),
  schedule: z
    .array(
      z.strictObject({
        days: z
          .array(z.enum(DAYS))
          .min(1)
          .default([...DAYS]),
        from: clock,
        to: clock.describe('may be before `from`: it then ends on the next day'),
        min: z.number().int().nonnegative(),
      }),
    )
    .optional()
    .describe('pre-scaling by the time of day, in UTC: a higher minimum at these times'),
  ahead: durationField
    .optional()
    .describe("pre-scaling by the driver's weekly curve: at least what it asks for within this time"),
  lineItem: idField.optional().describe('the row whose quantity it changes: nodes paid for'),
  podsPerNode: z.number().positive().optional().describe('nodes: how many replicas of the others one node carries'),
})
export type Autoscaler = z.infer<typeof AutoscalerSchema>
