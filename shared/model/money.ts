import { z } from 'zod'

/** An amount in integer minor units (cents) of an ISO 4217 currency. */
export const MoneySchema = z.object({ minor: z.number().int(), currency: z.string().regex(/^[A-Z]{3}$/) })
export type Money = z.infer<typeof MoneySchema>
