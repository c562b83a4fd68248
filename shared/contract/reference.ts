import * as z from 'zod'
import { procedure } from './procedure.ts'

const span = z.object({ min: z.number(), max: z.number().nullable() })
const cell = z.object({
  stated: z.union([z.number(), span, z.string()]).nullable(),
  computed: span.nullable(),
  differs: z.boolean(),
  over: z.boolean(),
  note: z.string().nullable(),
  price: z
    .object({
      sku: z.string(),
      region: z.string(),
      amount: z.number(),
      currency: z.string(),
      asOf: z.string().nullable(),
      confidence: z.enum(['high', 'medium', 'low', 'none']),
    })
    .nullable(),
})
/** See shared/planning/reference.ts. */
export const ReferenceSchema = z.object({
  judged: z.record(
    z.string(),
    z.object({ state: z.enum(['fired', 'pending', 'clear', 'unknown']), condition: z.string(), why: z.string() }),
  ),
  tables: z.array(
    z.object({ id: z.string(), rows: z.array(z.object({ id: z.string(), cells: z.record(z.string(), cell) })) }),
  ),
  bottlenecks: z.record(
    z.string(),
    z.object({
      use: z.array(z.object({ resource: z.string(), name: z.string(), ratio: z.number() })),
      agrees: z.boolean().nullable(),
    }),
  ),
  prices: z.record(z.string(), cell.pick({ computed: true, note: true, price: true })),
})

/** What the plan in force says beyond its ladder, computed and judged now. NO_PLAN. Composed into `plan`. */
export const reference = procedure.output(ReferenceSchema)
