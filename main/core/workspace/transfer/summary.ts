import type Database from 'better-sqlite3'
import * as z from 'zod'
import type { PlaybookCopy } from '../../../../shared/model/backup.ts'
import type { ExportHeader, ExportSummary } from '../../../../shared/model/workspace-export.ts'

const MOST_LISTED = 500

/** What an export holds, for the operator to see first. A table that its version does not have yet counts as empty. */
export function summaryOf(
  app: Database.Database,
  metrics: Database.Database,
  header: ExportHeader,
  playbooks: readonly PlaybookCopy[],
): ExportSummary {
  const rows = <T>(database: Database.Database, table: string, sql: string, schema: z.ZodType<T>): T[] => {
    const there = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(table)
    return there === undefined ? [] : z.array(schema).parse(database.prepare(sql).all())
  }
  const count = (database: Database.Database, table: string, where = '') =>
    rows(database, table, `SELECT count(*) AS n FROM ${table} ${where}`, z.object({ n: z.number() }))[0]?.n ?? 0
  const spans = [
    ...rows(metrics, 'head', 'SELECT min(at) AS f, max(at) AS t FROM head', SpanSchema),
    ...rows(metrics, 'block', 'SELECT min(from_at) AS f, max(to_at) AS t FROM block', SpanSchema),
    ...rows(metrics, 'rollup', 'SELECT min(at) AS f, max(at) AS t FROM rollup', SpanSchema),
    ...rows(metrics, 'rollup_chunk', 'SELECT min(from_at) AS f, max(to_at) AS t FROM rollup_chunk', SpanSchema),
  ]
  const [from, to] = [spans.flatMap(({ f }) => f ?? []), spans.flatMap(({ t }) => t ?? [])]
  return {
    appVersion: header.appVersion,
    secrets: header.secrets,
    servers: rows(app, 'host', `SELECT name, address FROM host ORDER BY name LIMIT ${MOST_LISTED}`, ServerSchema),
    commands: rows(
      app,
      'host_service',
      `SELECT coalesce(host.name, host_id) AS server, json_extract(body, '$.text') AS text
       FROM host_service LEFT JOIN host ON host.id = host_id
       WHERE json_extract(body, '$.kind') = 'own' ORDER BY server, position LIMIT ${MOST_LISTED}`,
      CommandSchema,
    ).map(({ server, text }) => ({ server, text: text ?? '' })),
    counts: {
      servers: count(app, 'host'),
      commands: count(app, 'host_service', "WHERE json_extract(body, '$.kind') = 'own'"),
      playbooks: playbooks.length,
    },
    plan:
      rows(
        app,
        'plan_revision',
        "SELECT json_extract(body, '$.name') AS name FROM plan_revision WHERE body IS NOT NULL ORDER BY id DESC LIMIT 1",
        z.object({ name: z.string().nullable() }),
      )[0]?.name ?? null,
    runs: count(app, 'playbook_run'),
    playbooks: playbooks.map(({ name }) => name).slice(0, MOST_LISTED),
    series: count(metrics, 'series'),
    measured: from.length === 0 ? null : { from: Math.min(...from), to: Math.max(...to) },
  }
}

const SpanSchema = z.object({ f: z.number().nullable(), t: z.number().nullable() })
const ServerSchema = z.object({ name: z.string(), address: z.string() })
const CommandSchema = z.object({ server: z.string(), text: z.string().nullable() })
