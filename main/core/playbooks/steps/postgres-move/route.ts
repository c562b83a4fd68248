import type { Problem } from '../../../../../shared/model/problem.ts'
import { previewOf } from '../../commands.ts'
import type { PlanContext, StepPlan } from '../step.ts'
import type { CopyPlan } from './copy.ts'
import type { Wish } from './judge.ts'
import type { Sides } from './planned.ts'
import {
  baseOf,
  chooseTools,
  notReached,
  parseRoute,
  type Route,
  routeCommand,
  routeOf,
  type SideFacts,
  sampleCommand,
  toolsCommand,
} from './preflight.ts'
import { lastError } from './refusal.ts'
import type { RelayPlan } from './relay-job.ts'
import type { SideName } from './side.ts'

const MOST_OBJECTS_IN_ONE_TRANSACTION = 2000
/** A table as text is commonly smaller than on disk; numbers and bytes can be larger. */
const TEXT_SHARE = 1.1
/** What gzip at its fastest commonly leaves of it, stated as an assumption. */
const PACKED_SHARE = 0.5

export interface Chosen {
  copy: CopyPlan
  relay: RelayPlan | null
  /** Bytes a second that the source gave in a sample; null: too little to measure. */
  bytesPerSecond: number | null
}

/**
 * Tries the places the copy could run at, the target first, and takes the first from which both databases are reached.
 * Where there is none, the dump goes through this computer.
 */
export async function chooseRoute(
  sides: Sides,
  from: SideFacts,
  to: SideFacts,
  wish: Wish,
  context: PlanContext,
  plan: StepPlan,
): Promise<Chosen | null> {
  const places: SideName[] = wish.runOn === 'source' || wish.runOn === 'target' ? [wish.runOn] : ['target', 'source']
  const major = Math.floor(from.server.version / 10_000)
  const base = baseOf(sides.target, to)
  const refused: string[] = []
  let reached: Route | null = null
  for (const place of wish.runOn === 'relay' ? [] : places) {
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
    if (tools) {
      const files = filesOf(wish, from, facts.scratchBytes, where, plan)
      if (files === null) return null
      const copy = { ...formatOf(from, wish), route, tools, compression: files }
      return { copy, relay: null, bytesPerSecond: await sample(sides, from, route, context, plan) }
    }
    refused.push(`${where} has no pg_dump and pg_restore of PostgreSQL ${major} or newer`)
  }
  if (reached) {
    plan.problems.push({
      code: 'POSTGRES_TOOLS_MISSING',
      fact: `${refused.join('; ')}.`,
      fix: `Install postgresql-client-${major} or newer on one of the two servers.`,
    })
    return null
  }
  const mayRelay = wish.strategy === 'stream' && (wish.runOn === 'auto' || wish.runOn === 'relay')
  if (mayRelay) return await relayed(sides, from, wish, major, refused, context, plan)
  plan.problems.push({
    code: 'NO_NETWORK_PATH',
    fact: `Neither server reaches the other's database. ${refused.join('; ')}.`,
    fix: `Let one in: listen_addresses, pg_hba.conf and the firewall of the other; or state the address it is reached at (peer_server, peer_port)${
      wish.strategy === 'stream'
        ? '; or let the data go through this computer (run_on: relay)'
        : '; or take the strategy stream, which can go through this computer'
    }.`,
  })
  return null
}

function formatOf(from: SideFacts, wish: Wish): Omit<CopyPlan, 'route' | 'tools' | 'compression'> {
  const { objects = 0, largeObjects = 0 } = from.database ?? {}
  const parallel = wish.strategy === 'parallel'
  return {
    owners: wish.owners,
    oneTransaction: wish.strategy === 'stream' && objects + largeObjects <= MOST_OBJECTS_IN_ONE_TRANSACTION,
    format: parallel ? 'directory' : largeObjects > 0 ? 'custom' : 'plain',
    jobs: parallel ? wish.jobs : 1,
  }
}

/** Level of compression of the directory format for the room there is, null where there is too little; 0 for the others. */
function filesOf(wish: Wish, from: SideFacts, free: number | null, where: string, plan: StepPlan): number | null {
  if (wish.strategy !== 'parallel') return 0
  const data = from.database?.dataBytes ?? 0
  if (free === null) {
    plan.warnings.push(
      `The free space among the temporary files of ${where} cannot be seen; the dump needs about ${Math.ceil((data * PACKED_SHARE) / 1e6)} MB there.`,
    )
    return 1
  }
  if (free >= data * TEXT_SHARE) return 0
  if (free >= data * PACKED_SHARE) return 1
  const problem: Problem = {
    code: 'SCRATCH_NO_SPACE',
    fact: `${where} has ${Math.floor(free / 1e6)} MB free among its temporary files; the files of a parallel dump need about ${Math.ceil((data * PACKED_SHARE) / 1e6)} MB.`,
    fix: 'Free some space there (TMPDIR says where), or take the strategy stream, which needs none.',
    field: 'strategy',
    value: 'parallel',
  }
  plan.problems.push(problem)
  return null
}

async function sample(
  sides: Sides,
  from: SideFacts,
  route: Route,
  context: PlanContext,
  plan: StepPlan,
): Promise<number | null> {
  const largest = from.database?.largest
  if (!largest) return null
  const command = sampleCommand(route, sides.source, sides.target, largest)
  plan.commands.push(previewOf(context, route.hostId, command, 'check'))
  const { exitCode, stdout, durationMs } = await context.hosts.run(route.hostId, command, { signal: context.signal })
  const bytes = Number(stdout.trim())
  return exitCode === 0 && bytes > 1e6 && durationMs > 0 ? (bytes / durationMs) * 1000 : null
}

async function relayed(
  sides: Sides,
  from: SideFacts,
  wish: Wish,
  major: number,
  refused: readonly string[],
  context: PlanContext,
  plan: StepPlan,
): Promise<Chosen | null> {
  const found = await Promise.all(
    [sides.source, sides.target].map(async (side) => {
      const command = toolsCommand(side)
      plan.commands.push(previewOf(context, side.hostId, command, 'check'))
      const facts = parseRoute((await context.hosts.run(side.hostId, command, { signal: context.signal })).stdout)
      const tools = chooseTools(facts.tools, major)
      if (tools === null)
        plan.problems.push({
          code: 'POSTGRES_TOOLS_MISSING',
          fact: `${context.hostName(side.hostId)} has no pg_dump and psql of PostgreSQL ${major} or newer, and the dump has to go through this computer.`,
          fix: `Install postgresql-client-${major} or newer there.`,
        })
      return { tools, packers: facts.packers }
    }),
  )
  const [source, target] = found
  if (!source?.tools || !target?.tools) return null
  const packing = (['zstd', 'lz4', 'gzip'] as const).find((one) => found.every(({ packers }) => packers.includes(one)))
  plan.warnings.push(
    `${wish.runOn === 'relay' ? 'As asked' : `Neither server reaches the other's database (${refused.join('; ')}); so`} the data goes through this computer${packing ? `, packed by ${packing} where the way is slow` : ''}: it has to stay on and connected until the end, and the copy begins anew when it is interrupted.`,
  )
  const route = routeOf('source', sides.source, sides.target, context)
  return {
    copy: { ...formatOf(from, wish), route, tools: source.tools, compression: 0 },
    relay: { packing: packing ?? 'none', sourceTools: source.tools.folder, targetTools: target.tools.folder },
    bytesPerSecond: null,
  }
}
