import * as z from 'zod'
import type { Price } from '../../../../shared/model/catalogue.ts'
import { type Ask, type Listing, listed, MOST_PAGES, type PriceSource, Skipped } from './source.ts'

const amount = z.object({ net: z.string().regex(/^\d+(\.\d+)?$/) }).transform(({ net }) => Number(net))
const priceSchema = z.object({
  location: z.string(),
  price_hourly: amount,
  price_monthly: amount,
  included_traffic: z.number().optional(),
})
/** `GET /v1/server_types`: memory and disk in GB, prices a location as decimal strings, net; included_traffic in bytes. */
const PageSchema = z.object({
  server_types: z.array(
    z.object({
      name: z.string(),
      cores: z.number(),
      memory: z.number(),
      disk: z.number(),
      deprecated: z.boolean().nullable().optional(),
      cpu_type: z.enum(['shared', 'dedicated']),
      architecture: z.enum(['x86', 'arm']),
      prices: z.array(priceSchema),
    }),
  ),
  meta: z.object({ pagination: z.object({ next_page: z.number().nullable() }) }),
})
/** `GET /v1/pricing`: the account's currency, and what is not a server. */
const PricingSchema = z.object({
  pricing: z.object({
    currency: z.string().regex(/^[A-Z]{3}$/),
    volume: z.object({ price_per_gb_month: amount }),
    load_balancer_types: z.array(z.object({ name: z.string(), prices: z.array(priceSchema) })),
  }),
})

/** Locations of one network zone have one price, and one entry, as long as the list agrees. */
const ZONES: Readonly<Record<string, string>> = {
  fsn1: 'eu-central',
  nbg1: 'eu-central',
  hel1: 'eu-central',
  ash: 'us-east',
  hil: 'us-west',
  sin: 'ap-southeast',
}
const WHOLE: Readonly<Record<string, string>> = { 'eu-central': 'fsn1/nbg1/hel1' }
const TIB = 2 ** 40

async function read(ask: Ask): Promise<Listing> {
  const { pricing } = await ask.json('/v1/pricing', PricingSchema)
  const { currency } = pricing
  const prices: Price[] = []
  const skipped = new Skipped()
  let page: number | null = 1
  for (let read = 0; page !== null && read < MOST_PAGES; read += 1) {
    const { server_types, meta }: z.infer<typeof PageSchema> = await ask.json(
      `/v1/server_types?per_page=50&page=${page}`,
      PageSchema,
    )
    for (const type of server_types) {
      if (type.deprecated) {
        skipped.add('withdrawn from sale')
        continue
      }
      for (const { region, price } of byZone(type.prices))
        prices.push(
          listed(ask.today, 'api.hetzner.cloud/v1/server_types', {
            provider: 'hetzner',
            sku: type.name,
            region,
            vcpu: type.cores,
            ramGb: type.memory,
            diskGb: type.disk,
            trafficTb: price.included_traffic === undefined ? null : price.included_traffic / TIB,
            monthly: price.price_monthly,
            hourly: price.price_hourly,
            currency,
            note: 'Net of VAT, without the primary IPv4.',
            cpu: type.cpu_type,
            architecture: type.architecture,
          }),
        )
    }
    page = meta.pagination.next_page
  }
  const elsewhere = { provider: 'hetzner', region: 'all', currency }
  const source = 'api.hetzner.cloud/v1/pricing'
  for (const { name, prices: places } of pricing.load_balancer_types) {
    const [first] = places
    if (first === undefined) continue
    prices.push(
      listed(ask.today, source, {
        ...elsewhere,
        ...{ kind: 'loadbalancer', sku: name, monthly: first.price_monthly, hourly: first.price_hourly },
      }),
    )
  }
  prices.push(
    listed(ask.today, source, {
      ...elsewhere,
      ...{ kind: 'volume', sku: 'volume' },
      perUnit: { unit: 'GB-month', price: pricing.volume.price_per_gb_month, freeTier: null },
    }),
  )
  return { prices, skipped: skipped.list() }
}

type Place = z.infer<typeof priceSchema>
function byZone(places: readonly Place[]): { region: string; price: Place }[] {
  const zones = new Map<string, Place[]>()
  for (const place of places) {
    const zone = ZONES[place.location] ?? place.location
    zones.set(zone, [...(zones.get(zone) ?? []), place])
  }
  return [...zones].flatMap(([zone, members]) => {
    const [first] = members as [Place, ...Place[]]
    const alike = members.every(
      (one) => one.price_monthly === first.price_monthly && one.price_hourly === first.price_hourly,
    )
    const shown = alike
      ? [{ price: first, names: WHOLE[zone] ?? members.map(({ location }) => location).join('/') }]
      : members.map((price) => ({ price, names: price.location })) // prettier-ignore
    return shown.map(({ price, names }) => ({ region: zone === names ? zone : `${zone} (${names})`, price }))
  })
}

export const hetzner: PriceSource = {
  id: 'hetzner',
  provider: 'hetzner',
  name: 'Hetzner Cloud',
  origin: 'https://api.hetzner.cloud',
  needsToken: true,
  tokenHelp: 'A read-only API token of any project: Hetzner Console, Security, API tokens.',
  regions: ['all'],
  covers: (price) => price.kind === 'compute' && price.vcpu !== null,
  read,
}
