import { createHash } from 'node:crypto'
import type { JournalEntry, Run } from '../../../shared/model/run.ts'
import type { WritableDatabase } from '../workspace/index.ts'

export type NewEntry = Pick<JournalEntry, 'at' | 'kind' | 'step' | 'host' | 'text' | 'data'>

interface Row {
  seq: number
  at: number
  kind: string
  step: string | null
  host: string | null
  text: string
  data: string
  previous_hash: string
  hash: string
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The hash before the first entry; it binds the chain to its run. */
export const firstHash = (runId: string): string => sha256(`headroom/journal@1 ${runId}`)

/** JSON with the keys of every object in order, so that equal values give equal text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined)
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}

/** SHA-256 over the previous hash and the entry's canonical JSON. */
export function hashOf(previousHash: string, entry: NewEntry & { seq: number }): string {
  const { seq, at, kind, step, host, text, data } = entry
  return sha256(`${previousHash}\n${canonical({ seq, at, kind, step, host, text, data })}`)
}

/** Appends an entry; its row and the chain's head change in one transaction. */
export function append(database: WritableDatabase, runId: string, entry: NewEntry): JournalEntry {
  return database.transaction(() => {
    const head = database
      .prepare('SELECT journal_seq AS seq, journal_hash AS hash FROM playbook_run WHERE id = ?')
      .get(runId) as {
      seq: number
      hash: string
    }
    const previousHash = head.seq === 0 ? firstHash(runId) : head.hash
    const seq = head.seq + 1
    const data = JSON.parse(JSON.stringify(entry.data)) as Record<string, unknown>
    const hash = hashOf(previousHash, { ...entry, data, seq })
    database
      .prepare(
        `INSERT INTO playbook_journal (run_id, seq, at, kind, step, host, text, data, previous_hash, hash)
         VALUES (?, CAST(? AS INTEGER), CAST(? AS INTEGER), ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        runId,
        seq,
        entry.at,
        entry.kind,
        entry.step,
        entry.host,
        entry.text,
        JSON.stringify(data),
        previousHash,
        hash,
      )
    database
      .prepare('UPDATE playbook_run SET journal_seq = CAST(? AS INTEGER), journal_hash = ? WHERE id = ?')
      .run(seq, hash, runId)
    return { ...entry, data, seq, previousHash, hash }
  })()
}

/**
 * A run's journal and whether its chain holds. `brokenAt` is the first entry that is not what was written: changed,
 * removed, put in, or, one past the last entry, cut off at the end.
 */
export function readJournal(
  database: WritableDatabase,
  runId: string,
): { entries: JournalEntry[]; intact: boolean; brokenAt: number | null } {
  const rows = database.prepare('SELECT * FROM playbook_journal WHERE run_id = ? ORDER BY seq').all(runId) as Row[]
  const entries = rows.map(
    ({ seq, at, kind, step, host, text, data, previous_hash, hash }): JournalEntry => ({
      seq,
      at,
      kind,
      step,
      host,
      text,
      data: JSON.parse(data) as Record<string, unknown>,
      previousHash: previous_hash,
      hash,
    }),
  )
  const head = database
    .prepare('SELECT journal_seq AS seq, journal_hash AS hash FROM playbook_run WHERE id = ?')
    .get(runId) as { seq: number; hash: string } | undefined
  let previous = firstHash(runId)
  for (const [index, entry] of entries.entries()) {
    const expected = index + 1
    if (entry.seq !== expected || entry.previousHash !== previous || entry.hash !== hashOf(previous, entry))
      return { entries, intact: false, brokenAt: Math.min(entry.seq, expected) }
    previous = entry.hash
  }
  const whole =
    head === undefined
      ? entries.length === 0
      : head.seq === entries.length && (head.seq === 0 || head.hash === previous)
  return { entries, intact: whole, brokenAt: whole ? null : entries.length + 1 }
}

/** The journal as a document for people, or as JSON for programs. */
export function exported(
  run: Run,
  journal: { entries: JournalEntry[]; intact: boolean; brokenAt: number | null },
  proofs: readonly unknown[],
  format: 'markdown' | 'json',
): { fileName: string; text: string } {
  const fileName = `${run.playbookId}-${new Date(run.createdAt).toISOString().slice(0, 19).replaceAll(':', '')}`
  if (format === 'json')
    return {
      fileName: `${fileName}.json`,
      text: `${JSON.stringify({ format: 'headroom/journal@1', run, ...journal, proofs }, null, 2)}\n`,
    }
  const lines = [
    `# ${run.name}`,
    '',
    `- Run: ${run.id}`,
    `- State: ${run.state}${run.outcome ? ` (${run.outcome})` : ''}`,
    `- Started: ${new Date(run.createdAt).toISOString()}`,
    `- Ended: ${run.endedAt === null ? 'not yet' : new Date(run.endedAt).toISOString()}`,
    `- Journal: ${journal.intact ? 'whole and unchanged' : `broken at entry ${journal.brokenAt}`}`,
    ...Object.entries(run.parameters).map(([name, value]) => `- ${name}: ${inline(value)}`),
    '',
    '| # | time (UTC) | what | step | server | text | details |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...journal.entries.map(
      ({ seq, at, kind, step, host, text, data }) =>
        `| ${seq} | ${new Date(at).toISOString()} | ${kind} | ${step ?? ''} | ${inline(host ?? '')} | ${inline(text)} | ${inline(Object.keys(data).length === 0 ? '' : JSON.stringify(data))} |`,
    ),
    '',
    `Chain: ${journal.entries.at(-1)?.hash ?? firstHash(run.id)}`,
    '',
  ]
  return { fileName: `${fileName}.md`, text: lines.join('\n') }
}

/** Text that stays in its cell: no line breaks, and nothing that Markdown or HTML would read as markup. */
function inline(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ⏎ ').replace(/[\\`*_[\]<>|]/g, (character) => `\\${character}`)
}
