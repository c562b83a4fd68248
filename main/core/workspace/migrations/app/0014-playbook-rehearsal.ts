import type { Migration } from '../migration.ts'

/** A run may be a rehearsal: against throwaway targets, to see how long it takes. */
export const playbookRehearsal: Migration = {
  version: 14,
  name: 'playbook-rehearsal',
  sql: 'ALTER TABLE playbook_run ADD COLUMN rehearsal INTEGER NOT NULL DEFAULT 0 CHECK (rehearsal IN (0, 1));',
}
