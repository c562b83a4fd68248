import { setTimeout as pause } from 'node:timers/promises'
import * as z from 'zod'
import { quoteWord } from '../../../../../shared/format/shell.ts'
import { HeadroomError, type Problem } from '../../../../../shared/model/problem.ts'
import type { StepOf } from '../../../../../shared/playbook/schema.ts'
import { previewOf } from '../../commands.ts'
import { isOn } from '../files/texts.ts'
import { emptyPlan, type PlanContext, type RunContext, type StepHandler } from '../step.ts'
import { envOf, serviceNames, sourceOf } from './deploy-source.ts'
import {
  docker,
  type Engine,
  engineOf,
  lastLine,
  look,
  lookAgain,
  lookCommand,
  must,
  notManager,
  timeoutOf,
} from './engine.ts'
import { managerForeseen } from './foreseen.ts'
import { type Progress, progressOf, readServices, type StackService, stackScript } from './stack-state.ts'
import { readTasks, toldTask } from './tasks.ts'

const BETWEEN_LOOKS_MS = 500

interface Wanted {
  engine: Engine
  stack: string
  host: string
  text: string
  env: ReturnType<typeof envOf>
}

/** Deploys a stack and waits until every service of it runs as wanted. */
export const swarmDeploy: StepHandler<'swarm-deploy'> = {
  async plan(step, context) {
    const wanted = wantedOf(step, context)
    const { engine, stack, host } = wanted
    const { hostId } = engine
    const plan = {
      ...emptyPlan(),
      hostIds: [hostId],
      downtime: 'none for services with several replicas, as their update settings say',
    }
    const state = stateCommand(engine, stack)
    const config = configCommand(wanted)
    plan.commands.push(previewOf(context, hostId, state, 'check'))
    const found = await look(engine, state, context)
    if ('code' in found) return { ...plan, problems: [found] }
    if (!found.swarm.ControlAvailable && !managerForeseen(context, engine))
      return { ...plan, problems: [notManager(host, found.swarm)] }
    const names = serviceNames(wanted.text).map((name) => `${stack}_${name}`)
    if (names.length === 0) return { ...plan, problems: [stackInvalid('it has no services')] }
    const checks = found.after('config')[0] === 'yes'
    if (checks) {
      plan.commands.push(previewOf(context, hostId, config, 'check'))
      const checked = await context.hosts.run(hostId, config, { signal: context.signal })
      if (checked.exitCode !== 0) return { ...plan, problems: [stackInvalid(checked.stderr)] }
    } else
      plan.notes.push(
        `Docker on ${host} is too old to check a stack file beforehand (docker stack config); deploying it does.`,
      )
    const before = readServices(found.after('service'))
    const fresh = names.filter((name) => !before.some((one) => one.name === name))
    const gone = before.filter(({ name }) => !names.includes(name)).map(({ name }) => name)
    plan.facts = { before: before.map(({ name, mode }) => [name, mode.Replicated?.Replicas ?? null]), fresh, gone }
    plan.undoable = true
    plan.commands.push(previewOf(context, hostId, deployCommand(wanted, step, context), 'run'))
    for (const { name } of before) {
      plan.commands.push(previewOf(context, hostId, rollbackCommand(engine, name), 'undo'))
    }
    for (const name of fresh) plan.commands.push(previewOf(context, hostId, removeCommand(engine, name), 'undo'))
    for (const name of [...names, ...gone])
      plan.commands.push(previewOf(context, hostId, logsCommand(engine, name), 'verify', { readOnly: true }))
    plan.effects.push(
      `deploys the stack ${stack} on the swarm of ${host}: ${names.length} services, ${fresh.length} of them new`,
    )
    if (gone.length > 0) {
      const prune = isOn(step.prune, context)
      plan.warnings.push(
        `The file no longer has ${gone.join(', ')}: ${prune ? 'they are removed (prune), and undoing does not bring them back' : 'they stay, unless prune is set'}.`,
      )
    }
    plan.notes.push(
      'Undoing it takes each changed service back one version (docker service rollback) and removes new ones; networks, configs and secrets stay.',
    )
    return plan
  },

  async run(step, context) {
    const wanted = wantedOf(step, context)
    const { engine, stack, host } = wanted
    const first = await stateNow(wanted, context)
    const memory = MemorySchema.parse({
      versions: Object.fromEntries(first.services.map(({ name, version }) => [name, version])),
      known: first.tasks.map(({ ID }) => ID),
      ...context.memory,
    })
    if (context.memory.versions === undefined) context.remember(memory)
    context.stands(`The stack ${stack} on ${host} was told to change; some of its services may be on their way.`)
    await must(context, engine.hostId, deployCommand(wanted, step, context), {
      code: 'STACK_REFUSED',
      what: `docker stack deploy of ${stack}`,
      fix: 'Correct what Docker names in the stack file, then start anew.',
    })
    try {
      const names = serviceNames(wanted.text).map((name) => `${stack}_${name}`)
      await converge(wanted, names, new Set(memory.known), timeoutOf(step.timeout, context), context)
    } catch (error) {
      if (
        !(error instanceof HeadroomError) ||
        error.code !== 'STACK_NOT_CONVERGED' ||
        !isOn(step.return_on_failure, context)
      )
        throw error
      const back = await takeBack(wanted, context)
      context.stands('')
      throw new HeadroomError({
        ...error.problem,
        fact: `${error.problem.fact} ${back.length > 0 ? `Taken back: ${back.join(', ')}.` : 'Nothing had changed, so nothing was taken back.'}`,
      })
    }
    context.stands('')
    const services = (await stateNow(wanted, context)).services
    return { kind: 'done', outcome: `${stack}: ${services.length} services run as wanted.` }
  },

  async undo(step, context) {
    const wanted = wantedOf(step, context)
    await takeBack(wanted, context)
    await converge(wanted, [], new Set(), timeoutOf(step.timeout, context), context)
  },
}

