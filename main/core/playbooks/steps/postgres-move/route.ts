import { previewOf } from '../../commands.ts'
import type { PlanContext, StepPlan } from '../step.ts'
import type { CopyPlan } from './copy.ts'
import type { Wish } from './judge.ts'
import { pgcopydbRefused } from './pgcopydb.ts'
import type { Sides } from './planned.ts'
import {
  baseOf,
  chooseTools,
  notReached,
  parseRoute,
  type Route,
  type RouteFacts,
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
      const parallel =
        wish.strategy === 'parallel' ? parallelOf(wish, from, to, route, facts, context, plan) : { compression: 0 }
      if (parallel === null) return null
      const copy = { ...formatOf(from, wish), ...parallel, route, tools }
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
  return {
    owners: wish.owners,
    oneTransaction: wish.strategy === 'stream' && objects + largeObjects <= MOST_OBJECTS_IN_ONE_TRANSACTION,
    format: largeObjects > 0 ? 'custom' : 'plain',
    jobs: wish.strategy === 'parallel' ? wish.jobs : 1,
  }
}

/**
 * What copies several tables at once: pg_dump over files, as they are where the disk has room, else packed; or pgcopydb,
 * where it is asked for, or is there and would spare the dump a disk that it does not fit on unpacked. Null with a problem.
 */
function parallelOf(
  wish: Wish,
  from: SideFacts,
  to: SideFacts,
  route: Route,
  { scratchBytes: free, pgcopydb }: RouteFacts,
  context: PlanContext,
  plan: StepPlan,
): Pick<CopyPlan, 'format' | 'compression'> | null {
  const where = context.hostName(route.hostId)
  const majors = [from, to].map(({ server }) => Math.floor(server.version / 10_000))
  const refused = pgcopydbRefused(pgcopydb, {
    ...{ container: route.within !== null, majors },
    unlogged: from.database?.unlogged ?? [],
  })
  if (wish.parallelBy === 'pgcopydb') {
    if (refused === null) return { format: 'pgcopydb', compression: 0 }
    plan.problems.push({
      code: 'PGCOPYDB_UNFIT',
      fact: `pgcopydb cannot copy on ${where}: ${refused}.`,
      fix: `Install a pgcopydb there that can (Debian and PostgreSQL's own packages have one), or set parallel_by to auto or pg_dump.`,
      field: 'parallel_by',
      value: 'pgcopydb',
    })
    return null
  }
  const data = from.database?.dataBytes ?? 0
  if (free !== null && free >= data * TEXT_SHARE) return { format: 'directory', compression: 0 }
  if (wish.parallelBy === 'auto' && refused === null) {
    plan.notes.push(
      `The files of a dump have no room on ${where} as they are, so pgcopydb ${pgcopydb?.version ?? ''}, which is there, copies instead.`,
    )
    return { format: 'pgcopydb', compression: 0 }
  }
  const packed = `about ${Math.ceil((data * PACKED_SHARE) / 1e6)} MB`
  if (free === null) {
    plan.warnings.push(
      `The free space among the temporary files of ${where} cannot be seen; the dump needs ${packed} there.`,
    )
    return { format: 'directory', compression: 1 }
  }
  if (free >= data * PACKED_SHARE) return { format: 'directory', compression: 1 }
  plan.problems.push({
    code: 'SCRATCH_NO_SPACE',
    fact: `${where} has ${Math.floor(free / 1e6)} MB free among its temporary files; the files of a parallel dump need ${packed}.`,
    fix: 'Free some space there (TMPDIR says where), install pgcopydb there, which needs no files, or take the strategy stream.',
    field: 'strategy',
    value: 'parallel',
  })
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
