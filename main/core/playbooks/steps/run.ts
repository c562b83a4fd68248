import { parseDuration } from '../../../../shared/format/duration.ts'
import type { Command, CommandResult } from '../../../../shared/model/command.ts'
import { HeadroomError, problemOf } from '../../../../shared/model/problem.ts'
import { Secret } from '../../../../shared/model/secret.ts'
import { hasLater } from '../../../../shared/playbook/later.ts'
import { stepHasRaw } from '../../../../shared/playbook/places.ts'
import { registeredFrom } from '../../../../shared/playbook/register.ts'
import type { StepOf } from '../../../../shared/playbook/schema.ts'
import { previewOf } from '../commands.ts'
import { flagOf } from './flag.ts'
import {
  emptyPlan,
  Interrupted,
  type PlanContext,
  type RegisteredValues,
  type RunContext,
  type StepHandler,
} from './step.ts'

const DEFAULT_TIMEOUT_MS = 10 * 60_000
/** A command that may take longer outlives its connection, unless the step says otherwise. */
const DETACHED_OVER_MS = 30_000

/** A command on a host: skipped when its check says it is done, then verified. */
export const runCommand: StepHandler<'run'> = {
  async plan(step, context) {
    const hostId = context.values.hostId(step.host)
    const raw = stepHasRaw(step)
    const commands = commandsOf(step, context)
    const plan = { ...emptyPlan(), hostIds: [hostId], irreversible: step.irreversible ?? false }
    if (commands.check) {
      plan.commands.push(previewOf(context, hostId, commands.check, 'check', { raw }))
      if (turnsOnLater(commands.check))
        plan.notes.push('Whether it is done already shows during the run: the check needs what an earlier step prints.')
      else {
        const checked = await context.hosts.run(hostId, commands.check, { signal: context.signal })
        plan.alreadyDone = checked.exitCode === 0
        if (plan.alreadyDone) plan.notes.push('The check says that this is done already, so it is skipped.')
      }
    }
    plan.commands.push(previewOf(context, hostId, commands.run, 'run', { raw, detached: isDetached(step) }))
    if (commands.verify) plan.commands.push(previewOf(context, hostId, commands.verify, 'verify', { raw }))
    if (commands.undo) {
      plan.commands.push(previewOf(context, hostId, commands.undo, 'undo', { raw }))
      plan.undoable = true
    } else if (!plan.irreversible) plan.notes.push('The playbook names no way to undo this step.')
    return plan
  },
  async run(step, context) {
    const hostId = context.values.hostId(step.host)
    const commands = commandsOf(step, context)
    // What an earlier try began is seen to its end first, whatever the check says meanwhile.
    if (commands.check && !context.memory.job) {
      const checked = await context.execute(hostId, commands.check)
      if (checked.exitCode === 0) return { kind: 'skip' }
    }
    const name = context.values.plain(step.name)
    const result = isDetached(step)
      ? await context.detached(hostId, commands.run)
      : await watched(step, context, () =>
          context.execute(hostId, commands.run, leavesSecrets(step) ? { quiet: true } : { live: true }),
        )
    const registered = result.exitCode === 0 ? registeredOf(step, context, result) : {}
    if (leavesSecrets(step)) showOutput(context, hostId, result.exitCode === 0 ? result : { ...result, stdout: '' })
    if (result.exitCode !== 0) throw failed('COMMAND_FAILED', name, context.hostName(hostId), result)
    if (commands.verify) {
      const verified = await context.execute(hostId, commands.verify)
      if (verified.exitCode !== 0) throw failed('VERIFY_FAILED', name, context.hostName(hostId), verified)
    }
    return { kind: 'done', registered }
  },
  async undo(step, context) {
    const hostId = context.values.hostId(step.host)
    const { undo } = commandsOf(step, context)
    if (!undo) return
    const result = await context.execute(hostId, undo, { live: true })
    const name = context.values.plain(step.name)
    if (result.exitCode !== 0) throw failed('UNDO_FAILED', name, context.hostName(hostId), result)
  },
  async abandon(step, context) {
    await context.endDetached(context.values.hostId(step.host), commandsOf(step, context).run)
  },
}

const isDetached = (step: StepOf<'run'>): boolean =>
  !leavesSecrets(step) &&
  (step.detached ?? (step.timeout === undefined ? DEFAULT_TIMEOUT_MS : parseDuration(step.timeout)) > DETACHED_OVER_MS)

