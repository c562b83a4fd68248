import * as z from 'zod'
import { LabelsSchema } from './metric.ts'

/**
 * "Can we take on N more?": what is to come, by driver, and until when. Amounts are in the driver's unit; `at` is epoch ms.
 * With a date the plan's own growth up to it counts too.
 */
export const AdditionInputSchema = z.object({
  add: z
    .record(z.string(), z.number().positive().max(1e12))
    .refine((add) => Object.keys(add).length > 0, 'say how many of what are to come'),
  at: z.number().nullable().default(null),
})
export type AdditionInput = z.infer<typeof AdditionInputSchema>

/** The level of one measured series that a projection begins from: 95% of its quarter-hour means lie under `value`. */
export const LevelSchema = z.object({
  hostId: z.string(),
  hostName: z.string(),
  metric: z.string(),
  labels: LabelsSchema,
  unit: z.string(),
  value: z.number(),
  from: z.number(),
  to: z.number(),
  coverage: z.number().describe('the share of the window that was measured, 0..1'),
})
export type Level = z.infer<typeof LevelSchema>

/** One rule of the present stage, now and with what is to come. Values are in `unit`; ratios 0..1. */
export const AdditionRowSchema = z.object({
  id: z.string(),
  origin: z.enum(['limit', 'supply', 'capacity', 'trigger']),
  name: z.string(),
  severity: z.enum(['warning', 'critical']),
  condition: z.string(),
  basis: z.enum(['measured', 'assumed', 'stated']),
  unit: z.string().nullable(),
  threshold: z.number().nullable(),
  now: z.number().nullable(),
  planned: z.number().nullable(),
  /** What one more of the first driver asks for, at the margin; null where the row is not a quantity. */
  perUnit: z.number().nullable(),
  state: z.enum(['inside', 'over', 'over-now']),
  /** How many more go in before it is over, by driver in the proportion asked for; null: more than a hundred times as many. */
  room: z.record(z.string(), z.number()).nullable(),
  why: z.string(),
  /** The series it rests on. */
  source: LevelSchema.nullable(),
  action: z.string().nullable(),
  playbook: z.string().nullable(),
})
export type AdditionRow = z.infer<typeof AdditionRowSchema>

const CostSchema = z.object({ minor: z.number().int(), maxMinor: z.number().int(), currency: z.string() })

export const AdditionCheckSchema = z.object({
  at: z.number(),
  by: z.number().nullable(),
  answer: z.enum(['fits', 'tight', 'does-not-fit', 'unknown']),
  headline: z.string(),
  reasons: z.array(z.string()),
  drivers: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      unit: z.string(),
      present: z.number(),
      grown: z.number().describe('by the date, without what is to come'),
      added: z.number(),
      planned: z.number(),
    }),
  ),
  /** What is over or comes first, first. */
  rows: z.array(AdditionRowSchema),
  /** The row that is over first; null where none ever is. */
  binds: AdditionRowSchema.nullable(),
  /** What to do before they come, in order. */
  first: z.array(
    z.object({
      kind: z.enum(['optimise', 'act', 'runbook', 'load-test']),
      text: z.string(),
      detail: z.string(),
      playbook: z.string().nullable(),
      fired: z.boolean().describe('a step of a runbook whose condition holds now'),
    }),
  ),
  present: z.object({ id: z.string(), name: z.string(), now: CostSchema.nullable(), planned: CostSchema.nullable() }),
  /** The first stage that carries it all; null where none of the plan does. */
  stage: z
    .object({
      id: z.string(),
      name: z.string(),
      isPresent: z.boolean(),
      cost: CostSchema.nullable(),
      downtimeMinutes: z.object({ min: z.number(), max: z.number() }).nullable(),
      months: z.object({ min: z.number(), max: z.number() }).nullable(),
    })
    .nullable(),
  /** The stages in between, and what stops each. */
  tooSmall: z.array(z.object({ id: z.string(), name: z.string(), why: z.string() })),
  unknown: z.array(z.string()).describe('what could not be projected, and why'),
})
export type AdditionCheck = z.infer<typeof AdditionCheckSchema>
