import * as z from 'zod'

/** `fetched`: read from the provider's own price list when the operator asked; `own`: the operator's. */
const PriceOriginSchema = z.enum(['fetched', 'own'])

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
  cpu: z
    .enum(['shared', 'dedicated'])
    .optional()
    .describe('whether its vCPUs are shared with other customers or burst'),
  architecture: z.enum(['x86', 'arm']).optional(),
  terms: z.enum(['reserved', 'spot']).optional().describe('left out: on demand'),
  origin: PriceOriginSchema.optional().describe('left out: it ships with the product'),
  link: z.string().optional().describe('where it can be read'),
  goneAt: z.string().optional().describe("the day on which the provider's price list had it no longer"),
})
export type Price = z.infer<typeof PriceSchema>

/** What makes two entries the same price: a newer or an own one takes the place of the shipped one. */
export type PriceKey = Pick<Price, 'provider' | 'kind' | 'sku' | 'region' | 'currency'>
export const priceKey = ({ provider, kind, sku, region, currency }: PriceKey): string =>
  JSON.stringify([provider, kind, sku, region, currency])
