import * as z from 'zod'

/** Fields that several parts of a plan share; their words are what a reader of a faulty file sees. */
export const idField = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'use lower-case letters, digits and hyphens, starting with a letter')
export const durationField = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m|h|d|w|mo|y)$/, 'write a duration such as 5m, 15m, 30d or 2mo')
export const currencyField = z.string().regex(/^[A-Z]{3}$/, 'write an ISO 4217 currency such as EUR')
/** A calendar day in UTC. */
export const dayField = z.iso.date('write a day such as 2027-11-26')
export const shareField = z
  .number()
  .min(0, 'a share is from 0 to 1')
  .max(1, 'a share is from 0 to 1; write 0.3 for 30%')
export const rangeField = z.strictObject({ min: z.number(), max: z.number() })
