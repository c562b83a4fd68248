import * as z from 'zod'
import { type Ask, type Listing, listed, type PriceSource, Skipped } from './source.ts'

/** `GET /v1/order/catalog/public/cloud`: prices in 1e-8 of the currency, net; an addon a way of paying, sizes in its blob. */
const CatalogSchema = z.object({
  locale: z.object({ currencyCode: z.string().regex(/^[A-Z]{3}$/) }),
  addons: z.array(
    z.object({
      planCode: z.string(),
      product: z.string(),
      pricings: z.array(
        z.object({
          price: z.number().nonnegative(),
          intervalUnit: z.string(),
          capacities: z.array(z.string()).default([]),
        }),
      ),
      blobs: z
        .object({
          technical: z
            .object({
              name: z.string().optional(),
              cpu: z.object({ cores: z.number() }).optional(),
              memory: z.object({ size: z.number() }).optional(),
              storage: z.object({ disks: z.array(z.object({ capacity: z.number() })).default([]) }).optional(),
              gpu: z.object({ number: z.number() }).nullable().optional(),
              os: z.object({ family: z.string() }).optional(),
            })
            .nullable()
            .optional(),
        })
        .nullable()
        .optional(),
    }),
  ),
})
const UNIT = 1e8
const REGIONS: Readonly<Record<string, string>> = {
  DE: 'eu (DE catalogue)',
  FR: 'eu (FR catalogue)',
  PL: 'eu (PL catalogue)',
  GB: 'eu (GB catalogue)',
}

async function read(ask: Ask): Promise<Listing> {
  const path = `/v1/order/catalog/public/cloud?ovhSubsidiary=${ask.region}`
  const { addons, locale } = await ask.json(path, CatalogSchema)
  const skipped = new Skipped()
  const found = new Map<string, Listing['prices'][number]>()
  for (const { planCode, product, pricings, blobs } of addons) {
    if (product !== 'publiccloud-instance') continue
    const [sku = ''] = planCode.split('.')
    const technical = blobs?.technical
    const [price] = pricings
    if (price === undefined) continue
    if (sku.startsWith('win-') || technical?.os?.family === 'windows') {
      skipped.add('with Windows')
      continue
    }
    if ((technical?.gpu?.number ?? 0) > 0) {
      skipped.add('with a GPU')
      continue
    }
    const hourly = /\.consumption$/.test(planCode)
    const monthly = /\.monthly\b/.test(planCode)
    if (!hourly && !monthly) {
      skipped.add('paid in another way')
      continue
    }
    const known = found.get(sku)
    const entry =
      known ??
      listed(ask.today, 'eu.api.ovh.com/v1/order/catalog/public/cloud', {
        provider: 'ovh',
        sku,
        region: REGIONS[ask.region] ?? ask.region,
        currency: locale.currencyCode,
        ...(/^[bcr]\d/.test(sku) && { cpu: 'dedicated' as const }),
        ...(/^d\d/.test(sku) && { cpu: 'shared' as const }),
      })
    found.set(sku, {
      ...entry,
      vcpu: technical?.cpu?.cores ?? entry.vcpu,
      ramGb: technical?.memory?.size ?? entry.ramGb,
      diskGb: technical?.storage?.disks[0]?.capacity ?? entry.diskGb,
      hourly: hourly ? price.price / UNIT : entry.hourly,
      monthly: monthly ? price.price / UNIT : entry.monthly,
    })
  }
  return { prices: [...found.values()], skipped: skipped.list() }
}

export const ovh: PriceSource = {
  id: 'ovh',
  provider: 'ovh',
  name: 'OVHcloud Public Cloud',
  origin: 'https://eu.api.ovh.com',
  needsToken: false,
  tokenHelp: null,
  regions: Object.keys(REGIONS),
  covers: (price, region) => price.kind === 'compute' && price.vcpu !== null && price.region === REGIONS[region],
  read,
}
