import { setTimeout as pause } from 'node:timers/promises'
import * as z from 'zod'
import { parseDuration } from '../../../../../shared/format/duration.ts'
import type { Command, Word } from '../../../../../shared/model/command.ts'
import { HeadroomError, type Problem } from '../../../../../shared/model/problem.ts'
import type { Secret } from '../../../../../shared/model/secret.ts'
import { throughLinkLoss } from '../../link-loss.ts'
import type { PlanContext, RunContext } from '../step.ts'

/** A Docker engine of a host, and as whom it is used. */
export interface Engine {
  hostId: string
  dockerHost: string
  sudo: boolean
}

export function engineOf(
  step: { host: string; docker_host?: string; sudo?: boolean | string },
  { values }: PlanContext,
): Engine {
  return {
    hostId: values.hostId(step.host),
    dockerHost: step.docker_host === undefined ? '' : values.plain(step.docker_host),
    sudo: typeof step.sudo === 'string' ? values.plain(step.sudo) === 'true' : (step.sudo ?? false),
  }
}

/** A command on the engine. `env` may hold secrets: they travel on standard input. */
export const docker = (
  engine: Engine,
  argv: readonly string[],
  more: { timeoutMs?: number; stdin?: string | Secret; env?: Record<string, Word> } = {},
): Command => ({
  argv,
  env: { ...(engine.dockerHost === '' ? {} : { DOCKER_HOST: engine.dockerHost }), ...more.env },
  ...(more.stdin === undefined ? {} : { stdin: more.stdin }),
  sudo: engine.sudo,
  timeoutMs: more.timeoutMs ?? 60_000,
})

/** Shell text that says whether the engine answers and how it stands in a swarm; what a look wants besides follows it. */
export const LOOK = `command -v docker >/dev/null 2>&1 || { echo missing; exit 0; }
said=$(docker info --format '{{json .Swarm}}' 2>&1) || { printf 'refused %s\\n' "$(printf %s "$said" | tail -n 1)"; exit 0; }
printf 'swarm %s\\n' "$(printf '%s\\n' "$said" | grep '^{')"`

export const lookCommand = (engine: Engine, more = ''): Command =>
  docker(engine, ['sh', '-c', more === '' ? LOOK : `${LOOK}\n${more}`])

const SwarmSchema = z.object({
  NodeID: z.string().default(''),
  NodeAddr: z.string().default(''),
  LocalNodeState: z.enum(['inactive', 'pending', 'active', 'error', 'locked']),
  ControlAvailable: z.boolean().default(false),
  Error: z.string().default(''),
  RemoteManagers: z.array(z.object({ NodeID: z.string(), Addr: z.string() })).nullish(),
})
export type SwarmState = z.infer<typeof SwarmSchema>

export interface Look {
  swarm: SwarmState
  /** What followed a word at the beginning of the lines. */
  after(word: string): string[]
}

/** What a look says, or what is wrong with the engine. */
export function readLook(stdout: string, host: string): Look | Problem {
  const lines = stdout.split('\n')
  const after = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1))
  const [swarm] = after('swarm')
  if (swarm?.startsWith('{')) {
    const state = SwarmSchema.parse(JSON.parse(swarm))
    const [unanswered] = after('unanswered')
    // What is no manager has no services to tell of, and says so by that.
    if (unanswered === undefined || !state.ControlAvailable) return { swarm: state, after }
    return {
      code: 'SWARM_UNANSWERED',
      fact: `The swarm of ${host} does not answer: ${lastLine(unanswered)}.`,
      fix: 'See docker node ls there: a swarm works while more than half of its managers can be reached.',
      field: 'host',
    }
  }
  const [refused] = after('refused')
  return refused === undefined && swarm === undefined
    ? {
        code: 'DOCKER_MISSING',
        fact: `${host} has no docker program.`,
        fix: 'Install Docker there, or name the server that has it.',
        field: 'host',
      }
    : {
        code: 'DOCKER_UNREACHABLE',
        fact: `Docker on ${host} does not answer this user: ${lastLine(refused ?? '')}.`,
        fix: 'Start it; let this user use it (group docker), or set sudo or docker_host.',
        field: 'host',
      }
}