const MemorySchema = z.object({
  versions: z.record(z.string(), z.number()),
  known: z.array(z.string()),
  taken: z.array(z.string()).default([]),
})

/** Rolls changed services back and removes new ones; each once, also when it is asked for again. */
async function takeBack({ engine, stack }: Wanted, context: RunContext): Promise<string[]> {
  const memory = MemorySchema.parse(context.memory)
  const taken = new Set(memory.taken)
  const { services } = await stateOf(engine, stack, context)
  const told: string[] = []
  for (const { name, version, previous, update } of services) {
    if (taken.has(name)) continue
    const before = memory.versions[name]
    const fresh = (context.plan.facts.fresh as string[]).includes(name)
    if (before === version || (before !== undefined && !previous)) continue
    // Swarm's own failure action has taken it back already.
    if (update?.State?.startsWith('rollback')) continue
    const command = before === undefined && fresh ? removeCommand(engine, name) : rollbackCommand(engine, name)
    await must(
      context,
      engine.hostId,
      command,
      {
        code: 'STACK_NOT_RETURNED',
        what: `Taking ${name} back`,
        fix: 'Take it back by hand (docker service rollback).',
      },
      { cleanup: true },
    )
    taken.add(name)
    context.remember({ taken: [...taken] })
    told.push(before === undefined ? `${name} (removed, it was new)` : name)
  }
  return told
}

/** `names`: services that there must be. */
async function converge(
  wanted: Wanted,
  names: readonly string[],
  known: ReadonlySet<string>,
  timeoutMs: number,
  context: RunContext,
): Promise<void> {
  const until = context.environment.elapsed() + timeoutMs
  const shown = new Map<string, string>()
  /** Services whose tasks run as wanted; one look is not enough, since a task that fails at once runs for a moment. */
  let steady = 0
  for (;;) {
    const { services, tasks } = await stateOf(wanted.engine, wanted.stack, context)
    const progress = progressOf(services, tasks, known)
    for (const { name, text } of progress) {
      if (shown.get(name) === text) continue
      shown.set(name, text)
      context.line(wanted.engine.hostId, 'note', text)
    }
    context.progress(
      progress.length === 0 ? null : progress.filter(({ done }) => done).length / progress.length,
      progress.map(({ text }) => text).join(' · '),
    )
    const there = names.every((name) => progress.some((one) => one.name === name))
    steady = there && progress.every(({ done }) => done) ? steady + 1 : 0
    if (steady >= 4) return
    const failed = progress.find((one) => one.failed !== null)
    const late = context.environment.elapsed() >= until
    if (failed || late) throw new HeadroomError(await notConverged(wanted, names, progress, failed, context))
    await pause(BETWEEN_LOOKS_MS, undefined, { signal: context.signal })
  }
}

