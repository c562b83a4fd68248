import * as z from 'zod'

/** What a figure of the plan was fitted on, kept beside it: how much data, from when to when, and the 95% interval of the rate. */
export const FittedSchema = z.strictObject({
  at: z.number().optional().describe('when it was put into the plan, UTC epoch milliseconds'),
  n: z.number().int().positive(),
  from: z.number(),
  to: z.number(),
  rateLow: z.number(),
  rateHigh: z.number(),
  baseLow: z.number().optional(),
  baseHigh: z.number().optional(),
  source: z.string().max(200).describe('the file or the measured series'),
})
export type Fitted = z.infer<typeof FittedSchema>