/** Looks while planning. */
export async function look(engine: Engine, command: Command, context: PlanContext): Promise<Look | Problem> {
  const result = await context.hosts.run(engine.hostId, command, { signal: context.signal })
  return readLook(result.stdout, context.hostName(engine.hostId))
}

/**
 * Looks during the run. An engine that does not answer is waited for as long as it takes to start anew; a swarm, too, that
 * finds its way together again.
 */
export async function lookAgain(engine: Engine, command: Command, context: RunContext): Promise<Look> {
  const host = context.hostName(engine.hostId)
  const found = await whileDown(
    context,
    engine.hostId,
    async () => {
      const printed = await throughLinkLoss(context, () => context.read(engine.hostId, command))
      return readLook(printed.toString('utf8'), host)
    },
    (look) =>
      'code' in look ? (look.code === 'DOCKER_MISSING' ? null : look.fact) : isStarting(look) ? `${host} joins.` : null,
  )
  if ('code' in found) throw new HeadroomError(found)
  return found
}

const isStarting = ({ swarm }: Look): boolean => swarm.LocalNodeState === 'pending'

const COMES_BACK_WITHIN_MS = 60_000
const BETWEEN_TRIES_MS = 1000

/** Asks again while `down` says why the answer is none, for a minute; then the answer is what it is. */
async function whileDown<T>(
  context: RunContext,
  hostId: string,
  ask: () => Promise<T>,
  down: (answer: T) => string | null,
): Promise<T> {
  const until = context.environment.elapsed() + COMES_BACK_WITHIN_MS
  for (let told = false; ; ) {
    const answer = await ask()
    const why = down(answer)
    if (why === null || context.environment.elapsed() >= until) return answer
    if (!told) context.line(hostId, 'note', `${why} Waiting for it, as after a restart.`)
    told = true
    await pause(BETWEEN_TRIES_MS, undefined, { signal: context.signal })
  }
}

export const notManager = (host: string, { LocalNodeState }: SwarmState): Problem => ({
  code: 'NOT_A_MANAGER',
  fact: `${host} is ${LocalNodeState === 'active' ? 'a worker of a swarm' : LocalNodeState === 'locked' ? 'a manager of a locked swarm' : 'in no swarm'}; only a manager can do this.`,
  fix:
    LocalNodeState === 'locked'
      ? 'Unlock it (docker swarm unlock).'
      : 'Name a manager of the swarm (docker node ls shows them).',
  field: 'host',
})

export const timeoutOf = (text: string, { values }: PlanContext): number => parseDuration(values.plain(text))

export const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.replace(/\.$/, '').slice(0, 300) ?? ''

/** What docker and docker compose say when the engine is not there, or ends in the middle. */
const ENGINE_DOWN =
  /Cannot connect to the Docker daemon|Is the docker daemon running|error during connect|docker\.sock\S* connect: |unexpected EOF|Connection aborted|swarm does not have a leader/i

/**
 * A command of the plan that has to succeed. Asked again where the connection is lost or the engine starts anew, unless it
 * may be asked only `once`.
 */
export async function must(
  context: RunContext,
  hostId: string,
  command: Command,
  refused: { code: string; what: string; fix: string; why?(stderr: string): string },
  options: { cleanup?: boolean; once?: boolean } = {},
): Promise<string> {
  const { once, ...how } = options
  const ask = () => context.execute(hostId, command, how)
  const result = await (once
    ? ask()
    : whileDown(
        context,
        hostId,
        () => throughLinkLoss(context, ask),
        ({ exitCode, stderr }) =>
          exitCode !== 0 && ENGINE_DOWN.test(stderr) ? `Docker on ${context.hostName(hostId)} does not answer.` : null,
      ))
  if (result.exitCode === 0) return result.stdout
  throw new HeadroomError({
    code: refused.code,
    fact: `${refused.what} on ${context.hostName(hostId)} failed: ${(refused.why ?? lastLine)(result.stderr) || `exit code ${result.exitCode ?? result.signal}`}.`,
    fix: refused.fix,
  })
}