/** Output that holds a secret nobody knows yet is not shown, and not left in a file, until the secret is known. */
const leavesSecrets = (step: StepOf<'run'>): boolean =>
  Object.values(step.register ?? {}).some((how) => how !== 'trim' && how.secret === true)

function turnsOnLater(command: Command): boolean {
  const words = [...command.argv, ...Object.values(command.env ?? {}), command.cwd, command.stdin]
  return words.some(
    (word) => (typeof word === 'string' && hasLater(word)) || (word instanceof Secret && word.name.includes('steps.')),
  )
}

function registeredOf(step: StepOf<'run'>, context: RunContext, result: CommandResult): RegisteredValues {
  const found: RegisteredValues = {}
  for (const [name, how] of Object.entries(step.register ?? {})) {
    const isSecret = how !== 'trim' && how.secret === true
    const value = registeredFrom(how, name, result.stdout)
    found[name] = isSecret ? new Secret(`steps.${step.id}.${name}`, value) : value
    if (found[name] instanceof Secret) context.conceal(found[name])
  }
  return found
}

function showOutput(context: RunContext, hostId: string, { stdout, stderr }: CommandResult): void {
  for (const [stream, text] of Object.entries({ stdout, stderr }))
    for (const line of text.split('\n').slice(0, -1)) context.line(hostId, stream as 'stdout' | 'stderr', line)
}

/** Runs the command. Where it is lost sight of, it may go on, and the run says so: it is interrupted, not failed. */
async function watched<T>(step: StepOf<'run'>, context: RunContext, work: () => Promise<T>): Promise<T> {
  const name = context.values.plain(step.name)
  const host = context.hostName(context.values.hostId(step.host))
  context.stands(`The command of "${name}" may still be running on ${host}.`)
  try {
    const result = await work()
    context.stands('')
    return result
  } catch (error) {
    const problem = problemOf(error)
    if (problem.code !== 'LINK_LOST') context.stands('')
    else
      throw new Interrupted({ ...problem, fix: `See on ${host} what became of it; resuming the run begins it again.` })
    throw error
  }
}

export function commandsOf(step: StepOf<'run'>, { values }: Pick<PlanContext, 'values'>) {
  const env: Record<string, string | Secret> = {}
  for (const [name, template] of Object.entries(step.env ?? {})) env[name] = textOrSecret(template, values)
  const build = (command: string | string[]): Command => ({
    argv: typeof command === 'string' ? ['sh', '-c', values.shell(command)] : command.map((word) => values.plain(word)),
    env,
    cwd: step.cwd === undefined ? undefined : values.plain(step.cwd),
    sudo: flagOf(step.sudo, values),
    timeoutMs: step.timeout === undefined ? DEFAULT_TIMEOUT_MS : parseDuration(step.timeout),
  })
  const stdin = step.stdin === undefined ? undefined : textOrSecret(step.stdin, values)
  return {
    run: { ...build(step.command), stdin },
    check: step.check === undefined ? null : build(step.check),
    verify: step.verify === undefined ? null : build(step.verify),
    undo: step.undo === undefined ? null : build(step.undo),
  }
}

/** Plain where the template holds no secret, so that the review can show it. */
function textOrSecret(template: string, values: PlanContext['values']): string | Secret {
  try {
    return values.plain(template)
  } catch (error) {
    if (!(error instanceof HeadroomError) || error.code !== 'SECRET_IN_COMMAND') throw error
    return values.secret(template) ?? ''
  }
}

function failed(
  code: 'COMMAND_FAILED' | 'VERIFY_FAILED' | 'UNDO_FAILED',
  name: string,
  host: string,
  result: { exitCode: number | null; signal: string | null; stderr: string },
): HeadroomError {
  const last = result.stderr.trim().split('\n').at(-1)?.slice(0, 300)
  const how =
    result.exitCode === null ? `was ended by ${result.signal ?? 'a signal'}` : `ended with exit code ${result.exitCode}`
  return new HeadroomError({
    code,
    fact: `${code === 'VERIFY_FAILED' ? 'The proof of ' : code === 'UNDO_FAILED' ? 'Undoing ' : ''}"${name}" on ${host} ${how}${last ? `: ${last}` : ''}.`,
    fix: 'Read its output, correct the cause on the server, then resume the run.',
  })
}
