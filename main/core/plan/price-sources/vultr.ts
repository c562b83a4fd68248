import * as z from 'zod'
import { type Ask, type Listing, listed, MOST_PAGES, type PriceSource, Skipped } from './source.ts'

/** `GET /v2/plans`: RAM in MB, disk and bandwidth in GB, monthly_cost in USD; pages by `meta.links.next`, empty on the last. */
const PageSchema = z.object({
  plans: z.array(
    z.object({
      id: z.string(),
      vcpu_count: z.number(),
      ram: z.number(),
      disk: z.number(),
      bandwidth: z.number(),
      monthly_cost: z.number().nonnegative(),
      hourly_cost: z.number().nonnegative().optional(),
      type: z.string(),
      locations: z.array(z.string()),
      gpu_type: z.string().optional(),
    }),
  ),
  meta: z.object({ links: z.object({ next: z.string() }) }),
})
const SHARED = new Set(['vc2', 'vhf', 'vhp'])
const DEDICATED = new Set(['voc', 'vdc', 'vx1'])

async function read(ask: Ask): Promise<Listing> {
  const prices: Listing['prices'] = []
  const skipped = new Skipped()
  let cursor = ''
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const path = `/v2/plans?per_page=500${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`
    const { plans, meta } = await ask.json(path, PageSchema)
    for (const plan of plans) {
      if (plan.gpu_type !== undefined && plan.gpu_type !== '') skipped.add('with a GPU')
      else if (plan.locations.length === 0) skipped.add('in no location')
      else
        prices.push(
          listed(ask.today, 'api.vultr.com/v2/plans', {
            provider: 'vultr',
            sku: plan.id,
            region: 'most regions',
            vcpu: plan.vcpu_count,
            ramGb: plan.ram / 1024,
            diskGb: plan.disk,
            trafficTb: plan.bandwidth / 1024,
            monthly: plan.monthly_cost,
            hourly: plan.hourly_cost ?? null,
            currency: 'USD',
            note: `In ${plan.locations.length} locations: ${plan.locations.join(', ')}.`,
            ...(SHARED.has(plan.type) && { cpu: 'shared' as const }),
            ...(DEDICATED.has(plan.type) && { cpu: 'dedicated' as const }),
            architecture: 'x86',
          }),
        )
    }
    cursor = meta.links.next
    if (cursor === '') break
  }
  return { prices, skipped: skipped.list() }
}

export const vultr: PriceSource = {
  id: 'vultr',
  provider: 'vultr',
  name: 'Vultr',
  origin: 'https://api.vultr.com',
  needsToken: false,
  tokenHelp: null,
  regions: ['all'],
  covers: (price) => price.kind === 'compute' && price.region === 'most regions',
  read,
}
