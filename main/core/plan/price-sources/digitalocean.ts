import * as z from 'zod'
import { type Ask, type Listing, listed, MOST_PAGES, type PriceSource, Skipped } from './source.ts'

/** `GET /v2/sizes`: memory in MB, disk in GB, transfer in TB, USD; `links.pages.next` is a whole URL, absent on the last page. */
const PageSchema = z.object({
  sizes: z.array(
    z.object({
      slug: z.string(),
      memory: z.number(),
      vcpus: z.number(),
      disk: z.number(),
      transfer: z.number(),
      price_monthly: z.number().nonnegative(),
      price_hourly: z.number().nonnegative(),
      regions: z.array(z.string()),
      available: z.boolean(),
      description: z.string().default(''),
    }),
  ),
  links: z.object({ pages: z.object({ next: z.string().optional() }).optional() }).optional(),
})

async function read(ask: Ask): Promise<Listing> {
  const prices: Listing['prices'] = []
  const skipped = new Skipped()
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const { sizes, links } = await ask.json(`/v2/sizes?per_page=200&page=${page}`, PageSchema)
    for (const size of sizes) {
      if (!size.available || size.regions.length === 0) skipped.add('withdrawn from sale')
      else if (/gpu/i.test(size.slug)) skipped.add('with a GPU')
      else
        prices.push(
          listed(ask.today, 'api.digitalocean.com/v2/sizes', {
            provider: 'digitalocean',
            sku: size.slug,
            region: 'all',
            vcpu: size.vcpus,
            ramGb: size.memory / 1024,
            diskGb: size.disk,
            trafficTb: size.transfer,
            monthly: size.price_monthly,
            hourly: size.price_hourly,
            currency: 'USD',
            note: `${size.description === '' ? '' : `${size.description}. `}In ${size.regions.join(', ')}.`,
            cpu: size.slug.startsWith('s-') ? 'shared' : 'dedicated',
            architecture: 'x86',
          }),
        )
    }
    if (links?.pages?.next === undefined) break
  }
  return { prices, skipped: skipped.list() }
}

export const digitalocean: PriceSource = {
  id: 'digitalocean',
  provider: 'digitalocean',
  name: 'DigitalOcean',
  origin: 'https://api.digitalocean.com',
  needsToken: true,
  tokenHelp: 'A personal access token with the scopes sizes:read and regions:read.',
  regions: ['all'],
  covers: (price) => price.kind === 'compute' && price.vcpu !== null && !price.sku.includes('/'),
  read,
}
