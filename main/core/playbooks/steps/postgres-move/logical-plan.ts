import type { PlanContext } from '../step.ts'
import type { CopyPlan } from './copy.ts'
import type { Wish } from './judge.ts'
import type { LogicalPlan } from './logical-job.ts'
import type { MoveStep, Sides } from './planned.ts'
import type { SideFacts } from './preflight.ts'
import { replicationName } from './replication.ts'
import { peerAddress } from './side.ts'

/** What a replication from one side to the other is made of, found out by the review. */
export function logicalPlan(
  step: MoveStep,
  { source, target }: Sides,
  from: SideFacts,
  to: SideFacts,
  wish: Wish,
  copy: CopyPlan,
  context: PlanContext,
): LogicalPlan {
  const near =
    source.hostId === target.hostId && source.container === '' && target.container === '' && source.peerServer === ''
  return {
    ...copy,
    oneTransaction: false,
    publisher: near ? { server: source.server, port: source.port } : peerAddress(source, context),
    unlogged: from.database?.unlogged ?? [],
    replication: {
      name: replicationName(step.id, source, target),
      full: from.database?.withoutKey ?? [],
      targetSystem: to.systemId,
      targetMajor: Math.floor(to.server.version / 10_000),
      walLimit: wish.walLimit,
    },
  }
}
