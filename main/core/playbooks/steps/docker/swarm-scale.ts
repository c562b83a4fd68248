import { setTimeout as pause } from 'node:timers/promises'
import * as z from 'zod'
import { parseDuration } from '../../../../../shared/format/duration.ts'
import { quoteWord } from '../../../../../shared/format/shell.ts'
import type { Command } from '../../../../../shared/model/command.ts'
import { HeadroomError, type Problem } from '../../../../../shared/model/problem.ts'
import type { StepOf } from '../../../../../shared/playbook/schema.ts'
import { previewOf } from '../../commands.ts'
import { emptyPlan, type PlanContext, type RunContext, type StepHandler } from '../step.ts'
import { lastLine } from './engine.ts'
import { convergence, readTasks, type Task } from './tasks.ts'

const BETWEEN_LOOKS_MS = 500
/** New tasks that failed before the scaling is given up; Swarm itself would go on trying for ever. */
const FAILURES_TO_GIVE_UP = 3

interface Wanted {
  hostId: string
  service: string
  replicas: number
  dockerHost: string
  sudo: boolean
  timeoutMs: number
}

/** Sets the number of replicas of a Swarm service and waits until they run. */
export const swarmScale: StepHandler<'swarm-scale'> = {
  async plan(step, context) {
    const wanted = wantedOf(step, context)
    const plan = { ...emptyPlan(), hostIds: [wanted.hostId] }
    const look = lookCommand(wanted)
    plan.commands.push(previewOf(context, wanted.hostId, look, 'check'))
    const result = await context.hosts.run(wanted.hostId, look, { signal: context.signal })
    const host = context.hostName(wanted.hostId)
    const state = stateOf(result, wanted, host)
    if ('code' in state) return { ...plan, problems: [state] }
    const { replicas: before } = state
    plan.facts = { before }
    plan.commands.push(
      previewOf(context, wanted.hostId, scaleCommand(wanted, wanted.replicas), 'run'),
      previewOf(context, wanted.hostId, tasksCommand(wanted), 'verify', { readOnly: true }),
      previewOf(context, wanted.hostId, scaleCommand(wanted, before), 'undo'),
    )
    plan.alreadyDone = before === wanted.replicas && state.running === wanted.replicas
    if (plan.alreadyDone) plan.notes.push(`${wanted.service} has ${before} replicas already, and they run.`)
    else plan.effects.push(`changes ${wanted.service} on ${host} from ${before} to ${wanted.replicas} replicas`)
    if (wanted.replicas === 0) plan.warnings.push(`With 0 replicas ${wanted.service} is off.`)
    plan.undoable = true
    plan.downtime = wanted.replicas === 0 ? `${wanted.service} is off until it is scaled up again` : 'none'
    return plan
  },

  async run(step, context) {
    const wanted = wantedOf(step, context)
    if (context.plan.alreadyDone) return { kind: 'skip' }
    const before = Number(context.memory.before ?? context.plan.facts.before)
    const known = await tasksOf(wanted, context)
    if (context.memory.before === undefined) context.remember({ before, known: known.map(({ ID }) => ID) })
    context.journal('scale', wanted.hostId, `${wanted.service} goes from ${before} to ${wanted.replicas} replicas.`, {
      before,
      after: wanted.replicas,
      undo: `docker service scale ${wanted.service}=${before}`,
    })
    context.stands(
      `${wanted.service} on ${context.hostName(wanted.hostId)} was told to run ${wanted.replicas} replicas; it ran ${before} before.`,
    )
    const result = await context.execute(wanted.hostId, scaleCommand(wanted, wanted.replicas))
    if (result.exitCode !== 0) throw scaleRefused(wanted, context.hostName(wanted.hostId), result.stderr)
    await converge(wanted, before, new Set(z.array(z.string()).parse(context.memory.known)), context)
    context.stands('')
    return { kind: 'done', outcome: `${wanted.service} runs ${wanted.replicas} replicas (${before} before).` }
  },

  async undo(step, context) {
    if (context.plan.alreadyDone || context.memory.before === undefined) return
    const wanted = wantedOf(step, context)
    const before = Number(context.memory.before)
    const known = new Set((await tasksOf(wanted, context)).map(({ ID }) => ID))
    const result = await context.execute(wanted.hostId, scaleCommand(wanted, before))
    if (result.exitCode !== 0) throw scaleRefused(wanted, context.hostName(wanted.hostId), result.stderr)
    await converge({ ...wanted, replicas: before }, wanted.replicas, known, context)
  },
}

