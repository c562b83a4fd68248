import type { Migration } from '../migration.ts'

/** Runs of playbooks. The journal is append-only and chained by hash; a run's row keeps the chain's head, so that a cut-off tail shows. */
export const playbooks: Migration = {
  version: 4,
  name: 'playbooks',
  sql: `
    CREATE TABLE playbook_run (
      id TEXT PRIMARY KEY,
      playbook_id TEXT NOT NULL,
      name TEXT NOT NULL,
      source TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('running', 'stopping', 'succeeded', 'failed', 'stopped', 'interrupted')),
      parameters TEXT NOT NULL CHECK (json_valid(parameters)),
      plan TEXT NOT NULL CHECK (json_valid(plan)),
      host_ids TEXT NOT NULL CHECK (json_valid(host_ids)),
      created_at INTEGER NOT NULL,
      ended_at INTEGER,
      problem TEXT CHECK (problem IS NULL OR json_valid(problem)),
      outcome TEXT,
      journal_seq INTEGER NOT NULL DEFAULT 0,
      journal_hash TEXT NOT NULL DEFAULT '',
      output_seq INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX playbook_run_by_time ON playbook_run (created_at DESC);
    CREATE TABLE playbook_step (
      run_id TEXT NOT NULL REFERENCES playbook_run (id),
      idx INTEGER NOT NULL,
      id TEXT NOT NULL,
      name TEXT NOT NULL,
      kind TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('pending', 'running', 'skipped', 'succeeded', 'failed', 'stopped')),
      started_at INTEGER,
      ended_at INTEGER,
      progress REAL,
      progress_text TEXT,
      problem TEXT CHECK (problem IS NULL OR json_valid(problem)),
      memory TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(memory)),
      PRIMARY KEY (run_id, idx)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE playbook_journal (
      run_id TEXT NOT NULL REFERENCES playbook_run (id),
      seq INTEGER NOT NULL,
      at INTEGER NOT NULL,
      kind TEXT NOT NULL,
      step TEXT,
      host TEXT,
      text TEXT NOT NULL,
      data TEXT NOT NULL CHECK (json_valid(data)),
      previous_hash TEXT NOT NULL,
      hash TEXT NOT NULL,
      PRIMARY KEY (run_id, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER playbook_journal_keeps BEFORE UPDATE ON playbook_journal
      BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
    CREATE TRIGGER playbook_journal_stays BEFORE DELETE ON playbook_journal
      BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
    CREATE TABLE playbook_output (
      run_id TEXT NOT NULL REFERENCES playbook_run (id),
      seq INTEGER NOT NULL,
      at INTEGER NOT NULL,
      step TEXT NOT NULL,
      host TEXT NOT NULL,
      stream TEXT NOT NULL CHECK (stream IN ('stdout', 'stderr', 'note')),
      text TEXT NOT NULL,
      PRIMARY KEY (run_id, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE playbook_proof (
      run_id TEXT NOT NULL REFERENCES playbook_run (id),
      seq INTEGER NOT NULL,
      proof TEXT NOT NULL CHECK (json_valid(proof)),
      PRIMARY KEY (run_id, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE playbook_lock (
      host_id TEXT PRIMARY KEY,
      run_id TEXT NOT NULL REFERENCES playbook_run (id),
      since INTEGER NOT NULL
    ) STRICT;
  `,
}
