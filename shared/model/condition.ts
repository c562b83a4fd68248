import * as z from 'zod'

export const ComparisonSchema = z.enum(['>', '>=', '<', '<='])
export type Comparison = z.infer<typeof ComparisonSchema>

/**
 * What is computed from the plan itself: `availability` of the present stage's topology (0..1), `monthly_cost` of the
 * present stage and `cost_per_driver` (that cost over the primary driver's present value), in the plan's currency.
 */
export const DerivedValueSchema = z.enum(['availability', 'monthly_cost', 'cost_per_driver'])
export type DerivedValue = z.infer<typeof DerivedValueSchema>

/** A condition on a measured metric, a driver's present value, a stated need, a derived value, or a combination. */
export type Condition =
  | { metric: string; labels?: Record<string, string>; op: Comparison; value: number; across?: 'any' | 'all' }
  | { driver: string; op: Comparison; value: number }
  | { need: string; op?: Comparison; value?: number }
  | { derived: DerivedValue; op: Comparison; value?: number; need?: string }
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
    z.strictObject({
      derived: DerivedValueSchema,
      op: ComparisonSchema,
      value: z.number().optional(),
      need: z.string().optional().describe('compare with what the operator says is needed, instead of `value`'),
    }),
    z.strictObject({ all: z.array(ConditionSchema).min(1) }),
    z.strictObject({ any: z.array(ConditionSchema).min(1) }),
  ]),
)
