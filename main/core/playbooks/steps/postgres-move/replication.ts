import { createHash } from 'node:crypto'
import { NOT_OF_EXTENSION, NOT_SYSTEM, SAME_TEXT } from './queries.ts'
import { type Side, sqlIdentifier, sqlLiteral } from './side.ts'

/** What the logical strategy makes on both servers and removes again. */
export interface Replication {
  /** Publication, slot and subscription have this name. */
  name: string
  /** Tables of the source that get REPLICA IDENTITY FULL for the time of the move, and what they had. */
  full: { table: string; had: 'DEFAULT' | 'NOTHING' }[]
  /** System identifier of the target, which is part of the names of the slots of its first copies; null: not known. */
  targetSystem: string | null
  targetMajor: number
  /** WAL the source may keep for the move, bytes. */
  walLimit: number
}

/** The same for every run of a move, so that what a lost run left is found by the next review. */
export const replicationName = (stepId: string, source: Side, target: Side): string =>
  `headroom_move_${createHash('sha256')
    .update(JSON.stringify([stepId, source.hostId, source.database, target.hostId, target.server, target.database]))
    .digest('hex')
    .slice(0, 12)}`

const WRITABLE = 'SET default_transaction_read_only = off;'

/** Publication and slot. The slot comes last: from then on the source keeps its WAL. */
export function publishSql({ name, full }: Replication): string {
  return `${WRITABLE} SET statement_timeout = '10min';
${full.map(({ table }) => `ALTER TABLE ${table} REPLICA IDENTITY FULL;`).join('\n')}
SELECT format('CREATE PUBLICATION %I', '${name}') || coalesce(' FOR TABLE ' || string_agg(format('ONLY %I.%I', n.nspname, c.relname), ', '), '')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND ${NOT_SYSTEM} AND ${NOT_OF_EXTENSION('pg_class', 'c.oid')} \\gexec
SELECT 'slot at ' || lsn FROM pg_create_logical_replication_slot('${name}', 'pgoutput');`
}

/** Text before and after the connection text of CREATE SUBSCRIPTION, which is put in by the shell. */
export function subscribeSql({ name, targetMajor }: Replication): { before: string; after: string } {
  const streaming = targetMajor >= 14 ? ', streaming = off' : ''
  return {
    before: `CREATE SUBSCRIPTION ${name} CONNECTION `,
    after: ` PUBLICATION ${name} WITH (create_slot = false, slot_name = ${sqlLiteral(name)}, copy_data = true${streaming});`,
  }
}

/** How far the first copy is: states of the tables, and errors where the server counts them (15 and newer). */
export const syncSql = ({ name, targetMajor }: Replication): string =>
  `SELECT count(*) FILTER (WHERE r.srsubstate = 'r') || ' ' || count(*) || ' ' || ${
    targetMajor >= 15
      ? `(SELECT t.apply_error_count + t.sync_error_count FROM pg_stat_subscription_stats t WHERE t.subid = s.oid)`
      : '0'
  } || ' ' || pg_database_size(current_database())
FROM pg_subscription s LEFT JOIN pg_subscription_rel r ON r.srsubid = s.oid WHERE s.subname = '${name}' AND s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) GROUP BY s.oid;`

/** Bytes of WAL between what the source wrote and what the target has confirmed, then bytes the source keeps. */
export const lagSql = ({ name }: Replication): string =>
  `SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)::bigint || ' ' || pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint FROM pg_replication_slots WHERE slot_name = '${name}'`

/**
 * A place in the WAL that every finished transaction is before, then a record after it: the sender tells the receiver how
 * far it is when it has sent that, and has sent all before it.
 */
export const markSql = `${WRITABLE} SELECT pg_logical_emit_message(true, 'headroom', '') \\g /dev/null
SELECT pg_current_wal_flush_lsn();
SELECT pg_logical_emit_message(true, 'headroom', '') \\g /dev/null`

/** "t" once the target has applied everything up to the place. It takes what it is sent in order, so what it was told last tells. */
export const reachedSql = ({ name }: Replication, place: string): string =>
  `SELECT coalesce(bool_or(latest_end_lsn >= '${place}'::pg_lsn), false) FROM pg_stat_subscription WHERE subname = '${name}' AND relid IS NULL`

export const lockSql = ({
  name,
}: Replication): string => `BEGIN; SET LOCAL lock_timeout = '2s'; SET LOCAL idle_in_transaction_session_timeout = '8s';
SELECT 'LOCK TABLE ' || string_agg(format('ONLY %I.%I', schemaname, tablename), ', ') || ' IN EXCLUSIVE MODE' FROM pg_publication_tables WHERE pubname = '${name}' HAVING count(*) > 0 \\gexec
SELECT 'locked';`

/** The snapshot of a session's transaction, and a digest of the files the tables are in, which TRUNCATE and rewriting change. */
export const MOMENT = `SELECT 'moment ' || pg_current_snapshot() || ' ' || md5(string_agg(c.oid || ':' || pg_relation_filenode(c.oid), ',' ORDER BY c.oid))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND ${NOT_SYSTEM};`

