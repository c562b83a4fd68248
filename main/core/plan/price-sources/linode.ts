import * as z from 'zod'
import { type Ask, type Listing, listed, MOST_PAGES, type PriceSource, Skipped } from './source.ts'

const amounts = { hourly: z.number().nonnegative().nullable(), monthly: z.number().nonnegative().nullable() }
/** `GET /v4/linode/types`: memory and disk in MB, transfer in GB, USD; region_prices where a region is dearer. */
const PageSchema = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      class: z.string(),
      vcpus: z.number(),
      memory: z.number(),
      disk: z.number(),
      transfer: z.number(),
      gpus: z.number().default(0),
      price: z.object(amounts),
      region_prices: z.array(z.object({ id: z.string(), ...amounts })).default([]),
    }),
  ),
  page: z.number(),
  pages: z.number(),
})
const BASE_REGION = 'core regions (id-cgk, br-gru dearer)'
const SHARED = new Set(['nanode', 'standard'])
const DEDICATED = new Set(['dedicated', 'premium', 'highmem'])

async function read(ask: Ask): Promise<Listing> {
  const prices: Listing['prices'] = []
  const skipped = new Skipped()
  for (let number = 1; number <= MOST_PAGES; number += 1) {
    const { data, pages } = await ask.json(`/v4/linode/types?page=${number}&page_size=500`, PageSchema)
    for (const type of data) {
      if (type.gpus > 0) {
        skipped.add('with a GPU')
        continue
      }
      if (!SHARED.has(type.class) && !DEDICATED.has(type.class)) {
        skipped.add(`of the class ${type.class}`)
        continue
      }
      for (const { region, hourly, monthly } of [
        { region: BASE_REGION, ...type.price },
        ...type.region_prices.map(({ id, ...price }) => ({ region: id, ...price })),
      ])
        prices.push(
          listed(ask.today, 'api.linode.com/v4/linode/types', {
            provider: 'linode',
            sku: type.id,
            region,
            vcpu: type.vcpus,
            ramGb: type.memory / 1024,
            diskGb: type.disk / 1024,
            trafficTb: type.transfer / 1000,
            monthly,
            hourly,
            currency: 'USD',
            note: type.label,
            cpu: SHARED.has(type.class) ? 'shared' : 'dedicated',
            architecture: 'x86',
          }),
        )
    }
    if (number >= pages) break
  }
  return { prices, skipped: skipped.list() }
}

export const linode: PriceSource = {
  id: 'linode',
  provider: 'linode',
  name: 'Linode (Akamai)',
  origin: 'https://api.linode.com',
  needsToken: false,
  tokenHelp: null,
  regions: ['all'],
  covers: (price) => price.kind === 'compute' && price.vcpu !== null,
  read,
}
