import type { Migration } from '../migration.ts'

/** Steps can be undone, locks name the app that took them, and how long steps took is kept for estimates. */
export const playbookUndo: Migration = {
  version: 13,
  name: 'playbook-undo',
  sql: `
    CREATE TABLE playbook_step_next (
      run_id TEXT NOT NULL REFERENCES playbook_run (id),
      idx INTEGER NOT NULL,
      id TEXT NOT NULL,
      name TEXT NOT NULL,
      kind TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('pending', 'running', 'skipped', 'succeeded', 'failed', 'stopped', 'undone')),
      started_at INTEGER,
      ended_at INTEGER,
      progress REAL,
      progress_text TEXT,
      problem TEXT CHECK (problem IS NULL OR json_valid(problem)),
      memory TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(memory)),
      undo TEXT NOT NULL DEFAULT 'nothing' CHECK (undo IN ('yes', 'nothing', 'irreversible')),
      PRIMARY KEY (run_id, idx)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO playbook_step_next
      SELECT run_id, idx, id, name, kind, state, started_at, ended_at, progress, progress_text, problem, memory, 'nothing'
      FROM playbook_step;
    DROP TABLE playbook_step;
    ALTER TABLE playbook_step_next RENAME TO playbook_step;
    ALTER TABLE playbook_run ADD COLUMN undo_to INTEGER;
    ALTER TABLE playbook_lock ADD COLUMN instance TEXT NOT NULL DEFAULT '';
    CREATE TABLE playbook_timing (
      playbook_id TEXT NOT NULL,
      step TEXT NOT NULL,
      host_id TEXT NOT NULL,
      at INTEGER NOT NULL,
      ms INTEGER NOT NULL,
      PRIMARY KEY (playbook_id, step, host_id, at)
    ) STRICT, WITHOUT ROWID;
  `,
}