const scaleRefused = (wanted: Wanted, host: string, said: string) =>
  new HeadroomError({
    code: 'SCALE_REFUSED',
    fact: `Docker on ${host} refused to scale ${wanted.service}: ${lastLine(said)}.`,
    fix: 'See the message; it is in the words of Docker.',
  })

function wantedOf(step: StepOf<'swarm-scale'>, context: PlanContext): Wanted {
  const { values } = context
  const replicas = values.plain(String(step.replicas))
  const service = values.plain(step.service)
  if (!/^\d{1,5}$/.test(replicas))
    throw new HeadroomError({
      code: 'PARAMETER_INVALID',
      fact: `The number of replicas is "${replicas}".`,
      fix: 'Write a whole number from 0 to 99999.',
      field: 'replicas',
      value: replicas,
    })
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(service))
    throw new HeadroomError({
      code: 'PARAMETER_INVALID',
      fact: `"${service}" cannot be the name of a service.`,
      fix: 'Write its name as docker service ls shows it.',
      field: 'service',
      value: service,
    })
  return {
    hostId: values.hostId(step.host),
    service,
    replicas: Number(replicas),
    dockerHost: step.docker_host === undefined ? '' : values.plain(step.docker_host),
    sudo: typeof step.sudo === 'string' ? values.plain(step.sudo) === 'true' : (step.sudo ?? false),
    timeoutMs: parseDuration(values.plain(step.timeout)),
  }
}

const docker = (wanted: Wanted, argv: string[], timeoutMs = 60_000): Command => ({
  argv,
  env: wanted.dockerHost === '' ? {} : { DOCKER_HOST: wanted.dockerHost },
  sudo: wanted.sudo,
  timeoutMs,
})

/** Everything the plan has to know, in one reading. */
function lookCommand(wanted: Wanted): Command {
  const service = quoteWord(wanted.service)
  const text = `command -v docker >/dev/null 2>&1 || { echo 'missing'; exit 0; }
said=$(docker info --format '{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}}' 2>&1) || { printf 'refused %s\\n' "$said"; exit 0; }
printf 'swarm %s\\n' "$said"
docker service ls --format 'service {{.Name}} {{.Mode}}' 2>/dev/null
docker service inspect --format 'mode {{json .Spec.Mode}}' ${service} 2>/dev/null
docker service ps --no-trunc --filter desired-state=running --format 'task {{.CurrentState}}' ${service} 2>/dev/null || :`
  return docker(wanted, ['sh', '-c', text])
}

const scaleCommand = (wanted: Wanted, replicas: number): Command =>
  docker(wanted, ['docker', 'service', 'scale', '--detach', `${wanted.service}=${replicas}`])

const tasksCommand = (wanted: Wanted): Command =>
  docker(wanted, ['docker', 'service', 'ps', '--no-trunc', '--format', '{{json .}}', wanted.service], 30_000)

const ModeSchema = z.object({ Replicated: z.object({ Replicas: z.number().default(0) }).optional() }).loose()

