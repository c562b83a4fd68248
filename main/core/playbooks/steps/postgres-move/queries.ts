import * as z from 'zod'
import { sqlLiteral } from './side.ts'

export const NOT_SYSTEM = `n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'`
export const NOT_OF_EXTENSION = (catalog: string, oid: string) =>
  `NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '${catalog}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`

export const ServerFactsSchema = z.object({
  version: z.number(),
  databases: z.array(z.string()),
  superuser: z.boolean(),
  createDatabase: z.boolean(),
  recovery: z.boolean(),
  roles: z.array(z.string()),
  member: z.array(z.string()),
  extensions: z.array(z.string()),
  dataDirectory: z.string().nullable(),
  walLevel: z.string(),
  /** Of max_replication_slots, max_wal_senders and max_logical_replication_workers, how many are free. */
  freeSlots: z.number(),
  freeSenders: z.number(),
  freeWorkers: z.number(),
  replication: z.boolean(),
  subscribe: z.boolean(),
})
export type ServerFacts = z.infer<typeof ServerFactsSchema>

/** What any database of a server tells about the server. */
export const SERVER_FACTS = `SELECT json_build_object(
  'version', current_setting('server_version_num')::int,
  'databases', (SELECT coalesce(json_agg(datname ORDER BY datname), '[]') FROM pg_database WHERE NOT datistemplate),
  'superuser', (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
  'createDatabase', (SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user),
  'recovery', pg_is_in_recovery(),
  'roles', (SELECT json_agg(rolname ORDER BY rolname) FROM pg_roles),
  'member', (SELECT coalesce(json_agg(rolname ORDER BY rolname), '[]') FROM pg_roles WHERE pg_has_role(oid, 'MEMBER')),
  'extensions', (SELECT json_agg(name ORDER BY name) FROM pg_available_extensions),
  'dataDirectory', CASE WHEN pg_has_role('pg_read_all_settings', 'MEMBER') THEN current_setting('data_directory') END,
  'walLevel', current_setting('wal_level'),
  'freeSlots', current_setting('max_replication_slots')::int - (SELECT count(*) FROM pg_replication_slots),
  'freeSenders', current_setting('max_wal_senders')::int - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'walsender'),
  'freeWorkers', current_setting('max_logical_replication_workers')::int - (SELECT count(*) FROM pg_stat_activity WHERE backend_type LIKE 'logical replication %worker'),
  'replication', (SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user)
     OR EXISTS (SELECT FROM pg_roles WHERE rolname IN ('rds_replication', 'cloudsqlreplica') AND pg_has_role(oid, 'MEMBER')),
  'subscribe', (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
     OR EXISTS (SELECT FROM pg_roles WHERE rolname IN ('pg_create_subscription', 'rds_superuser', 'cloudsqlsuperuser', 'azure_pg_admin') AND pg_has_role(oid, 'MEMBER')));`

export const DatabaseFactsSchema = z.object({
  /** Tells this database from a later one of the same name. */
  oid: z.string(),
  /** Whether the user may change the database's settings. */
  alterable: z.boolean(),
  encoding: z.string(),
  collate: z.string(),
  ctype: z.string(),
  bytes: z.number(),
  tables: z.number(),
  objects: z.number(),
  largeObjects: z.number(),
  extensions: z.array(z.string()),
  owners: z.array(z.string()),
  otherSessions: z.number(),
  readOnly: z.boolean(),
  unreadable: z.array(z.string()),
  /** Heap and TOAST of the tables, without indexes: what a dump has to hold. */
  dataBytes: z.number(),
  /** The largest table as SQL names it, or null. */
  largest: z.string().nullable(),
  /** Version that the operating system's collation of the database has now, where PostgreSQL can tell. */
  collationVersion: z.string().nullable(),
  extensionVersions: z.record(z.string(), z.string()),
  /** Tables whose rows a replicated UPDATE or DELETE could not find: no primary key, and no other replica identity. */
  withoutKey: z.array(z.object({ table: z.string(), had: z.enum(['DEFAULT', 'NOTHING']) })),
  /** Slots of moves that were not ended, by their names. */
  leftSlots: z.array(z.string()),
  unlogged: z.array(z.string()),
  foreignOwned: z.array(z.string()),
  mayPublish: z.boolean(),
  /** Transactions open for more than a minute, and the age of the oldest in seconds. */
  longTransactions: z.number(),
  oldestSeconds: z.number(),
  prepared: z.number(),
})
export type DatabaseFacts = z.infer<typeof DatabaseFactsSchema>

