import * as z from 'zod'
import {
  DemandFitSchema,
  GrowthFitSchema,
  LoadReadingSchema,
  PairedFitSchema,
  TimedValueSchema,
  UslFitSchema,
} from '../model/fit.ts'
import { FittedSchema } from '../model/fitted.ts'
import { GrowthSchema, SeasonalitySchema } from '../model/growth.ts'
import { LabelsSchema } from '../model/metric.ts'
import { ProblemSchema } from '../model/problem.ts'
import { procedure } from './procedure.ts'

/** More points than any fit or chart can use; a file is brought down to fewer while it is read. */
const MOST_VALUES = 50_000

/** Where a series comes from: values read by the caller, a measured series of one host, or the text of a CSV. */
export const SeriesSourceSchema = z.union([
  z.object({
    values: z.array(TimedValueSchema).max(MOST_VALUES, `send at most ${MOST_VALUES} values`),
    name: z.string().max(200),
  }),
  z.object({
    hostId: z.string(),
    metric: z.string(),
    labels: LabelsSchema.optional(),
    from: z.number(),
    to: z.number(),
  }),
  z.object({
    csv: z.string().max(4_000_000, 'send at most 4 million characters, or read the file in pieces'),
    name: z.string().max(200),
  }),
])
export type SeriesSource = z.infer<typeof SeriesSourceSchema>

const pointSchema = z.object({ concurrency: z.number(), throughput: z.number() })

/** Laws and rates from what was measured. Nothing is kept but by `apply`, which is one edit of the plan. */
export const fit = {
  /** A driver's law of growth. FIT_..., CSV_..., UNKNOWN_SERIES. */
  growth: procedure
    .input(z.object({ series: SeriesSourceSchema, keepOutliers: z.boolean().default(false) }))
    .output(GrowthFitSchema),
  /** A resource's demand on a driver. A measured ratio is taken of the present stage's supply. NO_SUPPLY, FIT_NO_OVERLAP, FIT_... */
  demand: procedure
    .input(z.object({ resource: z.string(), driver: SeriesSourceSchema, measured: SeriesSourceSchema }))
    .output(PairedFitSchema),
  /** The scalability law from pasted summaries or points. `refused` says why there is none; the reading is given all the same. */
  usl: procedure
    .input(
      z.union([z.object({ text: z.string().max(2_000_000) }), z.object({ points: z.array(pointSchema).max(10_000) })]),
    )
    .output(
      z.object({
        reading: LoadReadingSchema.nullable(),
        fit: UslFitSchema.nullable(),
        refused: ProblemSchema.nullable(),
      }),
    ),
  /** Puts a fit into the plan, as one edit that can be undone. UNKNOWN_DRIVER, UNKNOWN_RESOURCE, NO_PLAN. */
  apply: procedure
    .input(
      z.discriminatedUnion('kind', [
        z.object({
          kind: z.literal('growth'),
          /** Left out: the plan's growth, which the primary driver has. */
          driver: z.string().optional(),
          growth: GrowthSchema,
          fitted: FittedSchema.omit({ at: true }),
          present: z.number().nonnegative().optional(),
          seasonality: SeasonalitySchema.pick({ monthOfYear: true }).optional(),
        }),
        z.object({
          kind: z.literal('demand'),
          resource: z.string(),
          ...DemandFitSchema.pick({ base: true, rate: true, alpha: true }).shape,
          fitted: FittedSchema.omit({ at: true }),
        }),
      ]),
    )
    .output(z.object({ reason: z.string() })),
}
