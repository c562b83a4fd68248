import { z } from 'zod'

/**
 * A plan, and a blueprint, which is a plan that ships with the product. This is also the schema of the YAML files in
 * resources/blueprints, so it holds no transforms (it is exported as JSON Schema for editors).
 * Durations are strings such as "5m", "15m", "30d", "2mo" (shared/format/duration.ts); ratios are 0..1; bytes are bytes;
 * money in the file is a decimal amount of the named currency and becomes minor units when computed.
 */
const id = z.string().regex(/^[a-z][a-z0-9-]*$/, 'use lower-case letters, digits and hyphens, starting with a letter')
const duration = z.string().regex(/^\d+(\.\d+)?(ms|s|m|h|d|w|mo|y)$/, 'write a duration such as 5m, 15m, 30d or 2mo')
const currency = z.string().regex(/^[A-Z]{3}$/, 'write an ISO 4217 currency such as EUR')
export const ComparisonSchema = z.enum(['>', '>=', '<', '<='])
export type Comparison = z.infer<typeof ComparisonSchema>

/** A condition on a measured metric, on a driver's present value, on a stated need, or a combination. */
export type Condition =
  | { metric: string; labels?: Record<string, string>; op: Comparison; value: number; across?: 'any' | 'all' }
  | { driver: string; op: Comparison; value: number }
  | { need: string; op?: Comparison; value?: number }
  | { all: Condition[] }
  | { any: Condition[] }
export const ConditionSchema: z.ZodType<Condition> = z.lazy(() =>
  z.union([
    z.strictObject({
      metric: z.string().min(1),
      labels: z.record(z.string(), z.string()).optional(),
      op: ComparisonSchema,
      value: z.number(),
      across: z.enum(['any', 'all']).optional().describe('fires when any (default) or all matching series hold it'),
    }),
    z.strictObject({ driver: z.string(), op: ComparisonSchema, value: z.number() }),
    z.strictObject({ need: z.string(), op: ComparisonSchema.optional(), value: z.number().optional() }),
    z.strictObject({ all: z.array(ConditionSchema).min(1) }),
    z.strictObject({ any: z.array(ConditionSchema).min(1) }),
  ]),
)

const range = z.strictObject({ min: z.number(), max: z.number() })

export const DriverSchema = z.strictObject({
  id,
  name: z.string(),
  unit: z.string(),
  primary: z.boolean().optional(),
  present: z.number().nonnegative().describe('the value today, stated by the operator'),
})

/** demand(x) = base + rate * x^alpha of the named driver, in `unit`; see planning-model. `assumed` says why it is not measured. */
export const DemandSchema = z.strictObject({
  resource: id,
  name: z.string(),
  unit: z.enum(['cores', 'bytes', 'connections', 'per_second', 'count']),
  driver: id,
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
})

export const LineItemSchema = z.strictObject({
  id,
  name: z.string(),
  price: z.union([
    z.strictObject({ amount: z.number().nonnegative(), max: z.number().optional(), currency }),
    z.strictObject({ sku: z.string().describe('provider/sku of the catalogue') }),
  ]),
  per: z.enum(['hour', 'month', 'year', 'once']),
  quantity: z.number().nonnegative().default(1),
  note: z.string().optional(),
})
export type LineItem = z.infer<typeof LineItemSchema>

export const NodeSchema = z.strictObject({
  id,
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
  vcpu: z.number().optional(),
  ramGb: z.number().optional(),
  diskGb: z.number().optional(),
  region: z.string().optional(),
  services: z
    .array(z.strictObject({ name: z.string(), replicas: z.number().int().default(1), image: z.string().optional() }))
    .default([]),
})

/** A threshold row: what is watched, from which value it is a warning or critical, for how long, and what to do. */
export const LimitSchema = z.strictObject({
  id,
  name: z.string(),
  metric: z.string(),
  labels: z.record(z.string(), z.string()).optional(),
  op: ComparisonSchema.default('>'),
  warning: z.number().optional(),
  critical: z.number().optional(),
  for: duration.default('5m'),
  of: z.number().optional().describe('what the value is out of, e.g. 100 connections'),
  action: z.string(),
  playbook: z.string().optional(),
})
export type Limit = z.infer<typeof LimitSchema>

