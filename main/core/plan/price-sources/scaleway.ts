import * as z from 'zod'
import { type Ask, type Listing, listed, MOST_PAGES, type PriceSource, Skipped } from './source.ts'

/** `GET /instance/v1/zones/{zone}/products/servers`: a map by commercial type; ram in bytes, prices in EUR, net. */
const PageSchema = z.object({
  servers: z.record(
    z.string(),
    z.object({
      hourly_price: z.number().nonnegative(),
      monthly_price: z.number().nonnegative().nullable().optional(),
      ncpus: z.number(),
      ram: z.number(),
      arch: z.enum(['x86_64', 'arm64', 'arm', 'unknown_arch']),
      gpu: z.number().nullable().optional(),
      baremetal: z.boolean().optional(),
      end_of_service: z.boolean().optional(),
    }),
  ),
})
const PER_PAGE = 100
const SHARED = /^(DEV1|GP1|PLAY2|PRO2|STARDUST1)-/
const DEDICATED = /^(POP2|COPARM1)-/

async function read(ask: Ask): Promise<Listing> {
  const prices: Listing['prices'] = []
  const skipped = new Skipped()
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const path = `/instance/v1/zones/${ask.region}/products/servers?per_page=${PER_PAGE}&page=${page}`
    const { servers } = await ask.json(path, PageSchema)
    const entries = Object.entries(servers)
    for (const [sku, server] of entries) {
      if ((server.gpu ?? 0) > 0) skipped.add('with a GPU')
      else if (server.end_of_service === true) skipped.add('withdrawn from sale')
      else if (/-WIN$/.test(sku)) skipped.add('with Windows')
      else
        prices.push(
          listed(ask.today, 'api.scaleway.com/instance/v1/products/servers', {
            provider: 'scaleway',
            sku,
            region: ask.region,
            vcpu: server.ncpus,
            ramGb: server.ram / 2 ** 30,
            monthly: server.monthly_price ?? null,
            hourly: server.hourly_price,
            currency: 'EUR',
            note: 'Storage and public IP are billed apart.',
            ...(SHARED.test(sku) && { cpu: 'shared' as const }),
            ...(DEDICATED.test(sku) && { cpu: 'dedicated' as const }),
            ...(server.arch === 'x86_64' && { architecture: 'x86' as const }),
            ...(server.arch.startsWith('arm') && { architecture: 'arm' as const }),
          }),
        )
    }
    if (entries.length < PER_PAGE) break
  }
  return { prices, skipped: skipped.list() }
}

export const scaleway: PriceSource = {
  id: 'scaleway',
  provider: 'scaleway',
  name: 'Scaleway',
  origin: 'https://api.scaleway.com',
  needsToken: false,
  tokenHelp: null,
  regions: ['fr-par-1', 'fr-par-2', 'fr-par-3', 'nl-ams-1', 'nl-ams-2', 'nl-ams-3', 'pl-waw-1', 'pl-waw-2', 'pl-waw-3'],
  covers: (price, region) => price.kind === 'compute' && price.vcpu !== null && price.region === region,
  read,
}