/** What a database tells about itself. `owners`: roles that own something in it or have rights on it. */
export const DATABASE_FACTS = `SELECT json_build_object(
  'oid', d.oid::text, 'alterable', pg_has_role(d.datdba, 'USAGE'),
  'encoding', pg_encoding_to_char(d.encoding), 'collate', d.datcollate, 'ctype', d.datctype,
  'bytes', pg_database_size(d.oid),
  'tables', (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND ${NOT_SYSTEM}),
  'objects', (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${NOT_SYSTEM} AND ${NOT_OF_EXTENSION('pg_class', 'c.oid')})
    + (SELECT count(*) FROM pg_proc c JOIN pg_namespace n ON n.oid = c.pronamespace WHERE ${NOT_SYSTEM} AND ${NOT_OF_EXTENSION('pg_proc', 'c.oid')})
    + (SELECT count(*) FROM pg_namespace n WHERE ${NOT_SYSTEM} AND n.nspname <> 'public' AND ${NOT_OF_EXTENSION('pg_namespace', 'n.oid')}),
  'largeObjects', (SELECT count(*) FROM pg_largeobject_metadata),
  'extensions', (SELECT json_agg(extname ORDER BY extname) FROM pg_extension),
  'owners', (SELECT coalesce(json_agg(DISTINCT rolname), '[]') FROM pg_roles r WHERE r.rolname !~ '^pg_' AND (
      EXISTS (SELECT FROM pg_shdepend s WHERE s.dbid = d.oid AND s.refclassid = 'pg_authid'::regclass AND s.refobjid = r.oid)
      OR EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relowner = r.oid AND ${NOT_SYSTEM})
      OR EXISTS (SELECT FROM pg_proc c JOIN pg_namespace n ON n.oid = c.pronamespace WHERE c.proowner = r.oid AND ${NOT_SYSTEM}))),
  'otherSessions', (SELECT count(*) FROM pg_stat_activity a WHERE a.datid = d.oid AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'),
  'readOnly', EXISTS (SELECT FROM pg_db_role_setting s WHERE s.setdatabase = d.oid AND s.setrole = 0 AND s.setconfig::text ~ 'default_transaction_read_only=on'),
  'unreadable', (SELECT coalesce(json_agg(n.nspname || '.' || c.relname), '[]') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND ${NOT_SYSTEM} AND NOT has_table_privilege(c.oid, 'SELECT')),
  'dataBytes', (SELECT coalesce(sum(pg_table_size(c.oid)), 0) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm') AND ${NOT_SYSTEM})
    + CASE WHEN EXISTS (SELECT FROM pg_largeobject_metadata) THEN pg_table_size('pg_catalog.pg_largeobject') ELSE 0 END,
  'largest', (SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND ${NOT_SYSTEM}
     AND c.relpages > 0 AND has_table_privilege(c.oid, 'SELECT') ORDER BY c.relpages DESC, c.oid LIMIT 1),
  'collationVersion', (SELECT pg_collation_actual_version(c.oid) FROM pg_collation c WHERE c.collname = d.datcollate AND c.collnamespace = 'pg_catalog'::regnamespace LIMIT 1),
  'extensionVersions', (SELECT json_object_agg(extname, extversion) FROM pg_extension),
  'leftSlots', (SELECT coalesce(json_agg(slot_name), '[]') FROM pg_replication_slots WHERE slot_name ~ '^headroom_move_'),
  'withoutKey', (SELECT coalesce(json_agg(json_build_object('table', format('%I.%I', n.nspname, c.relname), 'had', CASE c.relreplident WHEN 'n' THEN 'NOTHING' ELSE 'DEFAULT' END) ORDER BY c.oid), '[]') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND ${NOT_SYSTEM} AND ${NOT_OF_EXTENSION('pg_class', 'c.oid')} AND (c.relreplident = 'n' OR c.relreplident = 'd'
       AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND i.indisvalid))),
  'unlogged', (SELECT coalesce(json_agg(n.nspname || '.' || c.relname ORDER BY 1), '[]') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND c.relpersistence = 'u' AND ${NOT_SYSTEM}),
  'foreignOwned', (SELECT coalesce(json_agg(n.nspname || '.' || c.relname ORDER BY 1), '[]') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND ${NOT_SYSTEM} AND NOT pg_has_role(c.relowner, 'USAGE')),
  'mayPublish', has_database_privilege(d.oid, 'CREATE'),
  'longTransactions', (SELECT count(*) FROM pg_stat_activity a WHERE a.datid = d.oid AND a.xact_start < now() - interval '1 minute' AND a.backend_type = 'client backend'),
  'oldestSeconds', (SELECT coalesce(max(extract(epoch FROM now() - a.xact_start)), 0)::bigint FROM pg_stat_activity a WHERE a.datid = d.oid AND a.backend_type = 'client backend'),
  'prepared', (SELECT count(*) FROM pg_prepared_xacts p WHERE p.database = d.datname))
  FROM pg_database d WHERE d.datname = current_database();`

