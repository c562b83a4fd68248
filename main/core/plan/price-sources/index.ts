import { aws } from './aws.ts'
import { digitalocean } from './digitalocean.ts'
import { hetzner } from './hetzner.ts'
import { linode } from './linode.ts'
import { ovh } from './ovh.ts'
import { scaleway } from './scaleway.ts'
import type { PriceSource } from './source.ts'
import { vultr } from './vultr.ts'

export { mirrored } from './mirror.ts'
export { createAsk, type ReaderLimits } from './price-reader.ts'
export type { Listing, PriceSource } from './source.ts'

/** The price lists that can be read, those that need no account first. */
export const PRICE_SOURCES: readonly PriceSource[] = [vultr, linode, scaleway, ovh, aws, hetzner, digitalocean]
