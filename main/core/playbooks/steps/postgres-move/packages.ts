/** Debian packages of extensions that are not part of PostgreSQL itself, by extension; % is the major version. */
const PACKAGES: Readonly<Record<string, string>> = {
  postgis: 'postgresql-%-postgis-3',
  postgis_raster: 'postgresql-%-postgis-3',
  postgis_topology: 'postgresql-%-postgis-3',
  vector: 'postgresql-%-pgvector',
  pg_cron: 'postgresql-%-cron',
  pg_partman: 'postgresql-%-partman',
  pg_repack: 'postgresql-%-repack',
  pgaudit: 'postgresql-%-pgaudit',
  hll: 'postgresql-%-hll',
  hypopg: 'postgresql-%-hypopg',
  ip4r: 'postgresql-%-ip4r',
  orafce: 'postgresql-%-orafce',
  pglogical: 'postgresql-%-pglogical',
  pgrouting: 'postgresql-%-pgrouting',
  pgtap: 'postgresql-%-pgtap',
  rum: 'postgresql-%-rum',
  unit: 'postgresql-%-unit',
  periods: 'postgresql-%-periods',
  pg_hint_plan: 'postgresql-%-pg-hint-plan',
  pg_stat_kcache: 'postgresql-%-pg-stat-kcache',
  pg_qualstats: 'postgresql-%-pg-qualstats',
  wal2json: 'postgresql-%-wal2json',
  plpython3u: 'postgresql-plpython3-%',
  plperl: 'postgresql-plperl-%',
  plperlu: 'postgresql-plperl-%',
  pltcl: 'postgresql-pltcl-%',
  plv8: 'postgresql-%-plv8',
  timescaledb: 'timescaledb-2-postgresql-%',
  citus: 'postgresql-%-citus',
}

/** The package an extension comes in, with the extension where the name does not tell it. */
export const packageOf = (extension: string, major: number): string =>
  `${(PACKAGES[extension] ?? 'postgresql-contrib').replace('%', String(major))} (${extension})`