/** What the reading says: the replicas there are, or the problem. Pure. */
export function stateOf(
  result: { stdout: string; stderr: string },
  wanted: Pick<Wanted, 'service'>,
  host: string,
): { replicas: number; running: number } | Problem {
  const lines = result.stdout.split('\n')
  const after = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1))
  const [swarm] = after('swarm')
  if (swarm === undefined) {
    const [refused] = after('refused')
    return refused === undefined
      ? {
          code: 'DOCKER_MISSING',
          fact: `${host} has no docker program.`,
          fix: 'Install Docker there, or name the server that has it.',
          field: 'host',
        }
      : {
          code: 'DOCKER_UNREACHABLE',
          fact: `Docker on ${host} does not answer this user: ${lastLine(refused)}.`,
          fix: 'Start it; let this user use it (group docker), or set sudo or docker_host.',
          field: 'host',
        }
  }
  const [node, manager] = swarm.split(' ')
  if (node !== 'active' || manager !== 'true')
    return {
      code: 'NOT_A_MANAGER',
      fact: `${host} is ${node === 'active' ? 'a worker of a swarm' : 'in no swarm'}; only a manager can scale a service.`,
      fix: 'Name a manager of the swarm (docker node ls shows them).',
      field: 'host',
    }
  const services = after('service').map((line) => line.split(' ')[0] ?? '')
  const [mode] = after('mode')
  if (mode === undefined)
    return {
      code: 'SERVICE_MISSING',
      fact: `The swarm of ${host} has no service "${wanted.service}".`,
      fix: services.length > 0 ? `It has ${services.join(', ')}.` : 'It has no services yet.',
      field: 'service',
      value: wanted.service,
    }
  const replicated = ModeSchema.parse(JSON.parse(mode)).Replicated
  if (!replicated)
    return {
      code: 'SERVICE_NOT_REPLICATED',
      fact: `${wanted.service} is not a replicated service: it runs once on every node and has no number of replicas.`,
      fix: 'Add or remove nodes instead.',
      field: 'service',
      value: wanted.service,
    }
  return { replicas: replicated.Replicas, running: after('task').filter((state) => state.startsWith('Running')).length }
}

async function tasksOf(wanted: Wanted, context: RunContext): Promise<Task[]> {
  return readTasks((await context.read(wanted.hostId, tasksCommand(wanted))).toString('utf8'))
}

async function converge(
  wanted: Wanted,
  before: number,
  known: ReadonlySet<string>,
  context: RunContext,
): Promise<void> {
  const until = context.environment.elapsed() + wanted.timeoutMs
  let shown = ''
  for (;;) {
    const now = convergence(await tasksOf(wanted, context), known)
    const text = `${now.running} of ${wanted.replicas} replicas run`
    if (text !== shown) {
      shown = text
      context.progress(wanted.replicas === 0 ? null : Math.min(1, now.running / wanted.replicas), text)
      context.line(wanted.hostId, 'note', text)
    }
    if (now.running === wanted.replicas && now.wantedToRun === wanted.replicas && now.leaving === 0) return
    const late = context.environment.elapsed() >= until
    if (now.failed.length >= FAILURES_TO_GIVE_UP || late)
      throw new HeadroomError(notConverged(wanted, before, now, late, context.hostName(wanted.hostId)))
    await pause(BETWEEN_LOOKS_MS, undefined, { signal: context.signal })
  }
}

function notConverged(
  wanted: Wanted,
  before: number,
  now: ReturnType<typeof convergence>,
  late: boolean,
  host: string,
): Problem {
  const told = now.failed[0] ?? now.pending[0]
  const why = told
    ? ` ${told.Name} on ${told.Node || 'no node'}: ${told.CurrentState}${told.Error ? `, ${told.Error}` : ''}.`
    : ''
  return {
    code: 'SERVICE_NOT_CONVERGED',
    fact: `${wanted.service} runs ${now.running} of ${wanted.replicas} replicas${late ? ' after the time allowed' : `; ${now.failed.length} new tasks failed`}.${why}`,
    fix: `Correct what the task names (image, command, resources, node), or go back: scale ${wanted.service} on ${host} to ${before}.`,
    field: 'service',
    value: wanted.service,
    details: Object.fromEntries(
      [...now.failed, ...now.pending]
        .slice(0, 20)
        .map((task) => [`${task.Name}.${task.ID.slice(0, 8)}`, `${task.CurrentState} ${task.Error}`.trim()]),
    ),
  }
}