export const TriggerSchema = z.strictObject({
  id,
  name: z.string(),
  direction: z.enum(['up', 'down']),
  to: id.optional().describe('the stage it leads to; default is the next one up or down'),
  when: ConditionSchema,
  for: duration.default('5m'),
  action: z.string().optional(),
})
export type Trigger = z.infer<typeof TriggerSchema>

export const StageSchema = z.strictObject({
  id,
  name: z.string(),
  objective: z.string(),
  orchestration: z.enum(['none', 'compose', 'swarm', 'k3s', 'kubernetes', 'cluster']).optional(),
  nodes: z.array(NodeSchema).default([]),
  links: z.array(z.strictObject({ from: id, to: id })).default([]),
  supply: z.record(z.string(), z.number()).default({}).describe('how much of each demand resource the stage offers'),
  capacity: z
    .array(
      z.strictObject({
        driver: id,
        min: z.number().optional(),
        max: z.number().nullable(),
        note: z.string().optional(),
      }),
    )
    .default([]),
  lineItems: z.array(LineItemSchema).default([]),
  statedTotal: z
    .strictObject({ amount: z.number(), max: z.number().optional(), currency, open: z.boolean().optional() })
    .optional()
    .describe("the source document's own monthly total, kept to be compared with the computed sum"),
  relativeCost: z
    .strictObject({ over: id, min: z.number(), max: z.number().nullable() })
    .optional()
    .describe('cost stated only as a share on top of another stage'),
  limits: z.array(LimitSchema).default([]),
  triggers: z.array(TriggerSchema).default([]),
  prerequisites: z.array(z.string()).default([]),
  risks: z.array(z.string()).default([]),
  irreversible: z.array(z.string()).default([]),
  tasks: z.array(z.strictObject({ when: z.string(), what: z.string() })).default([]),
  durationMonths: range.optional(),
  downtimeMinutes: range.optional(),
  effort: z.enum(['done', 'low', 'medium', 'high', 'very-high']).optional(),
  migrationCost: z.strictObject({ amount: z.number(), currency, hours: z.number().optional() }).optional(),
  playbooks: z.array(z.string()).default([]),
  notes: z.array(z.string()).default([]),
})
export type Stage = z.infer<typeof StageSchema>

export const PlanSchema = z.strictObject({
  format: z.literal('headroom/plan@1'),
  id,
  name: z.string(),
  summary: z.string(),
  source: z.string().optional(),
  currency,
  rates: z
    .record(currency, z.number().positive())
    .optional()
    .describe(
      "how much of the plan's currency one unit of another is worth, e.g. USD: 0.92; used for line items in other currencies",
    ),
  drivers: z.array(DriverSchema).min(1),
  growth: z.strictObject({ monthlyRate: z.number(), deviation: z.number().nonnegative() }),
  demand: z.array(DemandSchema).default([]),
  needs: z
    .record(z.string(), z.union([z.boolean(), z.number()]))
    .default({})
    .describe('what the operator says is needed, e.g. sla: 0.999, multi-region: true'),
  stage: id.describe('the stage the operator is on now'),
  stages: z.array(StageSchema).min(1),
  guardRails: z
    .array(z.strictObject({ id, text: z.string(), against: z.array(id).default([]), when: ConditionSchema.optional() }))
    .default([]),
  optimisations: z
    .array(
      z.strictObject({
        id,
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
  options: z
    .array(
      z.strictObject({
        id,
        name: z.string(),
        when: z.string(),
        cost: z.string(),
        notes: z.array(z.string()).default([]),
        downtime: z.string().optional(),
      }),
    )
    .default([]),
  decisionPoints: z.array(z.string()).default([]),
  tables: z
    .array(z.strictObject({ id, title: z.string(), columns: z.array(z.string()), rows: z.array(z.array(z.string())) }))
    .default([]),
})
export type Plan = z.infer<typeof PlanSchema>
export type Demand = z.infer<typeof DemandSchema>
