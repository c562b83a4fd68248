import * as z from 'zod'
import { ConditionSchema } from './condition.ts'
import { currencyField, idField } from './field.ts'
import { FittedSchema } from './fitted.ts'
import { GrowthEventSchema, GrowthSchema, SeasonalitySchema } from './growth.ts'
import { referenceFields } from './reference.ts'
import { StageSchema } from './stage.ts'

export const DriverSchema = z.strictObject({
  id: idField,
  name: z.string(),
  unit: z.string(),
  primary: z.boolean().optional(),
  present: z.number().nonnegative().describe('the value today, stated by the operator'),
  growth: GrowthSchema.optional().describe('its own growth; default: along with the primary driver'),
})

/** demand(x) = base + rate * x^alpha of the named driver, in `unit`; see planning-model. `assumed` says why it is not measured. */
export const DemandSchema = z.strictObject({
  resource: idField,
  name: z.string(),
  unit: z.enum(['cores', 'bytes', 'connections', 'per_second', 'count']),
  driver: idField,
  base: z.number().nonnegative(),
  rate: z.number().nonnegative(),
  alpha: z.number().positive().optional(),
  assumed: z.string(),
  metric: z
    .string()
    .optional()
    .describe(
      "the measured metric that shows it: a _ratio is the demand over the stage's supply, any other the demand itself",
    ),
  fitted: FittedSchema.optional().describe('what base, rate and alpha were fitted on; the interval is of the rate'),
})

/**
 * A plan, and a blueprint, which is a plan that ships with the product. This is also the schema of the YAML files in
 * resources/blueprints, so it holds no transforms (it is exported as JSON Schema for editors).
 * Durations are strings such as "5m", "15m", "30d", "2mo" (shared/format/duration.ts); ratios are 0..1; bytes are bytes;
 * money in the file is a decimal amount of the named currency and becomes minor units when computed.
 */
export const PlanSchema = z.strictObject({
  format: z.literal('headroom/plan@1'),
  id: idField,
  name: z.string(),
  summary: z.string(),
  source: z.string().optional(),
  currency: currencyField,
  rates: z
    .record(currencyField, z.number().positive())
    .optional()
    .describe(
      "how much of the plan's currency one unit of another is worth, e.g. USD: 0.92; used for line items in other currencies",
    ),
  drivers: z.array(DriverSchema).min(1),
  growth: GrowthSchema.describe('how the primary driver grows, and each driver that has no growth of its own'),
  seasonality: SeasonalitySchema.optional(),
  events: z.array(GrowthEventSchema).default([]),
  vat: z
    .strictObject({ rate: z.number().min(0).max(1), name: z.string().default('VAT') })
    .optional()
    .describe('the rate that is added where prices are shown with tax'),
  demand: z.array(DemandSchema).default([]),
  needs: z
    .record(z.string(), z.union([z.boolean(), z.number()]))
    .default({})
    .describe('what the operator says is needed, e.g. sla: 0.999, multi-region: true'),
  stage: idField.describe('the stage the operator is on now'),
  stages: z.array(StageSchema).min(1),
  guardRails: z
    .array(
      z.strictObject({
        id: idField,
        text: z.string(),
        against: z.array(idField).default([]),
        when: ConditionSchema.optional(),
      }),
    )
    .default([]),
  optimisations: z
    .array(
      z.strictObject({
        id: idField,
        name: z.string(),
        cost: z.string(),
        effect: z.string(),
        how: z.string(),
        helps: z.array(z.string()).default([]),
        playbook: z.string().optional(),
        applied: z.boolean().optional().describe('true once the operator has put it in place'),
      }),
    )
    .default([]),
  ...referenceFields,
  decisionPoints: z
    .array(
      z.union([
        z.string(),
        z.strictObject({
          id: idField,
          text: z.string(),
          before: idField.optional().describe('the stage that is decided on'),
        }),
      ]),
    )
    .default([]),
  milestones: z
    .array(z.strictObject({ id: idField, name: z.string(), stage: idField, done: z.boolean().default(false) }))
    .default([]),
  tables: z
    .array(
      z.strictObject({
        id: idField,
        title: z.string(),
        columns: z.array(z.string()),
        rows: z.array(z.array(z.string())),
      }),
    )
    .default([]),
})
export type Plan = z.infer<typeof PlanSchema>
export type Demand = z.infer<typeof DemandSchema>