/** Settings under which the same row gives the same text on every server. */
export const SAME_TEXT = `SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres'; SET LOCAL timezone = 'UTC';
SET LOCAL extra_float_digits = 3; SET LOCAL bytea_output = 'hex'; SET LOCAL lc_monetary = 'C'; SET LOCAL xmlbinary = 'base64';
SET LOCAL row_security = off; SET LOCAL search_path = pg_catalog; SET LOCAL statement_timeout = 0;`

export const SEQUENCES = `SELECT json_build_object('kind', 'sequence', 'name', schemaname || '.' || sequencename, 'value', coalesce(last_value::text, 'not used yet'))
FROM pg_catalog.pg_sequences ORDER BY schemaname, sequencename;`

/** One line of JSON for each kind of object: count, and a digest of the names. */
export const OBJECTS = `SELECT json_build_object('kind', 'objects', 'name', what, 'count', count(*), 'digest', md5(coalesce(string_agg(name, ' ' ORDER BY name COLLATE "C"), '')))
FROM (
  SELECT 'indexes' AS what, n.nspname || '.' || c.relname || CASE WHEN i.indisvalid THEN '' ELSE ' (invalid)' END AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${NOT_SYSTEM}
  UNION ALL SELECT 'constraints', n.nspname || '.' || coalesce(c.relname, '') || '.' || k.conname || k.contype::text || k.convalidated::text FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace LEFT JOIN pg_class c ON c.oid = k.conrelid WHERE k.contype <> 'n' AND ${NOT_SYSTEM}
  UNION ALL SELECT 'views', n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'm') AND ${NOT_SYSTEM} AND ${NOT_OF_EXTENSION('pg_class', 'c.oid')}
  UNION ALL SELECT 'functions', n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${NOT_SYSTEM} AND ${NOT_OF_EXTENSION('pg_proc', 'p.oid')}
  UNION ALL SELECT 'triggers', n.nspname || '.' || c.relname || '.' || t.tgname || t.tgenabled::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND ${NOT_SYSTEM}
  UNION ALL SELECT 'extensions', extname FROM pg_extension
  UNION ALL SELECT 'grants', g.what || ' ' || CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END || ' ' || a.privilege_type || a.is_grantable::text
    FROM (SELECT n.nspname || '.' || c.relname AS what, c.relacl AS acl, c.relowner AS owner FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relacl IS NOT NULL AND ${NOT_SYSTEM} AND ${NOT_OF_EXTENSION('pg_class', 'c.oid')}
      UNION ALL SELECT n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', p.proacl, p.proowner FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.proacl IS NOT NULL AND ${NOT_SYSTEM} AND ${NOT_OF_EXTENSION('pg_proc', 'p.oid')}
      UNION ALL SELECT n.nspname, n.nspacl, n.nspowner FROM pg_namespace n WHERE n.nspacl IS NOT NULL AND n.nspname <> 'public' AND ${NOT_SYSTEM}) g,
      LATERAL aclexplode(g.acl) a WHERE a.grantee <> g.owner
  UNION ALL SELECT 'large objects', oid::text FROM pg_largeobject_metadata
) AS of_database GROUP BY what ORDER BY what;`

/**
 * One line of JSON for each table (rows, and the sum of the 64-bit hashes of its rows as text, so that their order does
 * not matter) and each kind of object (count, and a digest of the names). Runs within an open transaction.
 */
export const CONTENTS = `${SAME_TEXT}
SELECT format('SELECT json_build_object(''kind'', ''table'', ''name'', %L, ''rows'', count(*), ''sum'', coalesce(sum(hashtextextended((headroom_row.*)::text, 0)), 0)::text) FROM ONLY %I.%I AS headroom_row;', n.nspname || '.' || c.relname, n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND ${NOT_SYSTEM} AND ${NOT_OF_EXTENSION('pg_class', 'c.oid')} ORDER BY 1 \\gexec
${OBJECTS}`

/** The row changes that the statistics of a database have counted so far. */
export const WRITES = `SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_user_tables;`

export const BEGIN_READING = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;'

/** psql input for the contents of a database now. */
export const CONTENTS_NOW = `${BEGIN_READING}\n${SEQUENCES}\n${CONTENTS}\nCOMMIT;`

/** Ends every other session of a database that the user may end, so that each comes back under the new setting. */
export const endSessions = (database: string): string =>
  `SELECT count(pg_terminate_backend(a.pid)) FROM pg_stat_activity a JOIN pg_roles of_session ON of_session.oid = a.usesysid, pg_roles me
WHERE a.datname = ${sqlLiteral(database)} AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend' AND me.rolname = current_user
  AND (me.rolsuper OR NOT of_session.rolsuper AND (pg_has_role(a.usesysid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE')));`
