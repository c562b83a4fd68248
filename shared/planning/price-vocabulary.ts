/** The kinds of things that have a price. */
export const PRICE_KINDS = [
  'compute',
  'postgres',
  'redis',
  'kubernetes',
  'loadbalancer',
  'volume',
  'object-storage',
  'backup',
  'traffic',
  'cdn',
  'registry',
  'monitoring',
  'other',
] as const

/** What an own price by use may be counted in. The catalogue's own units are these, some with words of the provider. */
export const PRICE_UNITS = [
  'GB-month',
  'GiB-month',
  'TB-month',
  'GB',
  'GiB',
  'TB',
  'GB-hour',
  'vCPU-hour',
  'vCPU-month',
  'host-month',
  'user-month',
  'hour',
  '1k requests',
  '1M requests',
  '1M operations',
  '1M events',
  'percent of server price',
] as const
