import type { Migration } from '../migration.ts'

/**
 * Rules (a `body` for an own one, changes for one of the plan), where each stands with each series, alerts with their
 * evidence, messages still to be sent, and the times in which nothing was judged.
 */
export const alerts: Migration = {
  version: 11,
  name: 'alerts',
  sql: `
    CREATE TABLE alert_rule (
      id TEXT PRIMARY KEY,
      body TEXT NOT NULL CHECK (json_valid(body)),
      muted_until INTEGER,
      made_at INTEGER NOT NULL,
      removed_at INTEGER
    ) STRICT;
    CREATE TABLE alert_standing (
      rule_id TEXT NOT NULL,
      series TEXT NOT NULL,
      body TEXT NOT NULL CHECK (json_valid(body)),
      told_at INTEGER,
      PRIMARY KEY (rule_id, series)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE alert (
      id TEXT PRIMARY KEY,
      rule_id TEXT NOT NULL,
      series TEXT NOT NULL,
      fired_at INTEGER NOT NULL,
      cleared_at INTEGER,
      acknowledged_at INTEGER,
      snoozed_until INTEGER,
      notified_at INTEGER,
      body TEXT NOT NULL CHECK (json_valid(body))
    ) STRICT;
    CREATE UNIQUE INDEX alert_open ON alert (rule_id, series) WHERE cleared_at IS NULL;
    CREATE INDEX alert_fired ON alert (fired_at);
    CREATE TABLE alert_delivery (
      id TEXT PRIMARY KEY,
      at INTEGER NOT NULL,
      title TEXT NOT NULL,
      message TEXT NOT NULL CHECK (json_valid(message)),
      state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
      attempts INTEGER NOT NULL,
      next_at INTEGER,
      ended_at INTEGER,
      status INTEGER,
      error TEXT
    ) STRICT;
    CREATE TABLE alert_absence (
      from_at INTEGER PRIMARY KEY,
      to_at INTEGER NOT NULL,
      why TEXT NOT NULL CHECK (why IN ('slept', 'not-running'))
    ) STRICT;
    CREATE TABLE alert_watch (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      at INTEGER NOT NULL
    ) STRICT;
  `,
}
