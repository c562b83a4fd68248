import * as z from 'zod'
import { AutoscalerSchema } from './autoscaler.ts'
import { ComparisonSchema, ConditionSchema } from './condition.ts'
import { currencyField, durationField, idField, rangeField } from './field.ts'
import { LineItemSchema } from './line-item.ts'
import { StageServiceSchema } from './stage-service.ts'

export const NodeSchema = z.strictObject({
  id: idField,
  name: z.string(),
  kind: z.enum([
    'server',
    'database',
    'cache',
    'load-balancer',
    'cdn',
    'storage',
    'cluster',
    'queue',
    'registry',
    'monitoring',
    'external',
  ]),
  count: z.number().int().positive().default(1),
  needed: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('how many of `count` must be up; default 1. A quorum of three needs 2'),
  group: idField.optional().describe('nodes of one group stand in for each other: one of them is enough'),
  availability: z.number().min(0).max(1).optional().describe('the share of time one of them is up, such as 0.995'),
  optional: z.boolean().optional().describe('true: the service goes on without it'),
  vcpu: z.number().optional(),
  ramGb: z.number().optional(),
  diskGb: z.number().optional(),
  region: z.string().optional(),
  services: z.array(StageServiceSchema).default([]),
})

/** A threshold row: what is watched, from which value it is a warning or critical, for how long, and what to do. */
export const LimitSchema = z.strictObject({
  id: idField,
  name: z.string(),
  metric: z.string(),
  labels: z.record(z.string(), z.string()).optional(),
  op: ComparisonSchema.default('>'),
  warning: z.number().optional(),
  critical: z.number().optional(),
  for: durationField.default('5m'),
  of: z.number().optional().describe('what the value is out of, e.g. 100 connections'),
  action: z.string(),
  playbook: z.string().optional(),
})
export type Limit = z.infer<typeof LimitSchema>

export const TriggerSchema = z.strictObject({
  id: idField,
  name: z.string(),
  direction: z.enum(['up', 'down']),
  to: idField.optional().describe('the stage it leads to; default is the next one up or down'),
  when: ConditionSchema,
  for: durationField.default('5m'),
  action: z.string().optional(),
})
export type Trigger = z.infer<typeof TriggerSchema>

export const StageSchema = z.strictObject({
  id: idField,
  name: z.string(),
  objective: z.string(),
  orchestration: z.enum(['none', 'compose', 'swarm', 'k3s', 'kubernetes', 'cluster']).optional(),
  nodes: z.array(NodeSchema).default([]),
  links: z
    .array(z.strictObject({ from: idField, to: idField, availability: z.number().min(0).max(1).optional() }))
    .default([]),
  positions: z
    .record(idField, z.strictObject({ x: z.number(), y: z.number() }))
    .optional()
    .describe('where nodes were put by hand in the topology; the others are laid out'),
  supply: z.record(z.string(), z.number()).default({}).describe('how much of each demand resource the stage offers'),
  capacity: z
    .array(
      z.strictObject({
        driver: idField,
        min: z.number().optional(),
        max: z.number().nullable(),
        note: z.string().optional(),
      }),
    )
    .default([]),
  lineItems: z.array(LineItemSchema).default([]),
  statedTotal: z
    .strictObject({
      amount: z.number(),
      max: z.number().optional(),
      currency: currencyField,
      open: z.boolean().optional(),
    })
    .optional()
    .describe("the source document's own monthly total, kept to be compared with the computed sum"),
  relativeCost: z
    .strictObject({ over: idField, min: z.number(), max: z.number().nullable() })
    .optional()
    .describe('cost stated only as a share on top of another stage'),
  limits: z.array(LimitSchema).default([]),
  triggers: z.array(TriggerSchema).default([]),
  autoscalers: z.array(AutoscalerSchema).default([]),
  after: z.array(idField).default([]).describe('stages that must be done before this one can begin'),
  prerequisites: z.array(z.string()).default([]),
  risks: z.array(z.string()).default([]),
  irreversible: z.array(z.string()).default([]),
  tasks: z
    .array(
      z.strictObject({
        when: z.string(),
        what: z.string(),
        months: rangeField.optional().describe("which months of the stage's work, from 1"),
        done: z.boolean().optional(),
      }),
    )
    .default([]),
  durationMonths: rangeField.optional(),
  minimumMonths: z
    .number()
    .int()
    .nonnegative()
    .optional()
    .describe('how long it is kept at least, such as a contract term'),
  downtimeMinutes: rangeField.optional(),
  effort: z.enum(['done', 'low', 'medium', 'high', 'very-high']).optional(),
  migrationCost: z
    .strictObject({ amount: z.number(), currency: currencyField, hours: z.number().optional() })
    .optional(),
  playbooks: z.array(z.string()).default([]),
  notes: z.array(z.string()).default([]),
})
export type Stage = z.infer<typeof StageSchema>
