import { formatDuration } from '../../../../../shared/format/duration.ts'
import { formatQuantity } from '../../../../../shared/format/quantity.ts'
import type { Problem } from '../../../../../shared/model/problem.ts'
import type { Wish } from './judge.ts'
import type { SideFacts } from './preflight.ts'
import type { Side } from './side.ts'

interface Names {
  source: string
  target: string
}

const list = (names: readonly string[]): string =>
  names.length > 10 ? `${names.slice(0, 10).join(', ')} and ${names.length - 10} more` : names.join(', ')
const majorOf = (versionNumber: number): number => Math.floor(versionNumber / 10_000)
/** Slots and senders: one for the stream, and some for first copies that go on at the same time. */
const SLOTS_WANTED = 3

/** What stands in the way of replicating from one server to the other. */
export function judgeLogical(
  source: Side,
  target: Side,
  from: SideFacts,
  to: SideFacts,
  wish: Wish,
  names: Names,
  problems: Problem[],
  warnings: string[],
): void {
  const { database, server } = from
  if (!database) return
  const no = (code: string, fact: string, fix: string, more: Partial<Problem> = {}) =>
    problems.push({ code, fact, fix, field: 'strategy', value: 'logical', ...more })
  const other = 'or take the strategy stream or parallel'
  if (Math.min(majorOf(server.version), majorOf(to.server.version)) < 13)
    no(
      'VERSION_TOO_OLD',
      'Moving by logical replication needs PostgreSQL 13 or newer on both sides.',
      `Upgrade first, ${other}.`,
    )
  if (server.recovery)
    no(
      'SOURCE_STANDBY',
      `PostgreSQL on ${names.source} is a standby and publishes nothing.`,
      'Name its primary as the source.',
      { field: 'source_host' },
    )
  if (server.walLevel !== 'logical')
    no(
      'WAL_LEVEL',
      `wal_level on ${names.source} is ${server.walLevel}; it has to be logical.`,
      `Set it on the source and restart PostgreSQL there: ALTER SYSTEM SET wal_level = logical (managed databases have a switch for it), ${other}.`,
    )
  if (server.freeSlots < SLOTS_WANTED)
    no(
      'NO_SLOTS',
      `${names.source} has ${server.freeSlots} replication slots free; ${SLOTS_WANTED} are needed.`,
      'Raise max_replication_slots there and restart PostgreSQL, or drop slots that nobody uses.',
    )
  if (server.freeSenders < SLOTS_WANTED)
    no(
      'NO_SENDERS',
      `${names.source} has ${server.freeSenders} WAL senders free; ${SLOTS_WANTED} are needed.`,
      'Raise max_wal_senders there and restart PostgreSQL.',
    )
  if (to.server.freeWorkers < 2)
    no(
      'NO_WORKERS',
      `${names.target} has ${to.server.freeWorkers} workers for logical replication free; 2 are needed.`,
      'Raise max_logical_replication_workers and max_worker_processes there and restart PostgreSQL.',
    )
  if (!server.replication)
    no(
      'REPLICATION_REFUSED',
      `"${source.user}" may not replicate from ${names.source}.`,
      `ALTER ROLE "${source.user}" REPLICATION there (managed databases have a role for it), ${other}.`,
      { field: 'source_user', value: source.user },
    )
  if (!to.server.subscribe)
    no(
      'SUBSCRIBE_REFUSED',
      `"${target.user}" may not make subscriptions on ${names.target}.`,
      `Name a superuser, or (PostgreSQL 16) grant pg_create_subscription, ${other}.`,
      { field: 'target_user', value: target.user },
    )
  if (!database.mayPublish || database.foreignOwned.length > 0)
    no(
      'PUBLISH_REFUSED',
      database.mayPublish
        ? `"${source.user}" does not own ${list(database.foreignOwned)} on ${names.source} and cannot publish them.`
        : `"${source.user}" may not create a publication in "${source.database}" on ${names.source}.`,
      'Name the owner or a superuser.',
      { field: 'source_user', value: source.user },
    )
  if (database.largeObjects > 0)
    no(
      'LARGE_OBJECTS',
      `The source has ${database.largeObjects} large objects, which are not replicated.`,
      'Take the strategy stream or parallel.',
    )
  if (database.prepared > 0)
    no(
      'PREPARED_TRANSACTIONS',
      `${database.prepared} prepared transactions are open in the source; a slot waits for them for ever.`,
      'COMMIT PREPARED or ROLLBACK PREPARED them (pg_prepared_xacts).',
    )
  if (database.withoutKey.length > 0) {
    const tables = list(database.withoutKey.map(({ table }) => table))
    if (wish.withoutKey === 'refuse')
      no(
        'TABLE_WITHOUT_KEY',
        `These tables have no primary key, so that updates and deletes could not be replicated and would fail on the source: ${tables}.`,
        'Give them a primary key, or set without_key to full: they get REPLICA IDENTITY FULL for the time of the move, which makes their updates and deletes slower.',
        { field: 'without_key', value: 'refuse' },
      )
    else
      warnings.push(
        `${tables} get REPLICA IDENTITY FULL for the time of the move: their updates and deletes write more WAL, and are slow to apply where the tables are large.`,
      )
  }
  if (database.leftSlots.length > 0)
    no(
      'SLOT_LEFT',
      `The source still has replication slots of an earlier move: ${list(database.leftSlots)}. They make it keep its WAL.`,
      `Stop or resume the run they belong to; if there is none any more: ${database.leftSlots.map((name) => `SELECT pg_drop_replication_slot('${name}');`).join(' ')}`,
    )
  if (from.freeBytes !== null && from.freeBytes < wish.walLimit * 1.5)
    no(
      'SOURCE_NO_SPACE',
      `${names.source} has ${formatQuantity(from.freeBytes, 'bytes')} free; the move may make it keep ${formatQuantity(wish.walLimit, 'bytes')} of WAL.`,
      'Free some space there, or lower wal_limit.',
      { field: 'wal_limit' },
    )
  else if (from.freeBytes === null)
    warnings.push(
      `The free disk of ${names.source} cannot be seen; up to ${formatQuantity(wish.walLimit, 'bytes')} of WAL are kept there during the move.`,
    )
  if (database.unlogged.length > 0)
    warnings.push(
      `Unlogged tables are not replicated; their rows are copied during the write stop: ${list(database.unlogged)}.`,
    )
  warnings.push(
    'Changes of tables (ALTER, CREATE, DROP) are not replicated: make none until the move has ended. One that is made stops the move or shows in the proof.',
  )
}

/** What is worth knowing whatever the strategy. */
export function tellOf(source: Side, from: SideFacts, to: SideFacts, names: Names, warnings: string[]): void {
  const { database } = from
  if (!database) return
  if (database.longTransactions > 0)
    warnings.push(
      `${database.longTransactions} transactions in "${source.database}" have been open for more than a minute, the oldest for ${formatDuration(database.oldestSeconds * 1000)}; stopping writes ends them.`,
    )
  const collation = to.database?.collationVersion ?? null
  if (database.collationVersion !== null && collation !== null && collation !== database.collationVersion)
    warnings.push(
      `The collation ${database.collate} is version ${database.collationVersion} on ${names.source} and ${collation} on ${names.target}: text may sort differently. The copy builds every index on the target anew, so none has to be rebuilt; look at partitions by range of text.`,
    )
}
