import { previewOf } from '../../commands.ts'
import type { PlanContext, StepPlan } from '../step.ts'
import type { CopyPlan } from './copy.ts'
import type { Wish } from './judge.ts'
import type { MoveStep, Sides } from './planned.ts'
import {
  baseOf,
  chooseTools,
  notReached,
  parseRoute,
  type Route,
  routeCommand,
  routeOf,
  type SideFacts,
} from './preflight.ts'
import { lastError } from './refusal.ts'
import type { SideName } from './side.ts'

const MOST_OBJECTS_IN_ONE_TRANSACTION = 2000

/** Tries the places the copy could run at, the target first, and takes the first from which both databases are reached. */
export async function chooseRoute(
  step: MoveStep,
  sides: Sides,
  from: SideFacts,
  to: SideFacts,
  wish: Wish,
  context: PlanContext,
  plan: StepPlan,
): Promise<CopyPlan | null> {
  const asked = context.values.plain(step.run_on)
  const places: SideName[] = asked === 'source' || asked === 'target' ? [asked] : ['target', 'source']
  const major = Math.floor(from.server.version / 10_000)
  const base = baseOf(sides.target, to)
  const refused: string[] = []
  let reached: Route | null = null
  for (const place of places) {
    const route = routeOf(place, sides.source, sides.target, context)
    const command = routeCommand(route, sides.source, sides.target, base)
    plan.commands.push(previewOf(context, route.hostId, command, 'check'))
    const result = await context.hosts.run(route.hostId, command, { signal: context.signal })
    const facts = parseRoute(result.stdout)
    const where = context.hostName(route.hostId)
    const said = {
      source: notReached(facts.reach.source, from.systemId),
      target: notReached(facts.reach.target, to.systemId),
    }
    const failed = (['source', 'target'] as const).find((name) => said[name] !== null)
    if (failed) {
      refused.push(
        `${where} does not reach the ${failed}: ${lastError(result.exitCode === 0 ? (said[failed] ?? '') : result.stderr)}`,
      )
      continue
    }
    reached = route
    const tools = chooseTools(facts.tools, major)
    if (tools)
      return {
        route,
        tools,
        owners: wish.owners,
        oneTransaction:
          (from.database?.objects ?? 0) + (from.database?.largeObjects ?? 0) <= MOST_OBJECTS_IN_ONE_TRANSACTION,
      }
    refused.push(`${where} has no pg_dump and pg_restore of PostgreSQL ${major} or newer`)
  }
  plan.problems.push(
    reached
      ? {
          code: 'POSTGRES_TOOLS_MISSING',
          fact: `${refused.join('; ')}.`,
          fix: `Install postgresql-client-${major} or newer on one of the two servers.`,
        }
      : {
          code: 'NO_NETWORK_PATH',
          fact: `Neither server reaches the other's database. ${refused.join('; ')}.`,
          fix: 'Let one in: listen_addresses, pg_hba.conf and the firewall of the other; or state the address it is reached at (peer_server, peer_port).',
        },
  )
  return null
}