async function notConverged(
  wanted: Wanted,
  names: readonly string[],
  progress: readonly Progress[],
  failed: Progress | undefined,
  context: RunContext,
): Promise<Problem> {
  const told = failed ?? progress.find(({ done }) => !done)
  const name = told?.name ?? names.find((one) => !progress.some((found) => found.name === one)) ?? ''
  const printed = await context
    .execute(wanted.engine.hostId, logsCommand(wanted.engine, name), { quiet: true })
    .catch(() => null)
  const log = `${printed?.stdout ?? ''}${printed?.stderr ?? ''}`.trim().split('\n').slice(-20)
  for (const line of log) if (line !== '') context.line(wanted.engine.hostId, 'stderr', line)
  const [task] = told?.tasks ?? []
  return {
    code: 'STACK_NOT_CONVERGED',
    fact: `${name} of the stack ${wanted.stack} does not run as wanted${failed ? `: ${failed.failed}.` : ` after the time allowed.${task ? ` ${toldTask(task)}.` : ''}`}`.replace(
      /\.\.$/,
      '.',
    ),
    fix: 'Correct what the task names (image, command, resources, node) in the stack file.',
    field: 'stack',
    value: name,
    details: {
      ...Object.fromEntries(progress.map((one) => [one.name, one.done ? 'runs as wanted' : one.text])),
      ...(log.join('') === '' ? {} : { [`log of ${name}`]: log.join('\n') }),
    },
  }
}

const stateNow = (wanted: Wanted, context: RunContext) => stateOf(wanted.engine, wanted.stack, context)

async function stateOf(engine: Engine, stack: string, context: RunContext) {
  const found = await lookAgain(engine, stateCommand(engine, stack), context)
  if (!found.swarm.ControlAvailable) throw new HeadroomError(notManager(context.hostName(engine.hostId), found.swarm))
  const services: StackService[] = readServices(found.after('service'))
  return { services, tasks: readTasks(found.after('task').join('\n')) }
}

function wantedOf(step: StepOf<'swarm-deploy'>, context: PlanContext): Wanted {
  const stack = context.values.plain(step.stack)
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_-]*$/.test(stack))
    throw new HeadroomError({
      code: 'PARAMETER_INVALID',
      fact: `"${stack}" cannot be the name of a stack.`,
      fix: 'Use letters, digits, hyphens and underscores.',
      field: 'stack',
      value: stack,
    })
  const engine = engineOf(step, context)
  return {
    engine,
    stack,
    host: context.hostName(engine.hostId),
    text: sourceOf(step, context),
    env: envOf(step, context),
  }
}

const stateCommand = (engine: Engine, stack: string) =>
  lookCommand(
    engine,
    `if docker stack config --help 2>/dev/null | grep -q 'docker stack config'; then echo 'config yes'; else echo 'config no'; fi
${stackScript(stack)}`,
  )

/** Prints the file as Docker understands it, with its services; checks it as well. */
const configCommand = ({ engine, text, env }: Wanted) =>
  docker(engine, ['docker', 'stack', 'config', '--compose-file', '-'], { stdin: text, env })

function deployCommand({ engine, stack, text, env }: Wanted, step: StepOf<'swarm-deploy'>, context: PlanContext) {
  const words = ['docker', 'stack', 'deploy', '--compose-file', '-']
  if (isOn(step.prune, context)) words.push('--prune')
  if (isOn(step.registry_auth, context)) words.push('--with-registry-auth')
  words.push('--resolve-image', context.values.plain(step.resolve_image))
  return docker(engine, [...words, stack], { stdin: text, env, timeoutMs: 300_000 })
}

const rollbackCommand = (engine: Engine, service: string) =>
  docker(engine, ['docker', 'service', 'rollback', '--detach', '--quiet', service])
const removeCommand = (engine: Engine, service: string) => docker(engine, ['docker', 'service', 'rm', service])
const logsCommand = (engine: Engine, service: string) =>
  docker(engine, ['sh', '-c', `timeout 10 docker service logs --raw --tail 20 ${quoteWord(service)} 2>&1 || :`], {
    timeoutMs: 30_000,
  })

const stackInvalid = (said: string): Problem => ({
  code: 'STACK_INVALID',
  fact: `Docker does not accept the stack file: ${lastLine(said)}.`,
  fix: 'Correct the file.',
  field: 'text',
})
