import * as z from 'zod'
import { PriceSchema } from '../model/catalogue.ts'
import { OwnPriceInputSchema } from '../model/own-price.ts'
import { PriceRefreshSchema, PriceSourceStateSchema } from '../model/price-refresh.ts'
import { procedure } from './procedure.ts'

const ok = z.object({})
const source = z.object({ source: z.string().max(60) })
const text = z.string().max(8_000_000, 'a file of own prices has at most 8 million characters')
const fault = z.object({ field: z.string(), value: z.string(), fact: z.string(), fix: z.string() })

/** The catalogue, the operator's own prices, and the providers' lists. Nothing leaves this computer but by `refresh`. */
export const prices = {
  /** All prices in use; what ships in the stead of those that took another's place; the ids of own ones. */
  book: procedure.output(
    z.object({
      prices: z.array(PriceSchema),
      replaced: z.array(z.object({ key: z.string(), shipped: PriceSchema })),
      own: z.array(z.object({ id: z.string(), price: PriceSchema })),
    }),
  ),
  /** OWN_PRICE_INVALID with the field, OWN_PRICE_UNKNOWN. */
  saveOwn: procedure.input(z.object({ id: z.string().optional(), price: OwnPriceInputSchema })).output(ok),
  removeOwn: procedure.input(z.object({ id: z.string() })).output(ok),
  /** What a CSV or JSON file holds, row by row; saves nothing. PRICE_FILE_INVALID. */
  previewImport: procedure.input(z.object({ text })).output(
    z.object({
      rows: z.array(
        z.object({
          place: z.string(),
          state: z.enum(['new', 'changed', 'same', 'fault']),
          price: PriceSchema.nullable(),
          before: PriceSchema.nullable(),
          faults: z.array(fault),
        }),
      ),
    }),
  ),
  /** All of the file or, with faults in it, nothing, unless they are to be left out. PRICE_FILE_INVALID, PRICE_FILE_FAULTS. */
  importOwn: procedure
    .input(z.object({ text, skipFaults: z.boolean().default(false) }))
    .output(z.object({ saved: z.number().int(), skipped: z.number().int() })),
  exportOwn: procedure
    .input(z.object({ format: z.enum(['csv', 'json']) }))
    .output(z.object({ text: z.string(), count: z.number().int() })),
  sources: procedure.output(z.array(PriceSourceStateSchema)),
  /** An empty token is forgotten. PRICE_TOKEN_INVALID, UNKNOWN_PRICE_SOURCE. */
  setToken: procedure.input(source.extend({ token: z.string().max(5000) })).output(ok),
  /** Asks the provider, now. PRICE_..., UNKNOWN_PRICE_SOURCE, UNKNOWN_PRICE_REGION. */
  refresh: procedure.input(source.extend({ region: z.string().max(60).optional() })).output(PriceRefreshSchema),
  /** Takes a read list over, as one change. PRICE_REFRESH_UNKNOWN. */
  apply: procedure.input(z.object({ refreshId: z.string() })).output(z.object({ applied: z.number().int() })),
  /** Back to the prices that ship, for the provider of a list. */
  revert: procedure.input(source).output(ok),
}
