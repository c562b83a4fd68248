import * as z from 'zod'
import { currencyField } from '../model/field.ts'
import { LeversSchema } from '../model/scenario.ts'
import { procedure } from './procedure.ts'

/** How costs are asked for; what is left out is as the plan has it: no levers, net of tax, its own rates, the drivers' present values. */
const CostsQuerySchema = z.object({
  levers: LeversSchema.optional(),
  tax: z.boolean().optional(),
  rates: z.record(currencyField, z.number().positive()).optional(),
  at: z.record(z.string(), z.number().nonnegative()).optional().describe('values of drivers, by id'),
})
export type CostsQuery = z.infer<typeof CostsQuerySchema>

/** The costs of the plan's stages under other terms, and what the plan leaves open. `stageCost` is the schema of a stage's cost. */
export function costing<C extends z.ZodType>(stageCost: C) {
  return {
    /** NO_PLAN; UNKNOWN_DRIVER; UNUSED_RATE for a rate of the plan's own currency; NO_TAX_RATE where tax is asked for and the plan states none. */
    stages: procedure.input(CostsQuerySchema).output(
      z.object({
        costs: z.array(stageCost),
        gaps: z.array(
          z.object({
            stage: z.string().nullable(),
            path: z.array(z.union([z.string(), z.number()])).readonly(),
            fact: z.string(),
            fix: z.string(),
          }),
        ),
      }),
    ),
  }
}
