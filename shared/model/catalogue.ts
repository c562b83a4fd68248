import { z } from 'zod'

/**
 * One price fact. Amounts are decimal units of `currency`, as published; null where the provider states none.
 * `asOf` is null for an undated source; `confidence` none marks an entry kept as a place for a price nobody could be quoted for.
 */
export const PriceSchema = z.object({
  provider: z.string(),
  kind: z.string(),
  sku: z.string(),
  region: z.string(),
  vcpu: z.number().nullable(),
  ramGb: z.number().nullable(),
  diskGb: z.number().nullable(),
  trafficTb: z.number().nullable(),
  monthly: z.number().nullable(),
  hourly: z.number().nullable(),
  currency: z.string(),
  perUnit: z
    .object({ unit: z.string(), price: z.number().nullable(), freeTier: z.union([z.number(), z.string()]).nullable() })
    .nullable(),
  asOf: z.string().nullable(),
  verifiedAt: z.string().nullable(),
  vatIncluded: z.boolean().nullable(),
  confidence: z.enum(['high', 'medium', 'low', 'none']),
  source: z.string(),
  note: z.string().nullable(),
})
export type Price = z.infer<typeof PriceSchema>
