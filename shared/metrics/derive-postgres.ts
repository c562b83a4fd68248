import type { Readings } from './rate-memory.ts'
import { type DerivedSample, sample, share } from './sample.ts'

/** Known states of pg_stat_activity: the query names only those that some session is in, and the others have none. */
const STATES = ['active', 'idle', 'idle in transaction']

export function postgres(now: Readings): DerivedSample[] {
  const max = now.value('postgres_max_connections')
  if (max === null || max <= 0) return []
  return [...connections(now, max), ...present(now), ...activity(now), ...replication(now), ...upkeep(now)]
}

function connections(now: Readings, max: number): DerivedSample[] {
  const states = now.all('postgres_connections')
  const total = states.reduce((sum, { value }) => sum + value, 0)
  return [
    ...states.flatMap(({ labels, value }) => sample('postgres_connections', value, labels)),
    ...STATES.filter((state) => !states.some(({ labels }) => labels.state === state)).flatMap((state) =>
      sample('postgres_connections', 0, { state }),
    ),
    ...sample('postgres_connections_total', total),
    ...sample('postgres_connections_max', max),
    ...sample('postgres_connections_used_ratio', share(total, max)),
  ]
}

function present(now: Readings): DerivedSample[] {
  const named = [
    'postgres_oldest_transaction_seconds',
    'postgres_longest_query_seconds',
    'postgres_locks_waiting',
    'postgres_dead_rows',
    'postgres_vacuum_age_seconds',
  ]
  return [
    ...named.flatMap((metric) => sample(metric, now.value(metric))),
    ...now
      .all('postgres_database_bytes')
      .flatMap(({ labels, value }) => sample('postgres_database_size_bytes', value, labels)),
  ]
}

/** Counters since the server's start, or since they were reset: both begin at none again. */
function activity(now: Readings): DerivedSample[] {
  const started = now.value('postgres_start_seconds')
  const before = now.earlier('postgres_start_seconds')
  if (started !== null && before !== null && started !== before) return []
  const grown = (kind: string) => now.growth('postgres_activity', { kind })
  const rate = (kind: string) => now.perSecond('postgres_activity', { kind })
  const [hits, reads] = [grown('hits'), grown('reads')]
  return [
    ...sample('postgres_commits_per_second', rate('commits')),
    ...sample('postgres_rollbacks_per_second', rate('rollbacks')),
    ...sample('postgres_temp_bytes_per_second', rate('temp_bytes')),
    ...sample('postgres_deadlocks', grown('deadlocks')?.by ?? null),
    ...sample('postgres_cache_hit_ratio', hits === null || reads === null ? null : share(hits.by, hits.by + reads.by)),
    ...sample('postgres_wal_bytes_per_second', now.perSecond('postgres_wal_bytes')),
    ...statements(now),
  ]
}

/** The ten statements that took most time, from what they took since they were last looked at. */
function statements(now: Readings): DerivedSample[] {
  return now.names('postgres_statement', 'statement').flatMap((statement) => {
    const calls = now.growth('postgres_statement', { statement, kind: 'calls' })
    const spent = now.growth('postgres_statement', { statement, kind: 'total_ms' })
    if (calls === null || spent === null) return []
    return [
      ...sample('postgres_statement_mean_ms', calls.by > 0 ? spent.by / calls.by : null, { statement }),
      ...sample('postgres_statement_load', spent.by / 1000 / spent.seconds, { statement }),
    ]
  })
}

function replication(now: Readings): DerivedSample[] {
  const lag = (kind: 'seconds' | 'bytes') => [
    ...sample(`postgres_standby_lag_${kind}`, now.value('postgres_standby_lag', { kind })),
    ...now
      .all('postgres_replica_lag')
      .filter(({ labels }) => labels.kind === kind)
      .flatMap(({ labels, value }) => sample(`postgres_replica_lag_${kind}`, value, { replica: labels.replica ?? '' })),
  ]
  return [...lag('seconds'), ...lag('bytes')]
}

function upkeep(now: Readings): DerivedSample[] {
  const age = (kind: string) => now.value('postgres_xid_age', { kind })
  return sample('postgres_xid_age_ratio', share(age('oldest'), age('max')))
}
