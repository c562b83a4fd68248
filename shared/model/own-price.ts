import * as z from 'zod'

const text = (most: number) => z.string().trim().max(most, `at most ${most} characters`)
const size = z.number().nullable().default(null)
const amount = z.number().nullable().default(null)

/**
 * A price of the operator's own, as it is typed: a contract's rate, a quote, a provider the catalogue does not have. Its
 * worth is checked by `checkOwnPrice`, which names the field at fault. With the provider, kind, SKU, region and currency of
 * a catalogue entry it takes that one's place.
 */
export const OwnPriceInputSchema = z.strictObject({
  provider: text(60).default('own'),
  kind: text(40).default('compute'),
  sku: text(120),
  region: text(120).default('all'),
  vcpu: size,
  ramGb: size,
  diskGb: size,
  trafficTb: size,
  monthly: amount,
  hourly: amount,
  currency: text(10),
  unit: text(60).nullable().default(null),
  unitPrice: amount,
  freeUnits: amount,
  vatIncluded: z.boolean().nullable().default(null),
  cpu: z.enum(['shared', 'dedicated']).nullable().default(null),
  architecture: z.enum(['x86', 'arm']).nullable().default(null),
  asOf: z.string().trim().max(10).nullable().default(null),
  link: text(500).nullable().default(null),
  note: text(2000).nullable().default(null),
})
export type OwnPriceInput = z.infer<typeof OwnPriceInputSchema>
