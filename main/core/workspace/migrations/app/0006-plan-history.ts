import type { Migration } from '../migration.ts'

/**
 * Revisions hold the edit that led to them and the one that leads back; only some hold the whole plan, and the others are
 * told from the nearest of those. Numbers are never used again, so that a window can say which revision it edits; `token`
 * names an edit that was sent, so that one sent again after a lost line is not done twice.
 */
export const planHistory: Migration = {
  version: 6,
  name: 'plan-history',
  sql: `
    CREATE TABLE plan_history (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      saved_at INTEGER NOT NULL,
      reason TEXT NOT NULL,
      body TEXT CHECK (body IS NULL OR json_valid(body)),
      edit TEXT CHECK (edit IS NULL OR json_valid(edit)),
      inverse TEXT CHECK (inverse IS NULL OR json_valid(inverse)),
      token TEXT UNIQUE,
      CHECK (body IS NOT NULL OR edit IS NOT NULL),
      CHECK ((edit IS NULL) = (inverse IS NULL))
    ) STRICT;
    INSERT INTO plan_history (id, saved_at, reason, body) SELECT id, saved_at, reason, body FROM plan_revision ORDER BY id;
    CREATE TABLE plan_present (
      only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
      revision INTEGER NOT NULL REFERENCES plan_history (id)
    ) STRICT;
    INSERT INTO plan_present SELECT only_row, revision FROM plan_head;
    DROP TABLE plan_head;
    DROP TABLE plan_revision;
    ALTER TABLE plan_history RENAME TO plan_revision;
    ALTER TABLE plan_present RENAME TO plan_head;
  `,
}
