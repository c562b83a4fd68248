import * as z from 'zod'
import { dayField, idField, shareField } from './field.ts'
import { FittedSchema } from './fitted.ts'

/**
 * How a driver grows from its present value, and what rides on top of it. All multipliers are factors (1 changes nothing).
 * `deviation` is the standard deviation of one month's log growth; months are independent and every kind has it.
 */
const uncertain = {
  deviation: z.number().nonnegative().max(2, 'write 0.1 for 10% a month; at most 2'),
  fitted: FittedSchema.optional().describe(
    'the history it was fitted on; the interval is of the monthly rate, or of what a month adds',
  ),
}
const exponential = z.strictObject({
  kind: z.literal('exponential').default('exponential'),
  monthlyRate: z.number().gt(-1).describe('0.1 is 10% a month'),
  ...uncertain,
})
const linear = z.strictObject({
  kind: z.literal('linear'),
  perMonth: z.number().describe("added each month, in the driver's unit"),
  ...uncertain,
})
const logistic = z.strictObject({
  kind: z.literal('logistic'),
  monthlyRate: z.number().gt(-1).describe('the rate far below the ceiling, 0.1 is 10% a month'),
  ceiling: z.number().positive().describe("the value it never passes, in the driver's unit"),
  ...uncertain,
})
const drawn = z.strictObject({
  kind: z.literal('drawn'),
  points: z
    .array(z.strictObject({ month: z.number().nonnegative(), value: z.number().nonnegative() }))
    .min(1)
    .describe('months from the present and values, in order; straight lines between them, the last value afterwards'),
  ...uncertain,
})
const pieces = z.strictObject({
  kind: z.literal('pieces'),
  pieces: z
    .array(
      z.strictObject({
        fromMonth: z.number().int().nonnegative(),
        law: z.discriminatedUnion('kind', [
          z.strictObject({ kind: z.literal('exponential'), monthlyRate: z.number().gt(-1) }),
          z.strictObject({ kind: z.literal('linear'), perMonth: z.number() }),
          z.strictObject({
            kind: z.literal('logistic'),
            monthlyRate: z.number().gt(-1),
            ceiling: z.number().positive(),
          }),
        ]),
      }),
    )
    .min(1)
    .describe('one after the other, each going on from where the one before ended; the first starts at month 0'),
  ...uncertain,
})

/** A plan of an earlier version has no `kind`: it grows exponentially. */
export const GrowthSchema = z.discriminatedUnion('kind', [exponential, linear, logistic, drawn, pieces])
export type Growth = z.infer<typeof GrowthSchema>

/** Factors on the driver by hour of the day (24), day of the week (7, from Monday) and month of the year (12), in UTC. */
export const SeasonalitySchema = z.strictObject({
  hourOfDay: z.array(z.number().nonnegative()).length(24, 'give 24 factors, one for each hour').optional(),
  dayOfWeek: z.array(z.number().nonnegative()).length(7, 'give 7 factors, Monday first').optional(),
  monthOfYear: z.array(z.number().nonnegative()).length(12, 'give 12 factors, January first').optional(),
})
export type Seasonality = z.infer<typeof SeasonalitySchema>

/** A campaign, a launch, an outage of a competitor: from the first day to the last, both included. */
export const GrowthEventSchema = z.strictObject({
  id: idField,
  name: z.string(),
  from: dayField,
  to: dayField,
  multiplier: z.number().nonnegative(),
  probability: shareField.default(1),
  driver: idField.optional().describe('the driver it multiplies; default: every one'),
})
export type GrowthEvent = z.infer<typeof GrowthEventSchema>