/**
 * For each table: all rows counted, the sum of the hashes of their keys, and the rows that changed since the moment in
 * full (:'snapshot' as pg_current_snapshot gave it). With the whole table compared at that moment, this proves it now: a
 * row is either unchanged on both sides since then, or its new version is in the sum. Needs PostgreSQL 13.
 */
export const sinceMomentSql = (major: number): string => `${SAME_TEXT}
SELECT format('SELECT json_build_object(''kind'', ''table'', ''name'', %L, ''rows'', count(*), ''sum'', coalesce(sum(%s), 0)::text || '' of keys, '' || count(*) FILTER (WHERE new) || '' changed '' || coalesce(sum(CASE WHEN new THEN hashtextextended((headroom_row.*)::text, 0) END), 0)::text)
  FROM ONLY %I.%I AS headroom_row, LATERAL (SELECT %L = ''u'' OR age(headroom_row.xmin) <= age(%L::xid) AND NOT pg_visible_in_snapshot((headroom_row.xmin::text::bigint + %s + CASE WHEN headroom_row.xmin::text::bigint + %s < %s THEN 4294967296 ELSE 0 END)::text::xid8, %L::pg_snapshot) AS new OFFSET 0) AS of_row;',
  n.nspname || '.' || c.relname,
  coalesce((SELECT '${major >= 14 ? 'hash_record_extended(ROW(' : 'hashtextextended(ROW('}' || string_agg(format('headroom_row.%I', a.attname), ', ' ORDER BY a.attnum) || '${major >= 14 ? '), 0)' : ')::text, 0)'}' FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey) WHERE i.indrelid = c.oid AND i.indisprimary), 'hashtextextended((headroom_row.*)::text, 0)'),
  n.nspname, c.relname, c.relpersistence,
  (m.x % 4294967296)::text, m.x / 4294967296 * 4294967296, m.x / 4294967296 * 4294967296, m.x, :'snapshot')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, (SELECT pg_snapshot_xmin(:'snapshot'::pg_snapshot)::text::bigint AS x) m
WHERE c.relkind = 'r' AND ${NOT_SYSTEM} AND ${NOT_OF_EXTENSION('pg_class', 'c.oid')} ORDER BY n.nspname, c.relname \\gexec`

/** SQL that prints SQL which sets every sequence as it is. */
export const SEQUENCES_AS_SQL = `SELECT format('SELECT format(''SELECT setval(%%L, %%s, %%L);'', %L, last_value, is_called) FROM %I.%I;', format('%I.%I', n.nspname, c.relname), n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'S' AND ${NOT_SYSTEM} ORDER BY 1 \\gexec`

/** SQL that prints SQL which fills the materialized views that are filled. */
export const VIEWS_AS_SQL = `SELECT format('REFRESH MATERIALIZED VIEW %I.%I;', n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'm' AND c.relispopulated AND ${NOT_SYSTEM} ORDER BY c.oid;`

/** Names of the unique indexes that stand for a key, as a list of an archive has them: "schema index". */
export const IDENTITY_INDEXES = `SELECT n.nspname || ' ' || x.relname FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_namespace n ON n.oid = x.relnamespace WHERE i.indisreplident`

/** Takes the subscription off the target without asking the source, which may be gone. May be done twice. */
export const unsubscribeSql = ({
  name,
}: Replication): string => `SELECT format(what, '${name}') FROM (VALUES (1, 'ALTER SUBSCRIPTION %I DISABLE'), (2, 'ALTER SUBSCRIPTION %I SET (slot_name = NONE)'), (3, 'DROP SUBSCRIPTION %I')) AS steps(n, what)
WHERE EXISTS (SELECT FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE s.subname = '${name}' AND d.datname = current_database()) ORDER BY n \\gexec`

/** Takes slots and publication off the source, so that it keeps no WAL for anyone. May be done twice, and while they are in use. */
export const unpublishSql = ({ name, full, targetSystem }: Replication): string => `${WRITABLE}
DO $headroom$ DECLARE left_over int; BEGIN
  FOR try IN 1..100 LOOP
    PERFORM pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active AND database = current_database() AND (slot_name = '${name}' OR slot_name ~ '^pg_[0-9]+_sync_[0-9]+_${targetSystem ?? 'none'}$');
    BEGIN
      PERFORM pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active AND database = current_database()
        AND (slot_name = '${name}' OR slot_name ~ '^pg_[0-9]+_sync_[0-9]+_${targetSystem ?? '[0-9]+'}$');
    EXCEPTION WHEN object_in_use THEN NULL; END;
    SELECT count(*) INTO left_over FROM pg_replication_slots WHERE slot_name = '${name}';
    EXIT WHEN left_over = 0;
    PERFORM pg_sleep(0.1);
  END LOOP;
  IF left_over > 0 THEN RAISE EXCEPTION 'the replication slot ${name} is still in use'; END IF;
END $headroom$;
DROP PUBLICATION IF EXISTS ${sqlIdentifier(name)};
${full.map(({ table, had }) => `ALTER TABLE IF EXISTS ${table} REPLICA IDENTITY ${had};`).join('\n')}`
