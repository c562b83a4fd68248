import * as z from 'zod'

/**
 * What each approach of a plan costs in each year, computed beside what its source states. Amounts are integer minor units of
 * `currency`; `stated` is null where the source says nothing, its `maxMinor` where it has no end.
 */
export const YearlyComparisonSchema = z.object({
  currency: z.string(),
  driver: z.object({ id: z.string(), name: z.string() }),
  years: z.array(z.object({ id: z.string(), name: z.string(), from: z.number(), to: z.number() })),
  approaches: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      assumed: z.string(),
      cells: z.array(
        z.object({
          year: z.string(),
          minor: z.number().int(),
          maxMinor: z.number().int(),
          stated: z.object({ minor: z.number().int(), maxMinor: z.number().int().nullable() }).nullable(),
          differs: z.boolean().describe('true when the computed range and the stated one have nothing in common'),
          months: z
            .array(
              z.object({
                value: z.number(),
                runs: z.string(),
                minor: z.number().int(),
                maxMinor: z.number().int(),
              }),
            )
            .describe("each month's driver value (its middle), what runs then, and what that costs"),
          unpriced: z.array(z.string()).describe('rows that have no price; the sums are without them'),
        }),
      ),
    }),
  ),
})
export type YearlyComparison = z.infer<typeof YearlyComparisonSchema>
export type YearlyCell = YearlyComparison['approaches'][number]['cells'][number]
