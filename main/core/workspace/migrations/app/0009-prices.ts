import type { Migration } from '../migration.ts'

/**
 * Prices beyond those that ship: the operator's own, and what was taken over from providers' price lists. A fetched row
 * whose body has `goneAt` says that the list had it no longer.
 */
export const prices: Migration = {
  version: 9,
  name: 'prices',
  sql: `
    CREATE TABLE own_price (
      id TEXT PRIMARY KEY,
      price_key TEXT NOT NULL UNIQUE,
      saved_at INTEGER NOT NULL,
      body TEXT NOT NULL CHECK (json_valid(body))
    ) STRICT;
    CREATE TABLE fetched_price (
      source TEXT NOT NULL,
      price_key TEXT NOT NULL,
      body TEXT NOT NULL CHECK (json_valid(body)),
      PRIMARY KEY (source, price_key)
    ) STRICT;
    CREATE TABLE price_refresh (
      source TEXT PRIMARY KEY,
      applied_at INTEGER NOT NULL,
      url TEXT NOT NULL
    ) STRICT;
  `,
}
