import * as z from 'zod'
import { PriceSchema } from './catalogue.ts'
import { currencyField } from './field.ts'

export const LOAD_RESOURCES = ['cores', 'ram', 'disk', 'traffic', 'connections'] as const
export const LoadResourceSchema = z.enum(LOAD_RESOURCES)
export type LoadResource = z.infer<typeof LoadResourceSchema>

/**
 * One resource of a load: cores, bytes of RAM and disk, bytes a month of outgoing traffic, or connections. `p95`: the value
 * that 95% of the window's means lie under; `mean` times the hours of a month for traffic, which is billed by volume;
 * `fullest`: the larger of p95 and the newest, for a disk, which fills; `declared`: what the plan states.
 */
export const LoadValueSchema = z.object({
  value: z.number().nonnegative(),
  statistic: z.enum(['p95', 'mean', 'fullest', 'declared']),
  source: z.string().describe('the metrics, or what the plan says of the demand'),
  means: z.number().int().describe('how many means the window holds; 0 where it is declared'),
  meanMs: z.number().describe('the width of one'),
  coverage: z.number().min(0).max(1).describe('the share of the window that has data'),
})
export type LoadValue = z.infer<typeof LoadValueSchema>

/** What a server, all servers together, or a stage asks for. A resource that is null is in `missing`, with why. */
export const LoadSchema = z.object({
  name: z.string(),
  measured: z.boolean(),
  windowDays: z.number().nullable(),
  resources: z.record(LoadResourceSchema, LoadValueSchema.nullable()),
  missing: z.array(z.object({ resource: LoadResourceSchema, fact: z.string(), fix: z.string() })),
})
export type Load = z.infer<typeof LoadSchema>

export const FitTermsSchema = z.strictObject({
  kind: z.enum(['compute', 'postgres']).default('compute'),
  margin: z.number().min(0).max(5).default(0.3).describe('what is added to the load, 0.3 for 30%'),
  mostNodes: z.number().int().min(1).max(20).default(1).describe('how many smaller nodes may carry it together'),
  ramPerFurtherNode: z
    .number()
    .min(0)
    .default(512 * 2 ** 20)
    .describe('bytes that each node after the first takes for its own system'),
  currency: currencyField,
  rates: z
    .record(currencyField, z.number().positive())
    .default({})
    .describe('how much of `currency` one unit of another is worth'),
  billing: z.enum(['monthly', 'hourly']).default('monthly'),
  hours: z
    .number()
    .min(1)
    .max(744)
    .default(730)
    .describe('how many hours of a month it runs, where it is billed by the hour'),
  vatRate: z.number().min(0).max(1).nullable().default(null).describe('taken off prices that are with VAT'),
  providers: z.array(z.string()).default([]).describe('only these; empty for all'),
  regions: z.array(z.string()).default([]).describe('only regions that begin like one of these; empty for all'),
  cpu: z.enum(['shared', 'dedicated']).nullable().default(null),
  architecture: z.enum(['x86', 'arm']).nullable().default(null),
  committed: z.boolean().default(false).describe('reserved and spot prices too'),
})
export type FitTerms = z.infer<typeof FitTermsSchema>

/** One way to carry the load. Money in minor units of the terms' currency, a month. */
export const FitRowSchema = z.object({
  price: PriceSchema,
  nodes: z.number().int(),
  monthlyMinor: z.number().int(),
  parts: z.object({ plan: z.number().int(), disk: z.number().int(), traffic: z.number().int() }),
  rate: z.number().nullable().describe('how it was converted; null for a price in the same currency'),
  use: z.partialRecord(LoadResourceSchema, z.number()).describe('load with its margin, of what is there'),
  headroom: z
    .partialRecord(LoadResourceSchema, z.number())
    .describe('the share left free by the load without its margin'),
  binds: LoadResourceSchema.nullable().describe('what is fullest'),
  volumeGb: z.number().describe('disk bought beside the plan, per node'),
  overageTb: z.number(),
  open: z.array(z.enum(['disk', 'traffic', 'vat'])).describe('what it costs more that the catalogue has no price for'),
})
export type FitRow = z.infer<typeof FitRowSchema>

/** Cheapest first. `incomplete` cost at least what they say. */
export const ProviderFitSchema = z.object({
  rows: z.array(FitRowSchema),
  incomplete: z.array(FitRowSchema),
  considered: z.number().int(),
  tooSmall: z.number().int(),
  noSize: z.number().int().describe('plans whose cores or memory the catalogue does not know'),
  noRate: z.record(z.string(), z.number().int()).describe('plans left out for want of an exchange rate, by currency'),
})
export type ProviderFit = z.infer<typeof ProviderFitSchema>
