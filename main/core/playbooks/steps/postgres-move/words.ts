import { formatDuration } from '../../../../../shared/format/duration.ts'
import { formatQuantity } from '../../../../../shared/format/quantity.ts'
import type { PlanContext, StepPlan } from '../step.ts'
import type { Planned, Sides } from './planned.ts'
import type { SideFacts } from './preflight.ts'
import type { Switch } from './switch.ts'

/** Nothing measured: what a dump into another server over a gigabit line commonly reaches, stated as an assumption. */
const ASSUMED_BYTES_PER_SECOND = 30e6
/** What one COPY of a PostgreSQL server takes in, with its indexes; stated as an assumption. */
const FASTEST_LOAD = 60e6
/** How fast rows are summed on both sides; stated as an assumption. */
const PROVEN_BYTES_PER_SECOND = 150e6

/** Puts into words what the move would do. */
export function tell(
  sides: Sides,
  planned: Planned,
  switching: Switch | null,
  from: SideFacts,
  measured: number | null,
  names: { source: string; target: string },
  plan: StepPlan,
  context: PlanContext,
): void {
  const { source, target } = sides
  const { database } = from
  if (!database) return
  const { copy, freeze, logical, strategy } = planned
  const rate = Math.min(measured ?? ASSUMED_BYTES_PER_SECOND, FASTEST_LOAD)
  const duration = formatDuration((database.dataBytes / rate + database.bytes / PROVEN_BYTES_PER_SECOND) * 1000 + 3000)
  const basis =
    measured === null
      ? `if ${formatQuantity(rate, 'bytes')} a second get through (assumed, not measured)`
      : `at ${formatQuantity(rate, 'bytes')} a second (${formatQuantity(measured, 'bytes')} a second came in a sample of ${database.largest}; a target takes ${formatQuantity(FASTEST_LOAD, 'bytes')} at most, assumed)`
  plan.notes.push(
    `${formatQuantity(database.bytes, 'bytes')} in ${database.tables} tables and ${database.largeObjects} large objects; about ${duration} ${basis}.`,
    planned.relay
      ? 'The copy goes through this computer and does not outlive it.'
      : `The ${logical ? 'replication is led from' : 'copy runs on'} ${context.hostName(copy.route.hostId)} with the programs of PostgreSQL ${copy.tools.major}, detached: it goes on without this computer.`,
  )
  if (copy.format === 'directory')
    plan.notes.push(
      `${copy.jobs} tables at once; the dump lies among the temporary files of ${context.hostName(copy.route.hostId)} in between${copy.compression > 0 ? ', compressed because the room is short' : ''}.`,
    )
  if (copy.format === 'pgcopydb')
    plan.notes.push(`pgcopydb copies ${copy.jobs} tables at once, straight from server to server, and needs no files.`)
  if (logical)
    plan.notes.push(
      `While both sides are compared, writers wait for a part of a second once (no errors). A guard on ${context.hostName(copy.route.hostId)} ends the replication when the source keeps more than ${formatQuantity(logical.replication.walLimit, 'bytes')} of WAL for it.`,
    )
  if (!freeze && !database.readOnly)
    plan.warnings.push(
      `Writes to the source are not stopped. The proof is exact for the moment the copy begins; what is written after it is not on the target (${database.otherSessions} other sessions are open now).`,
    )
  plan.effects.push(
    ...(planned.create ? [`creates the database "${target.database}" on ${names.target}`] : []),
    `fills "${target.database}" on ${names.target}`,
    ...(freeze
      ? [
          logical || switching
            ? `makes "${source.database}" on ${names.source} read-only at the end and ends its open sessions; it stays so after a success`
            : `makes "${source.database}" on ${names.source} read-only during the move and ends its open sessions`,
        ]
      : []),
    ...(switching
      ? [
          `changes ${switching.key} in ${switching.file} on ${switching.hostIds.map(context.hostName).join(', ')}${switching.restart ? ' and restarts the application' : ''}; any failure puts the old one back`,
        ]
      : []),
    `leaves ${strategy === 'logical' ? 'the rows of ' : ''}"${source.database}" on ${names.source} as ${strategy === 'logical' ? 'they are' : 'it is'}`,
  )
  if (switching && !switching.check)
    plan.warnings.push(
      'No check is stated, so whether the application works with the target is not looked at, and the old URL does not come back by itself.',
    )
  plan.downtime = logical
    ? 'writes stopped for seconds at the end, and for as long as the restart takes; reads go on'
    : freeze
      ? `writes stopped for about ${duration}; reads go on`
      : 'none; writes during the move are not copied'
}
