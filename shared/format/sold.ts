import { formatQuantity } from './quantity.ts'

/**
 * The units in which sellers state sizes, in bytes: memory in GiB under the name of GB, disks in decimal GB, traffic in
 * decimal TB.
 */
export const SOLD_UNITS = {
  ram: { name: 'GB', bytes: 2 ** 30 },
  disk: { name: 'GB', bytes: 1e9 },
  traffic: { name: 'TB', bytes: 1e12 },
} as const

/** Measured bytes as a seller would write them, for where a measured size and an offered one stand side by side. */
export function formatAsSold(bytes: number, what: keyof typeof SOLD_UNITS, locale?: string): string {
  const unit = SOLD_UNITS[what]
  return `${formatQuantity(bytes / unit.bytes, 'count', { locale })} ${unit.name}`
}
