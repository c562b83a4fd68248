import type { Migration } from '../migration.ts'

/**
 * Forecasts that were made, each with its backtest. `body` is the forecast itself, thinned to a few dozen steps once a newer
 * one of the series is there; `passed`, `inside` and the two errors are what came of it, brought up to date until its
 * last step is over (`scored_until`).
 */
export const forecasts: Migration = {
  version: 7,
  name: 'forecasts',
  sql: `
    CREATE TABLE forecast (
      id INTEGER PRIMARY KEY,
      host_id TEXT NOT NULL,
      metric TEXT NOT NULL,
      labels TEXT NOT NULL CHECK (json_valid(labels)),
      unit TEXT NOT NULL,
      made_at INTEGER NOT NULL,
      origin INTEGER NOT NULL,
      until INTEGER NOT NULL,
      interval_ms INTEGER NOT NULL CHECK (interval_ms > 0),
      body TEXT NOT NULL CHECK (json_valid(body)),
      scored_until INTEGER NOT NULL DEFAULT 0,
      passed INTEGER NOT NULL DEFAULT 0,
      inside INTEGER NOT NULL DEFAULT 0 CHECK (inside <= passed),
      came_mae REAL,
      naive_mae REAL
    ) STRICT;
    CREATE INDEX forecast_of_series ON forecast (host_id, metric, labels, made_at DESC);
    CREATE INDEX forecast_by_time ON forecast (made_at DESC);
  `,
}
