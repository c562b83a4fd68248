import * as z from 'zod'

/** An amount in integer minor units (cents) of an ISO 4217 currency. */
export const MoneySchema = z.object({ minor: z.number().int(), currency: z.string().regex(/^[A-Z]{3}$/) })
export type Money = z.infer<typeof MoneySchema>

/** How many minor digits a currency has (EUR 2, JPY 0, KWD 3), from ISO 4217 as the runtime's Intl knows it; 2 for one it does not know. */
export function minorDigits(currency: string): number {
  let digits = known.get(currency)
  if (digits === undefined) {
    digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
    known.set(currency, digits)
  }
  return digits
}
/** Asking Intl costs more than pricing a row, and the first time it reads its tables: what most plans are in is known. */
const known = new Map<string, number>([
  ['EUR', 2],
  ['USD', 2],
  ['GBP', 2],
  ['CHF', 2],
])
