import * as z from 'zod'
import { currencyField, idField, shareField } from './field.ts'
import { GrowthEventSchema, GrowthSchema, SeasonalitySchema } from './growth.ts'
import { LeverNameSchema } from './line-item.ts'

/** What the operator pulls to pay less. Each acts only on rows that name it (LineItem.levers). Shares and discounts are 0..1. */
export const LeversSchema = z.strictObject({
  reserved: z
    .strictObject({ share: shareField, discount: shareField, termMonths: z.number().int().positive().optional() })
    .optional()
    .describe('this share of the quantity is bought for a term, at this discount on the list price'),
  spot: z.strictObject({ share: shareField, discount: shareField }).optional(),
  scheduled: z
    .strictObject({ hoursPerWeek: z.number().min(0).max(168) })
    .optional()
    .describe('hourly rows run only these hours of the week'),
  rightSized: z
    .strictObject({ target: z.number().positive().max(1) })
    .optional()
    .describe('the smallest size of the same family in the catalogue that carries the demand at this utilisation'),
  yearly: z.strictObject({ discount: shareField }).optional().describe('paid by the year instead of by the month'),
})
export type Levers = z.infer<typeof LeversSchema>

/**
 * When a scenario changes stage: never; `leadMonths` after a trigger of the held stage fires; at stated months; or along
 * the path of least expected cost whose overload risk a month stays at or under `riskLimit`.
 */
export const PolicySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('stay') }),
  z.strictObject({ kind: z.literal('triggers'), leadMonths: z.number().int().min(0).max(24).default(1) }),
  z.strictObject({
    kind: z.literal('fixed'),
    moves: z.array(z.strictObject({ month: z.number().int().min(0).max(120), stage: idField })),
  }),
  z.strictObject({
    kind: z.literal('cheapest'),
    riskLimit: shareField.default(0.05),
    leadMonths: z.number().int().min(0).max(24).default(1),
  }),
])
export type Policy = z.infer<typeof PolicySchema>

/** What a what-if assumes on top of the plan. `present` is the primary driver today. */
export const AssumptionsSchema = z.strictObject({
  present: z.number().nonnegative().max(1e12),
  growth: GrowthSchema,
  seasonality: SeasonalitySchema.optional().describe("instead of the plan's own"),
  events: z.array(GrowthEventSchema).optional().describe("instead of the plan's own"),
  drivers: z
    .record(
      idField,
      z.strictObject({
        present: z.number().nonnegative().max(1e12).optional(),
        growth: GrowthSchema.optional().describe('with shocks of its own, apart from those of the primary driver'),
      }),
    )
    .optional()
    .describe(
      "the other drivers, each instead of the plan's own; one without growth of its own goes along with the primary",
    ),
  stage: idField.optional().describe("the stage it starts from, instead of the plan's present one"),
  months: z.number().int().min(1).max(120),
  start: z.number().optional().describe('month 0 begins here, UTC epoch milliseconds; the engine fills in now'),
  paths: z.number().int().min(100).max(100_000).default(10_000),
  seed: z.number().int().min(0).max(0xffffffff).default(1),
  policy: PolicySchema.default({ kind: 'triggers', leadMonths: 1 }),
  levers: LeversSchema.default({}),
  tax: z.boolean().default(false).describe("prices with the plan's VAT"),
  rates: z.record(currencyField, z.number().positive()).optional().describe("instead of the plan's own rates"),
})
export type Assumptions = z.infer<typeof AssumptionsSchema>

/** A what-if that is kept under a name. */
export const ScenarioSchema = z.strictObject({
  id: idField,
  name: z.string().min(1, 'give the scenario a name').max(80),
  assumptions: AssumptionsSchema,
})
export type Scenario = z.infer<typeof ScenarioSchema>

export const BandSchema = z.object({ p10: z.array(z.number()), p50: z.array(z.number()), p90: z.array(z.number()) })

/** Bands have one entry per month, months 0..n-1. Cost is in minor units of `currency` a month; utilisation is a ratio of the held stage's supply. */
export type Band = z.infer<typeof BandSchema>
export const SimulationSchema = z.object({
  months: z.number().int(),
  paths: z.number().int(),
  seed: z.number().int(),
  currency: z.string(),
  driver: BandSchema,
  cost: BandSchema,
  costMean: z.array(z.number()).optional().describe('mean cost over all paths, minor units'),
  costStandardError: z.array(z.number()).describe('Monte-Carlo standard error of the mean cost, minor units'),
  cumulativeCost: BandSchema,
  costPerDriver: BandSchema.describe(
    "a month's running cost in minor units over the primary driver; 0 where the driver is 0",
  ),
  overloadMinutes: BandSchema.describe('minutes of the month in which some demand passes its supply'),
  overloadShare: z.array(z.number()).describe('share of paths with any overload in the month'),
  overloadShareError: z.array(z.number()).optional().describe('Monte-Carlo standard error of overloadShare'),
  migrationHours: z.number().describe('mean over all paths of the hours that moves took within the horizon'),
  saved: z
    .array(z.object({ lever: LeverNameSchema, minor: z.array(z.number()) }))
    .describe('mean minor units a month that each lever saved, in the order they act'),
  utilisation: z.array(z.object({ resource: z.string(), name: z.string(), band: BandSchema })),
  stageShare: z.array(
    z.object({
      stage: z.string(),
      name: z.string(),
      share: z.array(z.number()).describe('share of paths in this stage, per month'),
    }),
  ),
  triggers: z.array(
    z.object({
      id: z.string(),
      stage: z.string(),
      name: z.string(),
      to: z.string().nullable(),
      firedShare: z.number().describe('share of paths in which it fires within the horizon'),
      firedShareError: z.number().optional().describe('Monte-Carlo standard error of firedShare'),
      month: z
        .object({ p10: z.number().nullable(), p50: z.number().nullable(), p90: z.number().nullable() })
        .describe('first month it fires; null: not within the horizon in that share of paths'),
    }),
  ),
  notModelled: z.array(z.object({ id: z.string(), name: z.string(), why: z.string() })),
})
export type Simulation = z.infer<typeof SimulationSchema>
