import * as z from 'zod'
import { currencyField, idField, shareField } from './field.ts'

const amount = z.number().nonnegative('a price cannot be negative')

/** A price by use: each tier's amount is for one unit of the part of the quantity that lies in it. */
export const ByUseSchema = z.strictObject({
  unit: z.string().describe('what one unit is, such as GB-month or million requests'),
  free: z.number().nonnegative().default(0).describe('units a month that cost nothing'),
  tiers: z
    .array(z.strictObject({ upTo: z.number().positive().nullable(), amount }))
    .min(1)
    .describe('in rising order of upTo, counted after the free units; the last upTo is null, which has no end'),
  currency: currencyField,
})

/** The levers of the scenario that may act on a row. */
export const LeverNameSchema = z.enum(['reserved', 'spot', 'scheduled', 'right-sized', 'yearly'])
export type LeverName = z.infer<typeof LeverNameSchema>

/**
 * A row of a stage's costs. `per: use` is charged by use at a price with tiers, or a catalogue SKU priced by a unit.
 * `quantity` is a number, or a formula over the names of drivers and of demand resources (shared/planning/formula.ts),
 * such as "ceil(memory / 8e9)" or "max(2, cpu / 0.7)".
 */
export const LineItemSchema = z.strictObject({
  id: idField,
  name: z.string(),
  price: z.union([
    z.strictObject({
      amount,
      max: z.number().optional(),
      cap: amount.optional().describe('by the hour: what one unit costs a month at most'),
      currency: currencyField,
    }),
    z.strictObject({ sku: z.string().describe('provider/sku of the catalogue, or provider/sku@region') }),
    ByUseSchema,
  ]),
  per: z.enum(['hour', 'month', 'year', 'once', 'use']),
  quantity: z.union([z.number().nonnegative(), z.string().min(1)]).default(1),
  of: idField
    .optional()
    .describe("for a SKU priced as a share of a server's price: the row of that server in the same stage"),
  vatIncluded: z
    .boolean()
    .optional()
    .describe('default: net of VAT for a typed price, what the catalogue says for a SKU'),
  grandfathered: z
    .strictObject({ amount, currency: currencyField })
    .optional()
    .describe('the old price of one unit, kept as long as the present stage is not left'),
  levers: z.array(LeverNameSchema).optional().describe('which levers may act on it; default: none'),
  onDemandShare: shareField.optional().describe('the share of it that stays at the list price under any lever'),
  note: z.string().optional(),
})
export type LineItem = z.infer<typeof LineItemSchema>
