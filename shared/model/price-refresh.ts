import * as z from 'zod'
import { PriceSchema } from './catalogue.ts'

/** A price list that can be read, and how it stands. */
export const PriceSourceStateSchema = z.object({
  id: z.string(),
  provider: z.string(),
  name: z.string(),
  host: z.string().describe('what is asked when the operator presses, and nothing else'),
  needsToken: z.boolean(),
  tokenHelp: z.string().nullable(),
  hasToken: z.boolean(),
  regions: z.array(z.string()),
  appliedAt: z.number().nullable().describe('when its prices were last taken over'),
  prices: z.number().int().describe('how many of its prices are in use'),
})
export type PriceSourceState = z.infer<typeof PriceSourceStateSchema>

export const PriceChangeSchema = z.object({
  before: PriceSchema,
  after: PriceSchema,
  ratio: z.number().nullable().describe('of the amount, 0.1 for 10% dearer; null where it was 0 or there was none'),
})
export type PriceChange = z.infer<typeof PriceChangeSchema>

/** What a row of the plan costs before and after, in the plan's currency; `after` counts at the same quantity. */
const PlanEffectSchema = z.object({
  stage: z.string(),
  stageName: z.string(),
  item: z.string(),
  itemName: z.string(),
  beforeMinor: z.number().int(),
  afterMinor: z.number().int(),
  currency: z.string(),
})

/** What a provider's list says against what is in use. Nothing of it is in use before it is applied. */
export const PriceRefreshSchema = z.object({
  id: z.string(),
  source: z.string(),
  region: z.string(),
  readAt: z.number(),
  added: z.array(PriceSchema),
  changed: z.array(PriceChangeSchema),
  gone: z.array(PriceSchema),
  same: z.number().int(),
  skipped: z.array(z.object({ why: z.string(), count: z.number().int() })),
  plan: z.array(PlanEffectSchema),
})
export type PriceRefresh = z.infer<typeof PriceRefreshSchema>
