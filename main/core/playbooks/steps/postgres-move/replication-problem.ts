import type { Problem } from '../../../../../shared/model/problem.ts'
import type { PlanContext } from '../step.ts'
import type { LogicalPlan } from './logical-job.ts'
import type { Sides } from './planned.ts'
import { lastError, refusedMidway } from './refusal.ts'

/** What the end of the job of a logical move means. `full`: the disk of the target has nothing to speak of left. */
export function replicationProblem(
  plan: LogicalPlan,
  end: 'ended' | 'dead' | 'gone',
  exitCode: number | null,
  stderr: string,
  sides: Sides,
  context: PlanContext,
  full = false,
): Problem {
  const host = context.hostName(plan.route.hostId)
  const target = context.hostName(sides.target.hostId)
  if (/No space left on device/i.test(stderr))
    return {
      code: 'TARGET_NO_SPACE',
      fact: `A disk filled up during the move: ${lastError(stderr)}.`,
      fix: 'Free some space, then resume the run.',
    }
  // The subscription's own words are in the log of the target's server only.
  if (full)
    return {
      code: 'TARGET_NO_SPACE',
      fact: `The disk of ${target} filled up during the move${stderr === '' ? '' : `: ${lastError(stderr)}`}.`,
      fix: 'Free some space there, then resume the run.',
    }
  const refused = refusedMidway(
    stderr,
    sides,
    [plan.route, { ...plan.route, source: plan.publisher }],
    context.hostName,
  )
  if (refused) return refused
  if (end !== 'ended')
    return {
      code: 'COPY_LOST',
      fact: `The job on ${host} ended without a result: it was killed, or ${host} was restarted.`,
      fix: 'Resume the run: the move begins anew.',
    }
  if (exitCode === 71)
    return {
      code: 'SUBSCRIBE_FAILED',
      fact: `PostgreSQL on ${target} could not subscribe to the source at ${plan.publisher.server || 'its socket'}:${plan.publisher.port || '5432'}: ${lastError(stderr)}.`,
      fix: 'The server of the target itself connects to the source: let it in (pg_hba.conf, firewall), or state the address it reaches it at (peer_server, peer_port).',
    }
  if (exitCode === 72)
    return {
      code: 'REPLICATION_LOST',
      fact: `${lastError(stderr)}: the guard ended it because the source kept too much WAL, or somebody dropped it.`,
      fix: 'Raise wal_limit where the disk of the source has room, then resume the run.',
      field: 'wal_limit',
    }
  if (exitCode === 73)
    return {
      code: 'REPLICATION_FAILING',
      fact: `The subscription on ${target} fails again and again while it copies or applies rows.`,
      fix: `The log of PostgreSQL on ${target} has the reason (a full disk, a constraint, a missing function). Correct it, then resume the run.`,
    }
  return {
    code: 'COPY_FAILED',
    fact: `The move failed (exit code ${exitCode}): ${lastError(stderr)}.`,
    fix: 'Correct the cause that PostgreSQL names, then resume the run.',
  }
}
